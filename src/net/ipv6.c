/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet Protocol, version 6 (RFC 8200): whether a packet is sound and for us, which protocol
 * takes what it carries, and the header of the answer.
 *
 * The answer has none of the request's extension headers: the header moves up to the payload, which
 * stays where it is.
 */
#include "net/ipv6.h"

#include "net/checksum.h"
#include "net/eth.h"
#include "net/icmp6.h"
#include "net/icmp_error.h"
#include "net/ipv6_address.h"
#include "net/ipv6_headers.h"
#include "net/reassembly.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "net/wire/icmp6.h"
#include "net/wire/ipv6.h"

#include <string.h>

#define VERSION   (6u << 28)
#define DSCP_MASK 0x0fc00000u /* the upper six bits of the traffic class */

/* Whether the header is sound; then the cursor is over what follows it and ends with it. */
static enum verdict check_header(struct cursor *c)
{
    const struct ipv6_header *ip = cursor_pull(c, sizeof *ip);
    if (!ip)
        return DROP_IPV6_SHORT;
    if (be32(ip->version_class_flow) >> 28 != 6)
        return DROP_IPV6_VERSION;
    if (be16(ip->payload_length) > c->left)
        return DROP_IPV6_LENGTH;
    cursor_trim(c, be16(ip->payload_length)); /* what follows is Ethernet's padding */
    return VERDICT_NONE;
}

/* Whether this may be the address of a single other host, or of one that has none yet. */
static enum verdict check_source(const struct ip_address *src)
{
    if (ip_is_group(src)) /* RFC 4291 2.7 */
        return DROP_IPV6_SOURCE_GROUP;
    if (ip_is_loopback(src)) /* RFC 4291 2.5.3 */
        return DROP_IPV6_SOURCE_LOOPBACK;
    return ip_is_ipv4(src) ? DROP_IPV6_SOURCE_IPV4 : VERDICT_NONE;
}

/* Whether the packet is for us. A unicast packet in a group's frame is (RFC 4443 2.4 e.4 only
 * forbids errors about it), and a group's in a frame to our own MAC too (RFC 6085). */
static enum verdict check_destination(const struct netif *nif, const struct ip_address *dst,
                                      bool *group)
{
    if (ipv6_owns(nif, dst))
        return VERDICT_NONE;
    *group = ip_is_group(dst);
    if (!*group)
        return DROP_IPV6_NOT_OURS;
    return ipv6_listens(nif, dst) ? VERDICT_NONE : DROP_IPV6_MULTICAST;
}

/* From our own address nothing is answered but heard: another host has it, and says so. */
static bool is_from_us(const struct netif *nif, const struct cursor *c, const struct packet *p)
{
    bool advertisement =
        p->protocol == IPV6_NEXT_ICMP && c->left > 0 && c->pos[0] == ICMP6_NEIGHBOUR_ADVERTISEMENT;
    return !advertisement && ipv6_owns(nif, &((const struct ipv6_header *)p->header)->src);
}

enum verdict ipv6_deliver(struct netif *nif, struct cursor *c, struct packet *p,
                          struct eth_header *e)
{
    if (is_from_us(nif, c, p))
        return DROP_IPV6_SOURCE_OWN;
    if (p->protocol == IPV6_NEXT_ICMP)
        return icmp6_input(nif, c, p, e);
    if (p->group) /* no other service answers many, and no error does */
        return DROP_IPV6_MULTICAST;
    if (ip_is_unspecified(&((const struct ipv6_header *)p->header)->src))
        return DROP_IPV6_SOURCE_UNSPECIFIED;
    return p->protocol == IPV6_NEXT_UDP ? udp_input(nif, c, p) : tcp_input(nif, c, p);
}

/*
 * Addresses are swapped. Of the traffic class DSCP goes back, and ECN does not, as we control no
 * congestion (RFC 3168). The flow is another one: label 0 (RFC 6437 3).
 */
void ipv6_push_header(struct cursor *c, const struct packet *p, const uint8_t *from, uint8_t next)
{
    struct ipv6_header ip;
    memcpy(&ip, from, sizeof ip);
    struct ip_address ours = ip.dst;
    ip.version_class_flow = to_be32(VERSION | (be32(ip.version_class_flow) & DSCP_MASK));
    ip.payload_length = to_be16((uint16_t)c->left);
    ip.next_header = next;
    ip.hop_limit = p->answer_ttl;
    ip.dst = ip.src;
    ip.src = ours;
    memcpy(cursor_push(c, sizeof ip), &ip, sizeof ip);
}

void ipv6_push_error_header(const struct netif *nif, struct cursor *c, const struct packet *p)
{
    const struct ipv6_header *quoted = (const struct ipv6_header *)p->header;
    struct ipv6_header ip = {
        .version_class_flow = to_be32(VERSION),
        .payload_length = to_be16((uint16_t)c->left),
        .next_header = IPV6_NEXT_ICMP,
        .hop_limit = nif->ipv6.hop_limit,
        .src = p->group ? *ipv6_source_for(nif, &quoted->src) : quoted->dst,
        .dst = quoted->src,
    };
    struct packet error = {.header = (uint8_t *)&ip, .version = 6, .protocol = IPV6_NEXT_ICMP};
    uint64_t sum = packet_pseudo_sum(&error, (uint32_t)c->left);
    be16_t checksum = checksum_finish(checksum_add(sum, c->pos, c->left));
    memcpy(c->pos + 2, &checksum, sizeof checksum);
    memcpy(cursor_push(c, sizeof ip), &ip, sizeof ip);
}

/* Keeps a fragment, whose fragment header is under the cursor, until its datagram is whole. */
static enum verdict hold_fragment(struct netif *nif, struct cursor *c, const struct eth_header *e,
                                  struct packet *p)
{
    const struct ipv6_header *ip = (const struct ipv6_header *)p->header;
    uint8_t *at = c->pos;
    const struct ipv6_fragment *f = (const struct ipv6_fragment *)at;
    cursor_pull(c, sizeof *f); /* ipv6_headers() saw that it is whole */
    bool more = be16(f->offset_flags) & IPV6_FLAG_MORE;
    size_t offset = be16(f->offset_flags) & IPV6_OFFSET_MASK;
    uint8_t next = offset == 0 ? f->next_header : IPV6_NEXT_NONE; /* of what is under the cursor */
    if (more && c->left % 8 != 0)                                 /* RFC 8200 4.5 */
        return ipv6_problem(nif, c, p, ICMP_ERROR_FIELD, p->header + 4, next);
    if (offset + c->left > UINT16_MAX) /* RFC 8200 4.5 */
        return ipv6_problem(nif, c, p, ICMP_ERROR_FIELD, at + 2, next);
    if (c->left == 0)
        return DROP_FRAGMENT_LENGTH;
    if (offset == 0 && !ipv6_headers_are_whole(*c, next)) /* RFC 8200 4.5, RFC 7112 5 */
        return ipv6_problem(nif, c, p, ICMP_ERROR_FIRST_FRAGMENT, p->header, next);
    struct datagram_key key = {ip->src, ip->dst, eth_vlans(e), be32(f->id), 0};
    return reassembly_input(nif, c, &key, e, p->header, (uint16_t)offset, more);
}

/* What becomes of a packet without the headers in front of what is under the cursor. */
static enum verdict process(struct netif *nif, struct cursor *c, struct packet *p,
                            struct eth_header *e)
{
    if (p->protocol == IPV6_NEXT_FRAGMENT)
        return hold_fragment(nif, c, e, p);
    if (sizeof(struct ipv6_header) + c->left > nif->ipv6.mtu)
        return DROP_IPV6_MTU; /* we make no fragments, and a part is not what was sent */
    return ipv6_deliver(nif, c, p, e);
}

enum verdict ipv6_input(struct netif *nif, struct cursor *c, struct eth_header *e)
{
    struct ipv6_header *ip = (struct ipv6_header *)c->pos;
    struct packet p = {.header = c->pos, .version = 6, .answer_ttl = nif->ipv6.hop_limit};
    enum verdict v = check_header(c);
    if (v == VERDICT_NONE)
        v = check_source(&ip->src);
    if (v == VERDICT_NONE)
        v = check_destination(nif, &ip->dst, &p.group);
    if (v != VERDICT_NONE)
        return v;
    p.ttl = ip->hop_limit;
    p.link_group = e->group;
    v = ipv6_headers(nif, c, &p, ip->next_header, &ip->next_header);
    if (v == VERDICT_NONE)
        v = process(nif, c, &p, e);
    if (!verdict_replies(v))
        return v;
    if (p.is_error)
        ipv6_push_error_header(nif, c, &p);
    else
        ipv6_push_header(c, &p, p.header, p.protocol);
    return eth_output(nif, c, e, NULL, v);
}
