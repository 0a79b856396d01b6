/* SPDX-License-Identifier: BSD-2-Clause */
/* The User Datagram Protocol (RFC 768, RFC 1122 4.1) and the services on it. */
#ifndef NET_UDP_H
#define NET_UDP_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

/* Answers in place the datagram under the cursor. */
enum verdict udp_input(struct netif *nif, struct cursor *c, struct packet *p);

#endif
