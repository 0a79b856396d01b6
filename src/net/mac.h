/* SPDX-License-Identifier: BSD-2-Clause */
/* A 48-bit Ethernet address (IEEE 802). */
#ifndef NET_MAC_H
#define NET_MAC_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    uint8_t octet[6];
} mac_t;

static const mac_t mac_broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

static inline bool mac_equal(const mac_t *a, const mac_t *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Multicast or broadcast: the first bit on the wire is set (IEEE 802, "individual/group"). */
static inline bool mac_is_group(const mac_t *a)
{
    return a->octet[0] & 1;
}

#endif
