/* SPDX-License-Identifier: BSD-2-Clause */
/* The headers of the Internet Protocol, version 6 (RFC 8200), and which addresses are special. */
#ifndef NET_WIRE_IPV6_H
#define NET_WIRE_IPV6_H

#include "net/be.h"
#include "net/ip.h"
#include "net/mac.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define IPV6_MTU_MIN 1280 /* octets of a packet that every link and host takes (RFC 8200 5) */

/* Next Header values: IANA, "Protocol Numbers". */
#define IPV6_NEXT_HOP_BY_HOP  0
#define IPV6_NEXT_TCP         6
#define IPV6_NEXT_UDP         17
#define IPV6_NEXT_ROUTING     43
#define IPV6_NEXT_FRAGMENT    44
#define IPV6_NEXT_ICMP        58
#define IPV6_NEXT_NONE        59
#define IPV6_NEXT_DESTINATION 60

struct ipv6_header {
    be32_t version_class_flow; /* 4, 8 and 20 bits */
    be16_t payload_length;     /* of all that follows this header */
    uint8_t next_header;
    uint8_t hop_limit;
    struct ip_address src;
    struct ip_address dst;
};

/* The start of a hop-by-hop, destination options or routing header. */
struct ipv6_extension {
    uint8_t next_header;
    uint8_t length; /* in units of eight octets, without the first eight */
    uint8_t type;   /* of a routing header */
    uint8_t segments_left;
};

struct ipv6_fragment {
    uint8_t next_header;
    uint8_t reserved;
    be16_t offset_flags; /* in units of eight octets, in the upper 13 bits */
    be32_t id;
};

#define IPV6_OFFSET_MASK 0xfff8 /* as octets */
#define IPV6_FLAG_MORE   0x0001

#define IPV6_OPTION_PAD1         0
#define IPV6_OPTION_ROUTER_ALERT 5 /* RFC 2711 */

_Static_assert(sizeof(struct ipv6_header) == 40, "RFC 8200 3");
_Static_assert(sizeof(struct ipv6_fragment) == 8, "RFC 8200 4.5");

/* The extension header's length in octets. */
static inline size_t ipv6_extension_length(const struct ipv6_extension *x)
{
    return (x->length + (size_t)1) * 8;
}

static inline bool ip_equal(const struct ip_address *a, const struct ip_address *b)
{
    uint64_t x[2], y[2];
    memcpy(x, a, sizeof x);
    memcpy(y, b, sizeof y);
    return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

/* ::, which stands for no address (RFC 4291 2.5.2). */
static inline bool ip_is_unspecified(const struct ip_address *a)
{
    static const struct ip_address unspecified;
    return ip_equal(a, &unspecified);
}

/* ::1, which is never on a wire (RFC 4291 2.5.3). */
static inline bool ip_is_loopback(const struct ip_address *a)
{
    static const struct ip_address loopback = {.word[3] = {0x01000000}};
    return ip_equal(a, &loopback);
}

/* ::ffff:0:0/96 (RFC 4291 2.5.5.2): IPv4's, and on a wire nobody's. */
static inline bool ip_is_ipv4(const struct ip_address *a)
{
    struct ip_address mapped = ip_from_ipv4(ip_to_ipv4(a));
    return ip_equal(a, &mapped);
}

/* ff00::/8 (RFC 4291 2.7). */
static inline bool ip_is_group(const struct ip_address *a)
{
    return be32(a->word[0]) >> 24 == 0xff;
}

/* fe80::/10 (RFC 4291 2.5.6). */
static inline bool ip_is_link_local(const struct ip_address *a)
{
    return be32(a->word[0]) >> 22 == 0xfe80u >> 6;
}

/* A group's address of link-local scope, ff02::hi:lo, as most that matter to a host are. */
static inline struct ip_address ip_link_group(uint32_t high, uint32_t low)
{
    return (struct ip_address){{to_be32(0xff020000), to_be32(0), to_be32(high), to_be32(low)}};
}

/* The solicited-node group of an address (RFC 4291 2.7.1). */
static inline struct ip_address ip_solicited_node(const struct ip_address *a)
{
    return ip_link_group(1, 0xff000000 | (be32(a->word[3]) & 0xffffff));
}

/* The MAC of a group (RFC 2464 7). */
static inline mac_t mac_of_group(const struct ip_address *group)
{
    mac_t mac = {{0x33, 0x33}};
    memcpy(mac.octet + 2, &group->word[3], 4);
    return mac;
}

#endif
