/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers for delays and nonces: different on each host and each time, but not secret. */
#ifndef NET_RANDOM_H
#define NET_RANDOM_H

#include "net/netif.h"

#include <stdint.h>

/* A number below max. */
static inline uint32_t random_below(struct netif *nif, uint32_t max)
{
    uint32_t x = nif->random; /* xorshift32: never 0, as net_init() sees to */
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    nif->random = x;
    return (uint32_t)((uint64_t)x * max >> 32);
}

#endif
