/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of an Ethernet II frame (RFC 894, IEEE 802.3) with VLAN tags (IEEE 802.1Q). */
#ifndef NET_WIRE_ETH_H
#define NET_WIRE_ETH_H

#include "net/be.h"
#include "net/mac.h"

#define ETHERTYPE_IPV4  0x0800
#define ETHERTYPE_ARP   0x0806
#define ETHERTYPE_C_TAG 0x8100 /* customer VLAN tag */
#define ETHERTYPE_S_TAG 0x88a8 /* service VLAN tag */

#define ETH_TYPE_MIN 0x0600 /* a smaller value is an 802.3 length (IEEE 802.3 3.2.6) */
#define ETH_LEN_MIN  60     /* octets of the shortest frame, without the frame check sequence */
#define ETH_VID_MASK 0x0fff /* the VLAN identifier in a tag's TCI */

/* The header without tags, which would stand in front of the type. */
struct eth_untagged {
    mac_t dst;
    mac_t src;
    be16_t type;
};

struct eth_tag {
    be16_t tpid; /* tag protocol identifier: one of the two tags' EtherTypes */
    be16_t tci;  /* priority, drop eligibility, and in the low 12 bits the VLAN identifier */
};

_Static_assert(sizeof(struct eth_untagged) == 14 && sizeof(struct eth_tag) == 4, "IEEE 802.3");

#endif
