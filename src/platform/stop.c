/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stopping by ports only: see the header.
 *
 * A guest that panics does not reset itself unless it was asked to: what made it panic is still
 * there after the reset, so it would start and panic for ever.
 */
#include "platform/stop.h"

#include "platform/cpu.h"

#define DEBUG_EXIT 0xf4 /* QEMU: -device isa-debug-exit,iobase=0xf4,iosize=4 */

#define RESET_CONTROL       0xcf9 /* the chipset's reset control register */
#define RESET_CONTROL_HARD  0x02
#define RESET_CONTROL_NOW   0x06
#define KEYBOARD_COMMAND    0x64
#define KEYBOARD_RESET_LINE 0xfe

enum stop stop_on_panic = STOP_EXIT;

void stop_exit(uint32_t code)
{
    outl(DEBUG_EXIT, code);
}

_Noreturn void stop_halt(void)
{
    for (;;) {
        cpu_interrupts_off();
        cpu_halt(); /* a non-maskable interrupt would end it */
    }
}

/* Tries one way after the other. */
static void reset(void)
{
    static const struct {
        uint64_t octets[2];
    } no_table;

    outb(RESET_CONTROL, RESET_CONTROL_HARD);
    outb(RESET_CONTROL, RESET_CONTROL_NOW);
    outb(KEYBOARD_COMMAND, KEYBOARD_RESET_LINE);
    __asm__ volatile("lidt %0; int3" : : "m"(no_table)); /* no table, no handler: the CPU resets */
}

_Noreturn void stop_panic(void)
{
    if (stop_on_panic == STOP_RESET)
        reset();
    if (stop_on_panic == STOP_EXIT)
        stop_exit(STOP_CODE_PANIC);
    stop_halt();
}
