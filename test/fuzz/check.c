/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether an answer's frame and its ARP packet or IPv4 header are right (RFC 894, IEEE 802.1Q,
 * RFC 826, RFC 791). What is in the IPv4 packet is check_payload.c's.
 */
#include "judge.h"
#include "wire.h"

#include <string.h>

/* The Ethernet header: the request's tags and type, from us to the peer. */
static void check_ethernet(const struct judge *j, const uint8_t *peer, const uint8_t *request,
                           const uint8_t *answer, size_t type)
{
    if (memcmp(answer + ETH_DST, peer, 6) != 0)
        wrong("answer: not to the MAC that it is for", answer, ETH_HEADER);
    if (memcmp(answer + ETH_SRC, j->us->mac, 6) != 0)
        wrong("answer: not from our MAC", answer, ETH_HEADER);
    if (memcmp(answer + ETH_TYPE, request + ETH_TYPE, type + 2 - ETH_TYPE) != 0)
        wrong("answer: other tags or another EtherType", answer, type + 2);
}

/* The octets behind the used ones are padding: zeros, up to the length of the shortest frame. */
static void check_padding(const struct judge *j, const uint8_t *answer, size_t len, size_t used,
                          size_t type)
{
    if (len != (used < ETH_LEAST ? ETH_LEAST : used) || len > j->mtu + type + 2)
        wrong("answer: its length", answer, len);
    for (size_t i = used; i < len; i++)
        if (answer[i] != 0)
            wrong("answer: padding that is not zero", answer, len);
}

/* The ARP packet of an answer has known octets (RFC 826, "Packet Reception"; RFC 5227 2.4). */
static void check_arp(const struct judge *j, enum kind kind, const uint8_t *request,
                      const uint8_t *arp)
{
    uint8_t right[ARP_SIZE] = {0, 1, 8, 0, 6, 4, 0, kind == ARP_REPLY ? 2 : 1};
    memcpy(right + ARP_SHA, j->us->mac, 6);
    if (kind == ARP_REPLY) {
        memcpy(right + ARP_SPA, request + ARP_TPA, 4);
        memcpy(right + ARP_THA, request + ARP_SHA, 10); /* its MAC and address */
    } else {
        put32(right + ARP_SPA, j->ip);
        put32(right + ARP_TPA, j->ip);
    }
    if (memcmp(arp, right, sizeof right) != 0)
        wrong("ARP answer: right would have been", right, sizeof right);
}

/* The source of an answer: the address that was asked, or our own if the request was a broadcast
 * (RFC 1122 3.2.2.6). */
static uint32_t our_address(const struct judge *j, const uint8_t *request)
{
    uint32_t asked = get32(request + IP_DST);
    return host_owns(j->us, j->ip, asked) ? asked : j->ip;
}

/* Changes a timestamp option of the request into that of the answer (RFC 791 3.1). */
static void answer_timestamp(const struct judge *j, uint8_t *option, uint32_t ours)
{
    unsigned length = option[1], pointer = length < 4 ? 0 : option[2], flag = option[3] % 16;
    if (pointer < 5 || (flag != 0 && flag != 1 && flag != 3))
        return;
    if (pointer > length) {
        option[3] = (uint8_t)(option[3] + 16);
        return;
    }
    uint8_t *entry = option + pointer - 1;
    if (flag == 3 && !host_owns(j->us, j->ip, get32(entry)))
        return;
    if (flag == 1)
        put32(entry, ours);
    put32(flag == 0 ? entry : entry + 4, judge_ms(j));
    option[2] = (uint8_t)(pointer + (flag == 0 ? 4 : 8));
}

/*
 * The answer's options: a record route with our address put in where there is room (RFC 1122
 * 3.2.2.6), a timestamp, and no-operations in place of all others.
 */
void check_options(const struct judge *j, const uint8_t *request, const uint8_t *answer)
{
    size_t n = ip_header_size(request), step;
    uint32_t ours = our_address(j, request);
    for (size_t i = IP_HEADER; i < n; i += step) {
        uint8_t right[40] = {0};
        if (request[i] == 0) { /* what lies behind the end means nothing */
            if (answer[i] != 0)
                wrong("IPv4 options: no end where the request had one", answer, n);
            return;
        }
        step = request[i] == 1 ? 1 : request[i + 1];
        memcpy(right, request + i, step);
        if (request[i] == 7) {
            size_t pointer = step < 3 ? 0 : right[2];
            if (pointer >= 4 && pointer + 3 <= step) {
                put32(right + pointer - 1, ours);
                right[2] = (uint8_t)(pointer + 4);
            }
        } else if (request[i] == 68) {
            answer_timestamp(j, right, ours);
        } else {
            memset(right, 1, step);
        }
        if (memcmp(answer + i, right, step) != 0)
            wrong("IPv4 option: right would have been", right, step);
    }
}

/* The header of an answer, or of a fragment of it, all but lengths and offsets. */
static void check_ipv4(struct judge *j, enum kind kind, const uint8_t *request, const uint8_t *ip)
{
    if (ip[0] != request[0] || ip[IP_TOS] != request[IP_TOS])
        wrong("IPv4 answer: version, header length or type of service", ip, IP_HEADER);
    if ((get16(ip + IP_FLAGS) & 0xc000) != (get16(request + IP_FLAGS) & 0x4000))
        wrong("IPv4 answer: reserved flag, or another \"don't fragment\"", ip, IP_HEADER);
    if (ip[IP_TTL] != (kind == STAMP_REPLY ? 255 : j->us->ttl))
        wrong("IPv4 answer: time to live", ip, IP_HEADER);
    if (ip[IP_PROTOCOL] != request[IP_PROTOCOL])
        wrong("IPv4 answer: protocol", ip, IP_HEADER);
    if (sum16(0, ip, ip_header_size(ip)) != 0xffff)
        wrong("IPv4 answer: header checksum", ip, IP_HEADER);
    if (get32(ip + IP_SRC) != our_address(j, request) ||
        memcmp(ip + IP_DST, request + IP_SRC, 4) != 0)
        wrong("IPv4 answer: addresses", ip, IP_HEADER);
    check_options(j, request, ip);
}

/* RFC 6864 4: answers that follow each other have different identifications. */
static void check_id(struct judge *j, const uint8_t *ip)
{
    if ((int)get16(ip + IP_ID) == j->last_id)
        wrong("IPv4 answer: the last one's identification", ip, IP_HEADER);
    j->last_id = (int)get16(ip + IP_ID);
}

void check_error_about(struct judge *j, enum kind kind, const uint8_t *peer, const uint8_t *request,
                       const struct payload *datagram, const uint8_t *answer, size_t len)
{
    size_t type = tags_end(request, ETH_LEAST), used = type + 2;
    if (len < ETH_LEAST)
        wrong("answer: shorter than 60 octets", answer, len);
    check_ethernet(j, peer, request, answer, type);
    check_id(j, answer + used);
    judge_error(j);
    size_t n = check_error(j, kind, datagram, answer + used, len - used);
    check_padding(j, answer, len, used + n, type);
}

void check_answer(struct judge *j, enum kind kind, const uint8_t *peer, const uint8_t *request,
                  const uint8_t *answer, size_t len)
{
    size_t type = tags_end(request, ETH_LEAST), used = type + 2;
    const uint8_t *asked = request + used, *said = answer + used;
    static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    if (len < ETH_LEAST)
        wrong("answer: shorter than 60 octets", answer, len);
    if (kind == ARP_REPLY || kind == ARP_DEFENCE) {
        check_ethernet(j, kind == ARP_REPLY ? asked + ARP_SHA : everybody, request, answer, type);
        check_arp(j, kind, asked, said);
        check_padding(j, answer, len, used + ARP_SIZE, type);
        return;
    }
    size_t header = ip_header_size(asked), n = get16(asked + IP_TOTAL) - header;
    struct payload whole = {asked, asked + header, n, n};
    if (kind == PORT_ERROR || kind == PROTOCOL_ERROR || kind == TIME_ERROR) {
        check_error_about(j, kind, peer, request, &whole, answer, len);
        return;
    }
    check_ethernet(j, peer, request, answer, type);
    check_id(j, said);
    size_t total = get16(said + IP_TOTAL);
    if (total < header || total > len - used || get16(said + IP_FLAGS) & 0x3fff)
        wrong("IPv4 answer: total length, or a fragment", answer, len);
    check_ipv4(j, kind, asked, said);
    check_payload(j, kind, &whole,
                  &(struct payload){said, said + header, total - header, total - header});
    check_padding(j, answer, len, used + total, type);
}

void check_fragment(struct judge *j, enum kind kind, const uint8_t *peer, const uint8_t *request,
                    const uint8_t *answer, size_t len)
{
    size_t type = tags_end(request, ETH_LEAST), used = type + 2;
    const uint8_t *asked = request + used, *said = answer + used;
    if (len < ETH_LEAST)
        wrong("answer: shorter than 60 octets", answer, len);
    check_ethernet(j, peer, request, answer, type);
    size_t total = get16(said + IP_TOTAL);
    if (total < ip_header_size(asked) || total > len - used)
        wrong("fragment of an answer: total length", answer, len);
    check_ipv4(j, kind, asked, said);
    if (ip_offset(said) == 0)
        check_id(j, said);
    else if ((int)get16(said + IP_ID) != j->last_id)
        wrong("fragment of an answer: another identification", answer, len);
    check_padding(j, answer, len, used + total, type);
}
