/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network interface: our addresses on this wire, what we answer there, and what became of the
 * frames.
 *
 * All times are microseconds of one clock that never goes back.
 */
#ifndef NET_NETIF_H
#define NET_NETIF_H

#include "net/frame.h"
#include "net/mac.h"
#include "net/netif_config.h"
#include "net/state/arp_claim.h"
#include "net/state/bucket.h"
#include "net/state/neighbour.h"
#include "net/state/reassembly.h"
#include "net/verdict.h"

#include <stdbool.h>
#include <stdint.h>

#define NETIF_SECOND 1000000u /* in the unit of netif.now */

struct netif {
    struct netif_config config;
    mac_t mac;
    uint16_t mtu; /* octets of an IP packet on this wire */

    uint32_t ip; /* the address in use; 0: none */

    /* The subnet of ip, or of the address that is being probed for: see netif_set_subnet(). */
    uint8_t prefix;
    uint32_t broadcast; /* all ones in the host part */
    uint32_t network;   /* all zeros in it: the broadcast address of 4.2BSD (RFC 1122 3.3.6) */

    uint64_t now; /* the time: the caller sets it before each call of a function of net.h */

    /* The time of day: net_set_wall_clock() writes it. */
    bool wall_known;      /* if not, we can only tell the time since the start */
    uint64_t wall_offset; /* microseconds from 1970 to time 0 */
    uint16_t wall_error;  /* how exact that is, as STAMP sends it (RFC 8762 4.2.1) */
    uint64_t wall_told;   /* when it was told */
    uint32_t wall_drift;  /* by how much the error grows since, in 2^-32 s a microsecond */

    uint16_t ip_id; /* identification of the packet sent last */
    struct arp_claim claim;
    struct buckets buckets;

    /* Frames that are the core's until the caller takes them back with net_released(). */
    uint16_t held;
    uint16_t held_max;          /* at most half of all buffers */
    struct frame_list released; /* held no longer: the caller is to take these */
    struct reassembly reassembly;
    struct neighbour_table neighbours;

    uint64_t verdicts[VERDICT_COUNT];
};

/*
 * Sets the subnet to that of this address and its prefix length, 0 to 32. Without an address (0)
 * there is no subnet.
 */
void netif_set_subnet(struct netif *nif, uint32_t ip, uint8_t prefix);

/* Whether this address is ours: our own or a virtual one. */
static inline bool netif_owns(const struct netif *nif, uint32_t ip)
{
    if (ip == nif->ip)
        return ip != 0;
    for (int i = 0; i < nif->config.vip_count; i++)
        if (ip == nif->config.vip[i])
            return true;
    return false;
}

/* Whether this is a broadcast address of our subnet. */
static inline bool netif_is_subnet_broadcast(const struct netif *nif, uint32_t ip)
{
    return ip == nif->broadcast || ip == nif->network;
}

/* Whether we answer in this VLAN. */
bool netif_in_vlan(const struct netif *nif, unsigned vid);

/* The next router or host on the way to an IPv4 address (RFC 1122 3.3.1.1); 0: we know none. */
uint32_t netif_route(const struct netif *nif, uint32_t dst);

/*
 * Milliseconds since midnight UT. If the time of day is not known, milliseconds since the start
 * with the high bit set (RFC 792).
 */
uint32_t netif_ms_of_day(const struct netif *nif);

/* Ends the hold of a frame. The caller is to send it if is_answer, else to receive into it. */
void netif_release(struct netif *nif, struct frame *f, bool is_answer);

static inline void netif_count(struct netif *nif, enum verdict v)
{
    nif->verdicts[v]++;
}

#endif
