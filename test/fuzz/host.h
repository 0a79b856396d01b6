/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosts that the fuzzed core is configured as, in the fuzzers' own words. */
#ifndef FUZZ_HOST_H
#define FUZZ_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits of host.services. */
#define SERVE_ECHO      1
#define SERVE_DISCARD   2
#define SERVE_STAMP     4
#define SERVE_TIMESTAMP 8
#define SERVE_ALL       15

struct host {
    uint8_t mac[6];
    uint32_t ip; /* 0: none */
    uint8_t prefix;
    uint8_t ttl;
    uint16_t mtu;
    uint8_t services;
    uint16_t stamp_port;
    uint32_t gateway; /* 0: none */
    uint32_t vip;     /* 0: none */
    uint32_t proxy;   /* 172.16.0.0 stands for 172.16.0.0/12; 0: none */
    uint16_t vlan;    /* the only one that we are in; 0: in all of them, 4095: in none */
    bool broadcast;
    bool probe;
    bool never_announce;
    uint32_t announce; /* seconds */
    uint32_t icmp_rate, icmp_burst;
    uint16_t held_max;
    uint64_t wall;       /* seconds from 1970 to time 0; 0: unknown */
    unsigned wall_error; /* of that, as STAMP tells it */
};

/* The host that is script[0]. */
const struct host *host_choose(const uint8_t *script, size_t size);

/* Whether a packet to this address is for the host alone, once it has its own address ip. */
bool host_owns(const struct host *us, uint32_t ip, uint32_t address);

/* All ones or all zeros in the host part of its subnet, where that has more than two addresses;
 * whether its own address is in use or not yet. */
bool host_is_broadcast(const struct host *us, uint32_t address);

/* RFC 1122 3.2.1.3: neither 0/8, 127/8, multicast, class E nor broadcast. */
bool host_is_single(const struct host *us, uint32_t address);

/* Whether the host answers ARP for this address of others. */
bool host_is_proxied(const struct host *us, uint32_t address);

#endif
