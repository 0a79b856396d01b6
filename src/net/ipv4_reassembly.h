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

#include <stdint.h>

/* How long a datagram may take to arrive: 60 s to 120 s (RFC 1122 3.3.2). A little more than the
 * least, for a clock that runs fast. */
#define REASSEMBLY_TIMEOUT_US 60100000u

/* Starts with nothing held. */
void reassembly_init(struct reassembly *r);

/*
 * Takes the fragment whose payload is under the cursor and whose header was checked. HELD_FRAGMENT:
 * its frame is kept until it is released. Else why it was dropped.
 */
enum verdict reassembly_input(struct netif *nif, struct cursor *c, struct ipv4_header *ip);

/* When reassembly_tick() is due next, UINT64_MAX for never. */
uint64_t reassembly_due(const struct netif *nif);

/* Gives up the datagrams whose time is over at netif.now. */
void reassembly_tick(struct netif *nif);

#endif
