/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit
 * words.
 *
 * Sums are kept in the machine's byte order. That is right as long as the result is stored in the
 * same order in which the words were loaded (RFC 1071 2 (B)).
 */
#ifndef NET_CHECKSUM_H
#define NET_CHECKSUM_H

#include "net/be.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Adds len octets at data, at any alignment, to a sum, which is 0 or an earlier result. A last odd
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
uint64_t checksum_header(const void *header, size_t len);

/* The sum folded to 16 bits, with the carries added back in. */
uint16_t checksum_fold(uint64_t sum);

/*
 * The checksum for this sum, as it goes into a header whose checksum field was zero when the sum
 * was made.
 */
be16_t checksum_finish(uint64_t sum);

/* The checksum of len octets, as it goes into a header whose checksum field is zero. */
be16_t checksum(const void *data, size_t len);

#endif
