/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions: every one of them is a mistake of ours, ends on one screen, and then as `on_panic`
 * asks.
 */
#ifndef PLATFORM_TRAP_H
#define PLATFORM_TRAP_H

/* Sets the interrupt descriptor table: the CPU's 32 exceptions, and 32 interrupts (interrupt.h). */
void trap_init(void);

#endif
