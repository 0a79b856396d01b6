/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of the User Datagram Protocol (RFC 768), and the ports that matter here. */
#ifndef NET_WIRE_UDP_H
#define NET_WIRE_UDP_H

#include "net/be.h"

struct udp_header {
    be16_t src;
    be16_t dst;
    be16_t length; /* of header and data */
    be16_t checksum;
};

_Static_assert(sizeof(struct udp_header) == 8, "RFC 768");

enum udp_port {
    UDP_ECHO = 7,     /* RFC 862 */
    UDP_DISCARD = 9,  /* RFC 863 */
    UDP_DAYTIME = 13, /* RFC 867 */
    UDP_QUOTE = 17,   /* RFC 865 */
    UDP_CHARGEN = 19, /* RFC 864 */
    UDP_TIME = 37,    /* RFC 868 */
    UDP_STAMP = 862,  /* RFC 8762 4.1 */
};

#endif
