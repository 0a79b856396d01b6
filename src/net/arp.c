/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Address Resolution Protocol (RFC 826): answers requests for our address and for those that we
 * are proxy for, defends our own, and passes on what neighbours say about themselves.
 */
#include "net/arp.h"

#include "net/arp_claim.h"
#include "net/arp_packet.h"
#include "net/eth.h"
#include "net/neighbour.h"
#include "net/wire/arp.h"
#include "net/wire/ipv4.h"

/*
 * Whether we answer for this address as its proxy (RFC 1027 2.3): it is in a prefix of the command
 * line. We never do so for a probe, for the asker's own address, or for an address that no host
 * has. Nor do we for a virtual address, which is silent, for our own while it is still being probed
 * for (RFC 5227 2.1.1), or for our gateway, which answers itself.
 */
static bool is_proxied(const struct netif *nif, uint32_t spa, uint32_t tpa)
{
    if (ipv4_is_zero(spa) || spa == tpa)
        return false;
    if (ipv4_is_zero(tpa) || ipv4_is_loopback(tpa) || ipv4_is_group(tpa) ||
        netif_is_subnet_broadcast(nif, tpa) || netif_owns(nif, tpa) || tpa == nif->claim.ip ||
        tpa == nif->config.gateway)
        return false;
    for (int i = 0; i < nif->config.proxy_count; i++)
        if ((tpa & nif->config.proxy[i].mask) == nif->config.proxy[i].address)
            return true;
    return false;
}

/* Whether the packet can come from a host that uses IPv4 on Ethernet. */
static enum verdict check(const struct netif *nif, const struct arp_packet *arp)
{
    if (be16(arp->hrd) != ARP_HRD_ETHERNET)
        return DROP_ARP_HARDWARE;
    if (be16(arp->pro) != ETHERTYPE_IPV4)
        return DROP_ARP_PROTOCOL;
    if (arp->hln != sizeof(mac_t) || arp->pln != sizeof(be32_t))
        return DROP_ARP_LENGTHS;
    if (mac_is_group(&arp->sha)) /* the answer would go to many */
        return DROP_ARP_SENDER_MAC;
    uint32_t spa = be32(arp->spa); /* 0.0.0.0 is a probe (RFC 5227 2.1.1) */
    if (spa != 0 && (ipv4_is_zero(spa) || ipv4_is_loopback(spa) || ipv4_is_group(spa) ||
                     netif_is_subnet_broadcast(nif, spa)))
        return DROP_ARP_SENDER_IP;
    return VERDICT_NONE;
}

/* Another host claims our address: if it is time for a defence, the packet becomes one. */
static enum verdict conflict(struct netif *nif, struct arp_packet *arp, struct eth_header *e)
{
    if (!arp_claim_conflict(nif, &arp->sha))
        return DROP_ARP_CONFLICT;
    arp_fill(nif, arp, ARP_OP_REQUEST, nif->claim.ip, nif->claim.ip);
    e->peer = mac_broadcast;
    return REPLY_ARP_DEFENCE;
}

/*
 * RFC 826, "Packet Reception": swap the fields, put our own address into the sender's, send the
 * packet to its new target.
 */
static enum verdict answer(const struct netif *nif, struct arp_packet *arp, struct eth_header *e)
{
    be32_t ours = arp->tpa;
    arp->op = to_be16(ARP_OP_REPLY);
    arp->tha = arp->sha;
    arp->tpa = arp->spa;
    arp->sha = nif->mac;
    arp->spa = ours;
    e->peer = arp->tha;
    return REPLY_ARP;
}

/* What becomes of a correct packet. */
static enum verdict judge(struct netif *nif, struct arp_packet *arp, struct eth_header *e)
{
    uint32_t spa = be32(arp->spa), tpa = be32(arp->tpa);
    if (arp_claim_conflicts(nif, arp)) /* RFC 5227 2.1.1 and 2.4 */
        return conflict(nif, arp, e);
    if (mac_equal(&arp->sha, &nif->mac))
        return DROP_ARP_OWN;
    bool learned = false;
    if (nif->neighbours.count > 0 && spa != 0) { /* learned from requests and replies to anybody */
        struct ip_address sender = ip_from_ipv4(spa);
        learned = neighbour_learn(nif, &sender, e, &arp->sha);
    }
    if (be16(arp->op) != ARP_OP_REQUEST)
        return learned ? CONSUMED_ARP_REPLY : DROP_ARP_NOT_REQUEST;
    bool is_ours = tpa == nif->ip && tpa != 0; /* virtual addresses stay silent */
    return is_ours || is_proxied(nif, spa, tpa) ? answer(nif, arp, e) : DROP_ARP_NOT_OURS;
}

enum verdict arp_input(struct netif *nif, struct cursor *c, struct eth_header *e)
{
    if (c->left < sizeof(struct arp_packet))
        return DROP_ARP_SHORT;
    cursor_trim(c, sizeof(struct arp_packet)); /* what follows is padding */
    struct arp_packet *arp = (struct arp_packet *)c->pos;
    enum verdict v = check(nif, arp);
    if (v == VERDICT_NONE)
        v = judge(nif, arp, e);
    return verdict_replies(v) ? eth_output(nif, c, e, NULL, v) : v;
}
