/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of the Internet Protocol, version 4 (RFC 791), and which addresses are special. */
#ifndef NET_WIRE_IPV4_H
#define NET_WIRE_IPV4_H

#include "net/be.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPV4_LIMITED_BROADCAST 0xffffffffu
#define IPV4_LENGTH_MAX        65535 /* octets of a datagram, header included */

#define IPV4_PROTOCOL_ICMP 1
#define IPV4_PROTOCOL_TCP  6
#define IPV4_PROTOCOL_UDP  17

#define IPV4_FLAG_DF     0x4000 /* don't fragment */
#define IPV4_FLAG_MF     0x2000 /* more fragments */
#define IPV4_OFFSET_MASK 0x1fff /* fragment offset, in units of eight octets */

struct ipv4_header {
    uint8_t version_ihl; /* version; header length in units of four octets */
    uint8_t tos;
    be16_t total_length; /* of header and payload */
    be16_t id;
    be16_t flags_offset;
    uint8_t ttl;
    uint8_t protocol;
    be16_t checksum; /* of the header */
    be32_t src;
    be32_t dst;
};

_Static_assert(sizeof(struct ipv4_header) == 20, "RFC 791 3.1: 20 octets without options");

enum ipv4_option {
    IPV4_OPTION_END = 0,
    IPV4_OPTION_NOP = 1,
    IPV4_OPTION_RECORD_ROUTE = 7,
    IPV4_OPTION_TIMESTAMP = 68,
    IPV4_OPTION_LOOSE_SOURCE_ROUTE = 131,
    IPV4_OPTION_STRICT_SOURCE_ROUTE = 137,
};

/* The header's length in octets, options included. */
static inline size_t ipv4_header_length(const struct ipv4_header *ip)
{
    return (size_t)(ip->version_ihl & 15) * 4;
}

/* 0.0.0.0/8, "this network": only a host without an address sends from it (RFC 1122 3.2.1.3 a). */
static inline bool ipv4_is_zero(uint32_t ip)
{
    return ip >> 24 == 0;
}

/* 127.0.0.0/8: never on a wire (RFC 1122 3.2.1.3 g). */
static inline bool ipv4_is_loopback(uint32_t ip)
{
    return ip >> 24 == 127;
}

/* Multicast, class E, 255.255.255.255: no single host (RFC 1112 4, RFC 1122 3.2.1.3 c). */
static inline bool ipv4_is_group(uint32_t ip)
{
    return ip >> 29 == 7;
}

#endif
