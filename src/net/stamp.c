/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The STAMP Session-Reflector, stateless and unauthenticated (RFC 8762 4.3): sends the sender's
 * sequence number and times back with ours. Shorter requests are those of TWAMP Light (RFC
 * 5357 4.2.1), which lays the same fields out in the same places.
 */
#include "net/stamp.h"

#include "net/checksum.h"
#include "net/udp.h"

#include <stdbool.h>
#include <string.h>

#define NTP_UNIX_SECONDS 2208988800u /* from 1900 to 1970 (RFC 868) */

/* Seconds since 1900, and 2^-32 of them (RFC 5905 6). */
struct ntp_time {
    be32_t seconds;
    be32_t fraction;
};

/* RFC 8762 4.2.1, figure 2; RFC 8972 3 puts the session's identifier behind it. */
struct stamp_request {
    be32_t sequence;
    struct ntp_time time;
    be16_t error;
};

/* RFC 8762 4.3.1, figure 5. */
struct stamp_reply {
    be32_t sequence;
    struct ntp_time transmit;
    be16_t error;
    be16_t session; /* as the request has it, in the same place (RFC 8972 3) */
    struct ntp_time receive;
    struct stamp_request request;
    be16_t zero;
    uint8_t request_ttl;
    uint8_t zeros[3];
};

/* RFC 8972 4. */
struct stamp_tlv {
    uint8_t flags;
    uint8_t type;
    be16_t length; /* of the value, which follows */
};

enum stamp_tlv_flag {
    STAMP_TLV_UNRECOGNIZED = 0x80,
    STAMP_TLV_MALFORMED = 0x40,
};

#define STAMP_TLV_EXTRA_PADDING 1

#define STAMP_SIZE sizeof(struct stamp_reply)
#define TWAMP_SIZE (STAMP_SIZE - sizeof((struct stamp_reply *)0)->zeros)
#define STAMP_TTL  255 /* RFC 8762 4.3 */

_Static_assert(sizeof(struct stamp_request) == 14, "RFC 5357 4.1.2");
_Static_assert(sizeof(struct stamp_reply) == 44, "RFC 8762 4.3.1");

static struct ntp_time ntp_time(const struct netif *nif, uint64_t now)
{
    uint64_t wall = nif->wall_offset + now;
    uint64_t fraction = (wall % 1000000 << 32) / 1000000;
    return (struct ntp_time){to_be32((uint32_t)(wall / 1000000 + NTP_UNIX_SECONDS)),
                             to_be32((uint32_t)fraction)};
}

/*
 * Says of each TLV whether we know it, and nothing else (RFC 8972 4). A sender sets the flag
 * "unrecognized" in all: octets without it are the plain padding of RFC 8762 and go back as they
 * came. What lies in the rest_octets behind the cursor goes back unread, and so unrecognized.
 */
static void answer_tlvs(struct cursor c, size_t rest_octets)
{
    struct stamp_tlv *tlv;
    while ((tlv = cursor_pull(&c, sizeof *tlv)) && tlv->flags & STAMP_TLV_UNRECOGNIZED) {
        size_t length = be16(tlv->length);
        tlv->flags = tlv->type == STAMP_TLV_EXTRA_PADDING ? 0 : STAMP_TLV_UNRECOGNIZED;
        if (length > cursor_left(&c) + rest_octets)
            tlv->flags |= STAMP_TLV_MALFORMED;
        if (!cursor_pull(&c, length))
            return;
    }
}

/* Makes room for the answer to a TWAMP Light request, which can be longer. Whether there is any. */
static bool lengthen(const struct netif *nif, struct cursor *c, const struct ipv4_packet *p,
                     size_t size)
{
    const struct frame *f = c->frame;
    uint8_t *end = c->pos + size;
    if (end > f->data + f->cap || end > (uint8_t *)p->header + nif->mtu)
        return false;
    memset(c->end, 0, (size_t)(end - c->end));
    c->end = end;
    return true;
}

/* A checksum as it goes over the wire, where 0 would say that there is none (RFC 768). */
static be16_t transmitted(be16_t checksum)
{
    return be16(checksum) == 0 ? to_be16(0xffff) : checksum;
}

enum verdict stamp_input(struct netif *nif, struct cursor *c, struct ipv4_packet *p)
{
    struct udp_header *udp = (struct udp_header *)c->pos;
    size_t size = cursor_left(c) - sizeof *udp;
    if (size < sizeof(struct stamp_request) || (p->rest_octets > 0 && size < STAMP_SIZE))
        return DROP_STAMP_SHORT;
    if (size < TWAMP_SIZE && !lengthen(nif, c, p, sizeof *udp + TWAMP_SIZE))
        return DROP_STAMP_SHORT;

    struct stamp_reply *reply = (struct stamp_reply *)(udp + 1);
    memcpy(&reply->request, reply, sizeof reply->request);
    reply->error = to_be16(nif->wall_error);
    reply->receive = reply->transmit = ntp_time(nif, nif->now);
    reply->zero = to_be16(0);
    reply->request_ttl = p->header->ttl;
    if (size >= STAMP_SIZE) {
        memset(reply->zeros, 0, sizeof reply->zeros);
        answer_tlvs((struct cursor){(uint8_t *)(reply + 1), c->end, c->frame}, p->rest_octets);
    } else {
        reply->session = to_be16(0); /* RFC 5357 4.2.1: there it must be zero */
    }

    uint16_t length = (uint16_t)(cursor_left(c) + p->rest_octets);
    udp->length = to_be16(length);
    udp->checksum = to_be16(0);
    uint64_t sum = checksum_add(ipv4_pseudo_sum(p->header, length), udp, cursor_left(c));
    udp->checksum = transmitted(checksum_finish(checksum_join(sum, p->rest_sum)));
    p->ttl = STAMP_TTL;
    c->frame->stamp = c->pos;
    return REPLY_STAMP;
}

void stamp_transmit(const struct netif *nif, struct frame *f, uint64_t now)
{
    struct udp_header *udp = (struct udp_header *)f->stamp;
    struct stamp_reply *reply = (struct stamp_reply *)(udp + 1);
    /* RFC 1624 3, equation 3: without the old time, with the new one. */
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
