/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6 packets that came in fragments (RFC 8200 4.5): each fragment's buffer becomes the fragment of
 * the answer with the same octets in it.
 *
 * Headers in front of the fragment header were judged in each fragment as it came, and do not go
 * back. Those behind it, in the first fragment, do not either: so the offsets of the answer's other
 * fragments are smaller than the request's.
 */
#include "net/ipv6_datagram.h"

#include "net/answer.h"
#include "net/checksum.h"
#include "net/icmp_error.h"
#include "net/ipv6.h"
#include "net/ipv6_address.h"
#include "net/ipv6_headers.h"
#include "net/random.h"
#include "net/reassembly.h"
#include "net/wire/ipv6.h"

#include <string.h>

static struct ipv6_fragment *fragment_header(const struct fragment *f)
{
    return (struct ipv6_fragment *)(f->payload - sizeof(struct ipv6_fragment));
}

/* The packet that a datagram is, with the sum over all fragments but the first. */
static struct packet packet_of(struct netif *nif, const struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *first = reassembly_first(r, d);
    const struct ipv6_header *ip = (const struct ipv6_header *)first->header;
    struct packet p = {.header = first->header,
                       .version = 6,
                       .ttl = ip->hop_limit,
                       .answer_ttl = nif->ipv6.hop_limit,
                       .group = ip_is_group(&ip->dst),
                       .link_group = first->eth.group,
                       .fragmented = true,
                       .rest_octets = d->received - first->length};
    for (struct fragment *f = reassembly_next(r, first); f; f = reassembly_next(r, f))
        p.rest_sum = checksum_add(p.rest_sum, f->payload, f->length);
    return p;
}

/* Puts the fragment header in front of an answer's fragment, and the packet's in front of that. */
static void push_headers(struct cursor *c, const struct packet *p, const struct fragment *f,
                         size_t offset, bool more, uint32_t id)
{
    struct ipv6_fragment header = {
        .next_header = p->protocol,
        .offset_flags = to_be16((uint16_t)(offset | (more ? IPV6_FLAG_MORE : 0))),
        .id = to_be32(id),
    };
    struct ipv6_header ip;
    memcpy(&ip, f->header, sizeof ip); /* it may lie where the fragment header goes */
    memcpy(cursor_push(c, sizeof header), &header, sizeof header);
    ipv6_push_header(c, p, (const uint8_t *)&ip, IPV6_NEXT_FRAGMENT);
}

/* The answer's frames, whose first payload is under the cursor. */
static struct answer fragments(struct netif *nif, const struct datagram *d, struct cursor *c,
                               const struct packet *p)
{
    struct reassembly *r = &nif->reassembly;
    const struct fragment *first = reassembly_first(r, d);
    size_t shrunk = (size_t)(c->pos - first->payload);
    struct answer a = {0};
    uint32_t id = nif->ipv6.fragment_id += 1 + random_below(nif, 0x10000); /* RFC 7739 */
    push_headers(c, p, first, 0, true, id);
    answer_add(nif, &a, c, &first->eth);
    for (struct fragment *f = reassembly_next(r, first); f; f = reassembly_next(r, f)) {
        struct cursor rest = {f->payload, f->length, f->frame};
        push_headers(&rest, p, f, f->offset - shrunk, f->next != 0, id);
        answer_add(nif, &a, &rest, &f->eth);
    }
    return a;
}

/* The answer in one frame: an error, or what does not need the rest. */
static struct answer single(struct netif *nif, const struct datagram *d, struct cursor *c,
                            const struct packet *p)
{
    const struct fragment *first = reassembly_first(&nif->reassembly, d);
    struct answer a = {0};
    if (p->is_error)
        ipv6_push_error_header(nif, c, p);
    else
        ipv6_push_header(c, p, first->header, p->protocol);
    answer_add(nif, &a, c, &first->eth);
    return a;
}

/* Ends a datagram with the verdict of a layer above on the packet p that it is. */
static void conclude(struct netif *nif, struct datagram *d, struct cursor *c,
                     const struct packet *p, enum verdict v)
{
    struct answer a = {0};
    if (verdict_replies(v))
        a = p->rest_octets > 0 ? fragments(nif, d, c, p) : single(nif, d, c, p);
    reassembly_release(nif, d);
    answer_send(nif, &a, v);
}

/* Whether a fragment of the answer would be longer than our MTU, which a router may have made
 * smaller since the request's came. */
static bool is_too_long(struct netif *nif, const struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    size_t headers = sizeof(struct ipv6_header) + sizeof(struct ipv6_fragment);
    for (const struct fragment *f = reassembly_first(r, d); f; f = reassembly_next(r, f))
        if (headers + f->length > nif->ipv6.mtu)
            return true;
    return false;
}

void ipv6_datagram_answer(struct netif *nif, struct datagram *d)
{
    const struct fragment *first = reassembly_first(&nif->reassembly, d);
    struct ipv6_fragment *header = fragment_header(first);
    struct packet p = packet_of(nif, d);
    struct cursor c = {first->payload, first->length, first->frame};
    struct eth_header e = first->eth;
    enum verdict v = ipv6_headers(nif, &c, &p, header->next_header, &header->next_header);
    if (v == VERDICT_NONE && p.protocol == IPV6_NEXT_FRAGMENT)
        v = DROP_FRAGMENT_OVERLAP; /* fragments of fragments */
    if (v == VERDICT_NONE)
        v = is_too_long(nif, d) ? DROP_IPV6_MTU : ipv6_deliver(nif, &c, &p, &e);
    conclude(nif, d, &c, &p, v);
}

void ipv6_datagram_expire(struct netif *nif, struct datagram *d)
{
    const struct fragment *first = reassembly_first(&nif->reassembly, d);
    struct packet p = packet_of(nif, d);
    struct cursor c = {first->payload, first->length, first->frame};
    enum verdict v = DROP_FRAGMENT_TIMEOUT;
    /* RFC 8200 4.5: only if the first fragment came. And the address may be ours no longer. */
    if (first->offset == 0 && ipv6_owns(nif, &d->key.dst))
        v = ipv6_problem(nif, &c, &p, ICMP_ERROR_REASSEMBLY, p.header,
                         fragment_header(first)->next_header);
    conclude(nif, d, &c, &p, verdict_replies(v) ? v : DROP_FRAGMENT_TIMEOUT);
}
