/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as the wire carries them: most significant octet first (RFC 1700, "data notation").
 *
 * Each is a struct of octets, so a wire header made of them has no padding and no alignment, and
 * mixing it with a number of the machine does not compile.
 */
#ifndef NET_BE_H
#define NET_BE_H

#include <stdint.h>

typedef struct {
    uint8_t octet[2];
} be16_t;

typedef struct {
    uint8_t octet[4];
} be32_t;

static inline uint16_t be16(be16_t wire)
{
    return (uint16_t)(wire.octet[0] << 8 | wire.octet[1]);
}

static inline uint32_t be32(be32_t wire)
{
    return (uint32_t)wire.octet[0] << 24 | (uint32_t)wire.octet[1] << 16 |
           (uint32_t)wire.octet[2] << 8 | (uint32_t)wire.octet[3];
}

static inline be16_t to_be16(uint16_t value)
{
    return (be16_t){{(uint8_t)(value >> 8), (uint8_t)value}};
}

static inline be32_t to_be32(uint32_t value)
{
    return (be32_t){
        {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value}};
}

#endif
