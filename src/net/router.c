/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routers on this link: see the header. A router is believed only in an untagged frame: a VLAN is
 * another network, and we have one configuration.
 */
#include "net/router.h"

#include "net/ipv6_address.h"
#include "net/nd_options.h"
#include "net/ndp_packet.h"
#include "net/random.h"
#include "net/wire/icmp6.h"
#include "net/wire/ipv6.h"

#include <string.h>

#define MILLISECOND (NETIF_SECOND / 1000)
#define INFINITE    0xffffffffu                     /* seconds of a lifetime that never ends */
#define TWO_HOURS   (7200 * (uint64_t)NETIF_SECOND) /* RFC 4862 5.5.3 e */

#define SOLICIT_INTERVAL     (4 * NETIF_SECOND) /* RFC 7559 2 */
#define SOLICIT_INTERVAL_MAX (3600 * (uint64_t)NETIF_SECOND)

void router_start(struct netif *nif)
{
    nif->ipv6.solicit_interval = 0;
    bool asks = nif->config.ip6_auto && !nif->config.never_announce && !nif->ipv6.off;
    nif->ipv6.solicit_due = asks ? nif->now : UINT64_MAX;
}

/* RFC 4861 6.1.2; the checksum was looked at. */
static enum verdict check(const struct cursor *c, const struct packet *p,
                          const struct eth_header *e)
{
    const struct ipv6_header *ip = (const struct ipv6_header *)p->header;
    const struct icmp6_router *message = (const struct icmp6_router *)c->pos;
    struct cursor options = *c;
    if (p->fragmented) /* RFC 6980 5 */
        return DROP_ND_FRAGMENT;
    if (p->ttl != 255)
        return DROP_ND_HOP_LIMIT;
    if (!ip_is_link_local(&ip->src))
        return DROP_ND_SOURCE;
    if (!cursor_pull(&options, sizeof *message) || !nd_options_are_sound(options))
        return DROP_ND_LENGTH;
    if (message->code != 0)
        return DROP_ND_CODE;
    return eth_vlans(e) != 0 ? DROP_ND_VLAN : VERDICT_NONE;
}

/* RFC 4861 6.3.4: the list of default routers. One that is new takes a free place, or none. */
static void keep_router(struct netif *nif, const struct ip_address *ip, const mac_t *mac,
                        uint16_t lifetime)
{
    struct ipv6_router *found = NULL, *routers = nif->ipv6.routers;
    for (struct ipv6_router *r = routers; r < routers + IPV6_ROUTERS_MAX; r++) {
        if (r->end > nif->now && ip_equal(&r->ip, ip)) {
            found = r;
            break;
        }
        if (r->end <= nif->now && !found)
            found = r;
    }
    if (found)
        *found = (struct ipv6_router){*ip, *mac, nif->now + lifetime * (uint64_t)NETIF_SECOND};
}

/* The end of a lifetime that begins now. */
static uint64_t end_of(const struct netif *nif, uint32_t seconds)
{
    return seconds == INFINITE ? UINT64_MAX : nif->now + seconds * (uint64_t)NETIF_SECOND;
}

/* RFC 4862 5.5.3: an address of the prefix, new or for longer. */
static void take_prefix(struct netif *nif, const struct nd_prefix *prefix)
{
    uint32_t valid = be32(prefix->valid), preferred = be32(prefix->preferred);
    if (!(prefix->flags & ND_PREFIX_AUTONOMOUS) || ip_is_link_local(&prefix->address) ||
        ip_is_group(&prefix->address) || preferred > valid || prefix->prefix != 64)
        return;
    struct ip_address ip = ipv6_form(nif, &prefix->address);
    struct ipv6_address *a = ipv6_find(nif, &ip);
    uint64_t valid_end = end_of(nif, valid), preferred_end = end_of(nif, preferred);
    if (!a && valid > 0 && (a = ipv6_address_add(nif, &ip, 64, true)))
        a->automatic = true;
    else if (!a || !a->automatic)
        return;
    else if (valid_end < a->valid_end && valid_end - nif->now <= TWO_HOURS) /* e.1 does not apply */
        valid_end = a->valid_end - nif->now <= TWO_HOURS ? a->valid_end     /* e.2 */
                                                         : nif->now + TWO_HOURS; /* e.3 */
    ipv6_address_live(nif, a, preferred_end, valid_end);
}

static void take_options(struct netif *nif, struct cursor options)
{
    const struct nd_mtu *mtu = nd_option_find(options, ND_OPTION_MTU, sizeof *mtu);
    if (mtu && be32(mtu->mtu) >= IPV6_MTU_MIN && be32(mtu->mtu) <= nif->mtu)
        nif->ipv6.mtu = (uint16_t)be32(mtu->mtu);
    if (!nif->config.ip6_auto)
        return;
    const struct nd_prefix *prefix;
    while ((prefix = nd_option_next(&options, ND_OPTION_PREFIX, sizeof *prefix)))
        take_prefix(nif, prefix);
}

enum verdict router_advertisement(struct netif *nif, struct cursor *c, const struct packet *p,
                                  const struct eth_header *e)
{
    const struct ipv6_header *ip = (const struct ipv6_header *)p->header;
    const struct icmp6_router *message = (const struct icmp6_router *)c->pos;
    enum verdict v = check(c, p, e);
    if (v != VERDICT_NONE)
        return v;
    struct cursor options = *c;
    cursor_pull(&options, sizeof *message);
    const struct nd_link_address *source =
        nd_option_find(options, ND_OPTION_SOURCE, sizeof *source);
    uint16_t lifetime = be16(message->lifetime);
    keep_router(nif, &ip->src, source ? &source->mac : &e->peer, lifetime);
    if (lifetime > 0) /* RFC 7559 2.1 */
        nif->ipv6.solicit_due = UINT64_MAX;
    if (message->hop_limit > 0 && !nif->config.ttl_typed)
        nif->ipv6.hop_limit = message->hop_limit;
    if (be32(message->retrans_timer) > 0)
        nif->ipv6.retrans = be32(message->retrans_timer) < 60000
                                ? be32(message->retrans_timer) * MILLISECOND
                                : 60 * NETIF_SECOND;
    take_options(nif, options);
    return CONSUMED_ND_ROUTER;
}

uint64_t router_due(const struct netif *nif)
{
    return nif->ipv6.solicit_due;
}

/* An interval, up to a tenth of part more or less. */
static uint64_t randomized(struct netif *nif, uint64_t interval, uint64_t part)
{
    return interval - part / 10 + random_below(nif, (uint32_t)(part / 5));
}

/* RFC 7559 2 (RFC 8415 15): the first interval, then each about twice the one before, up to the
 * longest. */
enum verdict router_tick(struct netif *nif, struct frame *spare)
{
    uint64_t before = nif->ipv6.solicit_interval;
    if (nif->ipv6.solicit_due > nif->now)
        return VERDICT_NONE;
    if (nif->ipv6.off || nif->ipv6.addresses[0].state == IPV6_NONE) {
        nif->ipv6.solicit_due = UINT64_MAX;
        return VERDICT_NONE;
    }
    uint64_t interval = before ? randomized(nif, 2 * before, before)
                               : randomized(nif, SOLICIT_INTERVAL, SOLICIT_INTERVAL);
    if (interval > SOLICIT_INTERVAL_MAX)
        interval = randomized(nif, SOLICIT_INTERVAL_MAX, SOLICIT_INTERVAL_MAX);
    nif->ipv6.solicit_interval = interval;
    nif->ipv6.solicit_due = nif->now + interval;
    return ndp_send_router_solicitation(nif, spare);
}
