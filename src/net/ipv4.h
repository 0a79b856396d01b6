/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet Protocol, version 4 (RFC 791, RFC 1122 section 3). */
#ifndef NET_IPV4_H
#define NET_IPV4_H

#include "net/be.h"
#include "net/frame.h"
#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

#define IPV4_PROTOCOL_ICMP 1

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

/* 0.0.0.0/8, "this network": only a host that has no address yet sends from there (RFC 1122 3.2.1.3
 * a, b). */
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

/* Answers the packet under the cursor in place. link_group: it came in a multicast or broadcast
 * frame. */
enum verdict ipv4_input(struct netif *nif, struct cursor *c, bool link_group);

#endif
