/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragmented datagrams (RFC 791 3.2, RFC 1122 3.3.2), answered without a copy: the buffers that the
 * fragments came in are held until the datagram is whole, and then are the fragments of the answer.
 */
#ifndef NET_IPV4_REASSEMBLY_H
#define NET_IPV4_REASSEMBLY_H

#include "net/frame.h"
#include "net/ipv4.h"
#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

/* How long a datagram may take to arrive: 60 s to 120 s (RFC 1122 3.3.2). */
#define REASSEMBLY_TIMEOUT_US 60000000u

/* Starts with nothing held; at most limit fragments (0: they are dropped) will be. */
void reassembly_init(struct reassembly *r, uint16_t limit);

/*
 * Takes the fragment whose payload is under the cursor and whose header was checked. HELD_FRAGMENT:
 * its frame is kept until reassembly_released() gives it back. Else why it was dropped.
 */
enum verdict reassembly_input(struct netif *nif, struct cursor *c, struct ipv4_header *ip);

/* The next frame that is held no longer, NULL if there is none: *send tells whether it is part of
 * an answer. */
struct frame *reassembly_released(struct reassembly *r, bool *send);

/* When reassembly_tick() is due next, UINT64_MAX for never. */
uint64_t reassembly_due(const struct netif *nif);

/* Gives up the datagrams whose time is over at netif.now. */
void reassembly_tick(struct netif *nif);

#endif
