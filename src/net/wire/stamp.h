/* SPDX-License-Identifier: BSD-2-Clause */
/* Test packets of STAMP (RFC 8762 4.2 and 4.3) with its extensions (RFC 8972). */
#ifndef NET_WIRE_STAMP_H
#define NET_WIRE_STAMP_H

#include "net/be.h"

#include <stdint.h>

#define NTP_UNIX_SECONDS 2208988800u /* from 1900 to 1970 (RFC 868) */

/* Seconds since 1900, and a fraction in units of 2^-32 s (RFC 5905 6). */
struct ntp_time {
    be32_t seconds;
    be32_t fraction;
};

/* RFC 8762 4.2.1, figure 2. The session identifier of RFC 8972 3 follows it. */
struct stamp_request {
    be32_t sequence;
    struct ntp_time time;
    be16_t error;
};

/* RFC 8762 4.3.1, figure 5. */
struct stamp_reply {
    be32_t sequence;
    struct ntp_time transmit;
    be16_t error;
    be16_t session; /* as the request has it, in the same place (RFC 8972 3) */
    struct ntp_time receive;
    struct stamp_request request;
    be16_t zero;
    uint8_t request_ttl;
    uint8_t zeros[3];
};

_Static_assert(sizeof(struct stamp_request) == 14, "RFC 5357 4.1.2");
_Static_assert(sizeof(struct stamp_reply) == 44, "RFC 8762 4.3.1");

/* RFC 8972 4. */
struct stamp_tlv {
    uint8_t flags;
    uint8_t type;
    be16_t length; /* of the value, which follows */
};

enum stamp_tlv_flag {
    STAMP_TLV_UNRECOGNIZED = 0x80,
    STAMP_TLV_MALFORMED = 0x40,
};

#define STAMP_TLV_EXTRA_PADDING 1

/* The error estimate of a clock that nobody has set: not synchronised, 2^63 * 2^-32 s (RFC
 * 4656 4.1.2). A multiplier of 0 is not allowed. */
#define STAMP_ERROR_UNKNOWN 0x3f01
#define STAMP_ERROR_MAX     0x3fff
/* Its parts: seconds are multiplier * 2^(scale - 32). */
#define STAMP_ERROR_SCALE(e)      ((e) >> 8 & 63)
#define STAMP_ERROR_MULTIPLIER(e) ((e)&255)
#define STAMP_ERROR_PER_US        4295 /* 2^-32 s */

#endif
