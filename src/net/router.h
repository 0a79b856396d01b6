/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routers on this link (RFC 4861 6.3): what they advertise, which addresses we make of it (RFC
 * 4862 5.5), and asking them.
 */
#ifndef NET_ROUTER_H
#define NET_ROUTER_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

#include <stdint.h>

/* Begins to ask for routers, at time netif.now: the interface or its link is new. */
void router_start(struct netif *nif);

/* Takes the router advertisement under the cursor. */
enum verdict router_advertisement(struct netif *nif, struct cursor *c, const struct packet *p,
                                  const struct eth_header *e);

/* When router_tick() has something to do; UINT64_MAX for never. */
uint64_t router_due(const struct netif *nif);

/* The solicitation that is due at time netif.now in the frame, or VERDICT_NONE. */
enum verdict router_tick(struct netif *nif, struct frame *spare);

#endif
