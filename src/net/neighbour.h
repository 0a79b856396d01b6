/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The neighbours that answers are sent to although they did not send the request (RFC 1122 2.3.2,
 * RFC 4861 7.3): where they are, and the answers that wait until that is known. arp.c fills the
 * table, solicit.c sends the requests.
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
 * The neighbour with this address in the VLAN of e, for an answer at time netif.now. If its MAC is
 * not known yet, mac is zero, it is being asked for, and the answer may be held. NULL: there is no
 * room for another neighbour, or for an answer to hold.
 */
struct neighbour *neighbour_find(struct netif *nif, const struct ip_address *ip,
                                 const struct eth_header *e);

/* Whether its MAC is known. */
static inline bool neighbour_is_known(const struct neighbour *n)
{
    return n->state > NEIGHBOUR_INCOMPLETE;
}

/*
 * Keeps the frames of an answer until the MAC of n is known. They are held already, and complete
 * except for their destination. They are released once the MAC is known, and v is counted then; or
 * when nobody has said where n is. An earlier answer that waits for n is given up (RFC 1122
 * 2.3.2.2: the latest one SHOULD be kept).
 */
void neighbour_hold(struct netif *nif, struct neighbour *n, struct frame_list answer,
                    enum verdict v);

/* Gives up an answer that is held, to make room. Returns whether there was one. */
bool neighbour_make_room(struct netif *nif);

/* Notes that the host with this address has this MAC. Returns whether it is in the table. */
bool neighbour_learn(struct netif *nif, const struct ip_address *ip, const struct eth_header *e,
                     const mac_t *mac);

/* When neighbour_to_ask() has something to do; UINT64_MAX for never. */
static inline uint64_t neighbour_due(const struct netif *nif)
{
    return nif->neighbours.due;
}

/*
 * The neighbour that is to be asked at time netif.now, NULL if there is none. If it is INCOMPLETE,
 * all hosts are asked where it is; else it is asked itself whether it is still there. It counts as
 * asked. Neighbours that did not answer are given up here.
 */
struct neighbour *neighbour_to_ask(struct netif *nif);

#endif
