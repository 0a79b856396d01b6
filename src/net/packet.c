/* SPDX-License-Identifier: BSD-2-Clause */
/* The sum over the pseudo-header of an IP packet. */
#include "net/packet.h"

#include "net/wire/ipv4.h"

uint64_t packet_pseudo_sum(const struct packet *p, uint32_t length)
{
    const struct ipv4_header *ip = (const struct ipv4_header *)p->header;
    return (uint64_t)ip->src.wire + ip->dst.wire + to_be16(p->protocol).wire +
           to_be16((uint16_t)length).wire;
}
