/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether what an IPv4 answer carries is right: ICMP (RFC 792, RFC 1122 3.2.2), UDP (RFC 768),
 * STAMP (RFC 8762, RFC 8972, RFC 5357), TCP (RFC 9293 3.10.7.1).
 */
#include "judge.h"
#include "wire.h"

#include <string.h>

/* Offsets in a STAMP packet (RFC 8762 figures 2 and 5), and its sizes. */
enum {
    STAMP_TIME = 4,
    STAMP_ERROR = 12,
    STAMP_SESSION = 14,
    STAMP_RECEIVED = 16,
    STAMP_SENT = 24, /* the first 14 octets of the request */
    STAMP_ZERO = 38,
    STAMP_TTL = 40,
    TWAMP_SIZE = 41,
    STAMP_SIZE = 44,
};

static void check_icmp(const struct judge *j, enum kind kind, const struct payload *q,
                       const struct payload *a)
{
    size_t n = q->n, room = j->mtu - ip_header_size(q->ip);
    if (q->first == q->n && n > room) /* RFC 1122 3.2.2.6: truncated, if it came whole */
        n = room;
    size_t same = kind == ECHO_REPLY ? n : 12;
    if (a->n != n)
        wrong("ICMP reply: its length", NULL, 0);
    if (a->octets[0] != (kind == ECHO_REPLY ? 0 : 14) || a->octets[1] != q->octets[1])
        wrong("ICMP reply: type or code", a->octets, ICMP_SIZE);
    if (sum16(0, a->octets, a->n) != 0xffff)
        wrong("ICMP reply: checksum", a->octets, ICMP_SIZE);
    if (memcmp(a->octets + 4, q->octets + 4, same - 4) != 0)
        wrong("ICMP reply: identifier, sequence number or data", a->octets, ICMP_SIZE);
    if (kind == TIMESTAMP_REPLY &&
        (get32(a->octets + 12) != judge_ms(j) || get32(a->octets + 16) != judge_ms(j)))
        wrong("ICMP timestamp reply: the time", a->octets, a->n);
}

/* RFC 5905 6: seconds since 1900, and 2^-32 of them. */
static void put_ntp(uint8_t *p, uint64_t us)
{
    put32(p, (uint32_t)(us / 1000000 + 2208988800u));
    put32(p + 4, (uint32_t)(us % 1000000 * 4294967296u / 1000000));
}

/* RFC 8972 4: the flags of each TLV tell what we made of it; without "unrecognized" it is padding.
 */
static void answer_tlvs(uint8_t *p, size_t n, size_t first)
{
    for (size_t at = 0; at + 4 <= first && p[at] & 0x80;) {
        size_t length = get16(p + at + 2);
        p[at] = p[at + 1] == 1 ? 0 : 0x80;
        if (length > n - at - 4)
            p[at] |= 0x40;
        at += 4 + length;
    }
}

/* UDP's data as it has to be. Its length. */
static size_t right_stamp(const struct judge *j, const struct payload *q, size_t n, uint8_t *right)
{
    const uint8_t *asked = q->octets + UDP_SIZE;
    memcpy(right, asked, n);
    if (n >= STAMP_SIZE) {
        memset(right + TWAMP_SIZE, 0, STAMP_SIZE - TWAMP_SIZE);
        size_t first = (q->first < UDP_SIZE + n ? q->first - UDP_SIZE : n) - STAMP_SIZE;
        answer_tlvs(right + STAMP_SIZE, n - STAMP_SIZE, first);
    } else {
        put16(right + STAMP_SESSION, 0); /* RFC 5357 4.2.1 */
    }
    put_ntp(right + STAMP_TIME, j->stamp);
    put16(right + STAMP_ERROR, j->error);
    put_ntp(right + STAMP_RECEIVED, j->wall + j->now);
    memcpy(right + STAMP_SENT, asked, 14);
    put16(right + STAMP_ZERO, 0);
    right[STAMP_TTL] = q->ip[IP_TTL];
    return n < TWAMP_SIZE ? TWAMP_SIZE : n;
}

static void check_udp(const struct judge *j, enum kind kind, const struct payload *q,
                      const struct payload *a)
{
    static uint8_t right[65536];
    size_t n = get16(q->octets + UDP_LENGTH) - UDP_SIZE;
    if (kind == STAMP_REPLY)
        n = right_stamp(j, q, n, right);
    const uint8_t *data = kind == STAMP_REPLY ? right : q->octets + UDP_SIZE;

    if (a->n != UDP_SIZE + n || get16(a->octets + UDP_LENGTH) != a->n)
        wrong("UDP answer: its length", a->octets, UDP_SIZE);
    if (memcmp(a->octets, q->octets + 2, 2) != 0 || memcmp(a->octets + 2, q->octets, 2) != 0)
        wrong("UDP answer: ports", a->octets, UDP_SIZE);
    bool none = kind == UDP_ECHO && get16(q->octets + UDP_CHECKSUM) == 0;
    if (none != (get16(a->octets + UDP_CHECKSUM) == 0))
        wrong("UDP answer: a checksum, or none, where the request had none", a->octets, UDP_SIZE);
    if (!none && sum16(pseudo16(a->ip, a->n), a->octets, a->n) != 0xffff)
        wrong("UDP answer: checksum", a->octets, UDP_SIZE);
    if (memcmp(a->octets + UDP_SIZE, data, n) != 0)
        wrong("UDP answer: right data would have been", data, n < 128 ? n : 128);
}

/* RFC 9293 3.10.7.1: a reset that the sender accepts. */
static void check_tcp(const struct payload *q, const struct payload *a)
{
    uint8_t right[TCP_SIZE] = {[TCP_OFFSET] = 5 << 4};
    const uint8_t *tcp = q->octets;
    memcpy(right, tcp + 2, 2);
    memcpy(right + 2, tcp, 2);
    if (tcp[TCP_FLAGS] & 0x10) {
        memcpy(right + TCP_SEQ, tcp + TCP_ACK, 4);
        right[TCP_FLAGS] = 0x04;
    } else {
        uint32_t length = (uint32_t)(q->n - tcp[TCP_OFFSET] / 16 * 4u);
        length += tcp[TCP_FLAGS] / 2 % 2 + tcp[TCP_FLAGS] % 2; /* SYN and FIN */
        put32(right + TCP_ACK, get32(tcp + TCP_SEQ) + length);
        right[TCP_FLAGS] = 0x14;
    }
    if (a->n != TCP_SIZE)
        wrong("TCP reset: its length", NULL, 0);
    if (sum16(pseudo16(a->ip, a->n), a->octets, a->n) != 0xffff)
        wrong("TCP reset: checksum", a->octets, a->n);
    memcpy(right + TCP_CHECKSUM, a->octets + TCP_CHECKSUM, 2);
    if (memcmp(a->octets, right, sizeof right) != 0)
        wrong("TCP reset: right would have been", right, sizeof right);
}

void check_payload(const struct judge *j, enum kind kind, const struct payload *request,
                   const struct payload *answer)
{
    switch (kind) {
    case ECHO_REPLY:
    case TIMESTAMP_REPLY:
        check_icmp(j, kind, request, answer);
        break;
    case UDP_ECHO:
    case STAMP_REPLY:
        check_udp(j, kind, request, answer);
        break;
    case RESET:
        check_tcp(request, answer);
        break;
    default:
        wrong("an answer to what has none", NULL, 0);
    }
}

/* RFC 1122 3.2.2: the header and at least eight octets, unchanged; RFC 1812 4.3.2.3: at most 576 in
 * all. */
size_t check_error(const struct judge *j, enum kind kind, const struct payload *about,
                   const uint8_t *ip, size_t n)
{
    const uint8_t *request = about->ip;
    size_t header = ip_header_size(request), whole = header + about->first;
    size_t least = whole < header + 8 ? whole : header + 8, new = IP_HEADER + ICMP_SIZE;
    size_t total = get16(ip + IP_TOTAL), quoted = total - new;
    if (total < new + least || total > new + whole || total > 576 || total > n)
        wrong("ICMP error: its length", ip, n);
    if (ip[0] != 0x45 || ip[IP_TOS] != 0 || get16(ip + IP_FLAGS) & 0xbfff)
        wrong("ICMP error: header length, type of service or flags", ip, total);
    if (ip[IP_TTL] != j->us->ttl || ip[IP_PROTOCOL] != 1 || sum16(0, ip, IP_HEADER) != 0xffff)
        wrong("ICMP error: time to live, protocol or header checksum", ip, total);
    if (memcmp(ip + IP_SRC, request + IP_DST, 4) != 0 ||
        memcmp(ip + IP_DST, request + IP_SRC, 4) != 0)
        wrong("ICMP error: addresses", ip, total);
    const uint8_t *icmp = ip + IP_HEADER;
    unsigned right = kind == TIME_ERROR ? 0x0b01 : kind == PORT_ERROR ? 0x0303 : 0x0302;
    if (get16(icmp) != right || get32(icmp + 4) != 0)
        wrong("ICMP error: type, code or the unused octets", ip, total);
    if (sum16(0, icmp, total - IP_HEADER) != 0xffff)
        wrong("ICMP error: checksum", ip, total);
    if (memcmp(icmp + ICMP_SIZE, request, header) != 0 ||
        memcmp(icmp + ICMP_SIZE + header, about->octets, quoted - header) != 0)
        wrong("ICMP error: it quotes something else", ip, total);
    return total;
}
