/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of the Transmission Control Protocol (RFC 9293 3.1). */
#ifndef NET_WIRE_TCP_H
#define NET_WIRE_TCP_H

#include "net/be.h"

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

_Static_assert(sizeof(struct tcp_header) == 20, "RFC 9293 3.1");

#endif
