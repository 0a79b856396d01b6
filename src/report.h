/* SPDX-License-Identifier: BSD-2-Clause */
/* What the image and the host program print about an interface: the lines that scripts wait for. */
#ifndef REPORT_H
#define REPORT_H

#include "contradiction.h"
#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

/* Where the lines go: the image's print(), or a function that prints to a file. */
typedef void report_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "unipong: error: KEY=VALUE: " and what is wrong with a word of the command line. */
void report_contradiction(report_print *print, const struct options *o,
                          const struct contradiction *c);

/* "net0: KIND MAC mtu MTU" */
void report_device(report_print *print, const char *kind, const struct netif *nif);

/* What report_news has told so far. All zero at the start. */
struct report_told {
    bool ready;           /* "unipong: ready", which is printed once */
    bool probing;         /* that the address is being probed for, rather than in use */
    uint64_t conflicts;   /* nif->claim.conflicts when a conflict was printed last */
    uint64_t quiet_until; /* no conflict is printed before this time */
};

/*
 * Prints what is new since the last call, at time nif->now: once, that frames can be answered; each
 * time, that our address is being probed for or is in use; at most every 10 s, that another host
 * claims it. To be called often: where nothing is new it costs a few comparisons.
 */
void report_news(report_print *print, struct report_told *told, const struct netif *nif);

/* The counters that are not zero, a line each: number, name, meaning. */
void report_stats(report_print *print, const struct netif *nif);

#endif
