/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMPv6 messages of our own, which answer no request: neighbour discovery's and MLD's. */
#ifndef NET_ICMP6_PACKET_H
#define NET_ICMP6_PACKET_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/ip.h"
#include "net/netif.h"
#include "net/verdict.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a message of ours goes, and how. */
struct icmp6_route {
    struct ip_address src, dst; /* dst is a group's address */
    uint8_t hop_limit;
    bool router_alert;             /* in a hop-by-hop header: MLD's (RFC 9777 5) */
    const struct eth_header *tags; /* of the VLAN that it goes into; NULL: none */
};

/* The cursor over n octets in a spare frame, all zero, for a message. */
struct cursor icmp6_begin(struct frame *spare, const struct icmp6_route *r, size_t n);

/* Sends the message under the cursor, whose checksum is zero. Returns v. */
enum verdict icmp6_send(struct netif *nif, struct cursor *c, const struct icmp6_route *r,
                        enum verdict v);

#endif
