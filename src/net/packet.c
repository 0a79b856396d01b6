/* SPDX-License-Identifier: BSD-2-Clause */
/* The sum over the pseudo-header of an IP packet. */
#include "net/packet.h"

#include "net/wire/ipv4.h"
#include "net/wire/ipv6.h"

/* The sum of an address's four words. */
static uint64_t address_sum(const struct ip_address *a)
{
    return (uint64_t)a->word[0].wire + a->word[1].wire + a->word[2].wire + a->word[3].wire;
}

struct ip_address packet_source(const struct packet *p)
{
    if (p->version == 6)
        return ((const struct ipv6_header *)p->header)->src;
    return ip_from_ipv4(be32(((const struct ipv4_header *)p->header)->src));
}

uint64_t packet_pseudo_sum(const struct packet *p, uint32_t length)
{
    uint64_t sum = (uint64_t)to_be32(length).wire + to_be16(p->protocol).wire;
    if (p->version == 6) {
        const struct ipv6_header *ip = (const struct ipv6_header *)p->header;
        return sum + address_sum(&ip->src) + address_sum(&ip->dst);
    }
    const struct ipv4_header *ip = (const struct ipv4_header *)p->header;
    return sum + ip->src.wire + ip->dst.wire;
}
