/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as the wire carries them: most significant octet first (RFC 1700, "data notation").
 *
 * Each is a structure, so code that mixes it with an ordinary number does not compile. It may lie
 * at any address (packed), and in memory that is also read as other types (may_alias), as a frame
 * is.
 */
#ifndef NET_BE_H
#define NET_BE_H

#include <stdint.h>

typedef struct __attribute__((packed, may_alias)) {
    uint16_t wire;
} be16_t;

typedef struct __attribute__((packed, may_alias)) {
    uint32_t wire;
} be32_t;

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the conversions below swap octets");

static inline uint16_t be16(be16_t wire)
{
    return __builtin_bswap16(wire.wire);
}

static inline uint32_t be32(be32_t wire)
{
    return __builtin_bswap32(wire.wire);
}

static inline be16_t to_be16(uint16_t value)
{
    return (be16_t){__builtin_bswap16(value)};
}

static inline be32_t to_be32(uint32_t value)
{
    return (be32_t){__builtin_bswap32(value)};
}

#endif
