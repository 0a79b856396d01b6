/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts, which here only end a sleep: from boot on they are off, and on only while the CPU
 * halts. What comes meanwhile stays pending and ends the next sleep at once.
 */
#ifndef PLATFORM_INTERRUPT_H
#define PLATFORM_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* Vectors of the 32 that trap.c leaves: 16 of the PIC's lines, then those of the local APIC. */
#define INTERRUPT_LINE_0   32
#define INTERRUPT_TIMER    48
#define INTERRUPT_RECEIVE  49 /* the network device has a frame */
#define INTERRUPT_CONFIG   50 /* it has something else to say */
#define INTERRUPT_SPURIOUS 63

/* Sets both interrupt controllers up, all lines masked. False if there is no local APIC: then there
 * is no way to sleep. */
bool interrupt_init(void);

/* Lets a line of the PIC end a sleep. level: the line is shared and stays up until its device is
 * served (PCI, ACPI), else a change counts. False if there is no such line. */
bool interrupt_line(unsigned line, bool level);

/* What a device writes where to raise a vector: its message. */
struct interrupt_message {
    uint64_t address;
    uint32_t data;
};
struct interrupt_message interrupt_message(uint8_t vector);

/* Sees to it that a sleep ends no later than at this time of clock_us(); UINT64_MAX for never. May
 * end it earlier. */
void interrupt_wake_by(uint64_t due);

/* Sleeps until an interrupt and returns its vector; at once if one is pending. */
uint8_t interrupt_sleep(void);

#endif
