/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Power by ACPI's fixed hardware (Advanced Configuration and Power Interface 6.4, chapter 4.8).
 *
 * At boot only what the power button needs is read; \_S5, the way to switch off, is looked up when
 * it is needed.
 */
#include "platform/power.h"

#include "platform/acpi.h"
#include "platform/cpu.h"
#include "platform/interrupt.h"
#include "platform/stop.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PM1_STATUS_BUTTON (1U << 8) /* 4.8.4.1.1; written to clear */
#define PM1_ENABLE_BUTTON (1U << 8) /* 4.8.4.1.2 */
#define PM1_CONTROL_SCI   (1U << 0) /* 4.8.4.2.1: in ACPI mode */
#define PM1_CONTROL_SLEEP (1U << 13)
#define PM1_CONTROL_TYPE  10 /* shift of the three bits of the sleep type */

static const struct acpi_fadt *fadt; /* NULL: no such hardware */

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
    fadt = acpi_fadt();
    if (fadt && (!fadt->pm1a_event || !fadt->pm1a_control))
        fadt = NULL;
    if (!fadt)
        return;
    if (!(inw(pm1_control()) & PM1_CONTROL_SCI) && fadt->smi_command && fadt->acpi_enable)
        outb((uint16_t)fadt->smi_command, fadt->acpi_enable);
    outw(pm1_status(), PM1_STATUS_BUTTON);
    outw(pm1_enable(), PM1_ENABLE_BUTTON);
    interrupt_line(fadt->sci_interrupt, true);
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
    const struct acpi_table *dsdt = acpi_table_at(fadt->dsdt, "DSDT");
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

_Noreturn void power_off(void)
{
    uint8_t type;

    stop_exit(STOP_CODE_OFF);
    if (fadt && find_s5(&type))
        outw(pm1_control(), (uint16_t)((type & 7U) << PM1_CONTROL_TYPE | PM1_CONTROL_SLEEP));
    stop_halt();
}
