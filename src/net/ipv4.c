/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet Protocol (RFC 791): whether a packet is correct and for us, which protocol its
 * payload is for, and the header of the answer.
 */
#include "net/ipv4.h"

#include "net/checksum.h"
#include "net/eth.h"
#include "net/icmp.h"
#include "net/icmp_error.h"
#include "net/ipv4_options.h"
#include "net/reassembly.h"
#include "net/tcp.h"
#include "net/udp.h"

#include <string.h>

/* Whether the header is correct. If so, the cursor is over the payload, without any padding. */
static enum verdict check_header(struct cursor *c)
{
    struct ipv4_header *ip = cursor_pull(c, sizeof *ip);
    if (!ip)
        return DROP_IPV4_SHORT;
    //@ split ip->version_ihl;
    if (ip->version_ihl >> 4 != 4) /* RFC 1122 3.2.1.1 */
        return DROP_IPV4_VERSION;
    size_t hlen = ipv4_header_length(ip);
    if (hlen < sizeof *ip) /* RFC 791 3.1: the minimum is 5 words */
        return DROP_IPV4_IHL;
    uint8_t *options = cursor_pull(c, hlen - sizeof *ip);
    if (!options)
        return DROP_IPV4_HEADER_CUT;
    if (checksum_fold(checksum_header(ip, hlen)) != 0xffff) /* RFC 1122 3.2.1.2 */
        return DROP_IPV4_CHECKSUM;
    size_t total = be16(ip->total_length);
    if (total < hlen)
        return DROP_IPV4_LENGTH_LOW;
    if (total - hlen > c->left)
        return DROP_IPV4_LENGTH_HIGH;
    cursor_trim(c, total - hlen); /* what follows is Ethernet's padding (RFC 894) */
    return hlen == sizeof *ip ? VERDICT_NONE : ipv4_options_check(options, hlen - sizeof *ip);
}

/* Whether this may be the address of a single other host (RFC 1122 3.2.1.3). */
static enum verdict check_source(const struct netif *nif, uint32_t src)
{
    if (ipv4_is_zero(src))
        return DROP_IPV4_SOURCE_ZERO;
    if (ipv4_is_loopback(src))
        return DROP_IPV4_SOURCE_LOOPBACK;
    if (ipv4_is_group(src))
        return DROP_IPV4_SOURCE_GROUP;
    if (netif_is_subnet_broadcast(nif, src))
        return DROP_IPV4_SOURCE_BROADCAST;
    if (netif_owns(nif, src)) /* a "land" packet: we would answer ourselves */
        return DROP_IPV4_SOURCE_OWN;
    return VERDICT_NONE;
}

/* Whether the packet is for us (RFC 1122 3.2.1.3, 3.3.6). We never forward (RFC 1122 3.1). */
static enum verdict check_destination(const struct netif *nif, uint32_t dst, bool link_group,
                                      bool *broadcast)
{
    if (netif_owns(nif, dst)) /* a broadcast frame is a mistake (RFC 1122 3.3.6) */
        return link_group ? DROP_IPV4_LINK_BROADCAST : VERDICT_NONE;
    if (dst == IPV4_LIMITED_BROADCAST || netif_is_subnet_broadcast(nif, dst)) {
        *broadcast = true;
        return nif->config.broadcast && nif->ip != 0 ? VERDICT_NONE : DROP_IPV4_BROADCAST;
    }
    return ipv4_is_group(dst) ? DROP_IPV4_MULTICAST : DROP_IPV4_NOT_OURS;
}

enum verdict ipv4_deliver(struct netif *nif, struct cursor *c, struct packet *p)
{
    if (p->protocol == IPV4_PROTOCOL_ICMP)
        return icmp_input(nif, c, p);
    if (p->group) /* only ICMP answers broadcasts, and not with an error (RFC 1122 3.2.2) */
        return DROP_IPV4_BROADCAST;
    if (p->protocol == IPV4_PROTOCOL_UDP)
        return udp_input(nif, c, p);
    if (p->protocol == IPV4_PROTOCOL_TCP)
        return tcp_input(nif, c, p);
    return icmp_error(nif, c, p, ICMP_ERROR_PROTOCOL);
}

/* The source of an answer: the address that was asked, or our own if that was a broadcast. */
static be32_t answer_source(const struct netif *nif, const struct packet *p,
                            const struct ipv4_header *request)
{
    return p->group ? to_be32(nif->ip) : request->dst;
}

/*
 * The addresses are swapped, and the type of service is kept (RFC 1349 5.1). The reserved flag is
 * ignored and sent as 0. "Don't fragment" is kept: the sender may be measuring the path MTU.
 */
void ipv4_answer_header(const struct netif *nif, const struct packet *p, struct ipv4_header *ip,
                        size_t length, uint16_t id, uint16_t offset_flags)
{
    size_t hlen = ipv4_header_length(ip);
    be32_t ours = answer_source(nif, p, ip);
    ip->dst = ip->src;
    ip->src = ours;
    ip->total_length = to_be16((uint16_t)(hlen + length));
    ip->id = to_be16(id);
    ip->flags_offset = to_be16((be16(ip->flags_offset) & IPV4_FLAG_DF) | offset_flags);
    ip->ttl = p->answer_ttl;
    if (hlen > sizeof *ip)
        ipv4_options_answer(nif, (uint8_t *)(ip + 1), hlen - sizeof *ip, be32(ours));
    ip->checksum = to_be16(0);
    ip->checksum = checksum_finish(checksum_header(ip, hlen));
}

/* Puts a header of our own in front of the ICMP error under the cursor, which quotes packet p. */
static void error_header(const struct netif *nif, struct cursor *c, const struct packet *p,
                         uint16_t id)
{
    const struct ipv4_header *quoted = (const struct ipv4_header *)p->header;
    struct ipv4_header ip = {
        .version_ihl = 0x45,
        .tos = 0, /* RFC 1122 3.2.2 */
        .total_length = to_be16((uint16_t)(sizeof ip + c->left)),
        .id = to_be16(id),
        .ttl = nif->config.ttl,
        .protocol = IPV4_PROTOCOL_ICMP,
        .src = answer_source(nif, p, quoted),
        .dst = quoted->src,
    };
    ip.checksum = checksum(&ip, sizeof ip);
    memcpy(cursor_push(c, sizeof ip), &ip, sizeof ip);
}

uint16_t ipv4_answer(struct netif *nif, struct cursor *c, const struct packet *p)
{
    struct ipv4_header *ip = (struct ipv4_header *)p->header;
    uint16_t id = ++nif->ip_id;
    if (p->is_error) {
        error_header(nif, c, p, id);
        return id;
    }
    ipv4_answer_header(nif, p, ip, c->left, id, p->rest_octets > 0 ? IPV4_FLAG_MF : 0);
    cursor_push(c, ipv4_header_length(ip));
    ensure(c->pos == p->header); /* the layer above left the cursor at the payload */
    return id;
}

const struct ip_address *ipv4_next_hop(const struct netif *nif, const struct cursor *c,
                                       struct ip_address *hop)
{
    const struct ipv4_header *answer = (const struct ipv4_header *)c->pos;
    if (be32(answer->src) == nif->ip)
        return NULL;
    uint32_t router = netif_route(nif, be32(answer->dst));
    *hop = ip_from_ipv4(router);
    return router ? hop : NULL;
}

/* Keeps a fragment until its datagram is whole. */
static enum verdict hold_fragment(struct netif *nif, struct cursor *c, const struct eth_header *e,
                                  const struct packet *p)
{
    const struct ipv4_header *ip = (const struct ipv4_header *)p->header;
    bool more = be16(ip->flags_offset) & IPV4_FLAG_MF;
    size_t offset = (size_t)(be16(ip->flags_offset) & IPV4_OFFSET_MASK) * 8;
    if (p->group)
        return DROP_IPV4_BROADCAST;
    if (packet_is_too_long(nif, p, c->pos + c->left)) /* the answer's fragment would be as long */
        return DROP_IPV4_MTU;
    if (c->left == 0 || (more && c->left % 8 != 0)) /* RFC 791 3.2: units of eight octets */
        return DROP_FRAGMENT_LENGTH;
    if (ipv4_header_length(ip) + offset + c->left > IPV4_LENGTH_MAX) /* the "ping of death" */
        return DROP_FRAGMENT_BEYOND;
    struct datagram_key key = {ip_from_ipv4(be32(ip->src)), ip_from_ipv4(be32(ip->dst)),
                               eth_vlans(e), be16(ip->id), p->protocol}; /* RFC 791 3.2 */
    return reassembly_input(nif, c, &key, e, p->header, (uint16_t)offset, more);
}

enum verdict ipv4_input(struct netif *nif, struct cursor *c, const struct eth_header *e)
{
    struct ipv4_header *ip = (struct ipv4_header *)c->pos;
    struct packet p = {.header = c->pos, .version = 4, .answer_ttl = nif->config.ttl};
    enum verdict v = check_header(c);
    if (v == VERDICT_NONE)
        v = check_source(nif, be32(ip->src));
    if (v == VERDICT_NONE)
        v = check_destination(nif, be32(ip->dst), e->group, &p.group);
    if (v != VERDICT_NONE)
        return v;
    p.protocol = ip->protocol;
    p.ttl = ip->ttl;
    if (be16(ip->flags_offset) & (IPV4_FLAG_MF | IPV4_OFFSET_MASK))
        return hold_fragment(nif, c, e, &p);

    v = ipv4_deliver(nif, c, &p);
    if (!verdict_replies(v))
        return v;
    struct ip_address hop;
    ipv4_answer(nif, c, &p);
    return eth_output(nif, c, e, ipv4_next_hop(nif, c, &hop), v);
}
