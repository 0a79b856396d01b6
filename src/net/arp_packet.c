/* SPDX-License-Identifier: BSD-2-Clause */
/* ARP packets of our own, which answer no request (RFC 826, RFC 5227). */
#include "net/arp_packet.h"

#include "net/eth.h"

void arp_fill(const struct netif *nif, struct arp_packet *arp, uint16_t op, uint32_t spa,
              uint32_t tpa)
{
    *arp = (struct arp_packet){
        .hrd = to_be16(ARP_HRD_ETHERNET),
        .pro = to_be16(ETHERTYPE_IPV4),
        .hln = sizeof(mac_t),
        .pln = sizeof(be32_t),
        .op = to_be16(op),
        .sha = nif->mac,
        .spa = to_be32(spa),
        .tha = op == ARP_OP_REPLY ? nif->mac : (mac_t){{0}}, /* RFC 5944 4.6 */
        .tpa = to_be32(tpa),
    };
}

enum verdict arp_send(struct netif *nif, struct frame *spare, const struct eth_header *e,
                      uint16_t op, uint32_t spa, uint32_t tpa, enum verdict v)
{
    struct eth_header header = *e;
    header.type = to_be16(ETHERTYPE_ARP);
    struct cursor c = eth_begin(spare, &header, sizeof(struct arp_packet));
    arp_fill(nif, (struct arp_packet *)c.pos, op, spa, tpa);
    return eth_output(nif, &c, &header, NULL, v);
}
