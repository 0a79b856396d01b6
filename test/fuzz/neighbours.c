/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge's own list of neighbours: those that answers from a virtual address go to. It can't be
 * seen from outside but by what the core sends, so it is kept exactly: where the rules leave a
 * choice that does not show, the judge is lost.
 */
#include "neighbours.h"

#include <string.h>

#define NEIGHBOURS 64 /* that there is room for */
#define UNKNOWN    32 /* of them, before another one is asked for */

#define SECOND      1000000u
#define ASKED_AGAIN (1 * SECOND)  /* at the earliest (RFC 1122 2.3.2.1) */
#define ASKED_TIMES 3             /* then given up */
#define CONFIRMED   (30 * SECOND) /* if used after so long without a word of it */
#define BELIEVED    (60 * SECOND) /* without a word of it */
#define NEVER_DUE   UINT64_MAX

struct neighbour_seen {
    uint32_t ip; /* 0: nobody */
    unsigned vlans;
    uint8_t tags[8]; /* of who was first answered */
    size_t tags_size;
    bool known;
    uint8_t mac[6];
    unsigned asked; /* times, since it is unknown */
    uint64_t due;   /* the next request, or giving up */
    uint64_t stays; /* at least until then, as it was asked */
    uint64_t heard; /* what it said of itself, last */
    uint64_t used;
    struct kept *waiting;
};

static struct neighbour_seen seen[NEIGHBOURS];
static uint64_t silent;

void neighbours_start(void)
{
    memset(seen, 0, sizeof seen);
    silent = 0;
}

uint64_t neighbours_silent(void)
{
    return silent;
}

/* The VLANs before the type, of which those with identifier 0 in front don't count. */
static unsigned vlans(const uint8_t *request)
{
    return tags_vlans(request, tags_end(request, ETH_LEAST));
}

uint32_t neighbours_next_hop(const struct judge *j, const uint8_t *ip)
{
    uint32_t client = get32(ip + IP_SRC), asked = get32(ip + IP_DST);
    if (j->ip == 0 || asked != j->us->vip || asked == j->ip)
        return 0;
    unsigned prefix = j->us->prefix;
    bool near = prefix == 0 || client >> (32 - prefix) == j->ip >> (32 - prefix);
    return near ? client : j->us->gateway; /* RFC 1122 3.3.1.1 */
}

static struct neighbour_seen *find(uint32_t ip, const uint8_t *request)
{
    for (struct neighbour_seen *n = seen; n < seen + NEIGHBOURS; n++)
        if (n->ip == ip && ip != 0 && n->vlans == vlans(request))
            return n;
    return NULL;
}

/* What waits for the neighbour ends. */
static void let_go(struct neighbour_seen *n, bool send)
{
    if (!n->waiting)
        return;
    kept_let_go(n->waiting, send ? n->mac : NULL);
    n->waiting = NULL;
    silent += !send;
}

void neighbours_forget(void)
{
    for (struct neighbour_seen *n = seen; n < seen + NEIGHBOURS; n++)
        let_go(n, false);
    memset(seen, 0, sizeof seen);
}

/* How many are not known. */
static unsigned unknown(void)
{
    unsigned n = 0;
    for (const struct neighbour_seen *s = seen; s < seen + NEIGHBOURS; s++)
        n += s->ip != 0 && !s->known;
    return n;
}

/* A place for another one: that of who is known and was used longest ago. NULL if all have to stay, or too
 * many are not known. */
static struct neighbour_seen *place(struct judge *j)
{
    struct neighbour_seen *oldest = NULL;
    bool several = false;
    if (unknown() >= UNKNOWN)
        return NULL;
    for (struct neighbour_seen *n = seen; n < seen + NEIGHBOURS; n++) {
        if (n->ip == 0)
            return n;
        if (!n->known || n->stays > j->now)
            continue;
        int order = oldest ? (n->used > oldest->used) - (n->used < oldest->used) : -1;
        several = order == 0 || (several && order > 0);
        if (order <= 0)
            oldest = n;
    }
    j->lost |= several;
    return oldest;
}

static struct neighbour_seen *begin(struct judge *j, uint32_t ip, const uint8_t *request)
{
    struct neighbour_seen *n = place(j);
    if (!n)
        return NULL;
    *n = (struct neighbour_seen){.ip = ip,
                                 .vlans = vlans(request),
                                 .tags_size = tags_end(request, ETH_LEAST) - ETH_TYPE,
                                 .due = j->now};
    memcpy(n->tags, request + ETH_TYPE, n->tags_size);
    return n;
}

enum way neighbours_use(struct judge *j, uint32_t hop, const uint8_t *request, uint8_t *peer)
{
    struct neighbour_seen *n = find(hop, request);
    memcpy(peer, request + ETH_SRC, 6);
    if (!n)
        n = begin(j, hop, request);
    if (!n)
        return BACK_WHERE_IT_CAME_FROM;
    n->used = j->now;
    if (n->known && j->now - n->heard >= BELIEVED) {
        n->known = false;
        n->asked = 0;
        n->due = n->stays > j->now ? n->stays : j->now;
    }
    if (n->known) {
        if (j->now - n->heard >= CONFIRMED && n->stays <= j->now && n->due == NEVER_DUE)
            n->due = j->now;
        memcpy(peer, n->mac, 6);
        return TO_THE_NEIGHBOUR;
    }
    return slots_held() < j->us->held_max ? TO_BE_KEPT : BACK_WHERE_IT_CAME_FROM;
}

void neighbours_keep(uint32_t hop, const uint8_t *request, struct kept *k)
{
    struct neighbour_seen *n = find(hop, request);
    let_go(n, false); /* RFC 1122 2.3.2.2: the latest one is kept */
    n->waiting = k;
}

bool neighbours_learn(const struct judge *j, const uint8_t *request, enum kind *sent)
{
    const uint8_t *arp = request + tags_end(request, ETH_LEAST) + 2;
    struct neighbour_seen *n = find(get32(arp + ARP_SPA), request);
    *sent = NOTHING;
    if (!n)
        return false;
    n->known = true;
    memcpy(n->mac, arp + ARP_SHA, 6);
    n->heard = j->now;
    n->due = NEVER_DUE;
    if (n->waiting)
        *sent = n->waiting->kind;
    let_go(n, true);
    return true;
}

bool neighbours_wait(void)
{
    for (const struct neighbour_seen *n = seen; n < seen + NEIGHBOURS; n++)
        if (n->waiting)
            return true;
    return false;
}

bool neighbours_gave_way(bool wanted)
{
    bool one = false;
    for (struct neighbour_seen *n = seen; n < seen + NEIGHBOURS; n++)
        if (n->waiting && wanted && !one && kept_released(n->waiting)) {
            let_go(n, false);
            one = true;
        }
    return one;
}

bool neighbours_gives_up(const struct judge *j)
{
    for (const struct neighbour_seen *n = seen; n < seen + NEIGHBOURS; n++)
        if (n->ip != 0 && n->due <= j->now && !n->known && n->asked == ASKED_TIMES)
            return true;
    return false;
}

/* The request for a neighbour: to everybody or, if it only is to confirm what we know, to it. */
static void right_request(const struct judge *j, const struct neighbour_seen *n, uint8_t *right)
{
    static const uint8_t rest[10] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1};
    uint8_t *arp = right + ETH_HEADER + n->tags_size;
    memset(right, 0, ETH_LEAST);
    if (n->known)
        memcpy(right, n->mac, 6);
    else
        memset(right, 0xff, 6);
    memcpy(right + ETH_SRC, j->us->mac, 6);
    memcpy(right + ETH_TYPE, n->tags, n->tags_size);
    memcpy(arp - 2, rest, sizeof rest);
    memcpy(arp + ARP_SHA, j->us->mac, 6);
    put32(arp + ARP_SPA, j->ip);
    put32(arp + ARP_TPA, n->ip);
}

/* Finds it among those that were made. */
static void check_made(const uint8_t *right, struct request *requests, size_t count)
{
    for (struct request *r = requests; r < requests + count; r++)
        if (!r->right && r->len == ETH_LEAST && memcmp(r->octets, right, ETH_LEAST) == 0) {
            r->right = true;
            return;
        }
    wrong("no ARP request, though it is time for this one", right, ETH_LEAST);
}

void neighbours_judge_tick(const struct judge *j, struct request *requests, size_t n)
{
    for (struct neighbour_seen *m = seen; m < seen + NEIGHBOURS; m++) {
        uint8_t right[ETH_LEAST];
        if (m->ip == 0 || m->due > j->now)
            continue;
        if (!m->known && m->asked == ASKED_TIMES) {
            let_go(m, false);
            m->ip = 0;
            continue;
        }
        right_request(j, m, right);
        check_made(right, requests, n);
        m->stays = j->now + ASKED_AGAIN;
        m->due = m->known ? NEVER_DUE : m->stays;
        m->asked++;
    }
    for (const struct request *r = requests; r < requests + n; r++)
        if (!r->right)
            wrong("an ARP request that nobody needs, or a wrong one", r->octets, r->len);
}
