/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The STAMP Session-Reflector, stateless and unauthenticated (RFC 8762 4.3): it sends back the
 * sender's sequence number and time, together with times of its own. Shorter requests are those of
 * TWAMP Light (RFC 5357 4.2.1), which has the same fields in the same places.
 */
#include "net/stamp.h"

#include "net/bucket.h"
#include "net/checksum.h"
#include "net/wire/stamp.h"
#include "net/wire/udp.h"

#include <stdbool.h>
#include <string.h>

#define STAMP_SIZE sizeof(struct stamp_reply)
#define TWAMP_SIZE (STAMP_SIZE - sizeof((struct stamp_reply *)0)->zeros)
#define STAMP_TTL  255 /* RFC 8762 4.3 */

static struct ntp_time ntp_time(const struct netif *nif, uint64_t now)
{
    uint64_t wall = nif->wall_offset + now;
    uint64_t fraction = (wall % 1000000 << 32) / 1000000;
    return (struct ntp_time){to_be32((uint32_t)(wall / 1000000 + NTP_UNIX_SECONDS)),
                             to_be32((uint32_t)fraction)};
}

/* The error estimate of now: the oscillator strays (RFC 4656 4.1.2). */
static uint16_t error_estimate(const struct netif *nif)
{
    unsigned scale = STAMP_ERROR_SCALE(nif->wall_error);
    uint64_t grown = (nif->now - nif->wall_told) * nif->wall_drift;
    if (grown == 0)
        return nif->wall_error;
    uint64_t multiplier = STAMP_ERROR_MULTIPLIER(nif->wall_error) + (grown >> scale) + 1;
    for (; multiplier > 255; scale++)
        multiplier = multiplier / 2 + 1;
    return scale < 64 ? (uint16_t)(scale << 8 | multiplier) : STAMP_ERROR_MAX;
}

/*
 * Says of each TLV whether we know it, and changes nothing else (RFC 8972 4). A sender sets the
 * flag "unrecognized" in every TLV, so octets without it are the padding of RFC 8762 and go back as
 * they came. What lies in the rest_octets, behind the cursor, goes back unread and so as
 * unrecognized.
 */
static void answer_tlvs(struct cursor c, size_t rest_octets)
{
    size_t length;
    for (size_t at = 0; at + sizeof(struct stamp_tlv) <= c.left; at += length) {
        struct stamp_tlv *tlv = (struct stamp_tlv *)(c.pos + at);
        if (!(tlv->flags & STAMP_TLV_UNRECOGNIZED))
            return;
        length = sizeof *tlv + be16(tlv->length);
        tlv->flags = tlv->type == STAMP_TLV_EXTRA_PADDING ? 0 : STAMP_TLV_UNRECOGNIZED;
        if (length > c.left - at + rest_octets)
            tlv->flags |= STAMP_TLV_MALFORMED;
    }
}

/* Makes the cursor at least size octets long, all of which the answer writes. VERDICT_NONE, or why
 * not: there is no room, or the sender has got too many answers that are longer than its requests
 * (RFC 5357 4.2.1 lets a request be shorter). */
static enum verdict lengthen(struct netif *nif, struct cursor *c, const struct packet *p,
                             size_t size)
{
    if (c->left >= size)
        return VERDICT_NONE;
    const struct frame *f = c->frame;
    uint8_t *end = c->pos + size;
    if (end > f->data + f->cap || packet_is_too_long(nif, p, end))
        return DROP_STAMP_SHORT;
    if (!bucket_take(nif, p))
        return DROP_STAMP_LIMIT;
    c->left = size;
    return VERDICT_NONE;
}

/* A UDP checksum as it is sent: 0 would say that there is none (RFC 768). */
static be16_t transmitted(be16_t checksum)
{
    return be16(checksum) == 0 ? to_be16(0xffff) : checksum;
}

enum verdict stamp_input(struct netif *nif, struct cursor *c, struct packet *p)
{
    struct udp_header *udp = (struct udp_header *)c->pos;
    size_t size = c->left - sizeof *udp;
    if (size < sizeof(struct stamp_request) || (p->rest_octets > 0 && size < STAMP_SIZE))
        return DROP_STAMP_SHORT;
    enum verdict v = lengthen(nif, c, p, sizeof *udp + TWAMP_SIZE);
    if (v != VERDICT_NONE)
        return v;

    struct stamp_reply *reply = (struct stamp_reply *)(udp + 1);
    memcpy(&reply->request, reply, sizeof reply->request);
    reply->error = to_be16(error_estimate(nif));
    reply->receive = reply->transmit = ntp_time(nif, nif->now);
    reply->zero = to_be16(0);
    reply->request_ttl = p->ttl;
    if (size >= STAMP_SIZE) {
        memset(reply->zeros, 0, sizeof reply->zeros);
        struct cursor tlvs = *c;
        cursor_pull(&tlvs, sizeof *udp + sizeof *reply);
        answer_tlvs(tlvs, p->rest_octets);
    } else {
        reply->session = to_be16(0); /* RFC 5357 4.2.1: it must be zero in TWAMP Light */
    }

    uint16_t length = (uint16_t)(c->left + p->rest_octets);
    udp->length = to_be16(length);
    udp->checksum = to_be16(0);
    uint64_t sum = checksum_add(packet_pseudo_sum(p, length), udp, c->left);
    udp->checksum = transmitted(checksum_finish(checksum_join(sum, p->rest_sum)));
    p->answer_ttl = STAMP_TTL;
    c->frame->stamp = c->pos;
    return REPLY_STAMP;
}

void stamp_transmit(const struct netif *nif, struct frame *f, uint64_t now)
{
    struct udp_header *udp = (struct udp_header *)f->stamp;
    struct stamp_reply *reply = (struct stamp_reply *)(udp + 1);
    /* RFC 1624 3, equation 3: the old time is taken out of the sum, the new one goes in. */
    struct {
        be16_t sum, old;
        struct ntp_time new;
    } changed = {
        .sum = to_be16((uint16_t)~be16(udp->checksum)),
        .old = checksum(&reply->transmit, sizeof reply->transmit),
        .new = ntp_time(nif, now),
    };
    reply->transmit = changed.new;
    udp->checksum = transmitted(checksum(&changed, sizeof changed));
    f->stamp = NULL;
}
