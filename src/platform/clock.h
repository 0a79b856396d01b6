/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time since boot in microseconds, from the CPU's time stamp counter.
 */
#ifndef PLATFORM_CLOCK_H
#define PLATFORM_CLOCK_H

#include <stdint.h>

/* Time zero. If the counter's rate has to be measured, the measurement begins. */
void clock_init(void);

/* From here on clock_us counts. Waits for what is left of a millisecond, if the rate is measured.
 */
void clock_calibrate(void);

/* Gives the I/O port of the ACPI timer, 0 if there is none, to a rate that was measured:
 * clock_refine() corrects it by that. */
void clock_refine_by(uint16_t port);

/* To be called now and then: it costs a look at the counter, and now and then some exits. */
void clock_refine(void);

/* Microseconds since clock_init, never less than before; 0 until clock_calibrate. */
uint64_t clock_us(void);

/* The counter's rate in kHz, as far as it is known by now. */
uint32_t clock_khz(void);

#endif
