/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is sent and what must come back: an ICMP echo (RFC 792), a UDP echo (RFC 862) or a STAMP
 * test packet (RFC 8762). Every probe carries a number and a mark of this run, and a reply counts
 * only if each of its octets is what the standard wants.
 */
#ifndef PROBE_H
#define PROBE_H

#include "wire.h"

#define PROBE_MAX 9014 /* octets of the longest frame */
#define PROBE_MIN 60

enum probe_kind { PROBE_ECHO, PROBE_UDP_ECHO, PROBE_STAMP };

struct probe {
    enum probe_kind kind;
    size_t size;
    uint8_t request[PROBE_MAX]; /* number 0, checksum 0 */
    uint8_t reply[PROBE_MAX];   /* what its answer looks like, number 0, checksum 0 */
    uint32_t request_sum;       /* ones' complement sum over what the checksum covers */
    uint32_t reply_sum;
};

enum probe_result { PROBE_GOOD, PROBE_BAD, PROBE_FOREIGN };

void probe_init(struct probe *p, enum probe_kind kind, size_t size, const struct wire *w);

/* Makes a copy of p->request the probe of this number. */
void probe_number(const struct probe *p, uint8_t *frame, uint32_t number);

/* Judges a frame; *number is set where it is good. */
enum probe_result probe_judge(const struct probe *p, const uint8_t *frame, size_t length,
                              bool checked, uint32_t *number);

#endif
