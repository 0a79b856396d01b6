/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet Protocol (RFC 791): is the packet sound, is it for us, and whose is what it carries.
 */
#include "net/ipv4.h"

#include "net/checksum.h"
#include "net/icmp.h"
#include "net/icmp_error.h"
#include "net/ipv4_options.h"
#include "net/ipv4_reassembly.h"
#include "net/tcp.h"
#include "net/udp.h"

#include <string.h>

_Static_assert(sizeof(struct ipv4_header) == 20, "RFC 791 3.1: 20 octets without options");

/* Whether the header is sound; then the cursor is over the payload and ends with it. */
static enum verdict check_header(struct cursor *c)
{
    struct ipv4_header *ip = cursor_pull(c, sizeof *ip);
    if (!ip)
        return DROP_IPV4_SHORT;
    if (ip->version_ihl >> 4 != 4) /* RFC 1122 3.2.1.1 */
        return DROP_IPV4_VERSION;
    size_t hlen = ipv4_header_length(ip);
    if (hlen < sizeof *ip) /* RFC 791 3.1: the minimum is 5 words */
        return DROP_IPV4_IHL;
    uint8_t *options = cursor_pull(c, hlen - sizeof *ip);
    if (!options)
        return DROP_IPV4_HEADER_CUT;
    if (!checksum_ok(ip, hlen)) /* RFC 1122 3.2.1.2 */
        return DROP_IPV4_CHECKSUM;
    size_t total = be16(ip->total_length);
    if (total < hlen)
        return DROP_IPV4_LENGTH_LOW;
    if (total - hlen > cursor_left(c))
        return DROP_IPV4_LENGTH_HIGH;
    cursor_trim(c, total - hlen); /* what follows is Ethernet's padding (RFC 894) */
    return ipv4_options_check(options, hlen - sizeof *ip);
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
    *broadcast = false;
    if (netif_owns(nif, dst)) /* in a broadcast frame it is somebody's mistake (RFC 1122 3.3.6) */
        return link_group ? DROP_IPV4_LINK_BROADCAST : VERDICT_NONE;
    if (dst == IPV4_LIMITED_BROADCAST || netif_is_subnet_broadcast(nif, dst)) {
        *broadcast = true;
        return nif->config.broadcast && nif->ip != 0 ? VERDICT_NONE : DROP_IPV4_BROADCAST;
    }
    return ipv4_is_group(dst) ? DROP_IPV4_MULTICAST : DROP_IPV4_NOT_OURS;
}

uint64_t ipv4_pseudo_sum(const struct ipv4_header *ip, uint32_t length)
{
    struct {
        be32_t src, dst;
        uint8_t zero, protocol;
        be16_t length;
    } pseudo = {ip->src, ip->dst, 0, ip->protocol, to_be16((uint16_t)length)};
    return checksum_add(0, &pseudo, sizeof pseudo);
}

/* The address that an answer to this packet comes from: the one that was asked, unless many were.
 */
static be32_t answer_source(const struct netif *nif, const struct ipv4_header *ip)
{
    return netif_owns(nif, be32(ip->dst)) ? ip->dst : to_be32(nif->ip);
}

/*
 * Addresses are swapped, the type of service stays (RFC 1349 5.1). "Don't fragment" goes back as it
 * came: who set it measures the path. The reserved flag is ignored and sent as 0.
 */
void ipv4_answer_header(const struct netif *nif, const struct ipv4_packet *p,
                        struct ipv4_header *ip, size_t length, uint16_t offset_flags)
{
    size_t hlen = ipv4_header_length(ip);
    be32_t ours = answer_source(nif, ip);
    ip->dst = ip->src;
    ip->src = ours;
    ip->total_length = to_be16((uint16_t)(hlen + length));
    ip->id = to_be16(p->id);
    ip->flags_offset = to_be16((be16(ip->flags_offset) & IPV4_FLAG_DF) | offset_flags);
    ip->ttl = p->ttl;
    if (hlen > sizeof *ip)
        ipv4_options_answer(nif, (uint8_t *)(ip + 1), hlen - sizeof *ip, be32(ours));
    ip->checksum = to_be16(0);
    ip->checksum = checksum(ip, hlen);
}

/* A header of our own in front of the ICMP error under the cursor, which quotes the packet of p. */
static void error_header(struct netif *nif, struct cursor *c, const struct ipv4_header *quoted)
{
    struct ipv4_header ip = {
        .version_ihl = 0x45,
        .tos = 0, /* RFC 1122 3.2.2 */
        .total_length = to_be16((uint16_t)(sizeof ip + cursor_left(c))),
        .id = to_be16(++nif->ip_id),
        .ttl = nif->config.ttl,
        .protocol = IPV4_PROTOCOL_ICMP,
        .src = answer_source(nif, quoted),
        .dst = quoted->src,
    };
    ip.checksum = checksum(&ip, sizeof ip);
    c->pos -= sizeof ip;
    memcpy(c->pos, &ip, sizeof ip);
}

enum verdict ipv4_time_exceeded(struct netif *nif, struct cursor *c, struct ipv4_packet *p)
{
    /* The first fragment of a message has at least its first eight octets. */
    if (p->header->protocol == IPV4_PROTOCOL_ICMP && icmp_is_error(*c->pos))
        return DROP_FRAGMENT_TIMEOUT; /* RFC 1122 3.2.2 */
    enum verdict v = icmp_error(nif, c, p, ICMP_TIME_EXCEEDED, ICMP_CODE_REASSEMBLY,
                                REPLY_ICMP_TIME_EXCEEDED, DROP_FRAGMENT_TIMEOUT);
    if (verdict_replies(v))
        error_header(nif, c, p->header);
    return v;
}

/* The protocol's own verdict. */
static enum verdict deliver(struct netif *nif, struct cursor *c, struct ipv4_packet *p)
{
    if (p->header->protocol == IPV4_PROTOCOL_ICMP)
        return icmp_input(nif, c, p);
    if (p->broadcast) /* no other service answers many, and no error does (RFC 1122 3.2.2) */
        return DROP_IPV4_BROADCAST;
    if (p->header->protocol == IPV4_PROTOCOL_UDP)
        return udp_input(nif, c, p);
    if (p->header->protocol == IPV4_PROTOCOL_TCP)
        return tcp_input(nif, c, p);
    return icmp_error(nif, c, p, ICMP_DESTINATION_UNREACHABLE, ICMP_CODE_PROTOCOL,
                      REPLY_ICMP_PROTOCOL_UNREACHABLE, DROP_IPV4_PROTOCOL);
}

enum verdict ipv4_deliver(struct netif *nif, struct cursor *c, struct ipv4_packet *p)
{
    uint8_t *payload = c->pos;
    enum verdict v = deliver(nif, c, p);
    if (!verdict_replies(v))
        return v;
    if (c->pos == payload) {
        p->id = ++nif->ip_id;
        ipv4_answer_header(nif, p, p->header, cursor_left(c),
                           p->rest_octets > 0 ? IPV4_FLAG_MF : 0);
        c->pos = (uint8_t *)p->header;
    } else { /* an error, which begins in front of what it quotes */
        error_header(nif, c, p->header);
    }
    return v;
}

uint32_t ipv4_route(const struct netif *nif, uint32_t dst)
{
    if (nif->ip == 0)
        return 0;
    return netif_is_on_link(nif, dst) ? dst : nif->config.gateway; /* RFC 1122 3.3.1.1 */
}

static enum verdict fragment_input(struct netif *nif, struct cursor *c, const struct ipv4_packet *p)
{
    if (p->broadcast)
        return DROP_IPV4_BROADCAST;
    if (ipv4_too_long(nif, p, c->end)) /* and so would be that of the answer */
        return DROP_IPV4_MTU;
    return reassembly_input(nif, c, p->header);
}

enum verdict ipv4_input(struct netif *nif, struct cursor *c, bool link_group)
{
    struct ipv4_packet p = {.header = (struct ipv4_header *)c->pos, .ttl = nif->config.ttl};
    enum verdict v = check_header(c);
    if (v == VERDICT_NONE)
        v = check_source(nif, be32(p.header->src));
    if (v == VERDICT_NONE)
        v = check_destination(nif, be32(p.header->dst), link_group, &p.broadcast);
    if (v != VERDICT_NONE)
        return v;
    if (be16(p.header->flags_offset) & (IPV4_FLAG_MF | IPV4_OFFSET_MASK))
        return fragment_input(nif, c, &p);
    return ipv4_deliver(nif, c, &p);
}
