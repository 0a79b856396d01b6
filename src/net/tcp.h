/* SPDX-License-Identifier: BSD-2-Clause */
/* The Transmission Control Protocol (RFC 9293) of a host on which every port is closed. */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "net/be.h"
#include "net/frame.h"
#include "net/ipv4.h"
#include "net/netif.h"

enum tcp_flag {
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_ACK = 0x10,
};

struct tcp_header {
    be16_t src;
    be16_t dst;
    be32_t seq;
    be32_t ack;
    uint8_t data_offset; /* in its high half: the header's length in units of four octets */
    uint8_t flags;
    be16_t window;
    be16_t checksum;
    be16_t urgent;
};

/* Answers the segment under the cursor in place with a reset. */
enum verdict tcp_input(const struct netif *nif, struct cursor *c, struct ipv4_packet *p);

#endif
