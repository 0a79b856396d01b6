/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An IP packet as the layers above see it: UDP, TCP, STAMP and ICMP learn no more of its header.
 *
 * A fragmented datagram is seen as its first fragment, plus length and checksum sum of the rest. A
 * handler that answers all of it leaves rest_octets alone; one whose answer fits into the first
 * fragment sets it to 0.
 */
#ifndef NET_PACKET_H
#define NET_PACKET_H

#include "net/ip.h"
#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

struct packet {
    uint8_t *header;  /* the IP header; an ICMP error quotes the packet from here on */
    uint8_t version;  /* 4 */
    uint8_t protocol; /* the one that the payload is for */
    uint8_t ttl;
    uint8_t answer_ttl;
    bool group;           /* it was sent to a broadcast address */
    bool is_error;        /* the answer is an ICMP error, with an IP header of its own */
    uint32_t rest_octets; /* octets of payload in the fragments behind the first */
    uint64_t rest_sum;    /* checksum_add() over those octets */
};

/*
 * Whether an answer that begins with this packet's header and ends at end would be longer than our
 * MTU. A request can be longer, as its sender need not know our MTU.
 */
static inline bool packet_is_too_long(const struct netif *nif, const struct packet *p,
                                      const uint8_t *end)
{
    return end - p->header > nif->mtu;
}

/* The address that the packet comes from. */
struct ip_address packet_source(const struct packet *p);

/*
 * The sum over the pseudo-header of UDP and TCP (RFC 768, RFC 9293 3.1), for a datagram or segment
 * of length octets. It is the same for the answer, as swapped addresses do not change it.
 */
uint64_t packet_pseudo_sum(const struct packet *p, uint32_t length);

#endif
