/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragmented datagrams (RFC 791 3.2), answered without a copy.
 *
 * A datagram is the list of its fragments in the order of their offsets, without gap or overlap
 * between those that count: it is whole when the octets received are as many as its last fragment
 * said. A list's links are indices + 1 into the fragments, 0 for its end. Whatever does not fit
 * together is given up (RFC 1858, RFC 5722 4).
 */
#include "net/ipv4_reassembly.h"

#include "net/checksum.h"
#include "net/eth.h"
#include "net/stamp.h"

#include <stddef.h>

#define DATAGRAM_MAX 65535 /* octets, header included: what total_length can say */

/* The fragment that a link names, which is not the end of a list. */
static struct fragment *fragment_at(struct reassembly *r, uint16_t link)
{
    return &r->fragments[link - 1];
}

/* The fragment behind a link, NULL at the end of the list. */
static struct fragment *follow(struct reassembly *r, uint16_t link)
{
    return link ? fragment_at(r, link) : NULL;
}

void reassembly_init(struct reassembly *r, uint16_t limit)
{
    /* One entry stays free for the fragment that comes when the limit is reached. */
    r->limit = limit < REASSEMBLY_FRAGMENTS_MAX ? limit : REASSEMBLY_FRAGMENTS_MAX - 1;
    r->held = 0;
    r->released = 0;
    for (uint16_t i = 0; i < REASSEMBLY_FRAGMENTS_MAX; i++)
        r->fragments[i].next = (uint16_t)(i + 2);
    r->fragments[REASSEMBLY_FRAGMENTS_MAX - 1].next = 0;
    r->unused = 1;
    for (int i = 0; i < REASSEMBLY_DATAGRAMS_MAX; i++)
        r->datagrams[i].first = 0;
}

struct frame *reassembly_released(struct reassembly *r, bool *send)
{
    uint16_t link = r->released;
    if (link == 0)
        return NULL;
    struct fragment *fragment = fragment_at(r, link);
    r->released = fragment->next;
    fragment->next = r->unused;
    r->unused = link;
    r->held--;
    *send = fragment->send;
    return fragment->frame;
}

/* Ends a datagram: its fragments are on their way back to the caller. */
static void release(struct reassembly *r, struct datagram *d)
{
    fragment_at(r, d->last)->next = r->released;
    r->released = d->first;
    d->first = 0;
}

static struct datagram *find(struct reassembly *r, const struct ipv4_header *ip, uint32_t vlans)
{
    for (struct datagram *d = r->datagrams; d < r->datagrams + REASSEMBLY_DATAGRAMS_MAX; d++)
        if (d->first && d->id == be16(ip->id) && d->src == be32(ip->src) &&
            d->dst == be32(ip->dst) && d->protocol == ip->protocol && /* RFC 791 3.2 */
            d->vlans == vlans) /* each VLAN is a network of its own */
            return d;
    return NULL;
}

/* The datagram that expires first; a free entry if there is none. */
static struct datagram *oldest(struct reassembly *r)
{
    struct datagram *found = r->datagrams;
    for (struct datagram *d = r->datagrams; d < r->datagrams + REASSEMBLY_DATAGRAMS_MAX; d++)
        if (d->first && (!found->first || d->expires < found->expires))
            found = d;
    return found;
}

/* Whether there was one. */
static bool give_up_oldest(struct netif *nif)
{
    struct datagram *d = oldest(&nif->reassembly);
    if (!d->first)
        return false;
    release(&nif->reassembly, d);
    netif_count(nif, DROP_FRAGMENT_GIVEN_UP);
    return true;
}

/* A new datagram; the oldest makes room if there are too many. It has a place in the table once it
 * has a fragment. */
static struct datagram *begin(struct netif *nif, const struct ipv4_header *ip, uint32_t vlans)
{
    struct datagram *d = nif->reassembly.datagrams;
    struct datagram *end = d + REASSEMBLY_DATAGRAMS_MAX;
    while (d < end && d->first)
        d++;
    if (d == end) {
        d = oldest(&nif->reassembly);
        give_up_oldest(nif);
    }
    *d = (struct datagram){.src = be32(ip->src),
                           .dst = be32(ip->dst),
                           .vlans = vlans,
                           .id = be16(ip->id),
                           .protocol = ip->protocol,
                           .expires = nif->now + REASSEMBLY_TIMEOUT_US};
    return d;
}

/* The fragment that a new one at this offset comes behind, NULL if it would be the first. */
static struct fragment *predecessor(struct reassembly *r, const struct datagram *d, uint16_t offset)
{
    struct fragment *before = follow(r, d->last); /* most come in order */
    if (before && before->offset >= offset) {
        before = NULL;
        for (struct fragment *f = fragment_at(r, d->first); f->offset < offset;
             f = fragment_at(r, f->next)) /* ends at the last one at the latest */
            before = f;
    }
    return before;
}

/*
 * Whether a fragment belongs to a datagram: HELD_FRAGMENT, or why not. It is there already, or it
 * overlaps what is there or lies beyond the end.
 */
static enum verdict fit(struct reassembly *r, const struct datagram *d, const struct fragment *new,
                        bool more)
{
    uint32_t end = (uint32_t) new->offset + new->length;
    const struct fragment *before = predecessor(r, d, new->offset);
    const struct fragment *after = follow(r, before ? before->next : d->first);

    if (after && after->offset == new->offset &&
        after->length == new->length &&more == (end != d->total))
        return DROP_FRAGMENT_DUPLICATE;
    if (before && (uint32_t)before->offset + before->length > new->offset)
        return DROP_FRAGMENT_OVERLAP;
    if (after && (end > after->offset || !more))
        return DROP_FRAGMENT_OVERLAP;
    if (d->total && (end > d->total || !more))
        return DROP_FRAGMENT_OVERLAP;
    return HELD_FRAGMENT;
}

/* Puts a fragment that fits where it belongs. There is an unused entry. */
static void insert(struct reassembly *r, struct datagram *d, struct fragment new, bool more)
{
    struct fragment *before = predecessor(r, d, new.offset);
    uint16_t *link = before ? &before->next : &d->first;
    uint16_t place = r->unused;
    r->unused = fragment_at(r, place)->next;
    r->held++;
    new.next = *link;
    *fragment_at(r, place) = new;
    *link = place;
    if (new.next == 0)
        d->last = place;
    if (!more)
        d->total = (uint32_t) new.offset + new.length;
    d->received += new.length;
}

/* The cursor over a held fragment's payload. */
static struct cursor payload(const struct fragment *f)
{
    return (struct cursor){f->payload, f->payload + f->length, f->frame};
}

/* The envelope of a held frame, whose header was found good when it came. */
static struct eth_envelope envelope(const struct netif *nif, const struct fragment *f)
{
    struct cursor c = {f->frame->data, f->frame->data + f->frame->len, f->frame};
    struct eth_envelope e;
    (void)eth_open(nif, &c, &e);
    return e;
}

/* Makes the fragments behind the first those of the answer. */
static void answer_rest(struct netif *nif, const struct ipv4_packet *p, struct fragment *first)
{
    struct reassembly *r = &nif->reassembly;
    for (struct fragment *f = follow(r, first->next); f; f = follow(r, f->next)) {
        struct eth_envelope e = envelope(nif, f);
        struct cursor c = payload(f);
        uint16_t offset_flags = (uint16_t)(f->offset / 8 | (f->next ? IPV4_FLAG_MF : 0));
        ipv4_answer_header(nif, p, (struct ipv4_header *)f->header, f->length, offset_flags);
        c.pos = f->header;
        eth_close(nif, &c, &e, &e.addresses.src);
        f->send = true;
    }
}

/* The packet whose first fragment is the datagram's, with the sum over all others. */
static struct ipv4_packet packet(struct netif *nif, const struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *first = fragment_at(r, d->first);
    struct ipv4_packet p = {.header = (struct ipv4_header *)first->header, .ttl = nif->config.ttl};
    for (struct fragment *f = follow(r, first->next); f; f = follow(r, f->next))
        p.rest_sum = checksum_add(p.rest_sum, f->payload, f->length);
    p.rest_octets = d->received - first->length;
    return p;
}

/* Answers a datagram that is whole. */
static void answer(struct netif *nif, struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *first = fragment_at(r, d->first);
    struct eth_envelope e = envelope(nif, first);
    struct ipv4_packet p = packet(nif, d);
    struct cursor c = payload(first);
    enum verdict v = DROP_FRAGMENT_BEYOND;
    /* The first one's header, which is the datagram's, may be longer than the last one's. */
    if (ipv4_header_length(p.header) + d->total <= DATAGRAM_MAX)
        v = ipv4_deliver(nif, &c, &p);
    if (verdict_replies(v)) {
        eth_close(nif, &c, &e, &e.addresses.src);
        first->send = true;
        if (p.rest_octets > 0)
            answer_rest(nif, &p, first);
    }
    if (v == REPLY_STAMP)
        stamp_transmit(nif, nif->now);
    netif_count(nif, v);
    release(r, d);
}

enum verdict reassembly_input(struct netif *nif, struct cursor *c, struct ipv4_header *ip)
{
    struct reassembly *r = &nif->reassembly;
    uint16_t flags_offset = be16(ip->flags_offset);
    bool more = flags_offset & IPV4_FLAG_MF;
    size_t offset = (size_t)(flags_offset & IPV4_OFFSET_MASK) * 8, length = cursor_left(c);

    if (length == 0 || (more && length % 8 != 0)) /* RFC 791 3.2: units of eight octets */
        return DROP_FRAGMENT_LENGTH;
    if (ipv4_header_length(ip) + offset + length > DATAGRAM_MAX) /* the "ping of death" */
        return DROP_FRAGMENT_BEYOND;
    struct fragment new = {.frame = c->frame,
                           .header = (uint8_t *)ip,
                           .payload = c->pos,
                           .offset = (uint16_t)offset,
                           .length = (uint16_t)length};
    struct eth_envelope e = envelope(nif, &new);
    uint32_t vlans = eth_vlans(&e);
    struct datagram *d = find(r, ip, vlans);
    enum verdict v = d ? fit(r, d, &new, more) : HELD_FRAGMENT;
    if (v == DROP_FRAGMENT_OVERLAP)
        release(r, d);
    if (v != HELD_FRAGMENT)
        return v;

    /* Frames that the caller has not taken back yet count too. */
    if (r->held >= r->limit && (r->unused == 0 || !give_up_oldest(nif)))
        return DROP_FRAGMENT_GIVEN_UP;
    d = find(r, ip, vlans); /* it may have been the oldest */
    if (!d)
        d = begin(nif, ip, vlans);
    insert(r, d, new, more);
    if (d->received == d->total)
        answer(nif, d);
    return HELD_FRAGMENT;
}

uint64_t reassembly_due(const struct netif *nif)
{
    uint64_t due = UINT64_MAX;
    if (nif->reassembly.held == 0)
        return due;
    for (int i = 0; i < REASSEMBLY_DATAGRAMS_MAX; i++) {
        const struct datagram *d = &nif->reassembly.datagrams[i];
        if (d->first && d->expires < due)
            due = d->expires;
    }
    return due;
}

/* Gives up a datagram; who sent the start of it is told (RFC 1122 3.3.2). */
static void expire(struct netif *nif, struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *first = fragment_at(r, d->first);
    enum verdict v = DROP_FRAGMENT_TIMEOUT;
    if (first->offset == 0) {
        struct eth_envelope e = envelope(nif, first);
        struct ipv4_packet p = packet(nif, d);
        struct cursor c = payload(first);
        v = ipv4_time_exceeded(nif, &c, &p);
        if (verdict_replies(v)) {
            eth_close(nif, &c, &e, &e.addresses.src);
            first->send = true;
        }
    }
    netif_count(nif, v);
    release(r, d);
}

void reassembly_tick(struct netif *nif)
{
    struct reassembly *r = &nif->reassembly;
    for (struct datagram *d = r->datagrams; d < r->datagrams + REASSEMBLY_DATAGRAMS_MAX; d++)
        if (d->first && d->expires <= nif->now)
            expire(nif, d);
}
