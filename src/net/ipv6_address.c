/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our IPv6 addresses: see the header.
 *
 * An address that we make is optimistic (RFC 4429): it is used while the network is asked whether it
 * is free, so that the first answer need not wait a second. One that was typed waits.
 */
#include "net/ipv6_address.h"

#include "net/mld.h"
#include "net/ndp_packet.h"
#include "net/random.h"
#include "net/wire/ipv6.h"

#include <string.h>

#define PROBE_DELAY_MAX NETIF_SECOND /* RFC 4862 5.4.2, RFC 4861 10 */
#define ANNOUNCE_NUM    3            /* RFC 4861 10, MAX_NEIGHBOR_ADVERTISEMENT */
#define LOOP_PROBES     3            /* RFC 7527 4.1: further ones, if one came back */

#define ADDRESSES(nif, a)                                                                          \
    (a) = (nif)->ipv6.addresses;                                                                   \
    (a) < (nif)->ipv6.addresses + (nif)->ipv6.address_count;                                       \
    (a)++

static bool is_being_probed(const struct ipv6_address *a)
{
    return a->state == IPV6_TENTATIVE || a->state == IPV6_OPTIMISTIC;
}

bool ipv6_listens(const struct netif *nif, const struct ip_address *group)
{
    const struct ip_address all_nodes = ip_link_group(0, 1);
    const struct ipv6_address *a;
    if (nif->ipv6.off)
        return false;
    if (ip_equal(group, &all_nodes))
        return true;
    for (ADDRESSES(nif, a)) {
        struct ip_address solicited = ip_solicited_node(&a->ip);
        if ((ipv6_address_is_in_use(a) || a->state == IPV6_TENTATIVE) &&
            ip_equal(group, &solicited))
            return true;
    }
    return false;
}

struct ipv6_address *ipv6_find(struct netif *nif, const struct ip_address *ip)
{
    struct ipv6_address *a;
    for (ADDRESSES(nif, a))
        if (a->state != IPV6_NONE && ip_equal(&a->ip, ip))
            return a;
    return NULL;
}

const struct ip_address *ipv6_source_for(const struct netif *nif, const struct ip_address *dst)
{
    const struct ipv6_address *a, *found = NULL;
    bool link = ip_is_link_local(dst) || (ip_is_group(dst) && (be32(dst->word[0]) >> 16 & 15) <= 2);
    for (ADDRESSES(nif, a)) {
        if (!ipv6_address_is_in_use(a))
            continue;
        bool fits = ip_is_link_local(&a->ip) == link, better = a->state != IPV6_DEPRECATED;
        if (!found || (fits && (ip_is_link_local(&found->ip) != link || better)))
            found = a;
    }
    return found ? &found->ip : NULL;
}

struct ip_address ipv6_form(const struct netif *nif, const struct ip_address *prefix)
{
    const uint8_t *mac = nif->mac.octet; /* RFC 4291 appendix A: the U/L bit is inverted */
    struct ip_address ip = *prefix;
    ip.word[2] = to_be32((uint32_t)(mac[0] ^ 2) << 24 | (uint32_t)mac[1] << 16 |
                         (uint32_t)mac[2] << 8 | 0xff);
    ip.word[3] = to_be32(0xfe000000u | (uint32_t)mac[3] << 16 | (uint32_t)mac[4] << 8 | mac[5]);
    return ip;
}

/* When an address has something to do, apart from its lifetimes. */
static uint64_t action_due(const struct ipv6_address *a)
{
    return is_being_probed(a) || (ipv6_address_is_in_use(a) && a->advertisements_left > 0)
               ? a->due
               : UINT64_MAX;
}

static uint64_t lifetime_due(const struct ipv6_address *a)
{
    if (a->state == IPV6_NONE)
        return UINT64_MAX;
    return a->state == IPV6_PREFERRED && a->preferred_end < a->valid_end ? a->preferred_end
                                                                         : a->valid_end;
}

/* An address has changed: it may be news, and something else may be the next to do. */
static void changed(struct netif *nif)
{
    const struct ipv6_address *a;
    nif->ipv6.changes++;
    nif->ipv6.address_due = UINT64_MAX;
    for (ADDRESSES(nif, a)) {
        uint64_t action = action_due(a), lifetime = lifetime_due(a);
        uint64_t due = action < lifetime ? action : lifetime;
        if (due < nif->ipv6.address_due)
            nif->ipv6.address_due = due;
    }
}

/* Nobody has objected: the address is ours. The routers hear of a new one (RFC 9131 6.1.2), all nodes
 * of one that was there before the link came up (RFC 4861 7.2.6). */
static void accept(struct netif *nif, struct ipv6_address *a)
{
    a->state = IPV6_PREFERRED;
    a->advertisements_left = nif->config.never_announce ? 0 : a->announce_all ? ANNOUNCE_NUM : 1;
    a->due = nif->now;
    if (a != nif->ipv6.addresses)
        return;
    mld_change(nif); /* RFC 9777 5.2.13: reports from :: may have been dropped */
    if (nif->ipv6.solicit_due != UINT64_MAX) { /* RFC 4429 3.2: once more, with our MAC beside it */
        nif->ipv6.solicit_due = nif->now;
        nif->ipv6.solicit_interval = 0;
    }
}

/* Begins to ask whether an address is free, after some delay. */
static void begin(struct netif *nif, struct ipv6_address *a, bool optimistic)
{
    a->state = optimistic ? IPV6_OPTIMISTIC : IPV6_TENTATIVE;
    a->probes_left = nif->config.never_announce ? 0 : nif->config.dad;
    a->advertisements_left = 0;
    a->looped_back = false;
    a->due = nif->now + (optimistic ? 0 : random_below(nif, PROBE_DELAY_MAX));
    mld_change(nif);         /* RFC 4862 5.4.2: the group is joined first */
    if (a->probes_left == 0) /* RFC 4862 5.1: no detection */
        accept(nif, a);
    changed(nif);
}

/* A free entry; NULL: there is none. */
static struct ipv6_address *free_entry(struct netif *nif)
{
    struct ipv6_address *a;
    for (ADDRESSES(nif, a))
        if (a->state == IPV6_NONE)
            return a;
    return nif->ipv6.address_count < IPV6_ADDRESSES_MAX
               ? &nif->ipv6.addresses[nif->ipv6.address_count++]
               : NULL;
}

struct ipv6_address *ipv6_address_add(struct netif *nif, const struct ip_address *ip,
                                      uint8_t prefix, bool optimistic)
{
    struct ipv6_address *a = free_entry(nif);
    if (!a)
        return NULL;
    *a = (struct ipv6_address){.ip = *ip,
                               .prefix = prefix,
                               .optimistic = optimistic,
                               .preferred_end = UINT64_MAX,
                               .valid_end = UINT64_MAX};
    begin(nif, a, optimistic);
    return a;
}

void ipv6_address_remove(struct netif *nif, struct ipv6_address *a)
{
    mld_leave(nif, &a->ip);
    a->state = IPV6_NONE;
    changed(nif);
}

void ipv6_address_is_duplicate(struct netif *nif, struct ipv6_address *a)
{
    nif->ipv6.duplicates++;
    a->state = IPV6_DUPLICATE;
    if (a == nif->ipv6.addresses) { /* the first is the link-local one */
        nif->ipv6.off = true;
        nif->ipv6.report_due = nif->ipv6.answer_due = nif->ipv6.solicit_due = UINT64_MAX;
        for (ADDRESSES(nif, a))
            if (a->state != IPV6_NONE)
                a->state = IPV6_DUPLICATE;
    } else {
        mld_leave(nif, &a->ip);
    }
    changed(nif);
}

void ipv6_address_looped_back(struct netif *nif, struct ipv6_address *a)
{
    if (a->looped_back)
        return;
    a->looped_back = true;
    a->probes_left = LOOP_PROBES;
    a->due = nif->now + nif->ipv6.retrans;
    changed(nif);
}

void ipv6_address_init(struct netif *nif)
{
    const struct ip_address link_local = {{to_be32(0xfe800000)}};
    if (nif->ipv6.off)
        return;
    struct ip_address own = ipv6_form(nif, &link_local);
    ipv6_address_add(nif, &own, 64, true);
    for (unsigned i = 0; i < nif->config.ip6_count; i++)
        ipv6_address_add(nif, &nif->config.ip6[i].address, nif->config.ip6[i].prefix, false);
}

void ipv6_address_restart(struct netif *nif)
{
    struct ipv6_address *a;
    if (nif->config.ip6_none || nif->mtu < IPV6_MTU_MIN)
        return;
    nif->ipv6.off = false;
    for (ADDRESSES(nif, a))
        if (a->state != IPV6_NONE) {
            a->announce_all = true;
            begin(nif, a, a->optimistic);
        }
}

void ipv6_address_announce(struct netif *nif)
{
    struct ipv6_address *a;
    if (nif->config.never_announce)
        return;
    for (ADDRESSES(nif, a)) {
        if (a->state != IPV6_PREFERRED && a->state != IPV6_DEPRECATED)
            continue;
        a->advertisements_left = ANNOUNCE_NUM;
        a->announce_all = true;
        a->due = nif->now;
    }
    changed(nif);
}

void ipv6_address_live(struct netif *nif, struct ipv6_address *a, uint64_t preferred_end,
                       uint64_t valid_end)
{
    a->preferred_end = preferred_end;
    a->valid_end = valid_end;
    if (a->state == IPV6_DEPRECATED && preferred_end > nif->now)
        a->state = IPV6_PREFERRED;
    changed(nif);
}

/* What an address has to do now. */
static enum verdict act(struct netif *nif, struct ipv6_address *a, struct frame *spare)
{
    if (is_being_probed(a) && a->probes_left == 0)
        accept(nif, a);
    if (is_being_probed(a)) {
        a->probes_left--;
        a->due = nif->now + nif->ipv6.retrans;
        return ndp_send_probe(nif, spare, a);
    }
    a->advertisements_left--;
    a->due = nif->now + nif->ipv6.retrans;
    return ndp_send_advertisement(nif, spare, a);
}

enum verdict ipv6_address_tick(struct netif *nif, struct frame *spare)
{
    enum verdict v = VERDICT_NONE;
    struct ipv6_address *a;
    if (nif->ipv6.address_due > nif->now)
        return VERDICT_NONE;
    for (ADDRESSES(nif, a)) {
        if (a->state != IPV6_NONE && a->valid_end <= nif->now)
            ipv6_address_remove(nif, a); /* RFC 4862 5.5.4: silent at once */
        else if (a->state == IPV6_PREFERRED && a->preferred_end <= nif->now)
            a->state = IPV6_DEPRECATED;
        if (v == VERDICT_NONE && action_due(a) <= nif->now)
            v = act(nif, a, spare);
    }
    changed(nif);
    return v;
}
