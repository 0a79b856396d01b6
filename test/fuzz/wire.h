/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing wire formats for the fuzzers, and the Internet checksum (RFC 1071), octet by
 * octet. Nothing here comes from src/net: what judges it must not share its mistakes.
 */
#ifndef FUZZ_WIRE_H
#define FUZZ_WIRE_H

#include <stddef.h>
#include <stdint.h>

/* Offsets: Ethernet II, and the fixed parts of ARP, IPv4, ICMP. */
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
    IP_FLAGS = 6,
    IP_TTL = 8,
    IP_PROTOCOL = 9,
    IP_CHECKSUM = 10,
    IP_SRC = 12,
    IP_DST = 16,
    IP_HEADER = 20,
    ICMP_CHECKSUM_AT = 2,
    ICMP_SIZE = 8,
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

/* Loops that would only tell libFuzzer how long they are. */
#define NO_COVERAGE __attribute__((noinline, no_sanitize("coverage")))

/* The ones' complement sum of n octets, added to sum, in 16 bits: 0xffff for an intact message. */
NO_COVERAGE static unsigned sum16(unsigned sum, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sum += i % 2 ? p[i] : p[i] * 256u;
        sum = sum % 65536 + sum / 65536;
    }
    return sum;
}

/* The sum of the pseudo-header of UDP and TCP (RFC 768, RFC 9293 3.1). */
static inline unsigned pseudo16(const uint8_t *ip, size_t length)
{
    uint8_t rest[4] = {0, ip[IP_PROTOCOL], (uint8_t)(length / 256), (uint8_t)length};
    return sum16(sum16(0, ip + IP_SRC, 8), rest, sizeof rest);
}

#endif
