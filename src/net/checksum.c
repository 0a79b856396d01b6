/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum (RFC 1071), eight octets at a time in general registers.
 *
 * RFC 1071 2 (C): wider words, added up and folded at the end, give the same sum. So do four
 * separate sums, which the processor can compute side by side.
 */
#include "net/checksum.h"

#include <string.h>

/* The eight octets at p, at any alignment. */
static inline uint64_t load64(const uint8_t *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

uint64_t checksum_add(uint64_t sum, const void *data, size_t len)
{
    const uint8_t *octets = data;
    size_t at = 0;
    if (len >= 32) {
        uint64_t sum_1 = 0, sum_2 = 0, sum_3 = 0;
        for (; at + 32 <= len; at += 32) {
            sum = checksum_join(sum, load64(octets + at));
            sum_1 = checksum_join(sum_1, load64(octets + at + 8));
            sum_2 = checksum_join(sum_2, load64(octets + at + 16));
            sum_3 = checksum_join(sum_3, load64(octets + at + 24));
        }
        sum = checksum_join(checksum_join(sum, sum_1), checksum_join(sum_2, sum_3));
    }
    for (; at + 8 <= len; at += 8)
        sum = checksum_join(sum, load64(octets + at));
    if (at + 4 <= len) {
        uint32_t word;
        memcpy(&word, octets + at, 4);
        sum = checksum_join(sum, word);
        at += 4;
    }
    if (at + 2 <= len) {
        uint16_t word;
        memcpy(&word, octets + at, 2);
        sum = checksum_join(sum, word);
        at += 2;
    }
    if (at < len) /* the first octet of a word whose second is zero */
        sum = checksum_join(sum, octets[at]);
    return sum;
}

uint64_t checksum_header(const void *header, size_t len)
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

/* Adds its other half to each half of the sum; the lower one's carry goes into the upper one. */
uint16_t checksum_fold(uint64_t sum)
{
    sum += sum << 32 | sum >> 32;
    uint32_t half = (uint32_t)(sum >> 32);
    half += half << 16 | half >> 16;
    return (uint16_t)(half >> 16);
}

be16_t checksum_finish(uint64_t sum)
{
    return (be16_t){(uint16_t)~checksum_fold(sum)};
}

be16_t checksum(const void *data, size_t len)
{
    return checksum_finish(checksum_add(0, data, len));
}
