/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rate of the time stamp counter (TSC): told by the hypervisor, or measured.
 */
#ifndef PLATFORM_TSC_RATE_H
#define PLATFORM_TSC_RATE_H

#include <stdint.h>

/* Asks the hypervisor. If it does not tell, the measurement begins. */
void tsc_rate_init(void);

/*
 * The rate in kHz; waits until a measurement has taken a millisecond. acpi_timer: the I/O port of
 * the ACPI timer, 0 if there is none. Panics if there is nothing to measure against.
 */
uint32_t tsc_rate_find(uint16_t acpi_timer);

/* The rate in kHz, better known than before if enough time has passed. */
uint32_t tsc_rate_refine(void);

/* By how much it may be off, in parts per million. */
uint32_t tsc_rate_ppm(void);

#endif
