/* SPDX-License-Identifier: BSD-2-Clause */
/* What IPv6 remembers between frames: our addresses, the routers, what is to be sent about them. */
#ifndef NET_STATE_IPV6_H
#define NET_STATE_IPV6_H

#include "net/eth_header.h"
#include "net/ip.h"
#include "net/mac.h"

#include <stdbool.h>
#include <stdint.h>

#define IPV6_ADDRESSES_MAX 8
#define IPV6_ROUTERS_MAX   4

/* RFC 4862 2, RFC 4429 2. */
enum ipv6_address_state {
    IPV6_NONE,       /* the entry is free */
    IPV6_TENTATIVE,  /* being asked for, and not used before nobody has objected */
    IPV6_OPTIMISTIC, /* being asked for, and used meanwhile */
    IPV6_PREFERRED,
    IPV6_DEPRECATED, /* still used, but not for what we start */
    IPV6_DUPLICATE,  /* another host has it: not used */
};

struct ipv6_address {
    struct ip_address ip;
    uint8_t prefix;    /* octets behind it are the interface identifier's */
    uint8_t state;     /* enum ipv6_address_state */
    bool optimistic;   /* used while it is asked for */
    bool automatic;    /* made from a router's advertisement */
    bool announce_all; /* advertise it to all nodes, rather than to the routers */
    bool looped_back;  /* a probe of ours has come back: more were sent */
    uint8_t probes_left;
    uint8_t advertisements_left;
    uint8_t nonce[6];       /* of the latest probe (RFC 7527) */
    uint64_t due;           /* of the next probe or advertisement, or of the end of probing */
    uint64_t preferred_end; /* UINT64_MAX: never */
    uint64_t valid_end;
};

/* A default router (RFC 4861 5.1). */
struct ipv6_router {
    struct ip_address ip; /* link-local */
    mac_t mac;
    uint64_t end; /* of its lifetime; 0: the entry is free */
};

struct ipv6_state {
    struct ipv6_address addresses[IPV6_ADDRESSES_MAX]; /* the first is the link-local one */
    struct ipv6_router routers[IPV6_ROUTERS_MAX];
    uint64_t address_due; /* when one of them has something to do; UINT64_MAX: none */
    uint32_t changes;     /* how often one of them has changed: a report need not compare them */
    bool off;             /* no IPv6 on this interface */
    uint8_t hop_limit;    /* CurHopLimit (RFC 4861 6.3.2) */
    uint16_t mtu;         /* octets of a packet */
    uint32_t retrans;     /* RetransTimer, microseconds */

    /* Router solicitations (RFC 7559). */
    uint64_t solicit_due; /* UINT64_MAX: none */
    uint64_t solicit_interval;

    /* Multicast listener reports (RFC 9777). */
    uint64_t report_due;       /* that our groups have changed; UINT64_MAX: none */
    uint8_t reports_left;      /* of the same change */
    uint64_t answer_due;       /* to a query; UINT64_MAX: none */
    struct eth_header querier; /* its VLAN */
    uint64_t version_1_until;  /* until then an older querier is there (RFC 9777 8.2.1) */
    uint8_t next_group;        /* that a report of version 1 is to name */
    struct ip_address left;    /* a group that we have left; ::, none */

    uint32_t fragment_id; /* of the packet that we sent last in fragments */
    uint64_t duplicates;  /* addresses that another host has */
};

#endif
