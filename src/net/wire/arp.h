/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet of the Address Resolution Protocol for IPv4 on Ethernet (RFC 826). */
#ifndef NET_WIRE_ARP_H
#define NET_WIRE_ARP_H

#include "net/be.h"
#include "net/mac.h"

#define ARP_HRD_ETHERNET 1
#define ARP_OP_REQUEST   1
#define ARP_OP_REPLY     2

struct arp_packet {
    be16_t hrd; /* hardware address space */
    be16_t pro; /* protocol address space, an EtherType */
    uint8_t hln;
    uint8_t pln;
    be16_t op;
    mac_t sha; /* sender's hardware and protocol address */
    be32_t spa;
    mac_t tha; /* target's */
    be32_t tpa;
};

_Static_assert(sizeof(struct arp_packet) == 28, "RFC 826: 28 octets for IPv4 on Ethernet");

#endif
