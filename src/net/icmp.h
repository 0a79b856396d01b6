/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet Control Message Protocol (RFC 792, RFC 1122 3.2.2). */
#ifndef NET_ICMP_H
#define NET_ICMP_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

/* Answers in place the message under the cursor. */
enum verdict icmp_input(struct netif *nif, struct cursor *c, const struct packet *p);

#endif
