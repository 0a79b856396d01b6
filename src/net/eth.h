/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ethernet II (RFC 894, IEEE 802.3) with up to two VLAN tags (IEEE 802.1Q): the way in, and the one
 * way out for answers, fragments and frames of our own.
 */
#ifndef NET_ETH_H
#define NET_ETH_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/ip.h"
#include "net/netif.h"
#include "net/verdict.h"

/* Takes the header off the cursor. VERDICT_NONE, or why the frame is not for us. */
enum verdict eth_pull(const struct netif *nif, struct cursor *c, struct eth_header *e);

/*
 * Makes what is under the cursor the content of a frame to e->peer: puts the header in front, with
 * the tags and the type of e, and zeros behind it up to the least length.
 */
void eth_push(const struct netif *nif, struct cursor *c, const struct eth_header *e);

/*
 * Sends the packet under the cursor, which came to verdict v: the frame is made, and v returned. It
 * goes to e->peer, or with a hop to that neighbour. As long as nobody knows where the neighbour is
 * the frame is held, which is HELD_ANSWER.
 */
enum verdict eth_output(struct netif *nif, struct cursor *c, const struct eth_header *e,
                        const struct ip_address *hop, enum verdict v);

/*
 * The neighbour that leads to the hop in the VLAN of e. NULL: there is no hop, or no room for the
 * neighbour, and the answer goes to e->peer.
 */
struct neighbour *eth_resolve(struct netif *nif, const struct eth_header *e,
                              const struct ip_address *hop);

/* The cursor over n octets in a spare frame, for a packet of our own that eth_output() is to send
 * with the header e. */
struct cursor eth_begin(struct frame *spare, const struct eth_header *e, size_t n);

#endif
