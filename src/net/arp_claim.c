/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Claiming an IPv4 address on the wire (RFC 5227): probes if asked to, announcements, and a defence
 * that never becomes a storm.
 */
#include "net/arp_claim.h"

#include "net/arp.h"
#include "net/arp_cache.h"
#include "net/eth_header.h"

#include <string.h>

#define SECOND 1000000u

/* RFC 5227 1.1. */
#define PROBE_NUM           3
#define PROBE_WAIT          (1 * SECOND)
#define PROBE_MIN           (1 * SECOND)
#define PROBE_MAX           (2 * SECOND)
#define ANNOUNCE_WAIT       (2 * SECOND)
#define ANNOUNCE_NUM        2
#define ANNOUNCE_INTERVAL   (2 * SECOND)
#define DEFEND_INTERVAL     (10 * SECOND)
#define RATE_LIMIT_INTERVAL (60 * SECOND)

/* Some time below max: neighbours that start together should not ask together (RFC 5227 2.1.1). */
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
    claim->announcements_left = ip != 0 ? ANNOUNCE_NUM : 0;
    claim->reply_next = false;
    claim->probing = claim->probes_left > 0;
    claim->due = nif->now + (claim->probing ? jitter(nif, PROBE_WAIT) : 0);
    netif_set_subnet(nif, ip, prefix);
    nif->ip = claim->probing ? 0 : ip;
    if (nif->ip == 0)
        arp_cache_forget(nif);
}

void arp_announce(struct netif *nif)
{
    if (nif->ip == 0)
        return;
    nif->claim.announcements_left = ANNOUNCE_NUM;
    nif->claim.reply_next = false;
    nif->claim.due = nif->now;
}

bool arp_conflicts(const struct netif *nif, const struct arp_packet *arp)
{
    const struct arp_claim *claim = &nif->claim;
    bool request = be16(arp->op) == ARP_OP_REQUEST, reply = be16(arp->op) == ARP_OP_REPLY;
    if (claim->ip == 0 || mac_equal(&arp->sha, &nif->mac))
        return false;
    if (be32(arp->spa) == claim->ip) /* RFC 5227 2.1.1 and 2.4 */
        return request || reply;
    return claim->probing && request && be32(arp->spa) == 0 &&
           be32(arp->tpa) == claim->ip; /* RFC 5227 2.1.1: somebody else probes for it */
}

bool arp_conflict(struct netif *nif, const mac_t *rival)
{
    struct arp_claim *claim = &nif->claim;
    claim->rival = *rival;
    claim->conflicts++;
    if (claim->probing) { /* not ours to have: silence, and another try later */
        claim->probes_left = PROBE_NUM;
        claim->due = nif->now + RATE_LIMIT_INTERVAL + jitter(nif, PROBE_WAIT);
        return false;
    }
    if (nif->now < claim->defend_after)
        return false;
    claim->defend_after = nif->now + DEFEND_INTERVAL;
    return true;
}

/* Writes an ARP frame about our address to everybody into f. */
static void broadcast(const struct netif *nif, struct frame *f, uint16_t op, uint32_t spa)
{
    static const struct eth_header untagged;
    arp_frame(nif, f, &untagged, &mac_broadcast, op, spa, nif->claim.ip);
}

uint64_t arp_due(const struct netif *nif)
{
    const struct arp_claim *claim = &nif->claim;
    return claim->probing || claim->announcements_left > 0 ? claim->due : UINT64_MAX;
}

/* RFC 5227 2.1.1: probes at random intervals; nobody answered the last one: the address is ours. */
static enum verdict probe(struct netif *nif, struct frame *f)
{
    struct arp_claim *claim = &nif->claim;
    if (claim->probes_left == 0) {
        claim->probing = false;
        nif->ip = claim->ip;
        return VERDICT_NONE;
    }
    broadcast(nif, f, ARP_OP_REQUEST, 0);
    claim->probes_left--;
    claim->due = nif->now + (claim->probes_left > 0 ? PROBE_MIN + jitter(nif, PROBE_MAX - PROBE_MIN)
                                                    : ANNOUNCE_WAIT);
    return SENT_ARP_PROBE;
}

/*
 * RFC 5227 2.3: announcements ANNOUNCE_INTERVAL apart, then as often as the option asks. Each is a
 * request and right after it a reply: some switches learn from one of them only. One that is late
 * does not hurry the next.
 */
static enum verdict announce(struct netif *nif, struct frame *f)
{
    struct arp_claim *claim = &nif->claim;
    broadcast(nif, f, claim->reply_next ? ARP_OP_REPLY : ARP_OP_REQUEST, claim->ip);
    claim->reply_next = !claim->reply_next;
    if (claim->reply_next)
        return SENT_ARP_ANNOUNCEMENT;
    claim->announcements_left--;
    claim->due =
        nif->now + (claim->announcements_left > 0 ? ANNOUNCE_INTERVAL : nif->config.announce_us);
    if (claim->announcements_left == 0 && nif->config.announce_us > 0)
        claim->announcements_left = 1;
    return SENT_ARP_ANNOUNCEMENT;
}

enum verdict arp_tick(struct netif *nif, struct frame *f)
{
    enum verdict v = VERDICT_NONE;
    if (arp_due(nif) <= nif->now && nif->claim.probing)
        v = probe(nif, f);
    if (v == VERDICT_NONE && arp_due(nif) <= nif->now)
        v = announce(nif, f);
    return v;
}
