/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unplugging of PCI devices: see the header. The machine raises general-purpose event 1 (ACPI 6.4,
 * 4.8.5.1); which devices are meant stands in ports of the chipset, whose place the machine's
 * bytecode tells by the name PCST. It is looked up at the first event.
 */
#include "platform/hotplug.h"

#include "platform/acpi.h"
#include "platform/cpu.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EVENT       (1U << 1) /* in the first octet of the events' status and enable bits */
#define GPE0_LENGTH 3         /* in fadt->rest: octets of status and enable bits together */

/* Offsets of ports, each of 32 bits with one for each slot of the bus */
#define DOWN  4  /* read: it is to be taken out */
#define EJECT 8  /* written: it may be */
#define BUS   16 /* a number: which bus the other ports are about */
#define BUSES 256

static uint16_t status_port, enable_port; /* of the events; 0: there are none */

void hotplug_init(void)
{
    const struct acpi_fadt *fadt = acpi_fadt();

    if (!fadt || !fadt->gpe0)
        return;
    status_port = (uint16_t)fadt->gpe0;
    enable_port = (uint16_t)(status_port + fadt->rest[GPE0_LENGTH] / 2);
    outb(status_port, EVENT);
    outb(enable_port, EVENT);
}

/* Operation region PCST in I/O space (20.2.5.2), whose offset is a word; 0 if there is none. */
static uint16_t find_ports(void)
{
    static const char region[] = "\x5b\x80PCST\x01\x0b";
    const struct acpi_table *dsdt = acpi_table_at(acpi_fadt()->dsdt, "DSDT");
    const uint8_t *code = (const uint8_t *)dsdt;

    for (uint32_t i = sizeof *dsdt; dsdt && i + 10 <= dsdt->length; i++)
        if (memcmp(code + i, region, sizeof region - 1) == 0)
            return (uint16_t)(code[i + 8] | code[i + 9] << 8);
    return 0;
}

void hotplug_poll(void)
{
    uint16_t ports;

    if (!status_port || !(inb(status_port) & EVENT))
        return;
    outb(status_port, EVENT);
    ports = find_ports();
    if (!ports) { /* the event means something else here */
        outb(enable_port, 0);
        status_port = 0;
        return;
    }
    for (uint32_t bus = 0; bus < BUSES; bus++) {
        uint32_t down;
        outl((uint16_t)(ports + BUS), bus);
        down = inl((uint16_t)(ports + DOWN));
        for (uint32_t slot = 1; slot != 0; slot <<= 1)
            if (down & slot)
                outl((uint16_t)(ports + EJECT), slot);
    }
}
