/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Claiming an IPv4 address on the wire (RFC 5227): probes if they are asked for, announcements, and
 * a defence whose rate is limited.
 */
#include "net/arp_claim.h"

#include "net/arp_packet.h"
#include "net/neighbour.h"

/* RFC 5227 1.1. */
#define PROBE_NUM           3
#define PROBE_WAIT          (1 * NETIF_SECOND)
#define PROBE_MIN           (1 * NETIF_SECOND)
#define PROBE_MAX           (2 * NETIF_SECOND)
#define ANNOUNCE_WAIT       (2 * NETIF_SECOND)
#define ANNOUNCE_NUM        2
#define ANNOUNCE_INTERVAL   (2 * NETIF_SECOND)
#define DEFEND_INTERVAL     (10 * NETIF_SECOND)
#define RATE_LIMIT_INTERVAL (60 * NETIF_SECOND)

/*
 * A time below max that differs from host to host: hosts that start together should not probe
 * together (RFC 5227 2.1.1).
 */
static uint64_t jitter(const struct netif *nif, uint64_t max)
{
    uint64_t seed = nif->now;
    for (size_t i = 0; i < sizeof nif->mac.octet; i++)
        seed = (seed ^ nif->mac.octet[i]) * 0x100000001b3u; /* FNV-1a */
    return (seed >> 16) % max;
}

void arp_claim(struct netif *nif, uint32_t ip, uint8_t prefix, bool probe)
{
    struct arp_claim *claim = &nif->claim;
    claim->ip = ip;
    claim->probes_left = ip != 0 && probe ? PROBE_NUM : 0;
    claim->announcements_left = ip != 0 && !nif->config.never_announce ? ANNOUNCE_NUM : 0;
    claim->reply_next = false;
    claim->probing = claim->probes_left > 0;
    claim->due = nif->now + (claim->probing ? jitter(nif, PROBE_WAIT) : 0);
    netif_set_subnet(nif, ip, prefix);
    nif->ip = claim->probing ? 0 : ip;
    if (nif->ip == 0)
        neighbour_forget_all(nif);
}

void arp_claim_announce(struct netif *nif)
{
    if (nif->ip == 0 || nif->config.never_announce)
        return;
    nif->claim.announcements_left = ANNOUNCE_NUM;
    nif->claim.reply_next = false;
    nif->claim.due = nif->now;
}

bool arp_claim_conflicts(const struct netif *nif, const struct arp_packet *arp)
{
    const struct arp_claim *claim = &nif->claim;
    bool request = be16(arp->op) == ARP_OP_REQUEST, reply = be16(arp->op) == ARP_OP_REPLY;
    if (claim->ip == 0 || mac_equal(&arp->sha, &nif->mac))
        return false;
    if (be32(arp->spa) == claim->ip) /* RFC 5227 2.1.1 and 2.4 */
        return request || reply;
    return claim->probing && request && be32(arp->spa) == 0 &&
           be32(arp->tpa) == claim->ip; /* RFC 5227 2.1.1: another host probes for it */
}

bool arp_claim_conflict(struct netif *nif, const mac_t *rival)
{
    struct arp_claim *claim = &nif->claim;
    claim->rival = *rival;
    claim->conflicts++;
    if (claim->probing) { /* another host has it: be silent, and try again later */
        claim->probes_left = PROBE_NUM;
        claim->due = nif->now + RATE_LIMIT_INTERVAL + jitter(nif, PROBE_WAIT);
        return false;
    }
    if (nif->now < claim->defend_after)
        return false;
    claim->defend_after = nif->now + DEFEND_INTERVAL;
    return true;
}

/* Sends an ARP packet about our address to everybody. */
static enum verdict broadcast(struct netif *nif, struct frame *spare, uint16_t op, uint32_t spa,
                              enum verdict v)
{
    static const struct eth_header everybody = {.peer = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}};
    return arp_send(nif, spare, &everybody, op, spa, nif->claim.ip, v);
}

uint64_t arp_claim_due(const struct netif *nif)
{
    const struct arp_claim *claim = &nif->claim;
    return claim->probing || claim->announcements_left > 0 ? claim->due : UINT64_MAX;
}

/*
 * RFC 5227 2.1.1: probes at random intervals. If nobody has answered the last one, the address is
 * ours.
 */
static enum verdict probe(struct netif *nif, struct frame *spare)
{
    struct arp_claim *claim = &nif->claim;
    if (claim->probes_left == 0) {
        claim->probing = false;
        nif->ip = claim->ip;
        return VERDICT_NONE;
    }
    claim->probes_left--;
    claim->due = nif->now + (claim->probes_left > 0 ? PROBE_MIN + jitter(nif, PROBE_MAX - PROBE_MIN)
                                                    : ANNOUNCE_WAIT);
    return broadcast(nif, spare, ARP_OP_REQUEST, 0, SENT_ARP_PROBE);
}

/*
 * RFC 5227 2.3: the first announcements are ANNOUNCE_INTERVAL apart, further ones as often as
 * announce= says. Each is a request and right after it a reply, as some switches learn from only
 * one of them. If one is late, the next one still comes a whole interval later.
 */
static enum verdict announce(struct netif *nif, struct frame *spare)
{
    struct arp_claim *claim = &nif->claim;
    uint16_t op = claim->reply_next ? ARP_OP_REPLY : ARP_OP_REQUEST;
    claim->reply_next = !claim->reply_next;
    if (!claim->reply_next) {
        uint32_t periodic = nif->config.announce_us;
        claim->announcements_left--;
        claim->due = nif->now + (claim->announcements_left > 0 ? ANNOUNCE_INTERVAL : periodic);
        if (claim->announcements_left == 0 && periodic > 0)
            claim->announcements_left = 1;
    }
    return broadcast(nif, spare, op, claim->ip, SENT_ARP_ANNOUNCEMENT);
}

enum verdict arp_claim_tick(struct netif *nif, struct frame *spare)
{
    enum verdict v = VERDICT_NONE;
    if (arp_claim_due(nif) <= nif->now && nif->claim.probing)
        v = probe(nif, spare);
    if (v == VERDICT_NONE && arp_claim_due(nif) <= nif->now)
        v = announce(nif, spare);
    return v;
}
