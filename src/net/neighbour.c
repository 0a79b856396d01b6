/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The neighbour table. What always holds: no neighbour is asked for more than once a second (RFC
 * 1122 2.3.2.1), and no entry is used for more than a minute after the neighbour was last heard.
 */
#include "net/neighbour.h"

#include <string.h>

#define REQUEST_NUM      3                   /* without an answer the neighbour is then given up */
#define REQUEST_INTERVAL (1 * NETIF_SECOND)  /* RFC 1122 2.3.2.1 */
#define REACHABLE_TIME   (30 * NETIF_SECOND) /* RFC 4861 10; then it is asked again if it is used */
#define FORGET_AFTER     (60 * NETIF_SECOND) /* longer than that, so that no answer has to wait */

/*
 * At most this many neighbours may be unresolved at once, so that a client that invents addresses
 * cannot fill the table.
 */
#define UNRESOLVED_MAX (NEIGHBOURS_MAX / 2)

void neighbour_init(struct neighbour_table *table)
{
    *table = (struct neighbour_table){.due = UINT64_MAX};
}

static struct neighbour *table_end(struct neighbour_table *table)
{
    return table->neighbours + table->count;
}

/* Whether a request is due at retry_after. */
static bool is_to_be_asked(const struct neighbour *n)
{
    return n->state == NEIGHBOUR_INCOMPLETE || n->state == NEIGHBOUR_PROBE;
}

/* Sets the state of an entry, and with it the time of the table's next request. */
static void enter(struct netif *nif, struct neighbour *n, enum neighbour_state state)
{
    struct neighbour_table *table = &nif->neighbours;
    n->state = (uint8_t)state;
    table->due = UINT64_MAX;
    for (const struct neighbour *m = table->neighbours; m < table_end(table); m++)
        if (is_to_be_asked(m) && m->retry_after < table->due)
            table->due = m->retry_after;
}

/* Makes a request due: now, or a second after the last one. */
static void ask(struct netif *nif, struct neighbour *n, enum neighbour_state state)
{
    if (n->retry_after < nif->now)
        n->retry_after = nif->now;
    enter(nif, n, state);
}

/* Begins to ask where a neighbour is. */
static void resolve(struct netif *nif, struct neighbour *n)
{
    n->mac = (mac_t){{0}};
    n->requests_left = REQUEST_NUM;
    ask(nif, n, NEIGHBOUR_INCOMPLETE);
}

/* The entry of a neighbour, NULL if there is none. Each VLAN is a network of its own. */
static struct neighbour *lookup(struct neighbour_table *table, const struct ip_address *ip,
                                const struct eth_header *e)
{
    for (struct neighbour *n = table->neighbours; n < table_end(table); n++)
        if (n->state != NEIGHBOUR_NONE && memcmp(&n->ip, ip, sizeof *ip) == 0 &&
            eth_vlans(&n->tags) == eth_vlans(e))
            return n;
    return NULL;
}

/* Releases the answer that waits for a neighbour: it is sent to it, or given up. */
static void release_waiting(struct netif *nif, struct neighbour *n, bool is_answer)
{
    struct frame *f;
    if (!n->waiting.first)
        return;
    while ((f = frame_list_take(&n->waiting))) {
        memcpy(f->data, &n->mac, sizeof n->mac); /* the destination comes first in a frame */
        netif_release(nif, f, is_answer);
    }
    netif_count(nif, is_answer ? n->verdict : DROP_ARP_NO_REPLY);
}

void neighbour_forget_all(struct netif *nif)
{
    struct neighbour_table *table = &nif->neighbours;
    for (struct neighbour *n = table->neighbours; n < table_end(table); n++)
        release_waiting(nif, n, false);
    neighbour_init(table);
}

/* Whether so many neighbours are unresolved that no other may be added. */
static bool too_many_unresolved(struct neighbour_table *table)
{
    unsigned unresolved = 0;
    for (const struct neighbour *n = table->neighbours; n < table_end(table); n++)
        unresolved += n->state == NEIGHBOUR_INCOMPLETE;
    return unresolved >= UNRESOLVED_MAX;
}

/*
 * Whether an entry may be evicted: not while it is being resolved, nor within a second after a
 * request, as another one might then follow too soon.
 */
static bool is_evictable(const struct netif *nif, const struct neighbour *n)
{
    return n->state != NEIGHBOUR_INCOMPLETE && n->retry_after <= nif->now;
}

/*
 * The entry for a new neighbour: a free one, else the one that was used the longest time ago. NULL
 * if none may be evicted.
 */
static struct neighbour *entry_for_new(struct netif *nif)
{
    struct neighbour_table *table = &nif->neighbours;
    struct neighbour *found = NULL;
    if (table->count < NEIGHBOURS_MAX)
        return &table->neighbours[table->count++];
    for (struct neighbour *n = table->neighbours; n < table_end(table); n++)
        if (is_evictable(nif, n) && (!found || n->used < found->used))
            found = n;
    return found;
}

/* A new neighbour, NULL if there is no room for it. */
static struct neighbour *add(struct netif *nif, const struct ip_address *ip,
                             const struct eth_header *e)
{
    if (too_many_unresolved(&nif->neighbours))
        return NULL;
    struct neighbour *n = entry_for_new(nif);
    if (!n)
        return NULL;
    *n = (struct neighbour){.ip = *ip, .tags = *e};
    resolve(nif, n);
    return n;
}

struct neighbour *neighbour_find(struct netif *nif, const struct ip_address *ip,
                                 const struct eth_header *e)
{
    struct neighbour *n = lookup(&nif->neighbours, ip, e);
    if (!n)
        n = add(nif, ip, e);
    if (!n)
        return NULL;
    n->used = nif->now;
    if (n->state == NEIGHBOUR_REACHABLE && nif->now >= n->confirmed + REACHABLE_TIME)
        n->state = NEIGHBOUR_STALE;
    if (neighbour_is_known(n) && nif->now >= n->confirmed + FORGET_AFTER)
        resolve(nif, n);
    else if (n->state == NEIGHBOUR_STALE && nif->now >= n->retry_after)
        ask(nif, n, NEIGHBOUR_PROBE);
    return neighbour_is_known(n) || nif->held < nif->held_max ? n : NULL;
}

void neighbour_hold(struct netif *nif, struct neighbour *n, struct frame_list answer,
                    enum verdict v)
{
    release_waiting(nif, n, false);
    n->waiting = answer;
    n->verdict = v;
}

bool neighbour_make_room(struct netif *nif)
{
    struct neighbour_table *table = &nif->neighbours;
    for (struct neighbour *n = table->neighbours; n < table_end(table); n++)
        if (n->waiting.first) {
            release_waiting(nif, n, false);
            return true;
        }
    return false;
}

bool neighbour_learn(struct netif *nif, const struct ip_address *ip, const struct eth_header *e,
                     const mac_t *mac)
{
    struct neighbour *n = lookup(&nif->neighbours, ip, e);
    if (!n)
        return false;
    n->mac = *mac;
    n->confirmed = nif->now;
    enter(nif, n, NEIGHBOUR_REACHABLE);
    release_waiting(nif, n, true);
    return true;
}

/* Gives up a neighbour of which nobody has said where it is. */
static void give_up(struct netif *nif, struct neighbour *n)
{
    release_waiting(nif, n, false);
    *n = (struct neighbour){0};
    enter(nif, n, NEIGHBOUR_NONE);
}

struct neighbour *neighbour_to_ask(struct netif *nif)
{
    struct neighbour_table *table = &nif->neighbours;
    for (struct neighbour *n = table->neighbours; n < table_end(table); n++) {
        if (!is_to_be_asked(n) || n->retry_after > nif->now)
            continue;
        if (n->state == NEIGHBOUR_INCOMPLETE && n->requests_left == 0) {
            give_up(nif, n);
            continue;
        }
        n->requests_left--;
        n->retry_after = nif->now + REQUEST_INTERVAL;
        enter(nif, n, n->state == NEIGHBOUR_PROBE ? NEIGHBOUR_STALE : NEIGHBOUR_INCOMPLETE);
        return n;
    }
    return NULL;
}
