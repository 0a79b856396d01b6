/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's tables: Advanced Configuration and Power Interface 6.4, chapter 5.2. Firmware wrote them,
 * so a table is given out only if its length and its checksum are right.
 */
#ifndef PLATFORM_ACPI_H
#define PLATFORM_ACPI_H

#include <stddef.h>
#include <stdint.h>

struct acpi_table { /* 5.2.6: the header of each table */
    char signature[4];
    uint32_t length; /* octets, with the header */
    uint8_t revision, checksum;
    char oem_id[6], oem_table_id[8];
    uint32_t oem_revision, creator_id, creator_revision;
};

struct acpi_address { /* 5.2.3.2, with the address in two halves as it is not aligned to 8 */
    uint8_t space, width, offset, access;
    uint32_t low, high;
};
#define ACPI_SPACE_IO 1

struct acpi_fadt { /* 5.2.9, as far as we read; the part up to `rest` is always there */
    struct acpi_table header;
    uint32_t firmware_control, dsdt;
    uint8_t reserved, profile;
    uint16_t sci_interrupt;
    uint32_t smi_command;
    uint8_t acpi_enable, acpi_disable, s4bios_request, pstate_control;
    uint32_t pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm2_control, pm_timer, gpe0, gpe1;
    uint8_t pm1_event_length;
    uint8_t rest[119];
    struct acpi_address x_pm_timer;
};
_Static_assert(offsetof(struct acpi_fadt, pm1a_event) == 56, "ACPI's layout");
_Static_assert(offsetof(struct acpi_fadt, pm1_event_length) == 88, "ACPI's layout");
_Static_assert(offsetof(struct acpi_fadt, x_pm_timer) == 208, "ACPI's layout");

/* Where the boot loader says that the root pointer (RSDP) is; 0: it does not say. */
void acpi_init(uint64_t rsdp);

/* The table with this signature; NULL if there is none, or no ACPI. */
const void *acpi_find(const char *signature);

/* The table at a physical address, which other tables name; NULL unless it has this signature. */
const void *acpi_table_at(uint64_t address, const char *signature);

/* The fixed ACPI description table; NULL if there is none. */
const struct acpi_fadt *acpi_fadt(void);

/* The I/O port of the ACPI timer (4.8.3.3); 0 if there is none. */
uint16_t acpi_timer(void);

#endif
