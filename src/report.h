/* SPDX-License-Identifier: BSD-2-Clause */
/* What the image and the host program print about an interface: the lines that scripts wait for. */
#ifndef REPORT_H
#define REPORT_H

#include "net/netif.h"
#include "contradiction.h"

#include <stdio.h>

/* "unipong: error: KEY=VALUE: " and what is wrong with a word of the command line. */
void report_contradiction(FILE *out, const struct options *o, const struct contradiction *c);

/* "net0: KIND MAC mtu MTU" */
void report_device(FILE *out, const char *kind, const struct netif *nif);

/*
 * Says what is new since the last call, at time nif->now: once, when frames can be answered, and at
 * most every 10 s, that another host claims our address. To be called often; it costs two
 * comparisons.
 */
void report_news(FILE *out, const struct netif *nif);

/* The counters that are not zero, a line each: number, name, meaning. */
void report_stats(FILE *out, const struct netif *nif);

#endif
