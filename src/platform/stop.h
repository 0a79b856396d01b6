/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways to stop that need ports only, no tables and no memory: so a panic can rely on them. To
 * power off properly: power.h.
 */
#ifndef PLATFORM_STOP_H
#define PLATFORM_STOP_H

#include <stdint.h>

/* Codes for QEMU's device isa-debug-exit: QEMU ends with status 2 * code + 1. */
#define STOP_CODE_OFF   0x10
#define STOP_CODE_PANIC 0x12

enum stop {
    STOP_EXIT,  /* isa-debug-exit with STOP_CODE_PANIC if that device is there, else halt */
    STOP_HALT,  /* stay as we are, for a debugger to look */
    STOP_RESET, /* reset the machine */
};

/* What stop_panic does; STOP_EXIT at first. */
extern enum stop stop_on_panic;

/* The end of a panic. */
_Noreturn void stop_panic(void);

/* Ends QEMU. Returns if there is no isa-debug-exit at its port. */
void stop_exit(uint32_t code);

/* Interrupts off, for ever. */
_Noreturn void stop_halt(void);

#endif
