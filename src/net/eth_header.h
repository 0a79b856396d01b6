/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is kept of a request's Ethernet header to write the answer's. The header itself may be
 * overwritten while the answer is made.
 */
#ifndef NET_ETH_HEADER_H
#define NET_ETH_HEADER_H

#include "net/wire/eth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ETH_TAGS_MAX 2

struct eth_header {
    mac_t peer;                        /* the request's source: where the answer goes */
    bool group;                        /* the request went to a group address */
    uint8_t tag_count;                 /* the answer has the same tags, with their priorities */
    struct eth_tag tags[ETH_TAGS_MAX]; /* the outer one first */
    be16_t type;
};

/* Octets of the header on the wire. */
static inline size_t eth_header_length(const struct eth_header *e)
{
    return sizeof(struct eth_untagged) + e->tag_count * sizeof e->tags[0];
}

/* The frame's VLAN identifiers as one number, without priorities; 0: there are none. */
static inline uint32_t eth_vlans(const struct eth_header *e)
{
    uint32_t vlans = 0;
    for (int i = 0; i < e->tag_count; i++)
        vlans = vlans << 12 | (be16(e->tags[i].tci) & ETH_VID_MASK);
    return vlans;
}

#endif
