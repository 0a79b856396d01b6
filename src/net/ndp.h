/* SPDX-License-Identifier: BSD-2-Clause */
/* Neighbour discovery (RFC 4861 7): who has one of our addresses is answered, and heard. */
#ifndef NET_NDP_H
#define NET_NDP_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

/* Answers the neighbour solicitation under the cursor in place; e->peer becomes where the
 * advertisement goes. */
enum verdict ndp_solicitation(struct netif *nif, struct cursor *c, struct packet *p,
                              struct eth_header *e);

/* Takes a neighbour advertisement. */
enum verdict ndp_advertisement(struct netif *nif, struct cursor *c, const struct packet *p,
                               const struct eth_header *e);

#endif
