/* SPDX-License-Identifier: BSD-2-Clause */
/* ARP packets of our own, which answer no request (RFC 826, RFC 5227). */
#ifndef NET_ARP_PACKET_H
#define NET_ARP_PACKET_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/netif.h"
#include "net/verdict.h"
#include "net/wire/arp.h"

#include <stdint.h>

/*
 * Makes a request for tpa. With an spa of 0 it is a probe; if spa and tpa are the same it is an
 * announcement, which may be a reply as well (RFC 5227).
 */
void arp_fill(const struct netif *nif, struct arp_packet *arp, uint16_t op, uint32_t spa,
              uint32_t tpa);

/* Sends such a packet in a spare frame to e->peer, with the tags of e. Returns v. */
enum verdict arp_send(struct netif *nif, struct frame *spare, const struct eth_header *e,
                      uint16_t op, uint32_t spa, uint32_t tpa, enum verdict v);

#endif
