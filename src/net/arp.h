/* SPDX-License-Identifier: BSD-2-Clause */
/* The Address Resolution Protocol for IPv4 on Ethernet (RFC 826, RFC 5227). */
#ifndef NET_ARP_H
#define NET_ARP_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/netif.h"
#include "net/verdict.h"

/* Answers in place the ARP packet under the cursor, whose Ethernet header was e. */
enum verdict arp_input(struct netif *nif, struct cursor *c, struct eth_header *e);

#endif
