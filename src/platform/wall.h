/* SPDX-License-Identifier: BSD-2-Clause */
/* The time of day, once: KVM's clock where it is there, else the clock that runs from a battery. */
#ifndef PLATFORM_WALL_H
#define PLATFORM_WALL_H

#include <stdint.h>

struct wall {
    uint64_t offset; /* microseconds since 1970 when clock_us() was 0; 0: unknown */
    uint16_t error;  /* how far off that may be, as RFC 4656 4.1.2 writes it: the Error Estimate */
};

/* After clock_calibrate. Does not wait. */
struct wall wall_read(void);

#endif
