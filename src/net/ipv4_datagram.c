/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 datagrams that came in fragments (RFC 791 3.2): each fragment's buffer becomes the fragment
 * of the answer with the same octets in it.
 */
#include "net/ipv4_datagram.h"

#include "net/checksum.h"
#include "net/eth.h"
#include "net/icmp_error.h"
#include "net/ipv4.h"
#include "net/reassembly.h"
#include "net/wire/icmp.h"

#include <string.h>

#define HEADER_MAX 56 /* octets that a layer above reads or writes in one piece: UDP and STAMP */

/* The cursor over a held fragment's payload. */
static struct cursor payload(const struct fragment *f)
{
    return (struct cursor){f->payload, f->length, f->frame};
}

static struct ipv4_header *header(const struct fragment *f)
{
    return (struct ipv4_header *)f->header;
}

/*
 * How many octets of payload the first fragment may have once the transport header is gathered in
 * it: a multiple of eight, as many as the MTU and the buffer allow.
 */
static size_t gathered_max(const struct netif *nif, const struct fragment *first)
{
    size_t packet = nif->mtu - ipv4_header_length(header(first));
    size_t buffer = (size_t)(first->frame->data + first->frame->cap - first->payload);
    size_t most = packet < buffer ? packet : buffer;
    return most < HEADER_MAX ? most & ~(size_t)7 : HEADER_MAX;
}

/*
 * Moves octets from the front of the second fragment's payload to the end of the first one's: as
 * many as are missing there, a multiple of eight. The second one's header is moved too, so that it
 * stays in front of its payload.
 */
static void move_up(struct fragment *first, struct fragment *second, size_t missing)
{
    size_t hlen = ipv4_header_length(header(second));
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
 * Transport headers are read in one piece, but some senders split them ("nmap -f"): the first
 * fragment takes the missing octets from those behind it.
 */
static void gather_header(struct netif *nif, struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *first = reassembly_first(r, d), *second;
    size_t wanted = gathered_max(nif, first);
    while (first->length < wanted && (second = reassembly_next(r, first))) {
        move_up(first, second, wanted - first->length);
        if (second->length > 0)
            return;
        reassembly_drop_second(nif, d);
    }
}

/* The datagram as a packet: its first fragment, and the sum over all others. */
static struct packet packet_of(struct netif *nif, const struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    struct fragment *first = reassembly_first(r, d);
    struct packet p = {.header = first->header,
                       .version = 4,
                       .protocol = header(first)->protocol,
                       .ttl = header(first)->ttl,
                       .answer_ttl = nif->config.ttl,
                       .rest_octets = d->received - first->length};
    for (struct fragment *f = reassembly_next(r, first); f; f = reassembly_next(r, f))
        p.rest_sum = checksum_add(p.rest_sum, f->payload, f->length);
    return p;
}

/* An answer in several frames. */
struct answer {
    struct neighbour *neighbour; /* NULL: each frame goes back to where it came from */
    struct frame_list frames;
};

/* Makes the packet under the cursor, in the buffer of fragment f, a frame of the answer. */
static void add_frame(const struct netif *nif, struct answer *a, struct cursor *c,
                      const struct fragment *f)
{
    struct eth_header e = f->eth;
    if (a->neighbour)
        e.peer = a->neighbour->mac; /* zero until it is known */
    eth_push(nif, c, &e);
    c->frame->is_answer = true;
    frame_list_add(&a->frames, c->frame);
}

/* Makes the fragments behind the first one fragments of the answer. */
static void add_rest(struct netif *nif, struct answer *a, const struct packet *p, uint16_t id,
                     const struct fragment *first)
{
    struct reassembly *r = &nif->reassembly;
    for (struct fragment *f = reassembly_next(r, first); f; f = reassembly_next(r, f)) {
        uint16_t offset_flags = (uint16_t)(f->offset / 8 | (f->next ? IPV4_FLAG_MF : 0));
        struct cursor c = payload(f);
        ipv4_answer_header(nif, p, header(f), f->length, id, offset_flags);
        cursor_push(&c, ipv4_header_length(header(f)));
        add_frame(nif, a, &c, f);
    }
}

/*
 * Makes the frames of an answer. Under the cursor is the payload of its first fragment, or an ICMP
 * error.
 */
static struct answer answer_of(struct netif *nif, const struct datagram *d, struct cursor *c,
                               const struct packet *p)
{
    const struct fragment *first = reassembly_first(&nif->reassembly, d);
    uint16_t id = ipv4_answer(nif, c, p);
    struct ip_address address;
    const struct ip_address *hop = ipv4_next_hop(nif, c, &address);
    struct answer a = {.neighbour = eth_resolve(nif, &first->eth, hop)};
    add_frame(nif, &a, c, first);
    if (p->rest_octets > 0)
        add_rest(nif, &a, p, id, first);
    return a;
}

/*
 * Ends datagram d, which is packet p to the layers above, with verdict v: its answer is sent, or
 * its frames are released.
 */
static void conclude(struct netif *nif, struct datagram *d, struct cursor *c,
                     const struct packet *p, enum verdict v)
{
    if (!verdict_replies(v)) {
        netif_count(nif, v);
        reassembly_release(nif, d);
        return;
    }
    struct answer a = answer_of(nif, d, c, p);
    reassembly_release(nif, d);
    eth_output_held(nif, a.frames, a.neighbour, v);
}

/*
 * Whether a fragment of the answer would be longer than our MTU, which may have become smaller
 * since the request's fragments came.
 */
static bool is_too_long(struct netif *nif, const struct datagram *d)
{
    struct reassembly *r = &nif->reassembly;
    for (const struct fragment *f = reassembly_first(r, d); f; f = reassembly_next(r, f))
        if (ipv4_header_length(header(f)) + f->length > nif->mtu)
            return true;
    return false;
}

void ipv4_datagram_answer(struct netif *nif)
{
    struct datagram *d = reassembly_whole(&nif->reassembly);
    if (!d)
        return;
    gather_header(nif, d);
    const struct fragment *first = reassembly_first(&nif->reassembly, d);
    struct packet p = packet_of(nif, d);
    struct cursor c = payload(first);
    enum verdict v = DROP_FRAGMENT_BEYOND;
    /* The datagram's header is its first fragment's, which may be longer than the last one's. */
    if (ipv4_header_length(header(first)) + d->total <= IPV4_LENGTH_MAX)
        v = is_too_long(nif, d) ? DROP_IPV4_MTU : ipv4_deliver(nif, &c, &p);
    conclude(nif, d, &c, &p, v);
}

/*
 * The verdict on a datagram that is given up. Its sender is told if the first fragment has come,
 * unless the datagram is an ICMP error itself, or is for an address that is no longer ours.
 */
static enum verdict time_exceeded(struct netif *nif, struct cursor *c, struct packet *p,
                                  const struct fragment *first)
{
    if (first->offset != 0 || !netif_owns(nif, be32(header(first)->dst)))
        return DROP_FRAGMENT_TIMEOUT;
    /* A first fragment has at least eight octets of its message. */
    if (p->protocol == IPV4_PROTOCOL_ICMP && icmp_is_error(*c->pos)) /* RFC 1122 3.2.2 */
        return DROP_FRAGMENT_TIMEOUT;
    return icmp_error(nif, c, p, ICMP_ERROR_REASSEMBLY); /* RFC 1122 3.3.2 */
}

enum verdict ipv4_datagram_tick(struct netif *nif, struct frame *spare)
{
    struct datagram *d;
    (void)spare;
    while ((d = reassembly_expired(nif))) {
        const struct fragment *first = reassembly_first(&nif->reassembly, d);
        struct packet p = packet_of(nif, d);
        struct cursor c = payload(first);
        conclude(nif, d, &c, &p, time_exceeded(nif, &c, &p, first));
    }
    return VERDICT_NONE;
}
