/* SPDX-License-Identifier: BSD-2-Clause */
/* The Address Resolution Protocol for IPv4 on Ethernet (RFC 826, RFC 5227). */
#ifndef NET_ARP_H
#define NET_ARP_H

#include "net/be.h"
#include "net/eth_header.h"
#include "net/frame.h"
#include "net/mac.h"
#include "net/netif.h"

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

/* Answers the ARP packet under the cursor in place, which came in envelope e; *peer becomes the
 * Ethernet address that the answer goes to. */
enum verdict arp_input(struct netif *nif, struct cursor *c, const struct eth_header *e,
                       const mac_t **peer);

/*
 * Makes an ARP packet of ours that is no answer: a request for tpa, which is a probe if spa is 0;
 * or an announcement, request or reply, if both are the same (RFC 5227).
 */
void arp_fill(const struct netif *nif, struct arp_packet *arp, uint16_t op, uint32_t spa,
              uint32_t tpa);

/* Writes such a packet into a frame, to peer and with the tags of e. */
void arp_frame(const struct netif *nif, struct frame *f, const struct eth_header *e,
               const mac_t *peer, uint16_t op, uint32_t spa, uint32_t tpa);

#endif
