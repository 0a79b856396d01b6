/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet II (RFC 894, IEEE 802.3) with up to two VLAN tags (IEEE 802.1Q): whose is a frame. */
#ifndef NET_ETH_H
#define NET_ETH_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/mac.h"
#include "net/netif.h"

#include <stdint.h>

/* The VLANs of a frame as one number, priorities left out; 0: none. */
uint32_t eth_vlans(const struct eth_header *e);

/* Takes the header off the cursor. VERDICT_NONE, or why the frame is not for us. */
enum verdict eth_pull(const struct netif *nif, struct cursor *c, struct eth_header *e);

/*
 * Makes what is under the cursor the frame's content: puts a header from us to peer in front, with
 * the envelope's tags and type, and zeros behind it up to the least length.
 */
void eth_push(const struct netif *nif, struct cursor *c, const struct eth_header *e,
              const mac_t *peer);

/* Answers the frame under the cursor in place. */
enum verdict eth_input(struct netif *nif, struct cursor *c);

#endif
