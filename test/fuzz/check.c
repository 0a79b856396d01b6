/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of the answers: RFC 826 (ARP), RFC 791 (IPv4), RFC 792 (ICMP), RFC 1122, read anew.
 *
 * Where the standards leave a choice the answer is MAY; everything that it then says is checked.
 */
#include "check.h"
#include "wire.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void wrong(const char *what, const uint8_t *frame, size_t len)
{
    fprintf(stderr, "unipong fuzzing: %s\n", what);
    for (size_t i = 0; i < len; i++)
        fprintf(stderr, "%02x%s", frame[i], i % 16 == 15 || i + 1 == len ? "\n" : " ");
    abort();
}

static bool is_group_mac(const uint8_t *mac)
{
    return mac[0] % 2 == 1;
}

static uint32_t host_mask(const struct host *us)
{
    return us->prefix == 0 ? 0xffffffff : us->prefix == 32 ? 0 : (1u << (32 - us->prefix)) - 1;
}

/* All ones or all zeros in the host part, where the subnet has more than two addresses. */
static bool is_subnet_broadcast(const struct host *us, uint32_t ip)
{
    uint32_t mask = host_mask(us);
    return us->ip != 0 && us->prefix <= 30 && (ip & ~mask) == (us->ip & ~mask) &&
           ((ip & mask) == mask || (ip & mask) == 0);
}

/* RFC 1122 3.2.1.3: neither 0/8, 127/8, multicast, class E nor broadcast. */
static bool is_single_host(const struct host *us, uint32_t ip)
{
    unsigned top = ip >> 24;
    return top != 0 && top != 127 && top < 224 && !is_subnet_broadcast(us, ip);
}

static enum answer expect_arp(const struct host *us, const uint8_t *arp, size_t len,
                              const char **why)
{
    static const uint8_t start[6] = {0, 1, 8, 0, 6, 4};
    *why = "ARP too short";
    if (len < ARP_SIZE)
        return NEVER;
    *why = "ARP not for IPv4 on Ethernet";
    if (memcmp(arp, start, sizeof start) != 0)
        return NEVER;
    *why = "ARP not a request";
    if (get16(arp + ARP_OP) != 1)
        return NEVER;
    *why = "ARP request for another address";
    if (us->ip == 0 || get32(arp + ARP_TPA) != us->ip)
        return NEVER;
    *why = "ARP from a group MAC";
    if (is_group_mac(arp + ARP_SHA))
        return NEVER;
    uint32_t spa = get32(arp + ARP_SPA);
    *why = "ARP from our own address";
    if (spa == us->ip)
        return NEVER;
    *why = "ARP from an address no host can have";
    if (spa != 0 && !is_single_host(us, spa))
        return spa >> 24 == 0 ? MAY : NEVER;
    *why = "ARP request for us";
    return MUST;
}

/* Whether all options have room; a record route may be full, but not have part of an address's room
 * left (RFC 791 3.1). */
static bool options_fit(const uint8_t *p, size_t n, bool *source_route)
{
    for (size_t i = 0; i < n && p[i] != 0;) {
        if (p[i] == 1) {
            i++;
            continue;
        }
        if (n - i < 2 || p[i + 1] < 2 || p[i + 1] > n - i)
            return false;
        unsigned length = p[i + 1], pointer = length < 3 ? 0 : p[i + 2];
        if (p[i] == 7 && pointer >= 4 && pointer <= length && pointer + 3 > length)
            return false;
        *source_route |= p[i] == 131 || p[i] == 137;
        i += length;
    }
    return true;
}

/* most: octets of the longest message that an answer may have. */
static enum answer expect_icmp(const uint8_t *icmp, size_t len, size_t most, const char **why)
{
    *why = "ICMP too short";
    if (len < ICMP_SIZE)
        return NEVER;
    *why = "ICMP with a wrong checksum";
    if (sum16(0, icmp, len) != 0xffff)
        return NEVER;
    *why = "ICMP not an echo request";
    if (icmp[0] != 8)
        return NEVER;
    *why = "echo request for us";
    return icmp[1] == 0 && len <= most ? MUST : MAY;
}

static enum answer expect_ipv4(const struct host *us, const uint8_t *ip, size_t len, bool group,
                               const char **why)
{
    bool source_route = false;
    *why = "IPv4 header too short or not version 4";
    if (len < IP_HEADER || ip[0] / 16 != 4)
        return NEVER;
    size_t header = ip[0] % 16 * 4u, total = get16(ip + IP_TOTAL);
    *why = "IPv4 lengths don't fit";
    if (header < IP_HEADER || header > total || total > len)
        return NEVER;
    *why = "IPv4 header with a wrong checksum";
    if (sum16(0, ip, header) != 0xffff)
        return NEVER;
    *why = "IPv4 from an address no other host can have";
    if (!is_single_host(us, get32(ip + IP_SRC)) || get32(ip + IP_SRC) == us->ip)
        return NEVER;
    *why = "IPv4 for another address";
    if (us->ip == 0 || get32(ip + IP_DST) != us->ip)
        return NEVER;
    *why = "IPv4 in a group frame";
    if (group)
        return NEVER;
    *why = "IPv4 options don't fit";
    if (!options_fit(ip + IP_HEADER, header - IP_HEADER, &source_route))
        return NEVER;
    *why = "IPv4 source route";
    if (source_route)
        return NEVER;
    *why = "IPv4 fragment";
    if (get16(ip + IP_FLAGS) & 0x3fff)
        return NEVER;
    *why = "IPv4 protocol not spoken";
    if (ip[IP_PROTOCOL] != 1)
        return NEVER;
    return expect_icmp(ip + header, total - header, us->mtu - header, why);
}

enum answer expected_answer(const struct host *us, const uint8_t *frame, size_t len,
                            const char **why)
{
    *why = "shorter than an Ethernet header";
    if (len < ETH_HEADER)
        return NEVER;
    bool group = is_group_mac(frame + ETH_DST);
    *why = "from a group MAC";
    if (is_group_mac(frame + ETH_SRC))
        return NEVER;
    *why = "for another MAC";
    if (!group && memcmp(frame + ETH_DST, us->mac, 6) != 0)
        return NEVER;
    switch (get16(frame + ETH_TYPE)) {
    case 0x0806:
        return expect_arp(us, frame + ETH_HEADER, len - ETH_HEADER, why);
    case 0x0800:
        return expect_ipv4(us, frame + ETH_HEADER, len - ETH_HEADER, group, why);
    default:
        *why = "EtherType not spoken";
        return NEVER;
    }
}

/* RFC 826, "Packet Reception": the whole packet is known beforehand. */
static size_t check_arp(const struct host *us, const uint8_t *request, const uint8_t *arp)
{
    uint8_t right[ARP_SIZE] = {0, 1, 8, 0, 6, 4, 0, 2};
    memcpy(right + ARP_SHA, us->mac, 6);
    put32(right + ARP_SPA, us->ip);
    memcpy(right + ARP_THA, request + ARP_SHA, 10); /* its MAC and address */
    if (memcmp(arp, right, sizeof right) != 0)
        wrong("ARP reply: right would have been", right, sizeof right);
    return ARP_SIZE;
}

/*
 * The answer's options: a record route with our address put in where there is room (RFC 1122
 * 3.2.2.6), a timestamp, and no-operations in place of all others.
 */
static void check_options(const struct host *us, const uint8_t *request, const uint8_t *reply,
                          size_t n)
{
    size_t step;
    for (size_t i = 0; i < n && request[i] != 0; i += step) {
        uint8_t right[40];
        step = request[i] == 1 ? 1 : request[i + 1];
        memcpy(right, request + i, step);
        if (request[i] == 7) {
            size_t pointer = step < 3 ? 0 : right[2];
            if (pointer >= 4 && pointer + 3 <= step) {
                put32(right + pointer - 1, us->ip);
                right[2] = (uint8_t)(pointer + 4);
            }
        } else if (reply[i] != 68) {
            memset(right, 1, step);
        }
        if (request[i] != 68 && memcmp(reply + i, right, step) != 0)
            wrong("IPv4 option: right would have been", right, step);
    }
}

static size_t check_ipv4(const struct host *us, const uint8_t *request, const uint8_t *ip,
                         size_t room)
{
    size_t header = request[0] % 16 * 4u, total = get16(request + IP_TOTAL);
    if (total > room || get16(ip + IP_TOTAL) != total)
        wrong("IPv4 reply: total length", NULL, 0);
    if (ip[0] != request[0] || ip[IP_TOS] != request[IP_TOS])
        wrong("IPv4 reply: version, header length or type of service", NULL, 0);
    if (get16(ip + IP_FLAGS) & 0xbfff)
        wrong("IPv4 reply: reserved flag, more fragments or an offset", NULL, 0);
    if (ip[IP_TTL] != us->ttl || ip[IP_PROTOCOL] != 1)
        wrong("IPv4 reply: time to live or protocol", NULL, 0);
    if (sum16(0, ip, header) != 0xffff)
        wrong("IPv4 reply: header checksum", NULL, 0);
    if (get32(ip + IP_SRC) != us->ip || memcmp(ip + IP_DST, request + IP_SRC, 4) != 0)
        wrong("IPv4 reply: addresses", NULL, 0);
    check_options(us, request + IP_HEADER, ip + IP_HEADER, header - IP_HEADER);

    const uint8_t *echo = request + header, *icmp = ip + header;
    if (icmp[0] != 0 || icmp[1] != echo[1])
        wrong("ICMP reply: type or code", NULL, 0);
    if (sum16(0, icmp, total - header) != 0xffff)
        wrong("ICMP reply: checksum", NULL, 0);
    if (memcmp(icmp + 4, echo + 4, total - header - 4) != 0)
        wrong("ICMP reply: identifier, sequence number or data", NULL, 0);
    return total;
}

void check_reply(const struct host *us, const uint8_t *request, const uint8_t *reply,
                 size_t reply_len)
{
    if (reply_len < ETH_LEAST)
        wrong("reply: shorter than 60 octets", reply, reply_len);
    bool arp = get16(request + ETH_TYPE) == 0x0806;
    const uint8_t *sender = arp ? request + ETH_HEADER + ARP_SHA : request + ETH_SRC;
    if (memcmp(reply + ETH_DST, sender, 6) != 0 || is_group_mac(reply + ETH_DST))
        wrong("reply: not to the sender's MAC", reply, reply_len);
    if (memcmp(reply + ETH_SRC, us->mac, 6) != 0)
        wrong("reply: not from our MAC", reply, reply_len);
    if (get16(reply + ETH_TYPE) != get16(request + ETH_TYPE))
        wrong("reply: another EtherType", reply, reply_len);

    const uint8_t *asked = request + ETH_HEADER, *said = reply + ETH_HEADER;
    size_t used = ETH_HEADER;
    used += arp ? check_arp(us, asked, said) : check_ipv4(us, asked, said, reply_len - ETH_HEADER);
    if (reply_len != (used < ETH_LEAST ? ETH_LEAST : used) || reply_len > us->mtu + ETH_HEADER)
        wrong("reply: its length", reply, reply_len);
    for (size_t i = used; i < reply_len; i++)
        if (reply[i] != 0)
            wrong("reply: padding that is not zero", reply, reply_len);
}
