/* SPDX-License-Identifier: BSD-2-Clause */
/* gcc's built-in functions as the prover is to see them. It stands in front of every file. */
#include <stdint.h>

/* ensure() calls it where a promise is broken: to be proven never to happen. */
/*@ requires ensured: \false;
    assigns \nothing; */
void __builtin_trap(void);

static inline uint16_t prover_bswap16(uint16_t x)
{
    return (uint16_t)(x << 8 | x >> 8);
}

static inline uint32_t prover_bswap32(uint32_t x)
{
    return x << 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00) | x >> 24;
}

#define __builtin_bswap16       prover_bswap16
#define __builtin_bswap32       prover_bswap32
