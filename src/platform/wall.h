/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time of day, read once: from KVM's clock if it is there, else from the battery's clock (RTC).
 */
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
