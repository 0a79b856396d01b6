/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of an IPv4 header (RFC 791 3.1, RFC 1122 3.2.1.8, RFC 7126). */
#ifndef NET_IPV4_OPTIONS_H
#define NET_IPV4_OPTIONS_H

#include "net/netif.h"
#include "net/verdict.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Whether a packet with these options, size octets of them, may be answered: VERDICT_NONE if so,
 * else the reason why not. Unknown options are ignored. Source routes are refused by policy (RFC
 * 7126 4.3 and 4.4).
 */
enum verdict ipv4_options_check(const uint8_t *options, size_t size);

/*
 * Turns the checked options of a request into those of its answer, which comes from our address ip.
 * A record route gets this address, a timestamp option the time of day as ICMP tells it (RFC 1122
 * 3.2.2.6). All others become no-operations, since they were meant for the request's way.
 */
void ipv4_options_answer(const struct netif *nif, uint8_t *options, size_t size, uint32_t ip);

#endif
