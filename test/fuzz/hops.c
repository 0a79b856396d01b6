/* SPDX-License-Identifier: BSD-2-Clause */
/* The neighbours that answers are handed to: see the header. */
#include "hops.h"

#include <stdlib.h>
#include <string.h>

#define SECOND      1000000u
#define ASKED_TIMES 3             /* then the neighbour is given up */
#define CONFIRMED   (30 * SECOND) /* a neighbour that is used so long after it spoke is asked again */
#define BELIEVED    (60 * SECOND) /* a MAC is used so long after the neighbour spoke, and no longer */
#define FEW         32            /* so many neighbours never have to make room for others */
#define STRANGERS   32            /* so many that never spoke may be asked for in one second */

struct hop hops[SLOTS_MOST];
size_t hops_used;
static bool in_doubt;

void hop_end_wait(struct hop *h)
{
    free(h->waiting.octets);
    h->waiting = (struct waiting){0};
    h->waits = false;
}

void hops_start(void)
{
    FOR_EACH_HOP(h)
    hop_end_wait(h);
    hops_used = 0;
    in_doubt = false;
}

void hops_forget(void)
{
    FOR_EACH_HOP(h)
    h->present = h->known = h->poll = false;
}

void hops_doubt(void)
{
    in_doubt = true;
}

/* Whether it is certain which neighbours the core knows. */
static bool is_certain(void)
{
    return !in_doubt && hops_used <= FEW;
}

static bool is_recent(const struct judge *j, uint64_t time, uint64_t limit)
{
    return time != 0 && j->now - time < limit;
}

/* The VLANs before the type, of which those with identifier 0 in front do not count. */
static unsigned vlans_of(const uint8_t *frame)
{
    return tags_vlans(frame, tags_end(frame, ETH_LEAST));
}

static struct hop *find(uint32_t ip, unsigned vlans)
{
    FOR_EACH_HOP(h)
    if (h->ip == ip && h->vlans == vlans)
        return h;
    return NULL;
}

struct hop *hop_of(const struct judge *j, const uint8_t *ip, const uint8_t *request)
{
    uint32_t client = get32(ip + IP_SRC), asked = get32(ip + IP_DST);
    unsigned prefix = j->us->prefix, vlans = vlans_of(request);
    if (j->ip == 0 || asked != j->us->vip || asked == j->ip)
        return NULL;
    bool near = prefix == 0 || client >> (32 - prefix) == j->ip >> (32 - prefix);
    uint32_t address = near ? client : j->us->gateway; /* RFC 1122 3.3.1.1 */
    if (address == 0)
        return NULL;
    struct hop *h = find(address, vlans);
    if (!h) {
        h = &hops[hops_used++]; /* there are not more than slots, as each needs an answer */
        *h = (struct hop){.ip = address, .vlans = vlans};
    }
    return h;
}

/* The core has an entry for it from now on, and first has to ask. */
static void enter(struct hop *h, const uint8_t *request)
{
    h->present = true;
    h->known = h->poll = false;
    h->asked = 0;
    h->tags_size = tags_end(request, ETH_LEAST) - ETH_TYPE;
    memcpy(h->tags, request + ETH_TYPE, h->tags_size);
}

const uint8_t *hop_use(const struct judge *j, struct hop *h, const uint8_t *request,
                       const uint8_t *frame, bool full)
{
    bool believed = is_recent(j, h->heard, BELIEVED);
    if (!h->present)
        enter(h, request);
    if (h->known && !believed) {
        h->known = false;
        h->asked = 0;
    }
    if (!frame) {
        if (is_certain() && h->known)
            wrong("an answer held, though its neighbour is known", request, ETH_LEAST);
        if (full)
            wrong("an answer held, though there is no room", request, ETH_LEAST);
        return h->mac;
    }
    bool to_it = believed && memcmp(frame + ETH_DST, h->mac, 6) == 0;
    bool back = memcmp(frame + ETH_DST, request + ETH_SRC, 6) == 0;
    if (is_certain() && (h->known ? !to_it : !back))
        wrong("an answer sent to another MAC than its neighbour's", frame, ETH_LEAST);
    if (is_certain() && !h->known && !full)
        wrong("an answer sent, though its neighbour is not known", frame, ETH_LEAST);
    if (!to_it && !back)
        wrong("an answer sent to a MAC that did not speak for its neighbour", frame, ETH_LEAST);
    if (h->known && !is_recent(j, h->heard, CONFIRMED) && !is_recent(j, h->asked_at, SECOND))
        h->poll = true;
    return to_it ? h->mac : NULL;
}

void hop_wait(const struct judge *j, struct hop *h, enum kind kind, const struct payload *request)
{
    if (h->waits)
        wrong("two answers wait for one neighbour", NULL, 0);
    h->waits = true;
    h->gave_up = false; /* the latest one is kept (RFC 1122 2.3.2.2) */
    h->waiting = (struct waiting){.kind = kind, .then = *j};
    h->waiting.then.last_id = -1;
    if (!request)
        return;
    h->waiting.request = *request;
    h->waiting.octets = malloc(request->n);
    memcpy(h->waiting.octets, request->octets, request->n);
    h->waiting.request.octets = h->waiting.octets;
}

unsigned hops_waiting(void)
{
    unsigned n = 0;
    FOR_EACH_HOP(h)
    n += h->waits;
    return n;
}

struct hop *hop_hear(const struct judge *j, const uint8_t *frame, bool consumed)
{
    const uint8_t *arp = frame + tags_end(frame, ETH_LEAST) + 2;
    struct hop *h = find(get32(arp + ARP_SPA), vlans_of(frame));
    bool reply = get16(arp + ARP_OP) != 1, useful = h && h->present;
    if (consumed && !h)
        wrong("an ARP packet of use that concerns no neighbour", frame, ETH_LEAST);
    if (is_certain() && consumed != (useful && reply))
        wrong("an ARP packet that told us something, or that did not", frame, ETH_LEAST);
    if (!h || (is_certain() && !useful))
        return NULL;
    h->known = true;
    memcpy(h->mac, arp + ARP_SHA, 6);
    h->heard = j->now;
    h->poll = false;
    h->asked = 0;
    return h;
}

/* The request has the right octets. It is a broadcast or goes to the neighbour itself, which was
 * judged before. */
static void check_octets(const struct judge *j, const struct hop *h, const uint8_t *frame,
                         size_t len)
{
    static const uint8_t rest[10] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1};
    uint8_t right[ETH_LEAST] = {0}, *arp = right + ETH_HEADER + h->tags_size;
    memcpy(right, frame, 6);
    memcpy(right + ETH_SRC, j->us->mac, 6);
    memcpy(right + ETH_TYPE, h->tags, h->tags_size);
    memcpy(arp - 2, rest, sizeof rest);
    memcpy(arp + ARP_SHA, j->us->mac, 6);
    put32(arp + ARP_SPA, j->ip);
    put32(arp + ARP_TPA, h->ip);
    if (len != ETH_LEAST || memcmp(frame, right, ETH_LEAST) != 0)
        wrong("ARP request: right would have been", right, ETH_LEAST);
}

/* The neighbour that the ARP request asks for. */
static struct hop *asked_for(const uint8_t *frame, size_t len)
{
    const uint8_t *arp = frame + tags_end(frame, len) + 2;
    struct hop *h = find(get32(arp + ARP_TPA), vlans_of(frame));
    if (!h)
        wrong("ARP request for no neighbour of ours", frame, len);
    return h;
}

void hop_judge_request(const struct judge *j, const uint8_t *frame, size_t len)
{
    static const uint8_t broadcast_mac[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct hop *h = asked_for(frame, len);
    bool broadcast = memcmp(frame, broadcast_mac, 6) == 0;
    if (is_recent(j, h->asked_at, SECOND)) /* RFC 1122 2.3.2.1 */
        wrong("ARP request a second time within a second", frame, len);
    if (!broadcast && (h->heard == 0 || memcmp(frame, h->mac, 6) != 0))
        wrong("ARP request to a MAC that did not speak for its neighbour", frame, len);
    bool needed = h->known ? h->poll && !broadcast : h->asked < ASKED_TIMES && broadcast;
    if (is_certain() && !(h->present && needed))
        wrong("ARP request without a reason", frame, len);
    if (is_certain())
        check_octets(j, h, frame, len);
    h->asked_at = j->now;
    h->asked += broadcast;
    h->poll = false;
}

void hops_judge_given_up(unsigned room)
{
    FOR_EACH_HOP(h)
    {
        if (h->gave_up && room-- == 0)
            wrong("an answer that waits was given up without a reason", NULL, 0);
        h->gave_up = false;
    }
}

/* The neighbour was asked for, or it was given up, or nothing is due for it. */
static void judge_one(const struct judge *j, struct hop *h)
{
    bool gave_up = h->gave_up && !h->waits;
    h->gave_up = false;
    if (!is_certain())
        return;
    if (h->present && !is_recent(j, h->asked_at, SECOND)) {
        if (h->known ? h->poll : h->asked < ASKED_TIMES)
            wrong("no ARP request, though one is due", (const uint8_t *)&h->ip, 4);
        if (!h->known) {
            h->present = gave_up = false; /* it did not say where it is */
            if (h->waits)
                wrong("an answer waits for a neighbour that did not answer", NULL, 0);
        }
    }
    if (gave_up)
        wrong("an answer that waits was given up too soon", NULL, 0);
}

void hops_judge_tick(const struct judge *j)
{
    unsigned strangers = 0;
    FOR_EACH_HOP(h)
    {
        judge_one(j, h);
        strangers += is_recent(j, h->asked_at, SECOND) && h->heard == 0;
    }
    if (strangers > STRANGERS)
        wrong("too many neighbours are asked for that never spoke", NULL, 0);
}
