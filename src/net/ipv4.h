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
 * Answers the packet under the cursor in place, whose Ethernet header was e. After HELD_FRAGMENT a
 * datagram may be whole: ipv4_datagram.h answers it.
 */
enum verdict ipv4_input(struct netif *nif, struct cursor *c, const struct eth_header *e);

/*
 * Hands the payload under the cursor to the protocol it is for. After a reply the cursor is over
 * the answer's payload, or its first fragment's; with p->is_error over an error.
 */
enum verdict ipv4_deliver(struct netif *nif, struct cursor *c, struct packet *p);

/*
 * Turns the cursor over an answer's payload to one over its packet, or first fragment: with the
 * request's header, rewritten, or with a new one where p->is_error. Returns its identification.
 */
uint16_t ipv4_answer(struct netif *nif, struct cursor *c, const struct packet *p);

/*
 * Turns the header of a request, or of one of its fragments, into that of the answer, whose payload
 * is length octets long. offset_flags: its fragment offset and "more fragments".
 */
void ipv4_answer_header(const struct netif *nif, const struct packet *p, struct ipv4_header *ip,
                        size_t length, uint16_t id, uint16_t offset_flags);

/*
 * The neighbour that the answer under the cursor is handed to, in *hop; NULL: it goes back to where
 * the request came from. An answer from our own address goes back. One from a virtual address is
 * routed, as its request came by a director that could not take it.
 */
const struct ip_address *ipv4_next_hop(const struct netif *nif, const struct cursor *c,
                                       struct ip_address *hop);

#endif
