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

#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

struct packet {
    uint8_t *header;  /* IP's: where an error begins to quote */
    uint8_t version;  /* 4 or 6 */
    uint8_t protocol; /* of the payload */
    uint8_t ttl;
    uint8_t answer_ttl;
    bool group; /* sent to more than us: a broadcast */
    bool
        is_error; /* the answer is an error, which quotes the packet and needs a header of its own */
    uint32_t rest_octets; /* payload of the fragments behind the first */
    uint64_t rest_sum;    /* checksum_add() over it */

    /* IPv6's */
    uint32_t error_pointer; /* the octet of the packet that a Parameter Problem is about */
    bool link_group;        /* came in a frame to a group's MAC */
    bool fragmented;        /* had a fragment header */
    bool router_alert;      /* had that hop-by-hop option (RFC 2711) */
};

/*
 * Whether an answer that is this packet up to end would be longer than our MTU. The request may
 * well be: others need not know what our MTU is. IPv6's is looked at once, in ipv6.c.
 */
static inline bool packet_is_too_long(const struct netif *nif, const struct packet *p,
                                      const uint8_t *end)
{
    return p->version == 4 && end - p->header > nif->mtu;
}

/*
 * The sum over the pseudo-header of UDP, TCP and ICMPv6 (RFC 768, RFC 9293 3.1, RFC 8200 8.1), to be
 * added to that of their length octets. The answer's is the same, as swapped addresses do not change it.
 */
uint64_t packet_pseudo_sum(const struct packet *p, uint32_t length);

#endif
