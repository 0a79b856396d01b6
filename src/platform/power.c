/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Power by ACPI's fixed hardware (Advanced Configuration and Power Interface 6.4, chapters 4.8
 * and 5.2).
 *
 * The tables are firmware's and not ours: lengths are bounded and checksums looked at. At boot only
 * what the power button needs is read; \_S5 is looked up in the end.
 */
#include "platform/power.h"

#include "platform/cpu.h"
#include "platform/interrupt.h"
#include "platform/mmu.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DEBUG_EXIT       0xf4 /* QEMU: -device isa-debug-exit,iobase=0xf4,iosize=4; status 2 n + 1 */
#define DEBUG_EXIT_OFF   0x10
#define DEBUG_EXIT_PANIC 0x12

#define RSDP_START 0xe0000 /* 5.2.5.1 */
#define RSDP_END   0x100000
#define RSDP_SIZE  20
#define TABLE_MAX  0x100000 /* octets of a table that we believe in */

#define PM1_STATUS_BUTTON (1U << 8) /* 4.8.4.1.1; written to clear */
#define PM1_ENABLE_BUTTON (1U << 8) /* 4.8.4.1.2 */
#define PM1_CONTROL_SCI   (1U << 0) /* 4.8.4.2.1: in ACPI mode */
#define PM1_CONTROL_SLEEP (1U << 13)
#define PM1_CONTROL_TYPE  10 /* shift of the three bits of the sleep type */

#define RESET_CONTROL       0xcf9 /* the chipset's reset control register */
#define RESET_CONTROL_HARD  0x02
#define RESET_CONTROL_NOW   0x06
#define KEYBOARD_COMMAND    0x64
#define KEYBOARD_RESET_LINE 0xfe

struct rsdp { /* 5.2.5.3, as far as ACPI 1.0 */
    char signature[8];
    uint8_t checksum;
    char oem_id[6];
    uint8_t revision;
    uint32_t rsdt;
};

struct table { /* 5.2.6 */
    char signature[4];
    uint32_t length;
    uint8_t revision, checksum;
    char oem_id[6], oem_table_id[8];
    uint32_t oem_revision, creator_id, creator_revision;
};

struct fadt { /* 5.2.9, as far as we read */
    struct table header;
    uint32_t firmware_control, dsdt;
    uint8_t reserved, profile;
    uint16_t sci_interrupt;
    uint32_t smi_command;
    uint8_t acpi_enable, acpi_disable, s4bios_request, pstate_control;
    uint32_t pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm2_control, pm_timer, gpe0, gpe1;
    uint8_t pm1_event_length;
};
_Static_assert(offsetof(struct fadt, pm1a_event) == 56, "ACPI's layout");
_Static_assert(offsetof(struct fadt, pm1_event_length) == 88, "ACPI's layout");

void (*power_on_panic)(void) = power_exit;

static const struct fadt *fadt; /* NULL: no ACPI */

static bool checksum_right(const void *start, size_t length)
{
    const uint8_t *octet = start;
    uint8_t sum = 0;

    while (length--)
        sum = (uint8_t)(sum + *octet++);
    return sum == 0;
}

/* The table at an address, or NULL if there is none such. */
static const void *table_at(uint32_t address, const char *signature)
{
    if (address == 0)
        return NULL;
    const struct table *t = mmu_map_memory(address, sizeof *t);
    if (memcmp(t->signature, signature, sizeof t->signature) != 0)
        return NULL;
    if (t->length < sizeof *t || t->length > TABLE_MAX)
        return NULL;
    mmu_map_memory(address, t->length);
    return checksum_right(t, t->length) ? t : NULL;
}

static const struct table *find_rsdt(void)
{
    for (uintptr_t address = RSDP_START; address < RSDP_END; address += 16) {
        const struct rsdp *rsdp = (const struct rsdp *)address;
        if (memcmp(rsdp->signature, "RSD PTR ", sizeof rsdp->signature) == 0 &&
            checksum_right(rsdp, RSDP_SIZE))
            return table_at(rsdp->rsdt, "RSDT");
    }
    return NULL;
}

static const struct fadt *find_fadt(void)
{
    const struct table *rsdt = find_rsdt();

    for (uint32_t offset = sizeof *rsdt; rsdt && offset + 4 <= rsdt->length; offset += 4) {
        uint32_t address;
        memcpy(&address, (const char *)rsdt + offset, sizeof address);
        const struct fadt *found = table_at(address, "FACP");
        if (found && found->header.length >= sizeof *found && found->pm1a_event &&
            found->pm1a_control)
            return found;
    }
    return NULL;
}

static uint16_t pm1_status(void)
{
    return (uint16_t)fadt->pm1a_event;
}

static uint16_t pm1_enable(void)
{
    return (uint16_t)(fadt->pm1a_event + fadt->pm1_event_length / 2U);
}

static uint16_t pm1_control(void)
{
    return (uint16_t)fadt->pm1a_control;
}

void power_init(void)
{
    fadt = find_fadt();
    if (!fadt)
        return;
    if (!(inw(pm1_control()) & PM1_CONTROL_SCI) && fadt->smi_command && fadt->acpi_enable)
        outb((uint16_t)fadt->smi_command, fadt->acpi_enable);
    outw(pm1_status(), PM1_STATUS_BUTTON);
    outw(pm1_enable(), PM1_ENABLE_BUTTON);
    interrupt_line(fadt->sci_interrupt, true);
}

uint16_t power_timer(void)
{
    return fadt ? (uint16_t)fadt->pm_timer : 0;
}

bool power_button(void)
{
    if (!fadt || !(inw(pm1_status()) & PM1_STATUS_BUTTON))
        return false;
    outw(pm1_status(), PM1_STATUS_BUTTON);
    return true;
}

/* Finds \_S5's first value, the sleep type: a name, then a package whose elements are small
 * integers (20.2). */
static bool find_s5(uint8_t *type)
{
    enum { PACKAGE = 0x12, ZERO = 0x00, ONE = 0x01, BYTE = 0x0a };
    const struct table *dsdt = table_at(fadt->dsdt, "DSDT");
    const uint8_t *code = (const uint8_t *)dsdt;

    for (uint32_t i = sizeof *dsdt; dsdt && i + 12 <= dsdt->length; i++) {
        if (memcmp(code + i, "_S5_", 4) != 0 || code[i + 4] != PACKAGE)
            continue;
        const uint8_t *element = code + i + 5 + 1 + (code[i + 5] >> 6) + 1; /* length, count */
        if (*element == ZERO || *element == ONE)
            *type = *element;
        else if (*element == BYTE)
            *type = element[1];
        else
            continue;
        return true;
    }
    return false;
}

_Noreturn void power_halt(void)
{
    for (;;) {
        cpu_interrupts_off();
        cpu_halt();
    }
}

_Noreturn void power_off(void)
{
    uint8_t type;

    outl(DEBUG_EXIT, DEBUG_EXIT_OFF);
    if (fadt && find_s5(&type))
        outw(pm1_control(), (uint16_t)((type & 7U) << PM1_CONTROL_TYPE | PM1_CONTROL_SLEEP));
    power_halt();
}

_Noreturn void power_reset(void)
{
    static const struct {
        uint64_t octets[2];
    } no_table;

    outb(RESET_CONTROL, RESET_CONTROL_HARD);
    outb(RESET_CONTROL, RESET_CONTROL_NOW);
    outb(KEYBOARD_COMMAND, KEYBOARD_RESET_LINE);
    __asm__ volatile("lidt %0; int3" : : "m"(no_table)); /* no table, no handler: the CPU resets */
    power_halt();
}

_Noreturn void power_exit(void)
{
    outl(DEBUG_EXIT, DEBUG_EXIT_PANIC);
    power_reset();
}

_Noreturn void power_panic(void)
{
    power_on_panic();
    power_reset(); /* none of the three comes back */
}
