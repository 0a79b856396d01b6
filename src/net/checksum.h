/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit
 * words.
 *
 * Sums are kept in the machine's byte order: RFC 1071 2 (B) shows that only the store has to agree
 * with the load.
 */
#ifndef NET_CHECKSUM_H
#define NET_CHECKSUM_H

#include "net/be.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Adds len octets at data, at any alignment, to a sum that was 0 or came from here. A last odd
 * octet counts as if a zero followed it, so only the last piece of a message may be odd.
 */
uint64_t checksum_add(uint64_t sum, const void *data, size_t len);

/* The sum of two sums. */
static inline uint64_t checksum_join(uint64_t a, uint64_t b)
{
    a += b;
    return a + (a < b); /* the carry comes back in at the low end */
}

/* The sum over a header: len octets, a multiple of four and at most 60, at any alignment. */
static inline uint64_t checksum_header(const void *header, size_t len)
{
    const uint8_t *octets = header;
    uint64_t sum = 0; /* 15 words of 32 bits do not overflow it */
    for (size_t at = 0; at + 4 <= len; at += 4) {
        uint32_t word;
        memcpy(&word, octets + at, sizeof word);
        sum += word;
    }
    return sum;
}

/* The sum in 16 bits, carries added back in: each half of a sum and its other half, added, carry
 * into the upper one. */
static inline uint16_t checksum_fold(uint64_t sum)
{
    sum += sum << 32 | sum >> 32;
    uint32_t half = (uint32_t)(sum >> 32);
    half += half << 16 | half >> 16;
    return (uint16_t)(half >> 16);
}

/* The checksum that completes this sum, as it goes into a header whose checksum field was zero. */
static inline be16_t checksum_finish(uint64_t sum)
{
    return (be16_t){(uint16_t)~checksum_fold(sum)};
}

/* The checksum of len octets, as it goes into a header whose checksum field is zero. */
be16_t checksum(const void *data, size_t len);

#endif
