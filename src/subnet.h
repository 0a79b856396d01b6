/* SPDX-License-Identifier: BSD-2-Clause */
/* What a prefix length, 0 to 32, says about an IPv4 address. */
#ifndef SUBNET_H
#define SUBNET_H

#include <stdbool.h>
#include <stdint.h>

/* The bits of an address behind its prefix. */
static inline uint32_t subnet_host_mask(int prefix)
{
    return prefix == 32 ? 0 : 0xffffffffu >> prefix;
}

/* Whether an address is the subnet's own or its broadcast address. In a /31 both are hosts (RFC
 * 3021), and so is the one address of a /32. */
static inline bool subnet_is_end(uint32_t address, int prefix)
{
    uint32_t mask = subnet_host_mask(prefix);
    return prefix < 31 && ((address & mask) == 0 || (address & mask) == mask);
}

#endif
