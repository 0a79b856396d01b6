/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The neighbours that answers are handed to without their having asked (RFC 1122 2.3.2, RFC
 * 4861 7.3): where they are, and what waits until that is known. ARP (arp.c) fills the table,
 * solicit.c asks.
 */
#ifndef NET_NEIGHBOUR_H
#define NET_NEIGHBOUR_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/ip.h"
#include "net/mac.h"
#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

/* Starts with no neighbour. */
void neighbour_init(struct neighbour_table *table);

/* Forgets all neighbours, and gives up the answers that wait for them. */
void neighbour_forget_all(struct netif *nif);

/*
 * The neighbour with this address in the VLAN of e, to be used at time netif.now. If it is not
 * known it is being asked for, its mac is zero, and an answer for it may be held. NULL: there is no
 * room for another one, or for what would have to be held.
 */
struct neighbour *neighbour_find(struct netif *nif, const struct ip_address *ip,
                                 const struct eth_header *e);

/* Whether its MAC is known. */
static inline bool neighbour_is_known(const struct neighbour *n)
{
    return n->state > NEIGHBOUR_INCOMPLETE;
}

/*
 * Keeps the frames of an answer until n is known: they are held already, and complete but for their
 * destination. Then, or when nobody has said where n is, they are released. v is counted once they
 * are sent. An answer that waited for n before is given up (RFC 1122 2.3.2.2: the latest one SHOULD
 * be kept).
 */
void neighbour_hold(struct netif *nif, struct neighbour *n, struct frame_list answer,
                    enum verdict v);

/* Gives up an answer that is held, as others need the room. Whether there was one. */
bool neighbour_make_room(struct netif *nif);

/* Notes that the host with this address is at mac. Whether an entry of ours needs that. */
bool neighbour_learn(struct netif *nif, const struct ip_address *ip, const struct eth_header *e,
                     const mac_t *mac);

/* When neighbour_to_ask() has something to do; UINT64_MAX for never. */
static inline uint64_t neighbour_due(const struct netif *nif)
{
    return nif->neighbours.due;
}

/*
 * The neighbour that is to be asked at time netif.now: all hosts where it is while it is
 * INCOMPLETE, else itself whether it is still there. It counts as asked. Gives up those that did
 * not answer. NULL: none is due.
 */
struct neighbour *neighbour_to_ask(struct netif *nif);

#endif
