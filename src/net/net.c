/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entrances of the network core. A frame goes to the protocol that it carries; when it is time,
 * a protocol does what it has due. What becomes of the frames is counted here.
 */
#include "net/net.h"

#include "net/arp.h"
#include "net/arp_claim.h"
#include "net/bucket.h"
#include "net/eth.h"
#include "net/ipv4.h"
#include "net/ipv4_datagram.h"
#include "net/neighbour.h"
#include "net/reassembly.h"
#include "net/solicit.h"
#include "net/stamp.h"
#include "net/wire/stamp.h"

#include <string.h>

/* A number that is another one for each host and each start. */
static uint32_t seed(const mac_t *mac, uint64_t now)
{
    uint64_t hash = now;
    for (size_t i = 0; i < sizeof mac->octet; i++)
        hash = (hash ^ mac->octet[i]) * 0x100000001b3u; /* FNV-1a */
    return (uint32_t)(hash >> 16);
}

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
    bucket_init(&nif->buckets, seed(mac, now));
    reassembly_init(&nif->reassembly);
    neighbour_init(&nif->neighbours);
    arp_claim(nif, config->ip, config->prefix, config->probe);
}

void net_set_wall_clock(struct netif *nif, uint64_t offset, uint16_t error)
{
    nif->wall_known = true;
    nif->wall_offset = offset;
    nif->wall_error = error;
    nif->wall_told = nif->now;
}

void net_set_wall_drift(struct netif *nif, uint32_t ppm)
{
    nif->wall_drift = (uint32_t)((ppm * (uint64_t)STAMP_ERROR_PER_US + 999999) / 1000000);
}

void net_set_mtu(struct netif *nif, uint16_t mtu)
{
    nif->mtu = mtu;
}

void net_link_up(struct netif *nif)
{
    arp_claim(nif, nif->claim.ip, nif->prefix, nif->config.probe);
}

void net_announce(struct netif *nif)
{
    arp_claim_announce(nif);
}

/* Hands the frame's content to the protocol that the Ethernet header names. */
static enum verdict dispatch(struct netif *nif, struct cursor *c, struct eth_header *e)
{
    uint16_t type = be16(e->type);
    if (type == ETHERTYPE_IPV4)
        return ipv4_input(nif, c, e);
    if (type == ETHERTYPE_ARP)
        return arp_input(nif, c, e);
    return type < ETH_TYPE_MIN ? DROP_ETH_LENGTH : DROP_ETH_TYPE;
}

enum verdict net_input(struct netif *nif, struct frame *f)
{
    struct cursor c = {f->data, f->len, f};
    struct eth_header e;
    enum verdict v = eth_pull(nif, &c, &e);
    if (v == VERDICT_NONE)
        v = dispatch(nif, &c, &e);
    netif_count(nif, v);
    if (v == HELD_FRAGMENT)
        ipv4_datagram_answer(nif);
    return v;
}

struct frame *net_released(struct netif *nif, bool *is_answer)
{
    struct frame *f = frame_list_take(&nif->released);
    if (f) {
        ensure(nif->held > 0);
        nif->held--;
        *is_answer = f->is_answer;
    }
    return f;
}

/*
 * What the protocols do by themselves: when it is due, and the function that does it. A protocol
 * with a timer adds a line.
 */
#define CLOCKS(C)                                                                                  \
    C(reassembly_due, ipv4_datagram_tick)                                                          \
    C(arp_claim_due, arp_claim_tick)                                                               \
    C(neighbour_due, solicit_tick)

uint64_t net_due(const struct netif *nif)
{
    uint64_t earliest = UINT64_MAX, due;
#define C(due_of, tick)                                                                            \
    due = due_of(nif);                                                                             \
    earliest = due < earliest ? due : earliest;
    CLOCKS(C)
#undef C
    return earliest;
}

enum verdict net_tick(struct netif *nif, struct frame *spare)
{
    enum verdict v = VERDICT_NONE;
#define C(due_of, tick) v = v == VERDICT_NONE ? tick(nif, spare) : v;
    CLOCKS(C)
#undef C
    if (v != VERDICT_NONE)
        netif_count(nif, v);
    return v;
}

void net_stamp(const struct netif *nif, struct frame *f, uint64_t now)
{
    stamp_transmit(nif, f, now);
}
