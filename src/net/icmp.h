/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet Control Message Protocol (RFC 792, RFC 1122 3.2.2). */
#ifndef NET_ICMP_H
#define NET_ICMP_H

#include "net/be.h"
#include "net/frame.h"
#include "net/verdict.h"

#include <stdint.h>

enum icmp_type {
    ICMP_ECHO_REPLY = 0,
    ICMP_DESTINATION_UNREACHABLE = 3,
    ICMP_SOURCE_QUENCH = 4,
    ICMP_REDIRECT = 5,
    ICMP_ECHO_REQUEST = 8,
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER_PROBLEM = 12,
};

struct icmp_header {
    uint8_t type;
    uint8_t code;
    be16_t checksum; /* of the whole message */
    uint8_t rest[4]; /* its meaning depends on the type */
};

/* Answers the message under the cursor in place. */
enum verdict icmp_input(struct cursor *c);

#endif
