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

/* Pulls the header off the cursor into e. VERDICT_NONE, or why the frame is not for us. */
enum verdict eth_pull(const struct netif *nif, struct cursor *c, struct eth_header *e);

/*
 * Makes what is under the cursor the content of a frame to e->peer: puts the header in front, with
 * the tags and the type of e, and behind it zeros up to the least length.
 */
void eth_push(const struct netif *nif, struct cursor *c, const struct eth_header *e);

/*
 * Makes the packet under the cursor a frame to send, and returns v, its verdict. The frame goes to
 * e->peer or, if there is a hop, to that neighbour. If the neighbour's MAC is not known yet the
 * frame is held, and the verdict is HELD_ANSWER.
 */
enum verdict eth_output(struct netif *nif, struct cursor *c, const struct eth_header *e,
                        const struct ip_address *hop, enum verdict v);

/*
 * The neighbour at hop in the VLAN of e. NULL if there is no hop or no room for the neighbour: the
 * answer then goes to e->peer.
 */
struct neighbour *eth_resolve(struct netif *nif, const struct eth_header *e,
                              const struct ip_address *hop);

/*
 * Sends an answer of several frames, which are held already. They go to n or, if that is NULL, to
 * the peers that they are addressed to. They are released and v is counted: now, or once the MAC of
 * n is known.
 */
void eth_output_held(struct netif *nif, struct frame_list frames, struct neighbour *n,
                     enum verdict v);

/*
 * Begins a packet of our own in a spare frame: returns the cursor over its n octets. In front of
 * them there is room for the header e, which eth_output() writes.
 */
struct cursor eth_begin(struct frame *spare, const struct eth_header *e, size_t n);

#endif
