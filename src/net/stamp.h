/* SPDX-License-Identifier: BSD-2-Clause */
/* The Simple Two-Way Active Measurement Protocol's Session-Reflector (RFC 8762, RFC 8972),
 * stateless. */
#ifndef NET_STAMP_H
#define NET_STAMP_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

#include <stdint.h>

/*
 * Answers in place the test packet whose UDP header is under the cursor. Its transmit time is left
 * to stamp_transmit(), its ports to udp_input().
 */
enum verdict stamp_input(struct netif *nif, struct cursor *c, struct packet *p);

/* Writes the transmit time now into the answer at f->stamp. */
void stamp_transmit(const struct netif *nif, struct frame *f, uint64_t now);

#endif
