/* SPDX-License-Identifier: BSD-2-Clause */
/* What arp_claim.c remembers between frames: the state of our claim of an address (RFC 5227). */
#ifndef NET_STATE_ARP_CLAIM_H
#define NET_STATE_ARP_CLAIM_H

#include "net/mac.h"

#include <stdbool.h>
#include <stdint.h>

struct arp_claim {
    uint32_t ip;  /* the address that is claimed; 0: none */
    bool probing; /* we are asking whether it is free, and do not use it yet */
    uint8_t probes_left;
    uint8_t announcements_left; /* each is two frames, a request and a reply */
    bool reply_next;            /* the request has been sent, and its reply is next */
    uint64_t due;               /* time of the next frame, or when the address becomes ours */
    uint64_t defend_after;      /* it is not defended again before that time */
    mac_t rival;                /* the host that claimed our address last */
    uint64_t conflicts;         /* how often another host has claimed it */
};

#endif
