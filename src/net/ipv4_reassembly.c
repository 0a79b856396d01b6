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

#include "net/arp_cache.h"
#include "net/checksum.h"
#include "net/eth.h"

#include <stddef.h>

#define DATAGRAM_MAX 65535 /* octets, header included: what total_length can say */
#define HEADER_MAX   56 /* octets that a layer above reads or writes in one piece: UDP and STAMP */

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

void reassembly_init(struct reassembly *r)
{
    for (uint16_t i = 0; i < REASSEMBLY_FRAGMENTS_MAX; i++)
        r->fragments[i].next = (uint16_t)(i + 2);
    r->fragments[REASSEMBLY_FRAGMENTS_MAX - 1].next = 0;
    r->unused = 1;
    for (int i = 0; i < REASSEMBLY_DATAGRAMS_MAX; i++)
        r->datagrams[i].first = 0;
}

/* Ends a datagram: its frames are released, but those of its answer (frame.is_answer) are put into a
 * list, unless that is NULL. */
static void release(struct netif *nif, struct datagram *d, struct frame_list *answer)
{
    struct reassembly *r = &nif->reassembly;
    for (const struct fragment *f = follow(r, d->first); f; f = follow(r, f->next)) {
        if (answer && f->frame->is_answer)
            frame_list_add(answer, f->frame);
        else
            netif_release(nif, f->frame, f->frame->is_answer);
    }
    fragment_at(r, d->last)->next = r->unused;
    r->unused = d->first;
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

/* Gives up the datagram that is the oldest. Whether there was one. */
static bool give_up_oldest(struct netif *nif)
{
    struct datagram *d = oldest(&nif->reassembly);
    if (!d->first)
        return false;
    release(nif, d, NULL);
    netif_count(nif, DROP_FRAGMENT_GIVEN_UP);
    return true;
}

/* Whether another frame may be held, or may once the caller has taken one that is given up here. */
static bool make_room(struct netif *nif)
{
    if (nif->held > nif->held_max)
        return false;
    if (nif->reassembly.unused == 0)
        return give_up_oldest(nif);
    return nif->held < nif->held_max || arp_cache_make_room(nif) || give_up_oldest(nif);
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

/* Puts a fragment that fits where it belongs. There is an unused entry. */
static void insert(struct netif *nif, struct datagram *d, struct fragment arrived, bool more)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *before = predecessor(r, d, arrived.offset);
    uint16_t *link = before ? &before->next : &d->first;
    uint16_t place = r->unused;
    r->unused = fragment_at(r, place)->next;
    nif->held++;
    arrived.frame->is_answer = false;
    arrived.next = *link;
    *fragment_at(r, place) = arrived;
    *link = place;
    if (arrived.next == 0)
        d->last = place;
    if (!more)
        d->total = (uint32_t)arrived.offset + arrived.length;
    d->received += arrived.length;
}

/* The cursor over a held fragment's payload. */
static struct cursor payload(const struct fragment *f)
{
    return (struct cursor){f->payload, f->payload + f->length, f->frame};
}

/* The envelope of a held frame, whose header was found good when it came. */
static struct eth_header envelope(const struct netif *nif, const struct fragment *f)
{
    struct cursor c = {f->frame->data, f->frame->data + f->frame->len, f->frame};
    struct eth_header e;
    (void)eth_pull(nif, &c, &e);
    return e;
}

/* Octets that the first fragment may have once its header is gathered, a multiple of eight: as many
 * as the MTU and the buffer allow. */
static size_t gathered_max(const struct netif *nif, const struct fragment *first)
{
    size_t packet = nif->mtu - ipv4_header_length((struct ipv4_header *)first->header);
    size_t buffer = (size_t)(first->frame->data + first->frame->cap - first->payload);
    size_t most = packet < buffer ? packet : buffer;
    return most < HEADER_MAX ? most & ~(size_t)7 : HEADER_MAX;
}

/*
 * Moves the front of the second fragment's payload to the end of the first one's, as much of it as
 * is missing there, in units of eight octets. The second one's header follows its payload.
 */
static void move_up(struct fragment *first, struct fragment *second, size_t missing)
{
    size_t hlen = ipv4_header_length((struct ipv4_header *)second->header);
    size_t n = missing < second->length ? missing : second->length;
    memcpy(first->payload + first->length, second->payload, n);
    memmove(second->header + n, second->header, hlen);
    first->length = (uint16_t)(first->length + n);
    second->header += n;
    second->payload += n;
    second->offset = (uint16_t)(second->offset + n);
    second->length = (uint16_t)(second->length - n);
}

/*
 * Whoever is asked reads a header in one piece, and some send it in several ("nmap -f"): the first
 * fragment gets its octets from those behind it, who are left out of the answer once they are
 * empty.
 */
static void gather_header(struct netif *nif, struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *first = fragment_at(r, d->first), *second;
    size_t wanted = gathered_max(nif, first);
    while (first->length < wanted && (second = follow(r, first->next))) {
        move_up(first, second, wanted - first->length);
        if (second->length > 0)
            return;
        uint16_t empty = first->next;
        first->next = second->next;
        if (d->last == empty)
            d->last = d->first;
        second->next = r->unused;
        r->unused = empty;
        netif_release(nif, second->frame, false);
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

/* Makes the fragments behind the first those of the answer, to n or each back as it came. */
static void answer_rest(struct netif *nif, const struct ipv4_packet *p, struct fragment *first,
                        const struct neighbour *n)
{
    struct reassembly *r = &nif->reassembly;
    for (struct fragment *f = follow(r, first->next); f; f = follow(r, f->next)) {
        struct eth_header e = envelope(nif, f);
        struct cursor c = payload(f);
        uint16_t offset_flags = (uint16_t)(f->offset / 8 | (f->next ? IPV4_FLAG_MF : 0));
        ipv4_answer_header(nif, p, (struct ipv4_header *)f->header, f->length, offset_flags);
        c.pos = f->header;
        eth_push(nif, &c, &e, n ? &n->mac : &e.addresses.src);
        f->frame->is_answer = true;
    }
}

/* Ends a datagram with the verdict of a layer above on the packet p that it is; after a reply the
 * answer, or its first fragment, is under the cursor. */
static void conclude(struct netif *nif, struct datagram *d, const struct eth_header *e,
                     struct cursor *c, const struct ipv4_packet *p, enum verdict v)
{
    struct neighbour *n = NULL;
    if (verdict_replies(v)) {
        n = arp_cache_next_hop(nif, (struct ipv4_header *)c->pos, e);
        eth_push(nif, c, e, n ? &n->mac : &e->addresses.src);
        c->frame->is_answer = true;
        if (p->rest_octets > 0)
            answer_rest(nif, p, fragment_at(&nif->reassembly, d->first), n);
    }
    if (n && !n->known) {
        struct frame_list frames = {0};
        release(nif, d, &frames);
        arp_cache_hold(nif, n, frames, v);
    } else {
        netif_count(nif, v);
        release(nif, d, NULL);
    }
}

/* Answers a datagram that is whole. */
static void answer(struct netif *nif, struct datagram *d)
{
    gather_header(nif, d);
    const struct fragment *first = fragment_at(&nif->reassembly, d->first);
    struct eth_header e = envelope(nif, first);
    struct ipv4_packet p = packet(nif, d);
    struct cursor c = payload(first);
    enum verdict v = DROP_FRAGMENT_BEYOND;
    /* The first one's header, which is the datagram's, may be longer than the last one's. */
    if (ipv4_header_length(p.header) + d->total <= DATAGRAM_MAX)
        v = ipv4_deliver(nif, &c, &p);
    conclude(nif, d, &e, &c, &p, v);
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
    struct fragment arrived = {.frame = c->frame,
                               .header = (uint8_t *)ip,
                               .payload = c->pos,
                               .offset = (uint16_t)offset,
                               .length = (uint16_t)length};
    struct eth_header e = envelope(nif, &arrived);
    uint32_t vlans = eth_vlans(&e);
    struct datagram *d = find(r, ip, vlans);
    enum verdict v = d ? fit(r, d, &arrived, more) : HELD_FRAGMENT;
    if (v == DROP_FRAGMENT_OVERLAP)
        release(nif, d, NULL);
    if (v != HELD_FRAGMENT)
        return v;

    if (!make_room(nif))
        return DROP_FRAGMENT_GIVEN_UP;
    d = find(r, ip, vlans); /* it may have been the oldest */
    if (!d)
        d = begin(nif, ip, vlans);
    insert(nif, d, arrived, more);
    if (d->received == d->total)
        answer(nif, d);
    return HELD_FRAGMENT;
}

uint64_t reassembly_due(const struct netif *nif)
{
    uint64_t due = UINT64_MAX;
    if (nif->held == 0)
        return due;
    for (int i = 0; i < REASSEMBLY_DATAGRAMS_MAX; i++) {
        const struct datagram *d = &nif->reassembly.datagrams[i];
        if (d->first && d->expires < due)
            due = d->expires;
    }
    return due;
}

/* Gives up a datagram; who sent the start of it is told (RFC 1122 3.3.2), unless the address that
 * it was for is not ours any more. */
static void expire(struct netif *nif, struct datagram *d)
{
    const struct fragment *first = fragment_at(&nif->reassembly, d->first);
    struct eth_header e = envelope(nif, first);
    struct ipv4_packet p = packet(nif, d);
    struct cursor c = payload(first);
    enum verdict v = DROP_FRAGMENT_TIMEOUT;
    if (first->offset == 0 && netif_owns(nif, be32(p.header->dst)))
        v = ipv4_time_exceeded(nif, &c, &p);
    conclude(nif, d, &e, &c, &p, v);
}

void reassembly_tick(struct netif *nif)
{
    struct reassembly *r = &nif->reassembly;
    for (struct datagram *d = r->datagrams; d < r->datagrams + REASSEMBLY_DATAGRAMS_MAX; d++)
        if (d->first && d->expires <= nif->now)
            expire(nif, d);
}
