/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network interface: who we are on this wire, and what became of the frames.
 *
 * IPv4 addresses are numbers of the machine (192.168.100.2 is 0xc0a86402); only wire headers hold
 * them as octets.
 */
#ifndef NET_NETIF_H
#define NET_NETIF_H

#include "net/mac.h"
#include "net/verdict.h"

#include <stdbool.h>
#include <stdint.h>

#define IPV4_LIMITED_BROADCAST 0xffffffffu

struct netif {
    mac_t mac;
    uint16_t mtu;   /* octets of an IP packet on this wire */
    uint8_t ttl;    /* of every packet that we send, 1 to 255 */
    uint16_t ip_id; /* identification of the packet sent last */

    /* Set by netif_set_ip(). */
    uint32_t ip; /* 0: none */
    uint8_t prefix;
    uint32_t broadcast; /* all ones in the host part */
    uint32_t network;   /* all zeros there: the broadcast address of 4.2BSD (RFC 1122 3.3.6) */

    uint64_t verdicts[VERDICT_COUNT];
};

/* Takes an address and its prefix length, 0 to 32; an ip of 0 takes none. */
void netif_set_ip(struct netif *nif, uint32_t ip, uint8_t prefix);

/* Whether this unicast address is ours. */
static inline bool netif_owns(const struct netif *nif, uint32_t ip)
{
    return ip == nif->ip && ip != 0;
}

/* Whether this is a broadcast address of our subnet. */
static inline bool netif_is_subnet_broadcast(const struct netif *nif, uint32_t ip)
{
    return ip != 0 && (ip == nif->broadcast || ip == nif->network);
}

#endif
