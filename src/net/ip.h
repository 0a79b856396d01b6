/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An IP address of either version, where one table serves both: IPv4's a.b.c.d is ::ffff:a.b.c.d
 * (RFC 4291 2.5.5.2). What answers IPv4 packets keeps their addresses as numbers.
 */
#ifndef NET_IP_H
#define NET_IP_H

#include "net/be.h"

#include <stdint.h>

struct ip_address {
    be32_t word[4];
};

static inline struct ip_address ip_from_ipv4(uint32_t address)
{
    return (struct ip_address){{{0}, {0}, to_be32(0xffff), to_be32(address)}};
}

/* The IPv4 address that ip_from_ipv4() was given. */
static inline uint32_t ip_to_ipv4(const struct ip_address *address)
{
    return be32(address->word[3]);
}

#endif
