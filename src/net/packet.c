/* SPDX-License-Identifier: BSD-2-Clause */
/* An IP packet as the layers above see it: see the header. */
#include "net/packet.h"

#include "net/checksum.h"
#include "net/wire/ipv4.h"

uint64_t packet_pseudo_sum(const struct packet *p, uint32_t length)
{
    const struct ipv4_header *ip = (const struct ipv4_header *)p->header;
    struct {
        be32_t src, dst;
        uint8_t zero, protocol;
        be16_t length;
    } pseudo = {ip->src, ip->dst, 0, p->protocol, to_be16((uint16_t)length)};
    return checksum_add(0, &pseudo, sizeof pseudo);
}
