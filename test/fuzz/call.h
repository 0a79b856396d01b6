/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One call of the core: what it counts has to agree with what it does. Each frame that is given to it,
 * each frame of its own, each datagram and each answer that ends counts once.
 */
#ifndef FUZZ_CALL_H
#define FUZZ_CALL_H

#include "judge.h"

#include "net/net.h"

/* The core that is being played with, and its judge. */
extern struct netif nif;
extern struct judge judge;

struct call {
    uint64_t before[VERDICT_COUNT];
    uint64_t replies[VERDICT_COUNT]; /* that have to be counted */
    uint64_t ends;                   /* what has to be counted in all, replies and others */
};

void call_begin(struct call *call);

/* An answer of this kind was sent. */
void call_sent(struct call *call, enum kind kind);

/* How often the core has counted v since the call began. */
uint64_t call_counted(const struct call *call, enum verdict v);

/* Aborts unless the core has counted what was noted, and nothing else, and knows how many frames it
 * holds. */
void call_end(const struct call *call);

/* The verdict that goes with an answer of this kind. */
enum verdict verdict_of(enum kind kind);

/* Whether an answer is an ICMP error. */
bool is_error(enum kind kind);

#endif
