/* SPDX-License-Identifier: BSD-2-Clause */
/* The User Datagram Protocol (RFC 768, RFC 1122 4.1) and the services on it. */
#ifndef NET_UDP_H
#define NET_UDP_H

#include "net/be.h"
#include "net/frame.h"
#include "net/ipv4.h"
#include "net/netif.h"

struct udp_header {
    be16_t src;
    be16_t dst;
    be16_t length; /* of header and data */
    be16_t checksum;
};

/* Answers the datagram under the cursor in place. */
enum verdict udp_input(struct netif *nif, struct cursor *c, struct ipv4_packet *p);

#endif
