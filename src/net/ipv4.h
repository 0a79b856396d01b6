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

/*
 * What the layers above get to know of a packet. Of a datagram that came in fragments they see the
 * first one's payload, and of the others the sum: who answers all of it in place leaves rest_octets
 * as they are, whose answer ends with the first fragment sets them to 0.
 */
struct ipv4_packet {
    struct ipv4_header *header;
    bool broadcast;       /* to a broadcast address */
    uint8_t ttl;          /* of the answer */
    uint16_t id;          /* of the answer, set by ipv4_deliver() */
    uint64_t rest_sum;    /* checksum_add() over the payloads of the other fragments */
    uint32_t rest_octets; /* of them */
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

/* The header's length in octets, options included. */
static inline size_t ipv4_header_length(const struct ipv4_header *ip)
{
    return (size_t)(ip->version_ihl & 15) * 4;
}

/*
 * Whether an answer that is this packet up to end would be longer than our MTU. The request may
 * well be: others need not know what it is.
 */
static inline bool ipv4_too_long(const struct netif *nif, const struct ipv4_packet *p,
                                 const uint8_t *end)
{
    return end - (const uint8_t *)p->header > nif->mtu;
}

/* Sum over the pseudo-header of UDP and TCP (RFC 768, RFC 9293 3.1), to be added to that of length
 * octets. */
uint64_t ipv4_pseudo_sum(const struct ipv4_header *ip, uint32_t length);

/* Answers the packet under the cursor in place. link_group: it came in a multicast or broadcast
 * frame. */
enum verdict ipv4_input(struct netif *nif, struct cursor *c, bool link_group);

/*
 * Hands the payload under the cursor to the protocol it is for. After a reply the cursor is over
 * the answer, IPv4 header first.
 */
enum verdict ipv4_deliver(struct netif *nif, struct cursor *c, struct ipv4_packet *p);

/*
 * Turns the header of a request, or of one of its fragments, into that of the answer, whose payload
 * is length octets long. offset_flags: its fragment offset and "more fragments".
 */
void ipv4_answer_header(const struct netif *nif, const struct ipv4_packet *p,
                        struct ipv4_header *ip, size_t length, uint16_t offset_flags);

/* The neighbour that leads to an address; 0: none that we know of. */
uint32_t ipv4_route(const struct netif *nif, uint32_t dst);

/*
 * The neighbour that an answer is handed to; 0: the one whose frame brought the request. An answer
 * from our own address goes back as it came. One from a virtual address finds its own way, as its
 * request came by a director who could not take it.
 */
static inline uint32_t ipv4_next_hop(const struct netif *nif, const struct ipv4_header *answer)
{
    return be32(answer->src) == nif->ip ? 0 : ipv4_route(nif, be32(answer->dst));
}

/*
 * Gives the packet of p, to which time has run out, an answer of its own: ICMP Time Exceeded (RFC
 * 1122 3.3.2).
 */
enum verdict ipv4_time_exceeded(struct netif *nif, struct cursor *c, struct ipv4_packet *p);

#endif
