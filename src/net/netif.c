/* SPDX-License-Identifier: BSD-2-Clause */
/* A network interface: its subnet, its routes, its VLANs and its time of day. */
#include "net/netif.h"

#include "net/wire/ipv4.h"

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

bool netif_in_vlan(const struct netif *nif, unsigned vid)
{
    if (vid == 0) /* such a tag only carries a priority (IEEE 802.1Q 9.6) */
        return true;
    if (nif->config.any_vlan)
        return vid != 0xfff; /* reserved (IEEE 802.1Q 9.6) */
    for (int i = 0; i < nif->config.vlan_count; i++)
        if (vid == nif->config.vlan[i])
            return true;
    return false;
}

uint32_t netif_route(const struct netif *nif, uint32_t dst)
{
    if (nif->ip == 0)
        return 0;
    bool on_link = nif->prefix == 0 || (dst ^ nif->ip) >> (32 - nif->prefix) == 0;
    return on_link ? dst : nif->config.gateway;
}

uint32_t netif_ms_of_day(const struct netif *nif)
{
    uint64_t ms = (nif->wall_offset + nif->now) / 1000 % 86400000;
    return (uint32_t)ms | (nif->wall_known ? 0 : 0x80000000);
}

void netif_release(struct netif *nif, struct frame *f, bool is_answer)
{
    f->is_answer = is_answer;
    if (!is_answer)
        f->stamp = NULL;
    frame_list_add(&nif->released, f);
}
