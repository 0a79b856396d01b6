/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Off, reset, and the power button: ACPI's fixed hardware, or QEMU's isa-debug-exit where it is
 * there.
 */
#ifndef PLATFORM_POWER_H
#define PLATFORM_POWER_H

#include <stdbool.h>
#include <stdint.h>

/* What power_panic does: one of power_exit, which it is at first, power_halt and power_reset. */
extern void (*power_on_panic)(void);

/* Finds ACPI's tables and arms the power button. Without ACPI there is no button, and off means
 * halt. */
void power_init(void);

/* The I/O port of the ACPI timer; 0: there is none. */
uint16_t power_timer(void);

/* Has the power button been pressed since this was last asked? */
bool power_button(void);

/* isa-debug-exit with status 33 if it is there, else ACPI's S5, else halt. */
_Noreturn void power_off(void);

_Noreturn void power_reset(void);

/* Stays, for a debugger to look. */
_Noreturn void power_halt(void);

/* isa-debug-exit with status 37 if it is there, else reset. */
_Noreturn void power_exit(void);

/* The end of a panic. */
_Noreturn void power_panic(void);

#endif
