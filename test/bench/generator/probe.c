/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The octets of the probes. ICMP and UDP headers are both 8 long, so the payload is always at 42.
 * What always holds: checksums are kept as sums over the constant part, so that numbering and
 * judging a probe costs a few additions and one comparison of the payload.
 */
#include "probe.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ETH = 0, IP = 14, L4 = 34, PAYLOAD = 42 };

/* Where the number lies: in an echo's payload; in a STAMP request and, copied, in its answer. */
enum { STAMP_SENT = PAYLOAD, STAMP_BACK = PAYLOAD + 24 };

static void put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
    put16(p, value >> 16);
    put16(p + 2, value & 0xffff);
}

static uint32_t get16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
    return get16(p) << 16 | get16(p + 2);
}

/* RFC 1071, not complemented. Folded, so that a few of them can be added without overflow. */
static uint32_t sum(const uint8_t *p, size_t length)
{
    uint64_t s = 0;
    for (; length > 1; p += 2, length -= 2)
        s += get16(p);
    if (length)
        s += (uint32_t)*p << 8;
    while (s >> 16)
        s = (s & 0xffff) + (s >> 16);
    return (uint32_t)s;
}

static uint32_t fold(uint32_t s)
{
    s = (s & 0xffff) + (s >> 16);
    return (s & 0xffff) + (s >> 16);
}

static size_t l4_size(const struct probe *p)
{
    return p->size - L4;
}

/* What the checksum of ICMP or UDP covers, the pseudo header included. */
static uint32_t l4_sum(const struct probe *p, const uint8_t *frame)
{
    uint32_t s = sum(frame + L4, l4_size(p));
    if (p->kind != PROBE_ECHO)
        s += sum(frame + IP + 12, 8) + 17 + (uint32_t)l4_size(p);
    return fold(s);
}

static size_t checksum_at(const struct probe *p)
{
    return p->kind == PROBE_ECHO ? L4 + 2 : L4 + 6;
}

/* The frame's headers, and the payload. */
static void build(const struct probe *p, uint8_t *f, const uint8_t *from, const uint8_t *to,
                  uint32_t source, uint32_t destination, const uint8_t *payload)
{
    memcpy(f + ETH, to, 6);
    memcpy(f + ETH + 6, from, 6);
    put16(f + ETH + 12, 0x0800);
    f[IP] = 0x45;
    put16(f + IP + 2, (uint32_t)(p->size - IP));
    f[IP + 8] = p->kind == PROBE_STAMP ? 255 : 64;
    f[IP + 9] = p->kind == PROBE_ECHO ? 1 : 17;
    put32(f + IP + 12, source);
    put32(f + IP + 16, destination);
    put16(f + IP + 10, ~sum(f + IP, 20) & 0xffff);
    memcpy(f + PAYLOAD, payload, p->size - PAYLOAD);
}

void probe_init(struct probe *p, enum probe_kind kind, size_t size, const struct wire *w)
{
    uint32_t mark = (uint32_t)now_ns() ^ (uint32_t)getpid();
    uint32_t port = kind == PROBE_STAMP ? 862 : 7, own_port = 0xc000 | (mark & 0x3fff);
    uint8_t payload[PROBE_MAX] = {0};

    p->kind = kind;
    p->size = size;
    if (kind == PROBE_STAMP) {
        put16(payload + 12, 0x8001); /* error estimate: synchronised, multiplier 1 */
    } else {
        srandom(mark);
        for (size_t i = 4; i < size - PAYLOAD; i++)
            payload[i] = (uint8_t)random();
    }
    build(p, p->request, w->mac, w->peer_mac, w->ip, w->peer_ip, payload);
    build(p, p->reply, w->peer_mac, w->mac, w->peer_ip, w->ip, payload);
    if (kind == PROBE_ECHO) {
        p->request[L4] = 8;
        put16(p->request + L4 + 4, mark & 0xffff);
        put16(p->reply + L4 + 4, mark & 0xffff);
    } else {
        put16(p->request + L4, own_port);
        put16(p->request + L4 + 2, port);
        put16(p->request + L4 + 4, (uint32_t)l4_size(p));
        put16(p->reply + L4, port);
        put16(p->reply + L4 + 2, own_port);
        put16(p->reply + L4 + 4, (uint32_t)l4_size(p));
    }
    p->request_sum = l4_sum(p, p->request);
    p->reply_sum = l4_sum(p, p->reply);
}

/* The sum over what a number changes. */
static uint32_t number_sum(const struct probe *p, uint32_t number)
{
    uint32_t s = (number >> 16) + (number & 0xffff);
    return p->kind == PROBE_ECHO ? s + (number & 0xffff) : s;
}

void probe_number(const struct probe *p, uint8_t *frame, uint32_t number)
{
    uint32_t checksum = ~fold(p->request_sum + number_sum(p, number)) & 0xffff;
    if (p->kind == PROBE_ECHO)
        put16(frame + L4 + 6, number & 0xffff);
    else if (checksum == 0)
        checksum = 0xffff; /* RFC 768 */
    put32(frame + PAYLOAD, number);
    put16(frame + checksum_at(p), checksum);
}

/* The answer's payload is our own, but for the number. */
static bool echo_is_right(const struct probe *p, const uint8_t *f, bool checked, uint32_t *number)
{
    uint32_t checksum = get16(f + checksum_at(p));
    *number = get32(f + PAYLOAD);
    if (memcmp(f + PAYLOAD + 4, p->reply + PAYLOAD + 4, p->size - PAYLOAD - 4) != 0)
        return false;
    if (p->kind == PROBE_ECHO && get16(f + L4 + 6) != (*number & 0xffff))
        return false;
    if (p->kind != PROBE_ECHO && (!checked || checksum == 0))
        return true; /* UDP's may be absent, or left for the interface to fill in */
    return fold(p->reply_sum + number_sum(p, *number) + checksum) == 0xffff;
}

/* RFC 8762 4.3.1: the sender's number, time and error estimate come back; two times of its own. */
static bool stamp_is_right(const struct probe *p, const uint8_t *f, bool checked, uint32_t *number)
{
    const uint8_t *received = f + PAYLOAD + 16, *sent = f + PAYLOAD + 4;
    *number = get32(f + STAMP_BACK);
    if (checked && get16(f + checksum_at(p)) != 0 && l4_sum(p, f) != 0xffff)
        return false;
    return get32(f + STAMP_SENT) == *number && memcmp(sent, received, 8) >= 0 &&
           f[PAYLOAD + 13] != 0 && get16(f + STAMP_BACK + 12) == 0x8001 &&
           f[STAMP_BACK + 16] == 255;
}

enum probe_result probe_judge(const struct probe *p, const uint8_t *f, size_t length, bool checked,
                              uint32_t *number)
{
    const uint8_t *r = p->reply;
    size_t mark = p->kind == PROBE_ECHO ? L4 + 4 : L4 + 2; /* identifier, or our port */
    size_t head = p->kind == PROBE_ECHO ? 2 : 6;           /* type and code, or ports and length */
    bool right;

    if (length < PAYLOAD || memcmp(f + ETH + 12, r + ETH + 12, 2) != 0 || f[IP + 9] != r[IP + 9] ||
        memcmp(f + IP + 12, r + IP + 12, 8) != 0 || memcmp(f + mark, r + mark, 2) != 0)
        return PROBE_FOREIGN; /* or a late one, of an earlier run */
    if (length != p->size || memcmp(f, r, 12) != 0 || f[IP] != 0x45 ||
        memcmp(f + IP + 2, r + IP + 2, 2) != 0 || (get16(f + IP + 6) & 0x3fff) != 0 ||
        f[IP + 8] == 0 || sum(f + IP, 20) != 0xffff || memcmp(f + L4, r + L4, head) != 0)
        return PROBE_BAD;
    right = p->kind == PROBE_STAMP ? stamp_is_right(p, f, checked, number)
                                   : echo_is_right(p, f, checked, number);
    return right ? PROBE_GOOD : PROBE_BAD;
}
