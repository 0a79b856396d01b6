/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our IPv6 addresses (RFC 4862, RFC 4429): which are in use, from when and how long, and duplicate
 * address detection.
 */
#ifndef NET_IPV6_ADDRESS_H
#define NET_IPV6_ADDRESS_H

#include "net/frame.h"
#include "net/ip.h"
#include "net/netif.h"
#include "net/verdict.h"
#include "net/wire/ipv6.h"

#include <stdbool.h>
#include <stdint.h>

static inline bool ipv6_address_is_in_use(const struct ipv6_address *a)
{
    return a->state == IPV6_OPTIMISTIC || a->state == IPV6_PREFERRED || a->state == IPV6_DEPRECATED;
}

/* Whether a packet to this address is for us alone, and the address in use. */
static inline bool ipv6_owns(const struct netif *nif, const struct ip_address *ip)
{
    for (unsigned i = 0; i < nif->ipv6.address_count; i++)
        if (ip_equal(&nif->ipv6.addresses[i].ip, ip))
            return ipv6_address_is_in_use(&nif->ipv6.addresses[i]);
    return false;
}

/* Whether we are in this group: all nodes, and the solicited-node group of each address, also of one
 * that is still being asked for. */
bool ipv6_listens(const struct netif *nif, const struct ip_address *group);

/* Our entry of an address, in use or not; NULL: not ours. */
struct ipv6_address *ipv6_find(struct netif *nif, const struct ip_address *ip);

/* The source of what we send to this address without having been asked at one of ours (RFC 6724 5):
 * one of the same scope, in use and rather not deprecated. NULL: none. */
const struct ip_address *ipv6_source_for(const struct netif *nif, const struct ip_address *dst);

/* Starts with the link-local address and those of the configuration. */
void ipv6_address_init(struct netif *nif);

/* Makes a new address of a prefix of 64 bits and our interface identifier. */
struct ip_address ipv6_form(const struct netif *nif, const struct ip_address *prefix);

/* Adds an address and begins to ask whether it is free. NULL: no room for another one. */
struct ipv6_address *ipv6_address_add(struct netif *nif, const struct ip_address *ip,
                                      uint8_t prefix, bool optimistic);

/* Ends the use of an address. */
void ipv6_address_remove(struct netif *nif, struct ipv6_address *a);

/* Another host has the address: it is not used, and with an EUI-64 link-local one no IPv6 at all
 * (RFC 4862 5.4.5). */
void ipv6_address_is_duplicate(struct netif *nif, struct ipv6_address *a);

/* Our own probe for the address has come back: asks again, with other nonces (RFC 7527 4.1). */
void ipv6_address_looped_back(struct netif *nif, struct ipv6_address *a);

/* Asks anew for all addresses: the link has come up, perhaps on another wire. */
void ipv6_address_restart(struct netif *nif);

/* Announces all addresses in use to all nodes (RFC 4861 7.2.6). */
void ipv6_address_announce(struct netif *nif);

/* Sets the ends of an address's lifetimes, as a router has said. */
void ipv6_address_live(struct netif *nif, struct ipv6_address *a, uint64_t preferred_end,
                       uint64_t valid_end);

/* When ipv6_address_tick() has something to do; UINT64_MAX for never. */
static inline uint64_t ipv6_address_due(const struct netif *nif)
{
    return nif->ipv6.address_due;
}

/* Does what is due at time netif.now: a probe or an advertisement in the frame, or VERDICT_NONE. */
enum verdict ipv6_address_tick(struct netif *nif, struct frame *spare);

#endif
