/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of the Internet Control Message Protocol (RFC 792, RFC 1122 3.2.2). */
#ifndef NET_WIRE_ICMP_H
#define NET_WIRE_ICMP_H

#include "net/be.h"

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

_Static_assert(sizeof(struct icmp_header) == 8, "RFC 792");
_Static_assert(sizeof(struct icmp_timestamp) == 20, "RFC 792");

/* Whether a message of this type reports an error: no error is sent about it (RFC 1122 3.2.2). */
static inline bool icmp_is_error(uint8_t type)
{
    switch (type) {
    case ICMP_DESTINATION_UNREACHABLE:
    case ICMP_SOURCE_QUENCH: /* ignored since RFC 6633 */
    case ICMP_REDIRECT:      /* nothing to redirect: we keep no routes */
    case ICMP_TIME_EXCEEDED:
    case ICMP_PARAMETER_PROBLEM:
        return true;
    default:
        return false;
    }
}

#endif
