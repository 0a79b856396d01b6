/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unplugging against ports made of memory: which devices are let go of, where the ports are, and what
 * happens on a machine that means something else by this event.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PLATFORM_CPU_H /* instead of that header's: the ports below */

#define EVENTS 0xafe0 /* the event block, and its length */
#define LENGTH 4
#define PORTS  0xae00

static uint8_t event_status, event_enable;
static uint32_t bus_selected, wanted[256], ejected[256];
static bool touched; /* a port of the chipset was */

static uint8_t inb(uint16_t port)
{
    assert_int_equal(port, EVENTS);
    return event_status;
}

static void outb(uint16_t port, uint8_t value)
{
    if (port == EVENTS)
        event_status &= (uint8_t)~value;
    else if (port == EVENTS + LENGTH / 2)
        event_enable = value;
    else
        fail();
}

static uint32_t inl(uint16_t port)
{
    touched = true;
    assert_int_equal(port, PORTS + 4);
    return wanted[bus_selected];
}

static void outl(uint16_t port, uint32_t value)
{
    touched = true;
    if (port == PORTS + 16) {
        bus_selected = value;
        return;
    }
    assert_int_equal(port, PORTS + 8);
    assert_int_equal(value & (value - 1), 0); /* one slot */
    ejected[bus_selected] |= value;
    wanted[bus_selected] &= ~value;
}

#include "platform/hotplug.c" /* NOLINT(bugprone-suspicious-include): no host needs it */

static struct acpi_fadt fadt;
static bool has_fadt;
static struct {
    struct acpi_table header;
    uint8_t code[200];
} dsdt;

const struct acpi_fadt *acpi_fadt(void)
{
    return has_fadt ? &fadt : NULL;
}

const void *acpi_table_at(uint64_t address, const char *signature)
{
    assert_string_equal(signature, "DSDT");
    return address ? &dsdt : NULL;
}

static int setup(void **state)
{
    (void)state;
    static const uint8_t region[] = {0x5b, 0x80, 'P', 'C',  'S',  'T',
                                     0x01, 0x0b, 0,   0xae, 0x0a, 8}; /* at 0xae00, 8 ports */
    memset(wanted, 0, sizeof wanted);
    memset(ejected, 0, sizeof ejected);
    memset(&dsdt, 0, sizeof dsdt);
    fadt.gpe0 = EVENTS;
    fadt.rest[3] = LENGTH; /* 5.2.9: at octet 92 */
    fadt.dsdt = 1;
    has_fadt = true;
    touched = false;
    event_status = 0xff; /* of long ago */
    event_enable = 0;
    status_port = 0;
    memcpy(dsdt.code + 100, "\x5b\x80PCST\x00", 7); /* in memory: not that */
    memcpy(dsdt.code + 150, region, sizeof region);
    dsdt.header.length = sizeof dsdt;
    hotplug_init();
    return 0;
}

static void devices_are_let_go_of(void **state)
{
    (void)state;
    assert_int_equal(event_enable, 2);
    assert_int_equal(event_status, 0xfd);
    wanted[0] = 1U << 3 | 1U << 31;
    wanted[255] = 1;
    hotplug_poll();
    assert_false(touched);
    event_status |= 2;
    hotplug_poll();
    assert_int_equal(event_status, 0xfd);
    assert_true(ejected[0] == (1U << 3 | 1U << 31) && ejected[1] == 0 && ejected[255] == 1);
    touched = false;
    hotplug_poll();
    assert_false(touched);
}

static void event_with_another_meaning_is_not_asked_for_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        setup(NULL);
        if (i == 0)
            dsdt.code[150] = 0;
        else if (i == 1)
            dsdt.header.length = sizeof dsdt.header + 159; /* ends in the middle of it */
        else
            fadt.dsdt = 0;
        event_status = 0xff;
        hotplug_poll();
        assert_int_equal(event_enable, 0);
        event_status = 0xff;
        hotplug_poll();
        assert_int_equal(event_status, 0xff);
        assert_false(touched);
    }
}

static void machine_without_events_is_left_alone(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        event_enable = 0;
        status_port = 0;
        fadt.gpe0 = 0;
        has_fadt = i;
        hotplug_init();
        event_status = 0xff;
        hotplug_poll();
        assert_int_equal(event_enable, 0);
        assert_false(touched);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(devices_are_let_go_of, setup),
        cmocka_unit_test_setup(event_with_another_meaning_is_not_asked_for_again, setup),
        cmocka_unit_test_setup(machine_without_events_is_left_alone, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
