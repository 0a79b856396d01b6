/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multicast Listener Discovery (RFC 9777, version 2; RFC 2710, version 1): reports which groups we
 * are in, as snooping switches drop what nobody has reported.
 */
#ifndef NET_MLD_H
#define NET_MLD_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

#include <stdint.h>

/* Our groups have changed, or nobody may have heard of them: reports all of them, twice. */
void mld_change(struct netif *nif);

/* The solicited-node group of an address is to be left, if no other address of ours is in it. */
void mld_leave(struct netif *nif, const struct ip_address *ip);

/* Takes a query, whose ICMPv6 message is under the cursor. */
enum verdict mld_query(struct netif *nif, struct cursor *c, const struct packet *p,
                       const struct eth_header *e);

/* When mld_tick() has something to do; UINT64_MAX for never. */
uint64_t mld_due(const struct netif *nif);

/* The report that is due at time netif.now in the frame, or VERDICT_NONE. */
enum verdict mld_tick(struct netif *nif, struct frame *spare);

#endif
