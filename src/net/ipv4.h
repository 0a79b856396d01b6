/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet Protocol, version 4 (RFC 791, RFC 1122 section 3). */
#ifndef NET_IPV4_H
#define NET_IPV4_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"
#include "net/wire/ipv4.h"

#include <stdint.h>

/*
 * Answers in place the packet under the cursor, whose Ethernet header was e. After HELD_FRAGMENT a
 * datagram may be whole: ipv4_datagram_answer() is to be called.
 */
enum verdict ipv4_input(struct netif *nif, struct cursor *c, const struct eth_header *e);

/*
 * Hands the payload under the cursor to its protocol. After a reply the cursor is over the payload
 * of the answer, or of its first fragment; if p->is_error is set, it is over the ICMP error.
 */
enum verdict ipv4_deliver(struct netif *nif, struct cursor *c, struct packet *p);

/*
 * Writes the header of an answer whose payload, or that of its first fragment, is under the cursor,
 * and extends the cursor over it. The header is the request's, rewritten; if p->is_error is set it
 * is a new one. Returns the answer's identification.
 */
uint16_t ipv4_answer(struct netif *nif, struct cursor *c, const struct packet *p);

/*
 * Turns the header of a request, or of one of its fragments, into that of the answer, whose payload
 * is length octets long. offset_flags: its fragment offset and "more fragments".
 */
void ipv4_answer_header(const struct netif *nif, const struct packet *p, struct ipv4_header *ip,
                        size_t length, uint16_t id, uint16_t offset_flags);

/*
 * The neighbour that the answer under the cursor is sent to, in *hop. NULL: it goes back to where
 * the request came from, as each answer from our own address does. An answer from a virtual address
 * is routed: its request came through a director, which does not take the answer.
 */
const struct ip_address *ipv4_next_hop(const struct netif *nif, const struct cursor *c,
                                       struct ip_address *hop);

#endif
