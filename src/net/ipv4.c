/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet Protocol (RFC 791): is the packet sound, is it for us, and whose is what it carries.
 */
#include "net/ipv4.h"

#include "net/checksum.h"
#include "net/icmp.h"
#include "net/ipv4_options.h"

_Static_assert(sizeof(struct ipv4_header) == 20, "RFC 791 3.1: 20 octets without options");

/* The header's length in octets, options included. */
static size_t header_length(const struct ipv4_header *ip)
{
    return (size_t)(ip->version_ihl & 15) * 4;
}

/* Whether the header is sound; then the cursor is over the payload and ends with it. */
static enum verdict check_header(const struct netif *nif, struct cursor *c)
{
    struct ipv4_header *ip = cursor_pull(c, sizeof *ip);
    if (!ip)
        return DROP_IPV4_SHORT;
    if (ip->version_ihl >> 4 != 4) /* RFC 1122 3.2.1.1 */
        return DROP_IPV4_VERSION;
    size_t hlen = header_length(ip);
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
    if (total > nif->mtu)
        return DROP_IPV4_LENGTH_HIGH;
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

/* Whether the packet is for us alone (RFC 1122 3.2.1.3, 3.3.6). We never forward (RFC 1122 3.1). */
static enum verdict check_destination(const struct netif *nif, uint32_t dst, bool link_group)
{
    if (ipv4_is_group(dst) || netif_is_subnet_broadcast(nif, dst))
        return DROP_IPV4_BROADCAST;
    if (!netif_owns(nif, dst))
        return DROP_IPV4_NOT_OURS;
    if (link_group) /* RFC 1122 3.3.6 */
        return DROP_IPV4_LINK_BROADCAST;
    return VERDICT_NONE;
}

/*
 * Turns the request's header into the answer's: addresses swapped, the type of service as it came
 * (RFC 1349 5.1), our own identification, time to live and checksum. "Don't fragment" goes back as
 * it came: who set it measures the path. The reserved flag is ignored and sent as 0.
 */
static void answer_header(struct netif *nif, struct ipv4_header *ip, const struct cursor *c)
{
    be32_t ours = ip->dst;
    ip->dst = ip->src;
    ip->src = ours;
    ip->total_length = to_be16((uint16_t)(c->end - (uint8_t *)ip));
    ip->id = to_be16(++nif->ip_id);
    ip->flags_offset = to_be16(be16(ip->flags_offset) & IPV4_FLAG_DF);
    ip->ttl = nif->ttl;
    size_t hlen = header_length(ip);
    if (hlen > sizeof *ip)
        ipv4_options_answer((uint8_t *)(ip + 1), hlen - sizeof *ip, be32(ours));
    ip->checksum = to_be16(0);
    ip->checksum = checksum(ip, hlen);
}

enum verdict ipv4_input(struct netif *nif, struct cursor *c, bool link_group)
{
    struct ipv4_header *ip = (struct ipv4_header *)c->pos;
    enum verdict v = check_header(nif, c);
    if (v == VERDICT_NONE)
        v = check_source(nif, be32(ip->src));
    if (v == VERDICT_NONE)
        v = check_destination(nif, be32(ip->dst), link_group);
    if (v != VERDICT_NONE)
        return v;
    if (be16(ip->flags_offset) & (IPV4_FLAG_MF | IPV4_OFFSET_MASK))
        return DROP_IPV4_FRAGMENT;

    v = ip->protocol == IPV4_PROTOCOL_ICMP ? icmp_input(c) : DROP_IPV4_PROTOCOL;
    if (verdict_replies(v)) {
        answer_header(nif, ip, c);
        c->pos = (uint8_t *)ip;
    }
    return v;
}
