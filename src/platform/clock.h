/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time since boot in microseconds, from the CPU's time stamp counter (TSC).
 */
#ifndef PLATFORM_CLOCK_H
#define PLATFORM_CLOCK_H

#include <stdint.h>

/* Time zero. If the counter's rate has to be measured, the measurement begins. */
void clock_init(void);

/*
 * From here on clock_us counts. If the rate is measured, this waits until the measurement has taken
 * a millisecond. acpi_timer: its I/O port, 0 if there is none; a measured rate is corrected by it.
 */
void clock_calibrate(uint16_t acpi_timer);

/* Corrects a rate that was measured, if it is time to. To be called now and then: each call reads
 * the counter, and a few of them a slower clock too. */
void clock_refine(void);

/* Microseconds since clock_init, never less than before; 0 until clock_calibrate. */
uint64_t clock_us(void);

/* The counter's rate in kHz, as far as it is known by now. */
uint32_t clock_khz(void);

/* By how much clock_us may be too fast or too slow, in parts per million. */
uint32_t clock_ppm(void);

#endif
