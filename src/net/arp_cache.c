/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ARP cache. What always holds: nobody is asked for more than once a second (RFC
 * 1122 2.3.2.1), and nobody is believed for longer than a minute without having spoken.
 */
#include "net/arp_cache.h"

#include "net/arp.h"
#include "net/eth.h"

#include <string.h>

#define SECOND 1000000u

#define REQUEST_NUM      3             /* of one that nobody answers, then it is given up */
#define REQUEST_INTERVAL (1 * SECOND)  /* RFC 1122 2.3.2.1 */
#define REFRESH_AFTER    (30 * SECOND) /* one that is used is asked before it is forgotten ... */
#define EXPIRE_AFTER     (60 * SECOND) /* ... and lost no answer by that */

/* That are asked for at a time, so that who makes up addresses has only a share. */
#define UNKNOWN_MAX         (ARP_CACHE_MAX / 2)
#define UNKNOWN_MAX_GATEWAY (ARP_CACHE_MAX * 3 / 4) /* before which another gateway still may */

void arp_cache_init(struct arp_cache *cache)
{
    *cache = (struct arp_cache){.due = UINT64_MAX};
}

/* When a neighbour is to be asked, or given up. */
static void set_due(struct arp_cache *cache, struct neighbour *n, uint64_t due)
{
    n->due = due;
    cache->due = UINT64_MAX;
    for (const struct neighbour *m = cache->neighbours; m < cache->neighbours + cache->count; m++)
        if (m->due < cache->due)
            cache->due = m->due;
}

/* Begins to ask for a neighbour, but not within a second of the last time. */
static void ask(struct netif *nif, struct neighbour *n)
{
    n->mac = (mac_t){{0}};
    n->known = false;
    n->requests_left = REQUEST_NUM;
    set_due(&nif->arp_cache, n, n->stays > nif->now ? n->stays : nif->now);
}

/* The entry of a neighbour, NULL if there is none. Each VLAN is a network of its own. */
static struct neighbour *lookup(struct arp_cache *cache, uint32_t ip, const struct eth_header *e)
{
    for (struct neighbour *n = cache->neighbours; n < cache->neighbours + cache->count; n++)
        if (n->ip == ip && eth_vlans(&n->tags) == eth_vlans(e))
            return n;
    return NULL;
}

/* Lets what waits for a neighbour go, to be sent or not. */
static void let_go(struct netif *nif, struct neighbour *n, bool send)
{
    struct frame *f;
    if (!n->waiting.first)
        return;
    while ((f = frame_list_take(&n->waiting))) {
        memcpy(f->data, &n->mac, sizeof n->mac); /* the destination comes first in a frame */
        netif_release(nif, f, send);
    }
    netif_count(nif, send ? n->verdict : DROP_ARP_NO_REPLY);
}

void arp_cache_forget(struct netif *nif)
{
    struct arp_cache *cache = &nif->arp_cache;
    for (struct neighbour *n = cache->neighbours; n < cache->neighbours + cache->count; n++)
        let_go(nif, n, false);
    arp_cache_init(cache);
}

/* The gateway of each VLAN is one. */
static bool is_gateway(const struct netif *nif, uint32_t ip)
{
    return ip != 0 && ip == nif->config.gateway;
}

/* Whether so many are being asked for that this one has to wait. */
static bool is_crowded(const struct netif *nif, uint32_t ip)
{
    const struct arp_cache *cache = &nif->arp_cache;
    unsigned unknown = 0;
    for (const struct neighbour *n = cache->neighbours; n < cache->neighbours + cache->count; n++)
        unknown += n->ip != 0 && !n->known;
    return unknown >= (is_gateway(nif, ip) ? UNKNOWN_MAX_GATEWAY : UNKNOWN_MAX);
}

/* Whether an entry is another's to take: not while its neighbour is being asked for. */
static bool gives_way(const struct netif *nif, const struct neighbour *n)
{
    return n->ip == 0 || (n->known && n->stays <= nif->now);
}

/* Which of two that give way does so first: a gateway, who leads to most clients, last; else the
 * one used longest ago. */
static bool goes_first(const struct netif *nif, const struct neighbour *a,
                       const struct neighbour *b)
{
    bool gateway = is_gateway(nif, a->ip);
    return gateway == is_gateway(nif, b->ip) ? a->used < b->used : !gateway;
}

/* A new neighbour in a free entry or that of a known one, NULL if there is no room for it. */
static struct neighbour *begin(struct netif *nif, uint32_t ip, const struct eth_header *e)
{
    struct arp_cache *cache = &nif->arp_cache;
    struct neighbour *found = NULL;
    if (is_crowded(nif, ip))
        return NULL;
    if (cache->count < ARP_CACHE_MAX)
        cache->neighbours[cache->count++].due = UINT64_MAX;
    for (struct neighbour *n = cache->neighbours; n < cache->neighbours + cache->count; n++)
        if (gives_way(nif, n) && (!found || goes_first(nif, n, found)))
            found = n;
    if (!found)
        return NULL;
    *found = (struct neighbour){.ip = ip, .tags = *e};
    ask(nif, found);
    return found;
}

struct neighbour *arp_cache_find(struct netif *nif, uint32_t ip, const struct eth_header *e)
{
    struct neighbour *n = lookup(&nif->arp_cache, ip, e);
    if (!n)
        n = begin(nif, ip, e);
    if (!n)
        return NULL;
    n->used = nif->now;
    if (n->known && nif->now >= n->expires)
        ask(nif, n);
    if (n->known && nif->now >= n->refresh)
        set_due(&nif->arp_cache, n, nif->now);
    return n->known || nif->held < nif->held_max ? n : NULL;
}

void arp_cache_hold(struct netif *nif, struct neighbour *n, struct frame_list answer,
                    enum verdict v)
{
    let_go(nif, n, false);
    n->waiting = answer;
    n->verdict = v;
}

bool arp_cache_make_room(struct netif *nif)
{
    struct arp_cache *cache = &nif->arp_cache;
    for (struct neighbour *n = cache->neighbours; n < cache->neighbours + cache->count; n++)
        if (n->waiting.first) {
            let_go(nif, n, false);
            return true;
        }
    return false;
}

bool arp_cache_learn(struct netif *nif, uint32_t ip, const struct eth_header *e, const mac_t *mac)
{
    struct neighbour *n = ip != 0 ? lookup(&nif->arp_cache, ip, e) : NULL;
    if (!n)
        return false;
    n->mac = *mac;
    n->known = true;
    n->refresh = nif->now + REFRESH_AFTER;
    n->expires = nif->now + EXPIRE_AFTER;
    set_due(&nif->arp_cache, n, UINT64_MAX);
    let_go(nif, n, true);
    return true;
}

/* A request to everybody; or to the one who was there last, which disturbs nobody else (RFC
 * 1122 2.3.2.1, "Unicast Poll"). */
static enum verdict request(struct netif *nif, struct neighbour *n, struct frame *f)
{
    arp_frame(nif, f, &n->tags, n->known ? &n->mac : &mac_broadcast, ARP_OP_REQUEST, nif->ip,
              n->ip);
    n->requests_left--;
    n->stays = n->refresh = nif->now + REQUEST_INTERVAL;
    set_due(&nif->arp_cache, n, n->known ? UINT64_MAX : n->stays);
    return SENT_ARP_REQUEST;
}

/* Nobody has said where this one is. */
static void give_up(struct netif *nif, struct neighbour *n)
{
    let_go(nif, n, false);
    *n = (struct neighbour){0};
    set_due(&nif->arp_cache, n, UINT64_MAX);
}

enum verdict arp_cache_tick(struct netif *nif, struct frame *f)
{
    struct arp_cache *cache = &nif->arp_cache;
    for (struct neighbour *n = cache->neighbours; cache->due <= nif->now; n++) {
        if (n->due > nif->now)
            continue;
        if (n->known || n->requests_left > 0)
            return request(nif, n, f);
        give_up(nif, n);
    }
    return VERDICT_NONE;
}
