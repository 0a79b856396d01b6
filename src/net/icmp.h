/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet Control Message Protocol (RFC 792, RFC 1122 3.2.2). */
#ifndef NET_ICMP_H
#define NET_ICMP_H

#include "net/be.h"
#include "net/frame.h"
#include "net/ipv4.h"
#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

enum icmp_type {
    ICMP_ECHO_REPLY = 0,
    ICMP_DESTINATION_UNREACHABLE = 3,
    ICMP_SOURCE_QUENCH = 4,
    ICMP_REDIRECT = 5,
    ICMP_ECHO_REQUEST = 8,
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER_PROBLEM = 12,
    ICMP_TIMESTAMP = 13,
    ICMP_TIMESTAMP_REPLY = 14,
};

enum icmp_code {
    ICMP_CODE_REASSEMBLY = 1, /* of time exceeded */
    ICMP_CODE_PROTOCOL = 2,   /* of destination unreachable */
    ICMP_CODE_PORT = 3,       /* of destination unreachable */
};

struct icmp_header {
    uint8_t type;
    uint8_t code;
    be16_t checksum; /* of the whole message */
    uint8_t rest[4]; /* its meaning depends on the type */
};

struct icmp_timestamp {
    struct icmp_header header;
    be32_t originate;
    be32_t receive;
    be32_t transmit;
};

/* Whether a message of this type tells of an error: none may be sent about it (RFC 1122 3.2.2). */
bool icmp_is_error(uint8_t type);

/* Answers the message under the cursor in place. */
enum verdict icmp_input(struct netif *nif, struct cursor *c, const struct ipv4_packet *p);

#endif
