/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the judge remembers: the time, the limit on ICMP errors, and how far the claim of our
 * address has come (RFC 5227), with what ARP owes because of it.
 */
#include "judge.h"
#include "wire.h"

#include <string.h>

#define SECOND      1000000u
#define BUCKETS_MAX 64       /* of the core: each limits some of the senders */
#define ONE_MORE    1000000u /* credit that an error costs */

void judge_start(struct judge *j, const struct host *us, uint64_t now)
{
    *j = (struct judge){.us = us,
                        .ip = us->probe ? 0 : us->ip,
                        .mtu = us->mtu,
                        .now = now,
                        .started = now,
                        .credit = (uint64_t)us->icmp_burst * ONE_MORE,
                        .credit_most = (uint64_t)us->icmp_burst * ONE_MORE * BUCKETS_MAX,
                        .error = 0x3f01, /* RFC 4656 4.1.2: not synchronised, multiplier 1 */
                        .last_id = -1,
                        .announcements = us->never_announce ? 0 : 2,
                        .fresh = !us->never_announce};
    if (us->wall != 0)
        judge_wall_clock(j, us->wall * SECOND, us->wall_error);
}

void judge_time(struct judge *j, uint64_t now)
{
    uint64_t full = (uint64_t)j->us->icmp_burst * ONE_MORE;
    uint64_t more = (now - j->now) * j->us->icmp_rate;
    j->credit = j->credit + more < full ? j->credit + more : full;
    j->credit_most += more * BUCKETS_MAX;
    if (j->credit_most > full * BUCKETS_MAX)
        j->credit_most = full * BUCKETS_MAX;
    j->now = now;
}

void judge_wall_clock(struct judge *j, uint64_t offset, unsigned error)
{
    j->wall_known = true;
    j->wall = offset;
    j->error = error;
}

/* Two announcements follow, the first of them at once. */
static void announce(struct judge *j)
{
    if (j->us->never_announce)
        return;
    j->announcements = 2;
    j->fresh = true;
    j->reply_next = false;
}

void judge_announce(struct judge *j)
{
    if (j->ip != 0)
        announce(j);
}

void judge_link_up(struct judge *j)
{
    if (j->us->probe) { /* RFC 5227 2.1: probing begins anew */
        j->ip = 0;
        j->probes = 0;
        j->conflict = 0;
        j->started = j->now;
    }
    announce(j);
}

bool judge_error_fits(const struct judge *j, const struct payload *p)
{
    size_t least = p->first < 8 ? p->first : 8;
    return IP_HEADER + ICMP_SIZE + ip_header_size(p->ip) + least <= j->mtu;
}

unsigned judge_errors_left(const struct judge *j)
{
    return j->us->icmp_rate == 0 ? 0 : (unsigned)(j->credit / ONE_MORE);
}

unsigned judge_errors_most(const struct judge *j)
{
    return j->us->icmp_rate == 0 ? 0 : (unsigned)(j->credit_most / ONE_MORE);
}

void judge_error(struct judge *j)
{
    if (judge_errors_most(j) == 0)
        wrong("more ICMP errors and long answers than there may be", NULL, 0);
    j->credit_most -= ONE_MORE;
    judge_long_answer(j);
}

void judge_long_answer(struct judge *j)
{
    j->credit -= j->credit < ONE_MORE ? j->credit : ONE_MORE;
}

uint32_t judge_ms(const struct judge *j)
{
    uint64_t ms = (j->wall + j->now) / 1000;
    return (uint32_t)(ms % 86400000) + (j->wall_known ? 0 : 0x80000000);
}

/* Whether another host has our address, or probes for it while we do (RFC 5227 2.1.1, 2.4). */
static bool is_conflict(const struct judge *j, const uint8_t *arp)
{
    unsigned op = get16(arp + ARP_OP);
    uint32_t spa = get32(arp + ARP_SPA), ip = j->us->ip;
    if (ip == 0 || memcmp(arp + ARP_SHA, j->us->mac, 6) == 0)
        return false;
    if (spa == ip)
        return op == 1 || op == 2;
    return j->ip == 0 && op == 1 && spa == 0 && get32(arp + ARP_TPA) == ip;
}

static struct expectation never(const char *why, bool teaches)
{
    return (struct expectation){NEVER, NOTHING, why, teaches};
}

struct expectation expect_arp(const struct judge *j, const uint8_t *arp, size_t len)
{
    static const uint8_t start[6] = {0, 1, 8, 0, 6, 4};
    if (len < ARP_SIZE || memcmp(arp, start, sizeof start) != 0)
        return never("ARP too short or not for IPv4 on Ethernet", false);
    if (arp[ARP_SHA] % 2 == 1)
        return never("ARP from a group MAC", false);
    uint32_t spa = get32(arp + ARP_SPA), tpa = get32(arp + ARP_TPA);
    if (spa != 0 && !host_is_single(j->us, spa))
        return never("ARP from an address no host can have", false);
    if (is_conflict(j, arp)) {
        bool defend = j->ip != 0 && (j->defended == 0 || j->now - j->defended >= 10 * SECOND);
        return (struct expectation){defend ? MUST : NEVER, ARP_DEFENCE, "ARP conflict", false};
    }
    if (memcmp(arp + ARP_SHA, j->us->mac, 6) == 0)
        return never("ARP that is our own", false);
    if (get16(arp + ARP_OP) != 1) /* RFC 826: what it says of its sender comes before what it is */
        return never("ARP not a request", true);
    if (j->ip != 0 && tpa == j->ip)
        return (struct expectation){MUST, ARP_REPLY, "ARP request for us", true};
    /* A proxy (RFC 1027) answers no probe and no host that asks for itself, and it does not answer
     * for a virtual address, for our own before that is in use, or for the gateway. */
    if (host_is_proxied(j->us, tpa) && spa != 0 && spa != tpa && tpa != j->us->vip &&
        tpa != j->us->ip && tpa != j->us->gateway && host_is_single(j->us, tpa))
        return (struct expectation){MUST, ARP_REPLY,
                                    "ARP request for an address that we are proxy of", true};
    return never("ARP request for another address", true);
}

void judge_received(struct judge *j, const struct expectation *e, bool answered)
{
    if (e->kind != ARP_DEFENCE)
        return;
    if (j->ip == 0) {
        j->conflict = j->now;
        j->probes = 0;
    } else if (answered) {
        j->defended = j->now;
    }
}

/* RFC 5227 2.1.1: three of them, one to two seconds apart; after a conflict a minute of silence. */
static void check_probe(struct judge *j)
{
    if (!j->us->probe || j->ip != 0 || j->probes == 3)
        wrong("ARP probe without a reason", NULL, 0);
    if (j->probes > 0 && j->now - j->probed < SECOND)
        wrong("ARP probe too soon after another", NULL, 0);
    if (j->conflict != 0 && j->now - j->conflict < 60 * SECOND)
        wrong("ARP probe too soon after a conflict", NULL, 0);
    j->probes++;
    j->probed = j->now;
}

/* RFC 5227 2.3: two of them, two seconds apart; ours are a request and a reply each. */
static void check_announcement(struct judge *j)
{
    if (j->us->never_announce)
        wrong("ARP announcement, though there must be none", NULL, 0);
    if (j->ip == 0 && (j->probes < 3 || j->now - j->probed < 2 * SECOND))
        wrong("ARP announcement of an address that is not ours yet", NULL, 0);
    j->ip = j->us->ip;
    if (j->reply_next) {
        j->reply_next = false;
        return;
    }
    uint64_t interval = j->announcements > 0 ? 2 * SECOND : (uint64_t)j->us->announce * SECOND;
    if (interval == 0)
        wrong("ARP announcement too many", NULL, 0);
    if (!j->fresh && j->now - j->announced < interval)
        wrong("ARP announcement too soon after another", NULL, 0);
    if (j->announcements > 0)
        j->announcements--;
    j->fresh = false;
    j->reply_next = true;
    j->announced = j->now;
}

void check_claim(struct judge *j)
{
    uint64_t wait = j->announcements > 0 ? 2 * SECOND : (uint64_t)j->us->announce * SECOND;
    if (j->us->ip == 0)
        return;
    if (j->us->never_announce && j->probes == 3 && j->now - j->probed >= 2 * SECOND)
        j->ip = j->us->ip; /* nothing else tells that the address is in use now */
    if (j->ip != 0) {
        if (j->us->never_announce)
            return;
        if (j->fresh || j->reply_next || (wait > 0 && j->now - j->announced >= wait))
            wrong("no announcement, though it is time", NULL, 0);
        return;
    }
    /* PROBE_WAIT and PROBE_MAX, of which the host draws a part; ANNOUNCE_WAIT. */
    uint64_t since = j->probes > 0 ? j->probed : j->conflict > 0 ? j->conflict : j->started;
    wait = j->probes > 0 ? 2 * SECOND : j->conflict > 0 ? 61 * SECOND : SECOND;
    if (j->now - since >= wait)
        wrong("no probe, though it is time", NULL, 0);
}

void check_sent(struct judge *j, bool probe, const uint8_t *frame, size_t len)
{
    uint8_t right[ETH_LEAST] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, [ETH_TYPE] = 8, 6, 0, 1,
                                8,    0,    6,    4,    0,    1};
    bool reply = !probe && j->reply_next;
    if (j->us->ip == 0)
        wrong("a frame about an address, without one", frame, len);
    if (probe)
        check_probe(j);
    else
        check_announcement(j);
    uint8_t *arp = right + ETH_HEADER;
    memcpy(right + ETH_SRC, j->us->mac, 6);
    memcpy(arp + ARP_SHA, j->us->mac, 6);
    arp[ARP_OP + 1] = reply ? 2 : 1;
    if (reply)
        memcpy(arp + ARP_THA, j->us->mac, 6); /* RFC 5944 4.6 */
    put32(arp + ARP_SPA, probe ? 0 : j->us->ip);
    put32(arp + ARP_TPA, j->us->ip);
    if (len != sizeof right || memcmp(frame, right, len) != 0)
        wrong("ARP probe or announcement: right would have been", right, sizeof right);
}
