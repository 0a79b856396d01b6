/* SPDX-License-Identifier: BSD-2-Clause */
/* What reassembly.c remembers between frames: the fragments of datagrams that are not whole. */
#ifndef NET_STATE_REASSEMBLY_H
#define NET_STATE_REASSEMBLY_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/ip.h"

#include <stdint.h>

#define REASSEMBLY_FRAGMENTS_MAX 512 /* fragments that can be held at once */
#define REASSEMBLY_DATAGRAMS_MAX 32  /* datagrams they can belong to */

/* A held fragment. A link to a fragment is its index plus 1; 0 ends a list. */
struct fragment {
    struct frame *frame;
    struct eth_header eth; /* the frame's Ethernet header */
    uint8_t *header;       /* the IP header; the payload follows it */
    uint8_t *payload;
    uint16_t offset; /* octets from the start of the datagram's payload */
    uint16_t length; /* octets of payload */
    uint16_t next;   /* the fragment behind it */
};

/* Which datagram a fragment belongs to. */
struct datagram_key {
    struct ip_address src, dst;
    uint32_t vlans; /* eth_vlans(): each VLAN is a network of its own */
    uint16_t id;
    uint16_t protocol;
};

/* A datagram that is not whole yet. */
struct datagram {
    struct datagram_key key;
    uint16_t first; /* link to the first fragment, in the order of offsets; 0: the entry is free */
    uint16_t last;
    uint32_t received; /* octets of payload so far */
    uint32_t total;    /* octets of payload in all; 0: not known yet */
    uint64_t expires;
};

struct reassembly {
    uint16_t unused; /* link to the first of the free fragments */
    struct datagram datagrams[REASSEMBLY_DATAGRAMS_MAX];
    struct fragment fragments[REASSEMBLY_FRAGMENTS_MAX];
};

#endif
