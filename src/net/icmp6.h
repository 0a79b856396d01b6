/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet Control Message Protocol for IPv6 (RFC 4443). */
#ifndef NET_ICMP6_H
#define NET_ICMP6_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

/* Answers the message under the cursor in place, whose frame had the Ethernet header e. */
enum verdict icmp6_input(struct netif *nif, struct cursor *c, struct packet *p,
                         struct eth_header *e);

#endif
