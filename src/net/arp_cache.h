/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ARP cache (RFC 826, "Packet Reception"; RFC 1122 2.3.2): where those neighbours are that an
 * answer goes to without having asked themselves.
 */
#ifndef NET_ARP_CACHE_H
#define NET_ARP_CACHE_H

#include "net/frame.h"
#include "net/ipv4.h"
#include "net/mac.h"
#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

/* Starts with nobody known. */
void arp_cache_init(struct arp_cache *cache);

/* Forgets all neighbours, and gives up the answers that wait for them. */
void arp_cache_forget(struct netif *nif);

/*
 * The neighbour that has this address, ip, where the tags of e lead, to be used at time netif.now.
 * If it is not known it is being asked for, its mac is zero, and an answer for it may be held.
 * NULL: there is no room for another one, or for what would have to be held. Those that were never
 * heard of take at most half the room, and gateways are the last to be forgotten.
 */
struct neighbour *arp_cache_find(struct netif *nif, uint32_t ip, const struct eth_header *e);

/*
 * The neighbour that an answer is handed to, whose request came in the envelope e: as long as it is
 * not known the answer is to be held. NULL: it goes back where it came from, as it has no way of
 * its own, or there is no room to learn it.
 */
static inline struct neighbour *
arp_cache_next_hop(struct netif *nif, const struct ipv4_header *answer, const struct eth_header *e)
{
    uint32_t ip = ipv4_next_hop(nif, answer);
    return ip ? arp_cache_find(nif, ip, e) : NULL;
}

/*
 * Keeps the frames of an answer, which are held already and complete but for their destination,
 * until n is known: then, or when nobody has said where it is, they are released. v is the verdict
 * that counts once they are sent. An answer that waited for n before is given up (RFC
 * 1122 2.3.2.2: the latest one SHOULD be kept).
 */
void arp_cache_hold(struct netif *nif, struct neighbour *n, struct frame_list answer,
                    enum verdict v);

/* Gives up an answer that is held, as others need the room. Whether there was one. */
bool arp_cache_make_room(struct netif *nif);

/* Takes note that a host with address ip is at mac. Whether somebody here needs that. */
bool arp_cache_learn(struct netif *nif, uint32_t ip, const struct eth_header *e, const mac_t *mac);

/* Fills the frame with the request that is due at time netif.now. VERDICT_NONE if none is. */
enum verdict arp_cache_tick(struct netif *nif, struct frame *f);

#endif
