/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions: each of them is a mistake of ours, so it shows the panic screen and ends as
 * `on_panic` asks.
 */
#ifndef PLATFORM_TRAP_H
#define PLATFORM_TRAP_H

/* Sets up the interrupt descriptor table, for exceptions and for interrupts (interrupt.h). */
void trap_init(void);

#endif
