/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loads: closed loop (a reply makes room for the next probe), open loop (probes at a rate,
 * whatever comes back) and overload. Each counts what it sent, what came back right, and how long
 * that took. What always holds: every loop ends by the clock.
 */
#ifndef LOAD_H
#define LOAD_H

#include "probe.h"

struct load {
    struct wire *wire;
    const struct probe *probe;
    uint64_t sent, good, bad, repeated;
    uint64_t in_time;     /* of good, those that were back when sending ended */
    int64_t began, ended; /* of sending, ns */
    uint32_t *times;      /* round trips in ns, samples of them */
    size_t samples;
};

void load_init(struct load *l, struct wire *w, const struct probe *p);

/* Keeps window probes outstanding for ns, or until count were sent; 0 = any number. */
void load_closed(struct load *l, unsigned window, int64_t ns, uint64_t count);

/* Sends rate probes a second for ns; spin = never sleep in between, for rates beyond reason. */
void load_open(struct load *l, double rate, int64_t ns, bool spin);

/* Waits until nothing has come for quiet_ns, at most limit_ns. */
void load_drain(struct load *l, int64_t quiet_ns, int64_t limit_ns);

/* The round trip that the given share of all (0 to 1) does not exceed, in ns; sorts the times. */
uint32_t load_percentile(struct load *l, double share);

#endif
