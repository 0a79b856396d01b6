/* SPDX-License-Identifier: BSD-2-Clause */
/* The network core's entrances, and the one place where what becomes of frames is counted. */
#include "net/net.h"

#include "net/arp_cache.h"
#include "net/arp_claim.h"
#include "net/eth.h"
#include "net/ipv4_reassembly.h"
#include "net/stamp.h"

#include <string.h>

void net_init(struct netif *nif, const struct netif_config *config, const mac_t *mac, uint16_t mtu,
              uint16_t held_max, uint64_t now)
{
    memset(nif, 0, sizeof *nif);
    nif->config = *config;
    nif->mac = *mac;
    nif->mtu = mtu;
    nif->now = now;
    nif->wall_error = STAMP_ERROR_UNKNOWN;
    nif->held_max = held_max;
    reassembly_init(&nif->reassembly);
    arp_cache_init(&nif->arp_cache);
    arp_claim(nif, config->ip, config->prefix, config->probe);
}

void net_link_up(struct netif *nif)
{
    arp_claim(nif, nif->claim.ip, nif->prefix, nif->config.probe);
}

void net_announce(struct netif *nif)
{
    arp_announce(nif);
}

enum verdict net_input(struct netif *nif, struct frame *f)
{
    struct cursor c = {f->data, f->data + f->len, f};
    enum verdict v = eth_input(nif, &c);
    netif_count(nif, v);
    return v;
}

struct frame *net_released(struct netif *nif, bool *send)
{
    struct frame *f = frame_list_take(&nif->released);
    if (f) {
        nif->held--;
        *send = f->is_answer;
    }
    return f;
}

uint64_t net_due(const struct netif *nif)
{
    uint64_t due = nif->arp_cache.due, arp = arp_due(nif), reassembly = reassembly_due(nif);
    due = arp < due ? arp : due;
    return reassembly < due ? reassembly : due;
}

enum verdict net_tick(struct netif *nif, struct frame *spare)
{
    reassembly_tick(nif);
    enum verdict v = arp_tick(nif, spare);
    if (v == VERDICT_NONE)
        v = arp_cache_tick(nif, spare);
    if (v != VERDICT_NONE)
        netif_count(nif, v);
    return v;
}

void net_stamp(const struct netif *nif, struct frame *f, uint64_t now)
{
    stamp_transmit(nif, f, now);
}
