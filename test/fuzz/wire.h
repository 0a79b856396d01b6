/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing wire formats for the fuzzers, and the Internet checksum (RFC 1071), octet by
 * octet. Nothing here comes from src/net: what judges it must not share its mistakes.
 */
#ifndef FUZZ_WIRE_H
#define FUZZ_WIRE_H

#include <stddef.h>
#include <stdint.h>

/* Offsets and sizes: Ethernet II, ARP, the fixed parts of IPv4 and what it carries. */
enum {
    ETH_DST = 0,
    ETH_SRC = 6,
    ETH_TYPE = 12,
    ETH_HEADER = 14,
    ETH_LEAST = 60,
    ARP_OP = 6,
    ARP_SHA = 8,
    ARP_SPA = 14,
    ARP_THA = 18,
    ARP_TPA = 24,
    ARP_SIZE = 28,
    IP_TOS = 1,
    IP_TOTAL = 2,
    IP_ID = 4,
    IP_FLAGS = 6,
    IP_TTL = 8,
    IP_PROTOCOL = 9,
    IP_CHECKSUM = 10,
    IP_SRC = 12,
    IP_DST = 16,
    IP_HEADER = 20,
    ICMP_SIZE = 8,
    UDP_LENGTH = 4,
    UDP_CHECKSUM = 6,
    UDP_SIZE = 8,
    TCP_SEQ = 4,
    TCP_ACK = 8,
    TCP_OFFSET = 12,
    TCP_FLAGS = 13,
    TCP_CHECKSUM = 16,
    TCP_SIZE = 20,
};

static inline unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] * 256 + p[1];
}

static inline uint32_t get32(const uint8_t *p)
{
    return (uint32_t)get16(p) * 65536 + get16(p + 2);
}

static inline void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)(value / 256);
    p[1] = (uint8_t)value;
}

static inline void put32(uint8_t *p, uint32_t value)
{
    put16(p, value >> 16);
    put16(p + 2, value & 0xffff);
}

static inline size_t ip_header_size(const uint8_t *ip)
{
    return ip[0] % 16 * 4u;
}

/* Of a fragment: where its payload begins in the datagram, and whether others follow. */
static inline size_t ip_offset(const uint8_t *ip)
{
    return get16(ip + IP_FLAGS) % 0x2000 * 8;
}

static inline unsigned ip_more(const uint8_t *ip)
{
    return get16(ip + IP_FLAGS) & 0x2000;
}

/* The ones' complement sum of n octets, at most 65536, added to sum, in 16 bits: 0xffff for an
 * intact message. */
static inline unsigned sum16(unsigned sum, const uint8_t *p, size_t n)
{
    uint32_t high = 0, low = sum;
    for (size_t i = 0; i + 1 < n; i += 2) {
        high += p[i];
        low += p[i + 1];
    }
    if (n % 2)
        high += p[n - 1];
    uint64_t total = (uint64_t)high * 256 + low;
    while (total > 65535)
        total = total % 65536 + total / 65536;
    return (unsigned)total;
}

/* The sum of the pseudo-header of UDP and TCP (RFC 768, RFC 9293 3.1). */
static inline unsigned pseudo16(const uint8_t *ip, size_t length)
{
    uint8_t rest[4] = {0, ip[IP_PROTOCOL], (uint8_t)(length / 256), (uint8_t)length};
    return sum16(sum16(0, ip + IP_SRC, 8), rest, sizeof rest);
}

#endif
