/* SPDX-License-Identifier: BSD-2-Clause */
/* The Address Resolution Protocol (RFC 826): answers who-has for our address, and nothing else. */
#include "net/arp.h"

#include "net/eth.h"
#include "net/ipv4.h"

_Static_assert(sizeof(struct arp_packet) == 28, "RFC 826: 28 octets for IPv4 on Ethernet");

enum verdict arp_input(struct netif *nif, struct cursor *c, mac_t *peer)
{
    struct arp_packet *arp = cursor_pull(c, sizeof *arp);
    if (!arp)
        return DROP_ARP_SHORT;
    cursor_trim(c, 0); /* what follows is padding */
    if (be16(arp->hrd) != ARP_HRD_ETHERNET)
        return DROP_ARP_HARDWARE;
    if (be16(arp->pro) != ETHERTYPE_IPV4)
        return DROP_ARP_PROTOCOL;
    if (arp->hln != sizeof(mac_t) || arp->pln != sizeof(be32_t))
        return DROP_ARP_LENGTHS;
    if (mac_is_group(&arp->sha)) /* the answer would go to many */
        return DROP_ARP_SENDER_MAC;

    uint32_t spa = be32(arp->spa);
    /* 0.0.0.0 is a probe (RFC 5227 2.1.1); other addresses that no host can have are not answered.
     */
    if (ipv4_is_loopback(spa) || ipv4_is_group(spa) || netif_is_subnet_broadcast(nif, spa))
        return DROP_ARP_SENDER_IP;
    if (netif_owns(nif, spa)) /* RFC 5227 2.4 */
        return mac_equal(&arp->sha, &nif->mac) ? DROP_ARP_OWN : DROP_ARP_CONFLICT;
    if (be16(arp->op) != ARP_OP_REQUEST)
        return DROP_ARP_NOT_REQUEST;
    if (!netif_owns(nif, be32(arp->tpa)))
        return DROP_ARP_NOT_OURS;

    /* RFC 826, "Packet Reception": swap the fields, put our own in the sender's, answer to the
     * (new) target. */
    be32_t ours = arp->tpa;
    arp->op = to_be16(ARP_OP_REPLY);
    arp->tha = arp->sha;
    arp->tpa = arp->spa;
    arp->sha = nif->mac;
    arp->spa = ours;
    *peer = arp->tha;
    c->pos = (uint8_t *)arp;
    return REPLY_ARP;
}
