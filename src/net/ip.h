/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An IP address of either version, for tables that serve both. The IPv4 address a.b.c.d is kept as
 * ::ffff:a.b.c.d (RFC 4291 2.5.5.2). The code that answers IPv4 packets keeps their addresses as
 * plain numbers.
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
