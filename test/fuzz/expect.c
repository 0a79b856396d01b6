/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is to become of a frame, by RFC 791 (IPv4), RFC 792 (ICMP), RFC 768 (UDP), RFC 9293 (TCP)
 * and RFC 1122, read anew. Where the standards leave a choice the answer is MAY.
 */
#include "judge.h"
#include "wire.h"

#include <string.h>

static struct expectation never(const char *why)
{
    return (struct expectation){NEVER, NOTHING, why, false};
}

static struct expectation must(enum kind kind, const char *why)
{
    return (struct expectation){MUST, kind, why, false};
}

/* An error is due as long as the limiter and the link let us. */
static struct expectation error(const struct judge *j, const struct payload *p, enum kind kind,
                                const char *why)
{
    bool may = judge_errors_most(j) > 0 && judge_error_fits(j, p);
    bool must = judge_errors_left(j) > 0 && !j->credit_in_doubt;
    return (struct expectation){!may ? NEVER : must ? MUST : MAY, kind, why, false};
}

/* Whether a list of entries can go on at the pointer, which counts from 1 (RFC 791 3.1). */
static bool list_fits(const uint8_t *option, unsigned first, unsigned entry)
{
    unsigned length = option[1], pointer = option[2];
    return pointer < first || pointer > length || pointer + entry - 1 <= length;
}

static bool option_fits(const uint8_t *option)
{
    static const uint8_t entry[16] = {[0] = 4, [1] = 8, [3] = 8};
    if (option[0] == 7 && option[1] >= 3)
        return list_fits(option, 4, 4);
    if (option[0] != 68 || option[1] < 4 || entry[option[3] % 16] == 0)
        return true;
    if (option[2] > option[1]) /* full: the overflow must not overflow */
        return option[3] / 16 < 15;
    return list_fits(option, 5, entry[option[3] % 16]);
}

/* Whether all options have room. */
static bool options_fit(const uint8_t *p, size_t n, bool *source_route)
{
    for (size_t i = 0; i < n && p[i] != 0;) {
        if (p[i] == 1) {
            i++;
            continue;
        }
        if (n - i < 2 || p[i + 1] < 2 || p[i + 1] > n - i || !option_fits(p + i))
            return false;
        *source_route |= p[i] == 131 || p[i] == 137;
        i += p[i + 1];
    }
    return true;
}

static struct expectation expect_icmp(const struct judge *j, const struct payload *p,
                                      bool broadcast)
{
    if (p->n < ICMP_SIZE)
        return never("ICMP too short");
    if (sum16(0, p->octets, p->n) != 0xffff)
        return never("ICMP with a wrong checksum");
    if (p->octets[0] == 8)
        return must(ECHO_REPLY, "echo request for us");
    if (p->octets[0] != 13 || !(j->us->services & SERVE_TIMESTAMP))
        return never("ICMP type that is not answered");
    if (p->n != 20 || p->first != 20 || broadcast)
        return never("ICMP timestamp request of another length, or to many");
    return must(TIMESTAMP_REPLY, "timestamp request for us");
}

/* Ports whose owners would answer our answer. */
static bool would_loop(const struct judge *j, unsigned port)
{
    static const uint16_t ports[] = {0, 7, 13, 17, 19, 37, 862};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        if (port == ports[i])
            return true;
    return port == j->us->stamp_port;
}

static struct expectation expect_udp(const struct judge *j, const struct payload *p)
{
    if (p->first < UDP_SIZE)
        return never("UDP too short");
    size_t length = get16(p->octets + UDP_LENGTH);
    if (length < UDP_SIZE || length > p->n || (p->first < p->n && length < p->n))
        return never("UDP length does not fit");
    if (get16(p->octets + UDP_CHECKSUM) != 0 &&
        sum16(pseudo16(p->ip, length), p->octets, length) != 0xffff)
        return never("UDP with a wrong checksum");
    unsigned port = get16(p->octets + 2);
    bool stamp = port == j->us->stamp_port && j->us->services & SERVE_STAMP;
    bool echo = port == 7 && j->us->services & SERVE_ECHO && !stamp;
    if (port == 9 && j->us->services & SERVE_DISCARD && !stamp)
        return never("UDP discard");
    if (!echo && !stamp)
        return error(j, p, PORT_ERROR, "UDP to a closed port");
    if (would_loop(j, get16(p->octets)))
        return never("UDP from a port that would answer");
    if (echo)
        return must(UDP_ECHO, "UDP echo for us");
    if (length < UDP_SIZE + 14)
        return never("STAMP too short");
    if (length >= UDP_SIZE + 44)
        return (struct expectation){p->first < UDP_SIZE + 44 ? MAY : MUST, STAMP_REPLY,
                                    "STAMP for us", false};
    /* RFC 5357's shorter request may have a longer answer, for which there may be no room, or which
     * is limited in number. */
    return (struct expectation){MAY, STAMP_REPLY, "TWAMP light for us", false};
}

static struct expectation expect_tcp(const struct payload *p)
{
    if (p->n < TCP_SIZE)
        return never("TCP too short");
    size_t header = p->octets[TCP_OFFSET] / 16 * 4u;
    if (header < TCP_SIZE || header > p->n)
        return never("TCP data offset does not fit");
    if (sum16(pseudo16(p->ip, p->n), p->octets, p->n) != 0xffff)
        return never("TCP with a wrong checksum");
    if (p->octets[TCP_FLAGS] & 4)
        return never("TCP reset");
    return (struct expectation){p->first < TCP_SIZE ? MAY : MUST, RESET, "TCP to a closed port",
                                false};
}

struct expectation expect_payload(const struct judge *j, const struct payload *p, bool broadcast)
{
    unsigned protocol = p->ip[IP_PROTOCOL];
    if (protocol == 1)
        return expect_icmp(j, p, broadcast);
    if (broadcast)
        return never("no ping to a broadcast address");
    if (protocol == 17)
        return expect_udp(j, p);
    if (protocol == 6)
        return expect_tcp(p);
    return error(j, p, PROTOCOL_ERROR, "protocol not spoken");
}

/* Whether the header is sound; NULL if so, else why not. */
static const char *header_wrong(const uint8_t *ip, size_t len)
{
    bool source_route = false;
    if (len < IP_HEADER || ip[0] / 16 != 4)
        return "IPv4 header too short or not version 4";
    size_t header = ip_header_size(ip), total = get16(ip + IP_TOTAL);
    if (header < IP_HEADER || header > total || total > len)
        return "IPv4 lengths don't fit";
    if (sum16(0, ip, header) != 0xffff)
        return "IPv4 header with a wrong checksum";
    if (!options_fit(ip + IP_HEADER, header - IP_HEADER, &source_route))
        return "IPv4 options don't fit";
    return source_route ? "IPv4 source route" : NULL;
}

static struct expectation expect_fragment(const struct judge *j, const struct payload *p)
{
    size_t header = ip_header_size(p->ip), offset = ip_offset(p->ip);
    if (p->n == 0 || (ip_more(p->ip) && p->n % 8 != 0))
        return never("fragment of a wrong length");
    if (header + offset + p->n > 65535)
        return never("fragment that ends beyond a datagram");
    if (header + p->n > j->mtu)
        return never("fragment longer than the link's packets");
    return must(FRAGMENT, "fragment for us");
}

/* Whether the link has room for the answer to a packet that came whole (RFC 1122 3.3.3). An echo
 * reply is truncated, an error is never that long. */
static bool answer_fits(const struct judge *j, const struct payload *p, enum kind kind)
{
    size_t n = 0;
    if (kind == UDP_ECHO || kind == STAMP_REPLY)
        n = get16(p->octets + UDP_LENGTH);
    else if (kind == TIMESTAMP_REPLY || kind == RESET)
        n = 20;
    return ip_header_size(p->ip) + n <= j->mtu;
}

static struct expectation expect_ipv4(const struct judge *j, const uint8_t *ip, size_t len,
                                      bool group)
{
    const char *why = header_wrong(ip, len);
    if (why)
        return never(why);
    uint32_t src = get32(ip + IP_SRC), dst = get32(ip + IP_DST);
    if (!host_is_single(j->us, src) || host_owns(j->us, j->ip, src))
        return never("IPv4 from an address no other host can have");
    bool ours = host_owns(j->us, j->ip, dst);
    bool broadcast = dst == 0xffffffff || host_is_broadcast(j->us, dst);
    if (!ours && !(broadcast && j->us->broadcast && j->ip != 0))
        return never("IPv4 for another address");
    if (ours && group)
        return never("IPv4 in a group frame");

    size_t header = ip_header_size(ip), total = get16(ip + IP_TOTAL);
    struct payload p = {ip, ip + header, total - header, total - header};
    if (get16(ip + IP_FLAGS) & 0x3fff)
        return ours ? expect_fragment(j, &p) : never("fragment to a broadcast address");
    struct expectation e = expect_payload(j, &p, !ours);
    return answer_fits(j, &p, e.kind) ? e : never("answer longer than the link's packets");
}

size_t tags_end(const uint8_t *frame, size_t len)
{
    size_t at = ETH_TYPE;
    while (at + 2 <= len && (get16(frame + at) == 0x8100 || get16(frame + at) == 0x88a8))
        at += 4;
    return at + 2 <= len ? at : 0;
}

unsigned tags_vlans(const uint8_t *frame, size_t type)
{
    unsigned vids = 0;
    for (size_t at = ETH_TYPE; at < type; at += 4)
        vids = vids * 4096 + get16(frame + at + 2) % 4096;
    return vids;
}

/* Whether the tags before the type are those of a VLAN that we are in. */
static bool in_vlan(const struct host *us, const uint8_t *frame, size_t type)
{
    unsigned vid = 0;
    for (size_t at = ETH_TYPE; at < type && vid == 0; at += 4)
        vid = get16(frame + at + 2) % 4096;
    if (vid == 0 || us->vlan == vid)
        return vid != 4095;
    return us->vlan == 0 && vid != 4095;
}

struct expectation expect_frame(const struct judge *j, const uint8_t *frame, size_t len)
{
    size_t type = len < ETH_HEADER ? 0 : tags_end(frame, len);
    if (type == 0)
        return never("shorter than an Ethernet header");
    bool group = frame[ETH_DST] % 2 == 1;
    if (frame[ETH_SRC] % 2 == 1)
        return never("from a group MAC");
    if (!group && memcmp(frame + ETH_DST, j->us->mac, 6) != 0)
        return never("for another MAC");
    if (type > ETH_TYPE + 8)
        return never("more than two tags");
    if (!in_vlan(j->us, frame, type))
        return never("in another VLAN");
    const uint8_t *rest = frame + type + 2;
    size_t left = len - type - 2;
    if (get16(frame + type) == 0x0806)
        return expect_arp(j, rest, left);
    if (get16(frame + type) == 0x0800)
        return expect_ipv4(j, rest, left, group);
    return never("EtherType not spoken");
}
