/* SPDX-License-Identifier: BSD-2-Clause */
/* What neighbour.c remembers between frames: the neighbours that answers are sent to. */
#ifndef NET_STATE_NEIGHBOUR_H
#define NET_STATE_NEIGHBOUR_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/ip.h"
#include "net/mac.h"
#include "net/verdict.h"

#include <stdint.h>

#define NEIGHBOURS_MAX 64

/* RFC 4861 7.3.2. ARP has no DELAY: an entry that is used goes from STALE to PROBE at once. */
enum neighbour_state {
    NEIGHBOUR_NONE,       /* the entry is free */
    NEIGHBOUR_INCOMPLETE, /* all hosts are being asked for its MAC; an answer to it waits */
    NEIGHBOUR_REACHABLE,  /* it was heard a short time ago */
    NEIGHBOUR_STALE, /* it was heard some time ago: still used, and asked again when it is used */
    NEIGHBOUR_PROBE, /* still used, and a request to the neighbour itself is due */
};

/* A neighbour that we send to without having just heard from it. */
struct neighbour {
    struct ip_address ip;
    struct eth_header tags;    /* the VLAN that it is in */
    mac_t mac;                 /* zero while INCOMPLETE */
    uint8_t state;             /* enum neighbour_state */
    uint8_t requests_left;     /* while INCOMPLETE */
    uint64_t retry_after;      /* it is not asked again before that time, nor evicted */
    uint64_t confirmed;        /* when it was heard last */
    uint64_t used;             /* when a frame was sent to it last */
    struct frame_list waiting; /* the latest answer to it, until its MAC is known */
    enum verdict verdict;      /* the verdict on that answer */
};

struct neighbour_table {
    struct neighbour neighbours[NEIGHBOURS_MAX];
    uint8_t count; /* entries that have been in use, from the first on */
    uint64_t due;  /* time of the next request; UINT64_MAX: none */
};

#endif
