/* SPDX-License-Identifier: BSD-2-Clause */
/* A network interface: its subnet and its time of day. */
#include "net/netif.h"

void netif_set_subnet(struct netif *nif, uint32_t ip, uint8_t prefix)
{
    nif->prefix = prefix;
    /* A subnet of one or two hosts has no broadcast address of its own (RFC 3021 2.1). */
    if (ip == 0 || prefix > 30) {
        nif->broadcast = nif->network = IPV4_LIMITED_BROADCAST;
        return;
    }
    uint32_t host = IPV4_LIMITED_BROADCAST >> prefix;
    nif->broadcast = ip | host;
    nif->network = ip & ~host;
}

uint32_t netif_ms_of_day(const struct netif *nif)
{
    uint64_t ms = (nif->wall_offset + nif->now) / 1000 % 86400000;
    return (uint32_t)ms | (nif->wall_known ? 0 : 0x80000000);
}
