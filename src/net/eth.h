/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet II (RFC 894, IEEE 802.3) with up to two VLAN tags (IEEE 802.1Q). */
#ifndef NET_ETH_H
#define NET_ETH_H

#include "net/be.h"
#include "net/frame.h"
#include "net/mac.h"
#include "net/netif.h"

#include <stdint.h>

#define ETHERTYPE_IPV4  0x0800
#define ETHERTYPE_ARP   0x0806
#define ETHERTYPE_C_TAG 0x8100 /* customer VLAN tag */
#define ETHERTYPE_S_TAG 0x88a8 /* service VLAN tag */

#define ETH_TYPE_MIN 0x0600 /* a smaller value is an 802.3 length (IEEE 802.3 3.2.6) */
#define ETH_LEN_MIN  60     /* octets of the shortest frame, without the frame check sequence */
#define ETH_TAGS_MAX 2
#define ETH_VID_MASK 0x0fff /* the VLAN identifier in a tag's TCI */

struct eth_addresses {
    mac_t dst;
    mac_t src;
};

struct eth_tag {
    be16_t tpid; /* tag protocol identifier: one of the two tags' EtherTypes */
    be16_t tci;  /* priority, drop eligibility, and in the low 12 bits the VLAN identifier */
};

/* The Ethernet header of a frame, kept while an answer may be written over it. */
struct eth_envelope {
    struct eth_addresses addresses;
    struct eth_tag tags[ETH_TAGS_MAX];
    uint8_t tag_count;
    be16_t type;
};

/* The VLANs of a frame as one number, priorities left out; 0: none. */
uint32_t eth_vlans(const struct eth_envelope *e);

/* Takes the header off the cursor. VERDICT_NONE, or why the frame is not for us. */
enum verdict eth_open(const struct netif *nif, struct cursor *c, struct eth_envelope *e);

/*
 * Makes what is under the cursor the frame's content: puts a header from us to peer in front, with
 * the envelope's tags and type, and zeros behind it up to the least length.
 */
void eth_close(const struct netif *nif, struct cursor *c, const struct eth_envelope *e,
               const mac_t *peer);

/* Answers the frame under the cursor in place. */
enum verdict eth_input(struct netif *nif, struct cursor *c);

#endif
