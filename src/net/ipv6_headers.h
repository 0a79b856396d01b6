/* SPDX-License-Identifier: BSD-2-Clause */
/* The chain of IPv6's extension headers (RFC 8200 4). */
#ifndef NET_IPV6_HEADERS_H
#define NET_IPV6_HEADERS_H

#include "net/frame.h"
#include "net/icmp_error.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Takes the headers off the cursor, the first of which is `next`, as the octet at named_at says.
 * VERDICT_NONE: p->protocol says what is under the cursor: ICMPv6, UDP, TCP, or a fragment header,
 * but that of a fragment which is a whole packet (RFC 6946). Else why the packet is not processed,
 * or the error about it.
 */
enum verdict ipv6_headers(struct netif *nif, struct cursor *c, struct packet *p, uint8_t next,
                          uint8_t *named_at);

/* Whether a first fragment has all headers, up to and with that of the upper layer. */
bool ipv6_headers_are_whole(struct cursor c, uint8_t next);

/*
 * The error about packet p that points at the octet `at` of it, if one may be sent (RFC 4443 2.4 e).
 * next is what is under the cursor.
 */
enum verdict ipv6_problem(struct netif *nif, struct cursor *c, struct packet *p,
                          enum icmp_error what, const uint8_t *at, uint8_t next);

#endif
