/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of neighbour discovery (RFC 4861) that we send of our own accord. */
#ifndef NET_NDP_PACKET_H
#define NET_NDP_PACKET_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/verdict.h"

/* Asks whether an address of ours is free (RFC 4862 5.4.2), with a nonce (RFC 7527). */
enum verdict ndp_send_probe(struct netif *nif, struct frame *spare, struct ipv6_address *a);

/* Advertises an address of ours: to all nodes, which replace what they know; or, where it is new, to
 * the routers (RFC 9131 6.1.2), without overriding. */
enum verdict ndp_send_advertisement(struct netif *nif, struct frame *spare,
                                    const struct ipv6_address *a);

/* Asks the routers for an advertisement (RFC 4861 6.3.7), from our link-local address. */
enum verdict ndp_send_router_solicitation(struct netif *nif, struct frame *spare);

#endif
