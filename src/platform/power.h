/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The power button, and switching the machine off, by ACPI's fixed hardware.
 */
#ifndef PLATFORM_POWER_H
#define PLATFORM_POWER_H

#include <stdbool.h>

/* Arms the power button. Without ACPI there is none, and off means halt. */
void power_init(void);

/* Has the power button been pressed since this was last asked? */
bool power_button(void);

/* isa-debug-exit with status 33 if that device is there, else ACPI's S5, else halt. */
_Noreturn void power_off(void);

#endif
