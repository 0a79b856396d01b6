/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Address Resolution Protocol (RFC 826): answers who-has for our address and for those that we
 * are proxy of, defends our own, and hands on what neighbours say of themselves.
 */
#include "net/arp.h"

#include "net/arp_cache.h"
#include "net/arp_claim.h"
#include "net/eth.h"
#include "net/ipv4.h"

_Static_assert(sizeof(struct arp_packet) == 28, "RFC 826: 28 octets for IPv4 on Ethernet");

/*
 * RFC 1027 2.3: the prefixes of the command line. Never for a probe nor for the asker's own
 * address, nor for what is no host's address, nor for a virtual one, which is silent, nor for our
 * own as long as it is not in use (RFC 5227 2.1.1), nor for our gateway, who answers himself.
 */
static bool proxied(const struct netif *nif, uint32_t spa, uint32_t tpa)
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

/* Somebody else claims our address: the packet becomes the announcement that it is ours, if it is
 * time for one. */
static enum verdict conflict(struct netif *nif, struct cursor *c, struct arp_packet *arp,
                             const mac_t **peer)
{
    if (!arp_conflict(nif, &arp->sha))
        return DROP_ARP_CONFLICT;
    arp_fill(nif, arp, ARP_OP_REQUEST, nif->claim.ip, nif->claim.ip);
    *peer = &mac_broadcast;
    c->pos = (uint8_t *)arp;
    return REPLY_ARP_DEFENCE;
}

enum verdict arp_input(struct netif *nif, struct cursor *c, const struct eth_header *e,
                       const mac_t **peer)
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
    if (spa != 0 && (ipv4_is_zero(spa) || ipv4_is_loopback(spa) || ipv4_is_group(spa) ||
                     netif_is_subnet_broadcast(nif, spa)))
        return DROP_ARP_SENDER_IP;
    if (arp_conflicts(nif, arp)) /* RFC 5227 2.1.1 and 2.4 */
        return conflict(nif, c, arp, peer);
    if (mac_equal(&arp->sha, &nif->mac))
        return DROP_ARP_OWN;
    /* From whatever it says, and whomever it asks; mostly there is nobody we would look for. */
    bool learned = nif->arp_cache.count > 0 && arp_cache_learn(nif, spa, e, &arp->sha);
    if (be16(arp->op) != ARP_OP_REQUEST)
        return learned ? CONSUMED_ARP_REPLY : DROP_ARP_NOT_REQUEST;
    uint32_t tpa = be32(arp->tpa);
    if ((tpa != nif->ip || tpa == 0) && !proxied(nif, spa, tpa)) /* virtual addresses stay silent */
        return DROP_ARP_NOT_OURS;

    /* RFC 826, "Packet Reception": swap the fields, put our own in the sender's, answer to the
     * (new) target. */
    be32_t ours = arp->tpa;
    arp->op = to_be16(ARP_OP_REPLY);
    arp->tha = arp->sha;
    arp->tpa = arp->spa;
    arp->sha = nif->mac;
    arp->spa = ours;
    *peer = &arp->tha;
    c->pos = (uint8_t *)arp;
    return REPLY_ARP;
}

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

void arp_frame(const struct netif *nif, struct frame *f, const struct eth_header *e,
               const mac_t *peer, uint16_t op, uint32_t spa, uint32_t tpa)
{
    struct eth_header envelope = *e;
    envelope.type = to_be16(ETHERTYPE_ARP);
    struct cursor c = {f->data + eth_header_length(e), NULL, f};
    arp_fill(nif, (struct arp_packet *)c.pos, op, spa, tpa);
    c.end = c.pos + sizeof(struct arp_packet);
    eth_push(nif, &c, &envelope, peer);
}
