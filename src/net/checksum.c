/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum (RFC 1071), eight octets at a time in general registers.
 *
 * RFC 1071 2 (C): a sum of wider words, folded at the end, is the same sum.
 */
#include "net/checksum.h"

#include <string.h>

uint64_t checksum_add(uint64_t sum, const void *data, size_t len)
{
    const uint8_t *octets = data;
    size_t at = 0;
    for (; at + 8 <= len; at += 8) {
        uint64_t word;
        memcpy(&word, octets + at, 8);
        sum = checksum_join(sum, word);
    }
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
    if (at < len) {
        uint16_t word = 0;
        memcpy(&word, octets + at, 1); /* the first octet of a word whose second is zero */
        sum = checksum_join(sum, word);
    }
    return sum;
}

uint16_t checksum_fold(uint64_t sum)
{
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

be16_t checksum_finish(uint64_t sum)
{
    uint16_t field = (uint16_t)~checksum_fold(sum);
    be16_t wire;
    memcpy(&wire, &field, sizeof wire);
    return wire;
}

be16_t checksum(const void *data, size_t len)
{
    return checksum_finish(checksum_add(0, data, len));
}

bool checksum_ok(const void *data, size_t len)
{
    return checksum_fold(checksum_add(0, data, len)) == 0xffff;
}
