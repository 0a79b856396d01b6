/* SPDX-License-Identifier: BSD-2-Clause */
/* The Transmission Control Protocol (RFC 9293) of a host on which every port is closed. */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

/* Answers in place the segment under the cursor, with a reset. */
enum verdict tcp_input(const struct netif *nif, struct cursor *c, struct packet *p);

#endif
