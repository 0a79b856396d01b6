/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet II (RFC 894, IEEE 802.3). */
#ifndef NET_ETH_H
#define NET_ETH_H

#include "net/be.h"
#include "net/frame.h"
#include "net/mac.h"
#include "net/netif.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP  0x0806

#define ETH_TYPE_MIN 0x0600 /* a smaller value is an 802.3 length (IEEE 802.3 3.2.6) */
#define ETH_LEN_MIN  60     /* octets of the shortest frame, without the frame check sequence */

struct eth_header {
    mac_t dst;
    mac_t src;
    be16_t type;
};

/* Answers the frame under the cursor in place. */
enum verdict eth_input(struct netif *nif, struct cursor *c);

#endif
