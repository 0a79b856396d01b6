/* SPDX-License-Identifier: BSD-2-Clause */
/* The sum over the pseudo-header of an IP packet. */
#include "net/packet.h"

#include "net/wire/ipv4.h"

struct ip_address packet_source(const struct packet *p)
{
    return ip_from_ipv4(be32(((const struct ipv4_header *)p->header)->src));
}

uint64_t packet_pseudo_sum(const struct packet *p, uint32_t length)
{
    const struct ipv4_header *ip = (const struct ipv4_header *)p->header;
    return (uint64_t)ip->src.wire + ip->dst.wire + to_be16(p->protocol).wire +
           to_be16((uint16_t)length).wire;
}
