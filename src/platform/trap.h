/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions: every one of them is a mistake of ours, ends on one screen, and then as `on_panic`
 * asks.
 */
#ifndef PLATFORM_TRAP_H
#define PLATFORM_TRAP_H

#include <stdint.h>

/* Sets the interrupt descriptor table for the CPU's 32 exceptions. */
void trap_init(void);

/* Sets the handler of an interrupt, vector 32 to 63: code that returns by iretq. It runs on the
 * stack of the interrupted code. */
void trap_handler(uint8_t vector, const void *handler);

#endif
