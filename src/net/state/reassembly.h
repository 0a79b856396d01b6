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

/* A held fragment. Lists are linked by indices + 1, 0 is their end. */
struct fragment {
    struct frame *frame;
    struct eth_header eth; /* of the frame */
    uint8_t *header;       /* of IP, whose payload follows it */
    uint8_t *payload;
    uint16_t offset; /* of the payload in that of the datagram, octets */
    uint16_t length; /* of the payload */
    uint16_t next;   /* the fragment behind it */
};

/* Which datagram a fragment belongs to. */
struct datagram_key {
    struct ip_address src, dst;
    uint32_t vlans; /* eth_vlans(): each VLAN is a network of its own */
    uint32_t id;
    uint32_t protocol; /* 0 in IPv6, where it does not tell datagrams apart (RFC 8200 4.5) */
};

/* A datagram of which not all has come. */
struct datagram {
    struct datagram_key key;
    uint16_t first; /* of its fragments, in order of their offsets; 0: the entry is free */
    uint16_t last;
    uint32_t received; /* octets of payload so far */
    uint32_t total;    /* octets of payload in all; 0: not known yet */
    uint64_t expires;
};

struct reassembly {
    uint16_t unused; /* list of the free fragments[] */
    struct datagram datagrams[REASSEMBLY_DATAGRAMS_MAX];
    struct fragment fragments[REASSEMBLY_FRAGMENTS_MAX];
};

#endif
