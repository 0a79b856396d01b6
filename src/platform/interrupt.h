/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts. Here an interrupt only ends a sleep: interrupts are off all the time but for the
 * moment of a sleep. One that comes while they are off stays pending and ends the next sleep at
 * once.
 */
#ifndef PLATFORM_INTERRUPT_H
#define PLATFORM_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* Vectors behind the CPU's 32 exceptions: 16 of the PIC's lines, then those of the local APIC. */
#define INTERRUPT_LINE_0   32
#define INTERRUPT_TIMER    48
#define INTERRUPT_RECEIVE  49 /* the network device has a frame */
#define INTERRUPT_CONFIG   50 /* it has something else to say */
#define INTERRUPT_SPURIOUS 63

/* Sets up both interrupt controllers, with all lines masked. False if there is no local APIC: then
 * there is no way to sleep. */
bool interrupt_init(void);

/* Lets a line of the PIC end a sleep. level: the line is shared and stays active until its device
 * is served (PCI, ACPI); else each rise of the line counts once. False if there is no such line. */
bool interrupt_line(unsigned line, bool level);

/* The message that raises a vector: a device writes data to address. */
struct interrupt_message {
    uint64_t address;
    uint32_t data;
};
struct interrupt_message interrupt_message(uint8_t vector);

/* The next sleep ends at this time of clock_us() at the latest. UINT64_MAX: no limit. */
void interrupt_wake_by(uint64_t due);

/* Sleeps until an interrupt and returns its vector; at once if one is pending. */
uint8_t interrupt_sleep(void);

#endif
