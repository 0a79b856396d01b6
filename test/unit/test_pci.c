/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI's configuration space against ports made of memory: which functions a walk finds, and what a
 * device may say of its memory windows, capabilities and messages. PCI Local Bus Specification 3.0.
 */
#include "fake_panic.h"

#define PLATFORM_CPU_H /* instead of that header's: the ports below */

struct function {
    uint8_t bus, device, function;
    uint8_t config[256];
};

static struct function functions[6];
static unsigned function_count, reads;
static uint32_t config_address; /* what CONFIG_ADDRESS holds */
static bool no_pci;

static const struct function *selected(void)
{
    for (unsigned i = 0; i < function_count; i++) {
        const struct function *f = &functions[i];
        if ((config_address >> 8 & 0xffffff) ==
            (0x800000U | (uint32_t)f->bus << 8 | (uint32_t)f->device << 3 | f->function))
            return f;
    }
    return NULL;
}

static uint8_t *place(uint16_t port)
{
    static uint8_t nothing[4];
    const struct function *f = selected();
    memset(nothing, 0xff, sizeof nothing);
    assert_true(port >= 0xcfc && port < 0xd00);
    reads++;
    return f ? (uint8_t *)f->config + (config_address & 0xfc) + (port - 0xcfc)
             : nothing + (port - 0xcfc);
}

static void outl(uint16_t port, uint32_t value)
{
    assert_int_equal(port, 0xcf8);
    config_address = value;
}

static void outw(uint16_t port, uint16_t value)
{
    memcpy(place(port), &value, sizeof value);
}

static uint32_t inl(uint16_t port)
{
    uint32_t value;
    if (port == 0xcf8)
        return no_pci ? UINT32_MAX : config_address;
    memcpy(&value, place(port), sizeof value);
    return value;
}

static uint16_t inw(uint16_t port)
{
    uint16_t value;
    memcpy(&value, place(port), sizeof value);
    return value;
}

static uint8_t inb(uint16_t port)
{
    return *place(port);
}

#include "platform/pci.c" /* NOLINT(bugprone-suspicious-include): with the ports above */

static uint64_t mapped_at, mapped_size;
static uint8_t window[4096];

void *mmu_map_device(uint64_t physical, size_t size)
{
    mapped_at = physical;
    mapped_size = size;
    return window;
}

static uint64_t ram_start, ram_end;

bool ram_has(uint64_t start, uint64_t octets)
{
    return start < ram_end && start + octets > ram_start;
}

struct interrupt_message interrupt_message(uint8_t vector)
{
    return (struct interrupt_message){.address = 0xfee01000, .data = vector};
}

bool interrupt_line(unsigned line, bool level)
{
    return line < 16 && level;
}

static uint8_t *add(uint8_t bus, uint8_t device, uint8_t function, uint16_t id)
{
    struct function *f = &functions[function_count++];
    *f = (struct function){.bus = bus, .device = device, .function = function};
    f->config[0] = 0xf4;
    f->config[1] = 0x1a;
    f->config[2] = (uint8_t)id;
    return f->config;
}

static void put(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
}

static int setup(void **state)
{
    (void)state;
    function_count = reads = 0;
    ram_start = ram_end = 0;
    no_pci = false;
    memset(window, 0, sizeof window);
    return 0;
}

static void walk_visits_every_bus_in_order(void **state)
{
    (void)state;
    static const uint8_t places[][3] = {{0, 0, 0}, {0, 31, 0}, {1, 3, 0}, {64, 0, 0}, {255, 31, 0}};
    for (unsigned i = 0; i < 5; i++)
        add(places[i][0], places[i][1], places[i][2], (uint16_t)i);
    struct pci_device d = {0};
    for (unsigned i = 0; i < 5; i++) {
        assert_true(pci_next(&d));
        assert_true(d.bus == places[i][0] && d.device == places[i][1] && d.function == 0);
        assert_true(d.vendor_id == 0x1af4 && d.device_id == i);
    }
    assert_false(pci_next(&d));
    assert_true(reads < 9000);
}

static void only_devices_with_functions_are_asked_for_them(void **state)
{
    (void)state;
    add(0, 2, 0, 0);
    add(0, 2, 1, 1); /* an alias: function 0 does not say that there are more */
    add(0, 3, 0, 2)[0x0e] = 0x80;
    add(0, 3, 7, 3);
    struct pci_device d = {0};
    static const uint16_t ids[] = {0, 2, 3};
    for (unsigned i = 0; i < 3; i++) {
        assert_true(pci_next(&d));
        assert_int_equal(d.device_id, ids[i]);
    }
    assert_false(pci_next(&d));
}

static void no_mechanism_no_device(void **state)
{
    (void)state;
    struct pci_device d = {0};
    add(0, 0, 0, 0);
    no_pci = true;
    assert_false(pci_next(&d));
    assert_int_equal(reads, 0);
}

/* Maps octets of BAR 0; returns how many there may be, 0 if none. */
static uint64_t map(unsigned bar, uint64_t octets)
{
    uint64_t most = 0;
    struct pci_device d = {0};
    mapped_at = mapped_size = 0;
    return pci_map_bar(&d, bar, octets, &most) ? most : 0;
}

static void bar_is_mapped_as_far_as_asked(void **state)
{
    (void)state;
    uint8_t *config = add(0, 0, 0, 0);
    put(config + 0x10, 0xfe000008); /* prefetchable */
    assert_int_equal(map(0, 0x403000), 0x2000000);
    assert_true(mapped_at == 0xfe000000 && mapped_size == 0x403000);
    put(config + 0x10, 0xfebf4000);
    assert_int_equal(map(0, 0x403000), 0x4000);
    assert_true(mapped_at == 0xfebf4000 && mapped_size == 0x4000); /* no further than it can be */
    put(config + 0x10, 0x0080000c);                                /* of 64 bits */
    put(config + 0x14, 0x00000380);
    assert_int_equal(map(0, 16), 0x800000);
    assert_true(mapped_at == 0x38000800000 && mapped_size == 16);
}

static void bar_must_be_memory_with_an_address(void **state)
{
    (void)state;
    uint8_t *config = add(0, 0, 0, 0);
    put(config + 0x10, 0xc001); /* I/O */
    assert_int_equal(map(0, 1), 0);
    put(config + 0x10, 0x00000008);
    assert_int_equal(map(0, 1), 0);
    put(config + 0x24, 0xfe000004); /* 64 bits, but there is no next one */
    assert_int_equal(map(5, 1), 0);
    assert_int_equal(map(6, 1), 0);
    assert_int_equal(mapped_size, 0);
}

/* Only what is driven counts: how far a window goes is not known. */
static void bar_in_ram_is_a_panic(void **state)
{
    (void)state;
    static const uint32_t addresses[] = {0x00100000, 0x07ff0000, 0x08000000};
    static const char *const expected[] = {
        "PCI 00:00.0: BAR 0 is at 0x100000, where RAM is: firmware has set it wrong",
        "PCI 00:00.0: BAR 0 is at 0x7ff0000, where RAM is: firmware has set it wrong", ""};
    uint8_t *config = add(0, 0, 0, 0);
    ram_start = 0x00100000;
    ram_end = 0x08000000;
    for (unsigned i = 0; i < 3; i++) {
        put(config + 0x10, addresses[i]);
        fake_panic_message[0] = '\0';
        fake_panic_expected = i < 2;
        if (setjmp(fake_panic_jump) == 0)
            map(0, 0x4000);
        assert_int_equal(mapped_size, i < 2 ? 0 : 0x4000);
        assert_string_equal(fake_panic_message, expected[i]);
    }
    put(config + 0x10, 0x000fc000);
    assert_int_equal(map(0, 0x4001), 0x4000); /* it ends where RAM begins */
}

static void circle_of_capabilities_ends(void **state)
{
    (void)state;
    struct pci_device d = {0};
    uint8_t *config = add(0, 0, 0, 0);
    config[0x06] = 0x10;
    config[0x34] = 0x40;
    config[0x40] = 5;
    config[0x41] = 0x50;
    config[0x50] = 9;
    config[0x51] = 0x40;
    assert_int_equal(pci_capability(&d, 9, 0), 0x50);
    assert_int_equal(pci_capability(&d, 9, 0x50), 0x50);
    assert_int_equal(pci_capability(&d, 17, 0), 0);
    config[0x06] = 0;
    assert_int_equal(pci_capability(&d, 9, 0), 0);
}

static void messages_are_set_where_the_table_is(void **state)
{
    (void)state;
    struct pci_device d = {0};
    static const uint8_t vectors[] = {50, 49};
    uint8_t *config = add(0, 0, 0, 0);
    config[0x06] = 0x10;
    config[0x34] = 0x40;
    config[0x40] = 0x11;
    put(config + 0x14, 0xfe001000);
    assert_int_equal(pci_msix(&d, vectors, 2), 0); /* a table in a BAR that is not there */
    config[0x44] = 1;
    config[0x42] = 2; /* three messages */
    config[0x43] = 0x40;
    assert_int_equal(pci_msix(&d, vectors, 2), 2);
    static const uint32_t table[] = {0xfee01000, 0, 50, 0, 0xfee01000, 0, 49, 0};
    assert_memory_equal(window, table, sizeof table);
    assert_int_equal(config[0x43], 0x80); /* enabled, and none masked */
    config[0x42] = 0;
    assert_int_equal(pci_msix(&d, vectors, 2), 1);
    put(config + 0x44, 0xff1);
    assert_int_equal(pci_msix(&d, vectors, 2), 1);
    put(config + 0x44, 0xff9);
    assert_int_equal(pci_msix(&d, vectors, 2), 0); /* beyond the end */
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(walk_visits_every_bus_in_order),
        TEST(only_devices_with_functions_are_asked_for_them),
        TEST(no_mechanism_no_device),
        TEST(bar_is_mapped_as_far_as_asked),
        TEST(bar_must_be_memory_with_an_address),
        TEST(bar_in_ram_is_a_panic),
        TEST(circle_of_capabilities_ends),
        TEST(messages_are_set_where_the_table_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
