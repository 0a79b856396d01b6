/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of ICMPv6 (RFC 4443), neighbour discovery (RFC 4861) and MLD (RFC 2710, RFC 9777). */
#ifndef NET_WIRE_ICMP6_H
#define NET_WIRE_ICMP6_H

#include "net/be.h"
#include "net/ip.h"
#include "net/mac.h"

#include <stdbool.h>
#include <stdint.h>

enum icmp6_type {
    ICMP6_DESTINATION_UNREACHABLE = 1,
    ICMP6_PACKET_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_PARAMETER_PROBLEM = 4,
    ICMP6_ECHO_REQUEST = 128, /* from here on: informational */
    ICMP6_ECHO_REPLY = 129,
    ICMP6_MLD_QUERY = 130,
    ICMP6_MLD_REPORT_V1 = 131,
    ICMP6_MLD_DONE_V1 = 132,
    ICMP6_ROUTER_SOLICITATION = 133,
    ICMP6_ROUTER_ADVERTISEMENT = 134,
    ICMP6_NEIGHBOUR_SOLICITATION = 135,
    ICMP6_NEIGHBOUR_ADVERTISEMENT = 136,
    ICMP6_REDIRECT = 137,
    ICMP6_MLD_REPORT_V2 = 143,
};

enum icmp6_code {
    ICMP6_CODE_PORT = 4,           /* of destination unreachable */
    ICMP6_CODE_REASSEMBLY = 1,     /* of time exceeded */
    ICMP6_CODE_FIELD = 0,          /* of parameter problem: erroneous header field */
    ICMP6_CODE_NEXT_HEADER = 1,    /* of parameter problem: unrecognized next header */
    ICMP6_CODE_OPTION = 2,         /* of parameter problem: unrecognized option */
    ICMP6_CODE_FIRST_FRAGMENT = 3, /* of parameter problem: a header chain cut short (RFC 7112) */
};

/* Whether no error may be sent about such a message (RFC 4443 2.4 e.1, e.2). */
static inline bool icmp6_is_error(uint8_t type)
{
    return type < ICMP6_ECHO_REQUEST || type == ICMP6_REDIRECT;
}

/* Of a neighbour solicitation or advertisement (RFC 4861 4.3, 4.4). Options follow. */
struct icmp6_neighbour {
    uint8_t type;
    uint8_t code;
    be16_t checksum;
    be32_t flags;
    struct ip_address target;
};

#define NEIGHBOUR_FLAG_SOLICITED 0x40000000u
#define NEIGHBOUR_FLAG_OVERRIDE  0x20000000u

/* Of a router advertisement (RFC 4861 4.2). Options follow. */
struct icmp6_router {
    uint8_t type;
    uint8_t code;
    be16_t checksum;
    uint8_t hop_limit;
    uint8_t flags;
    be16_t lifetime;       /* seconds */
    be32_t reachable_time; /* milliseconds */
    be32_t retrans_timer;  /* milliseconds */
};

/* The start of an option (RFC 4861 4.6). */
struct nd_option {
    uint8_t type;
    uint8_t length; /* of all of it, in units of eight octets */
};

enum nd_option_type {
    ND_OPTION_SOURCE = 1,
    ND_OPTION_TARGET = 2,
    ND_OPTION_PREFIX = 3,
    ND_OPTION_MTU = 5,
    ND_OPTION_NONCE = 14, /* RFC 3971 5.3.2, used by RFC 7527 */
    ND_OPTION_RDNSS = 25, /* RFC 8106 */
};

/* The source's or target's link-layer address (RFC 4861 4.6.1). */
struct nd_link_address {
    struct nd_option option;
    mac_t mac;
};

/* RFC 4861 4.6.2. */
struct nd_prefix {
    struct nd_option option;
    uint8_t prefix;
    uint8_t flags;
    be32_t valid;     /* seconds */
    be32_t preferred; /* seconds */
    be32_t reserved;
    struct ip_address address;
};

#define ND_PREFIX_ON_LINK    0x80
#define ND_PREFIX_AUTONOMOUS 0x40

struct nd_mtu {
    struct nd_option option;
    be16_t reserved;
    be32_t mtu;
};

struct nd_nonce {
    struct nd_option option;
    uint8_t nonce[6];
};

/* A query, or a report of version 1 (RFC 2710 3). A query of version 2 goes on (RFC 9777 5.1). */
struct mld_message {
    uint8_t type;
    uint8_t code;
    be16_t checksum;
    be16_t response_delay; /* milliseconds; from 32768 on a floating-point number */
    be16_t reserved;
    struct ip_address group;
};

/* A report of version 2 (RFC 9777 5.2). Records follow. */
struct mld_report {
    uint8_t type;
    uint8_t reserved;
    be16_t checksum;
    be16_t reserved_2;
    be16_t records;
};

struct mld_record {
    uint8_t type;
    uint8_t auxiliary;
    be16_t sources;
    struct ip_address group;
};

enum mld_record_type {
    MLD_IS_EXCLUDE = 2, /* listens, from any source */
    MLD_TO_INCLUDE = 3, /* listens no longer */
    MLD_TO_EXCLUDE = 4, /* has begun to listen */
};

_Static_assert(sizeof(struct mld_message) == 24, "RFC 2710 3");
_Static_assert(sizeof(struct mld_record) == 20, "RFC 9777 5.2");
_Static_assert(sizeof(struct icmp6_neighbour) == 24, "RFC 4861 4.3");
_Static_assert(sizeof(struct icmp6_router) == 16, "RFC 4861 4.2");
_Static_assert(sizeof(struct nd_prefix) == 32, "RFC 4861 4.6.2");

#endif
