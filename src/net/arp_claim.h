/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Claiming an IPv4 address on the wire: probing for it, announcing it, defending it (RFC 5227).
 */
#ifndef NET_ARP_CLAIM_H
#define NET_ARP_CLAIM_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/wire/arp.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Begins to claim an address at time netif.now. Without probes it is in use (netif.ip) at once,
 * else as soon as nobody has objected to the probes. An ip of 0 gives up the address in use. While
 * no address is in use no neighbour can be asked, so all neighbours are forgotten.
 */
void arp_claim(struct netif *nif, uint32_t ip, uint8_t prefix, bool probe);

/* Announces the address again, beginning at time netif.now, if one is in use. */
void arp_claim_announce(struct netif *nif);

/* Whether this packet shows that another host uses, or probes for, the address that we claim. */
bool arp_claim_conflicts(const struct netif *nif, const struct arp_packet *arp);

/*
 * Notes a conflict with rival at time netif.now. Returns whether to defend the address now, by an
 * announcement: at most once in 10 s (RFC 5227 2.4 c).
 */
bool arp_claim_conflict(struct netif *nif, const mac_t *rival);

/* When arp_claim_tick() has something to do; UINT64_MAX for never. */
uint64_t arp_claim_due(const struct netif *nif);

/*
 * Fills the frame with the probe or announcement that is due at time netif.now. VERDICT_NONE if
 * none is due.
 */
enum verdict arp_claim_tick(struct netif *nif, struct frame *spare);

#endif
