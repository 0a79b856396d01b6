/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fragments of datagrams that are not whole yet.
 *
 * A datagram is a list of its fragments in the order of their offsets. They never overlap, so it is
 * whole when the octets received are as many as its last fragment says. Fragments that do not fit
 * together end the datagram (RFC 1858, RFC 5722 4).
 */
#include "net/reassembly.h"

#include "net/neighbour.h"

#include <string.h>

/* The fragment that a link names, which is not the end of a list. */
static struct fragment *fragment_at(struct reassembly *r, uint16_t link)
{
    ensure(link > 0 && link <= REASSEMBLY_FRAGMENTS_MAX);
    return &r->fragments[link - 1];
}

/* The fragment that a link names, NULL at the end of a list. */
static struct fragment *follow(struct reassembly *r, uint16_t link)
{
    return link ? fragment_at(r, link) : NULL;
}

struct fragment *reassembly_first(struct reassembly *r, const struct datagram *d)
{
    return fragment_at(r, d->first);
}

struct fragment *reassembly_next(struct reassembly *r, const struct fragment *f)
{
    return follow(r, f->next);
}

static struct datagram *datagrams_end(struct reassembly *r)
{
    return r->datagrams + REASSEMBLY_DATAGRAMS_MAX;
}

void reassembly_init(struct reassembly *r)
{
    for (uint16_t i = 0; i < REASSEMBLY_FRAGMENTS_MAX; i++)
        r->fragments[i].next = (uint16_t)(i + 2);
    r->fragments[REASSEMBLY_FRAGMENTS_MAX - 1].next = 0;
    r->unused = 1;
    for (struct datagram *d = r->datagrams; d < datagrams_end(r); d++)
        d->first = 0;
}

void reassembly_release(struct netif *nif, struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    for (struct fragment *f = reassembly_first(r, d); f; f = reassembly_next(r, f))
        if (!f->frame->is_answer)
            netif_release(nif, f->frame, false);
    fragment_at(r, d->last)->next = r->unused;
    r->unused = d->first;
    d->first = 0;
}

void reassembly_drop_second(struct netif *nif, struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *first = reassembly_first(r, d), *second = reassembly_next(r, first);
    uint16_t place = first->next;
    ensure(second != NULL && second->length == 0);
    first->next = second->next;
    if (d->last == place)
        d->last = d->first;
    second->next = r->unused;
    r->unused = place;
    netif_release(nif, second->frame, false);
}

static struct datagram *find(struct reassembly *r, const struct datagram_key *key)
{
    for (struct datagram *d = r->datagrams; d < datagrams_end(r); d++)
        if (d->first && memcmp(&d->key, key, sizeof *key) == 0)
            return d;
    return NULL;
}

/* The datagram that expires first. If there is none, a free entry. */
static struct datagram *oldest(struct reassembly *r)
{
    struct datagram *found = r->datagrams;
    for (struct datagram *d = r->datagrams; d < datagrams_end(r); d++)
        if (d->first && (!found->first || d->expires < found->expires))
            found = d;
    return found;
}

/* Gives up the oldest datagram. Returns whether there was one. */
static bool give_up_oldest(struct netif *nif)
{
    struct datagram *d = oldest(&nif->reassembly);
    if (!d->first)
        return false;
    reassembly_release(nif, d);
    netif_count(nif, DROP_FRAGMENT_GIVEN_UP);
    return true;
}

/*
 * Makes room to hold another frame, by giving up an older answer or datagram if need be. Returns
 * whether there is room, or will be when the caller has taken what was given up.
 */
static bool make_room(struct netif *nif)
{
    if (nif->held > nif->held_max)
        return false;
    if (nif->reassembly.unused == 0)
        return give_up_oldest(nif);
    return nif->held < nif->held_max || neighbour_make_room(nif) || give_up_oldest(nif);
}

/*
 * A new datagram; if the table is full, the oldest one is given up for it. Its entry is in use once
 * it has a fragment.
 */
static struct datagram *add(struct netif *nif, const struct datagram_key *key)
{
    struct reassembly *r = &nif->reassembly;
    struct datagram *d = r->datagrams;
    while (d < datagrams_end(r) && d->first)
        d++;
    if (d == datagrams_end(r)) {
        d = oldest(r);
        give_up_oldest(nif);
    }
    *d = (struct datagram){.key = *key, .expires = nif->now + REASSEMBLY_TIMEOUT_US};
    return d;
}

/* The fragment in front of a new one at this offset, NULL if the new one would be the first. */
static struct fragment *predecessor(struct reassembly *r, const struct datagram *d, uint16_t offset)
{
    struct fragment *before = follow(r, d->last); /* most come in order */
    if (before && before->offset >= offset) {
        before = NULL;
        for (struct fragment *f = follow(r, d->first); f && f->offset < offset;
             f = reassembly_next(r, f))
            before = f;
    }
    return before;
}

/*
 * Whether a fragment fits into a datagram: HELD_FRAGMENT, or why not: it is there already, it
 * overlaps another one, or it does not agree with the end.
 */
static enum verdict fit(struct reassembly *r, const struct datagram *d,
                        const struct fragment *arrived, bool more)
{
    uint32_t end = (uint32_t)arrived->offset + arrived->length;
    const struct fragment *before = predecessor(r, d, arrived->offset);
    const struct fragment *after = follow(r, before ? before->next : d->first);

    if (after && after->offset == arrived->offset && after->length == arrived->length &&
        more == (end != d->total))
        return DROP_FRAGMENT_DUPLICATE;
    if (before && (uint32_t)before->offset + before->length > arrived->offset)
        return DROP_FRAGMENT_OVERLAP;
    if (after && (end > after->offset || !more))
        return DROP_FRAGMENT_OVERLAP;
    if (d->total && (end > d->total || !more))
        return DROP_FRAGMENT_OVERLAP;
    return HELD_FRAGMENT;
}

/* Puts a fragment that fits into its place. There is an unused entry for it. */
static void insert(struct netif *nif, struct datagram *d, const struct fragment *arrived, bool more)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *before = predecessor(r, d, arrived->offset);
    uint16_t *link = before ? &before->next : &d->first;
    uint16_t place = r->unused;
    struct fragment *f = fragment_at(r, place);
    r->unused = f->next;
    nif->held++;
    *f = *arrived;
    f->frame->is_answer = false;
    f->next = *link;
    *link = place;
    if (f->next == 0)
        d->last = place;
    if (!more)
        d->total = (uint32_t)f->offset + f->length;
    d->received += f->length;
}

enum verdict reassembly_input(struct netif *nif, struct cursor *c, const struct datagram_key *key,
                              const struct eth_header *e, uint8_t *header, uint16_t offset,
                              bool more)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment arrived = {.frame = c->frame,
                               .eth = *e,
                               .header = header,
                               .payload = c->pos,
                               .offset = offset,
                               .length = (uint16_t)c->left};
    struct datagram *d = find(r, key);
    enum verdict v = d ? fit(r, d, &arrived, more) : HELD_FRAGMENT;
    if (v == DROP_FRAGMENT_OVERLAP)
        reassembly_release(nif, d);
    if (v != HELD_FRAGMENT)
        return v;
    if (!make_room(nif))
        return DROP_FRAGMENT_GIVEN_UP;
    d = find(r, key); /* it may have been given up, as the oldest */
    insert(nif, d ? d : add(nif, key), &arrived, more);
    return HELD_FRAGMENT;
}

struct datagram *reassembly_whole(struct reassembly *r)
{
    for (struct datagram *d = r->datagrams; d < datagrams_end(r); d++)
        if (d->first && d->received == d->total)
            return d;
    return NULL;
}

struct datagram *reassembly_expired(struct netif *nif)
{
    struct reassembly *r = &nif->reassembly;
    for (struct datagram *d = r->datagrams; d < datagrams_end(r); d++)
        if (d->first && d->expires <= nif->now)
            return d;
    return NULL;
}

uint64_t reassembly_due(const struct netif *nif)
{
    const struct reassembly *r = &nif->reassembly;
    uint64_t due = UINT64_MAX;
    if (nif->held == 0)
        return due;
    for (int i = 0; i < REASSEMBLY_DATAGRAMS_MAX; i++)
        if (r->datagrams[i].first && r->datagrams[i].expires < due)
            due = r->datagrams[i].expires;
    return due;
}
