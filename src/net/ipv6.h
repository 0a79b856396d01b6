/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet Protocol, version 6 (RFC 8200). */
#ifndef NET_IPV6_H
#define NET_IPV6_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Answers the packet under the cursor in place, whose Ethernet header was e. After HELD_FRAGMENT a
 * datagram may be whole: ipv6_datagram.h answers it.
 */
enum verdict ipv6_input(struct netif *nif, struct cursor *c, struct eth_header *e);

/*
 * Hands the payload under the cursor to the protocol p->protocol. After a reply the cursor is over
 * the answer's payload, or its first fragment's; with p->is_error over an error.
 */
enum verdict ipv6_deliver(struct netif *nif, struct cursor *c, struct packet *p,
                          struct eth_header *e);

/*
 * Puts the answer's header in front of the payload under the cursor: made of that of the request or
 * fragment at `from`, which may lie where it goes; next says what the payload is.
 */
void ipv6_push_header(struct cursor *c, const struct packet *p, const uint8_t *from, uint8_t next);

/* Puts a header of our own in front of the ICMPv6 error under the cursor, which quotes packet p. */
void ipv6_push_error_header(const struct netif *nif, struct cursor *c, const struct packet *p);

#endif
