/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio over PCI against a function made of memory: which device is found, which structures, what
 * is refused, and which registers are written. What registers do is left to a real machine.
 * VIRTIO 1.2, 4.1.
 */
#include "fake_device.h"

#include <stdlib.h>

#include "platform/pci.h"
#include "virtio/virtio_pci.h"

#define BAR_SIZE      0x4000
#define CAP_COMMON    0x40 /* where the capabilities are */
#define CAP_DEVICE    0x54
#define CAP_NOTIFY    0x68
#define COMMON        0x0000 /* where the structures are */
#define ISR           0x1000
#define DEVICE        0x2000
#define NOTIFY        0x3000
#define OFF_MULTIPLER 4

static struct fake_device fake; /* for the memory; its operations are not used */
static struct virtio v;
static struct virtio_queue q;

static struct pci_device functions[4];
static unsigned count;                         /* of functions */
static uint8_t config[256];                    /* configuration space of all of them */
static _Alignas(64) uint8_t bars[6][BAR_SIZE]; /* BAR 0 is in I/O space */
static unsigned enabled;                       /* calls of pci_enable */
static unsigned line_enabled;                  /* calls of pci_line */
static unsigned messages;                      /* of MSI-X */
static bool no_line;
static uint8_t *bar_2 = bars[2]; /* what BAR 2 points to, and its size */
static uint64_t bar_2_size = BAR_SIZE;
static uint64_t mapped; /* octets of BAR 2 that the driver may touch */

bool pci_next(struct pci_device *d)
{
    for (unsigned i = 0; i < count; i++)
        if (d->vendor_id == 0 || (d->bus == functions[i].bus && d->device < functions[i].device)) {
            *d = functions[i];
            return true;
        }
    return false;
}

uint8_t pci_read8(const struct pci_device *d, uint8_t offset)
{
    (void)d;
    return config[offset];
}

uint32_t pci_read32(const struct pci_device *d, uint8_t offset)
{
    (void)d;
    uint32_t value;
    assert_int_equal(offset % 4, 0);
    memcpy(&value, config + offset, sizeof value);
    return value;
}

uint8_t pci_capability(const struct pci_device *d, uint8_t id, uint8_t after)
{
    (void)d;
    uint8_t at = after == 0 ? config[0x34] : config[after + 1];
    while (at != 0 && config[at] != id)
        at = config[at + 1];
    return at;
}

volatile void *pci_map_bar(const struct pci_device *d, unsigned bar, uint64_t octets,
                           uint64_t *most)
{
    (void)d;
    assert_true(bar < 6);
    if (bar == 0)
        return NULL;
    *most = bar == 2 ? bar_2_size : BAR_SIZE;
    if (bar == 2)
        mapped = octets;
    return bar == 2 ? bar_2 : bars[bar];
}

void pci_enable(const struct pci_device *d)
{
    assert_int_equal(d->vendor_id, 0x1af4);
    enabled++;
}

unsigned pci_msix(const struct pci_device *d, const uint8_t *vectors, unsigned wanted)
{
    (void)d;
    assert_true(wanted == 2 && vectors[0] >= 32 && vectors[1] >= 32 && vectors[0] != vectors[1]);
    return messages < wanted ? messages : wanted;
}

bool pci_line(const struct pci_device *d)
{
    (void)d;
    line_enabled++;
    return !no_line;
}

static void put32(unsigned offset, uint32_t value)
{
    memcpy(config + offset, &value, sizeof value);
}

static void put_capability(unsigned at, unsigned next, uint8_t type, uint8_t bar, uint32_t offset,
                           uint32_t length)
{
    const uint8_t head[8] = {0x09, (uint8_t)next, type == 2 ? 20 : 16, type, bar};
    memcpy(config + at, head, sizeof head);
    put32(at + 8, offset);
    put32(at + 12, length);
}

static uint32_t get(unsigned bar, unsigned offset, unsigned width)
{
    uint32_t value = 0;
    memcpy(&value, bars[bar] + offset, width);
    return value;
}

static void put(unsigned bar, unsigned offset, uint16_t value)
{
    memcpy(bars[bar] + offset, &value, sizeof value);
}

/* As QEMU's: all in BAR 4, with a capability of another kind between. */
static int setup(void **state)
{
    (void)state;
    fake_start(&fake);
    memset(config, 0, sizeof config);
    memset(bars, 0, sizeof bars);
    enabled = line_enabled = messages = 0;
    no_line = false;
    count = 2;
    functions[0] = (struct pci_device){.device = 1, .vendor_id = 0x8086, .device_id = 0x1237};
    functions[1] = (struct pci_device){.device = 3, .vendor_id = 0x1af4, .device_id = 0x1041};
    config[0x34] = CAP_COMMON;
    put_capability(CAP_COMMON, CAP_DEVICE, 1, 4, COMMON, 0x1000);
    put_capability(CAP_DEVICE, 0x90, 4, 4, DEVICE, 0x1000);
    config[0x90] = 0x11; /* MSI-X */
    config[0x91] = CAP_NOTIFY;
    put_capability(CAP_NOTIFY, 0, 2, 4, NOTIFY, 0x1000);
    put32(CAP_NOTIFY + 16, OFF_MULTIPLER);
    return 0;
}

static void find(void)
{
    virtio_pci_find(&v, VIRTIO_ID_NET);
}

static void modern_device_is_found(void **state)
{
    (void)state;
    find();
    assert_string_equal(v.name, "virtio 00:03.0 (1af4:1041)");
    assert_int_equal(v.config_size, 0x1000);
    assert_int_equal(enabled, 1);
}

static void transitional_device_is_found(void **state)
{
    (void)state;
    functions[1].device_id = 0x1000;
    find();
    assert_string_equal(v.name, "virtio 00:03.0 (1af4:1000)");
}

static void nothing_else_is_found(void **state)
{
    (void)state;
    functions[1].device_id = 0x1042; /* a disk */
    expect_panic("no virtio device of type 1 among 2 functions", find());
    functions[1].device_id = 0x1001; /* a transitional one */
    expect_panic("no virtio device of type 1 among 2 functions", find());
    functions[1] = (struct pci_device){.device = 3, .vendor_id = 0x8086, .device_id = 0x1041};
    expect_panic("no virtio device of type 1 among 2 functions", find());
    functions[1].device_id = 0x1000;
    expect_panic("no virtio device of type 1 among 2 functions", find());
    count = 0;
    expect_panic("PCI: no device found", find());
}

static void legacy_device_is_refused(void **state)
{
    (void)state;
    functions[1].device_id = 0x1000;
    config[0x34] = 0x90;
    config[0x91] = 0;
    expect_panic("virtio 00:03.0 (1af4:1000): has no virtio 1.0 interface in memory", find());
    assert_int_equal(enabled, 0);
}

static void both_structures_are_needed(void **state)
{
    (void)state;
    config[CAP_COMMON + 3] = 99;
    expect_panic("has no virtio 1.0 interface in memory", find());
    config[CAP_COMMON + 3] = 1;
    config[CAP_NOTIFY + 3] = 99;
    expect_panic("has no virtio 1.0 interface in memory", find());
}

static void first_structure_in_memory_is_used(void **state)
{
    (void)state;
    put_capability(0xa0, 0xb0, 1, 0, 0, 0x1000);   /* in I/O space */
    put_capability(0xb0, 0xc0, 1, 6, 0, 0x1000);   /* no such BAR: reserved */
    put_capability(0xc0, CAP_COMMON, 99, 4, 1, 0); /* no such structure: reserved */
    config[0x34] = 0xa0;
    put_capability(0xd0, 0, 1, 2, 0, 0x1000); /* a second one */
    config[CAP_NOTIFY + 1] = 0xd0;
    find();
    v.ops->set_status(&v, 1);
    assert_int_equal(get(4, COMMON + 20, 1), 1);
    assert_int_equal(get(2, 20, 1), 0);
}

static void circle_of_capabilities_ends(void **state)
{
    (void)state;
    config[CAP_COMMON + 3] = 99;
    config[CAP_NOTIFY + 1] = CAP_COMMON;
    expect_panic("has no virtio 1.0 interface in memory", find());
}

static void structure_must_lie_in_its_bar(void **state)
{
    (void)state;
    static const unsigned caps[] = {CAP_COMMON, CAP_DEVICE, CAP_NOTIFY};
    for (volatile unsigned i = 0; i < 3; i++) {
        setup(NULL);
        put32(caps[i] + 8, BAR_SIZE - 0x1000 + 4);
        expect_panic(" of BAR 4, expected ", find());
        put32(caps[i] + 8, BAR_SIZE - 0x1000);
        find();
        put32(caps[i] + 12, 0xfffff000); /* its end wraps at 32 bits */
        expect_panic(" of BAR 4, expected ", find());
    }
}

static void structure_must_be_aligned_and_large_enough(void **state)
{
    (void)state;
    put32(CAP_COMMON + 8, 2);
    expect_panic("structure 1: 4096 octets at offset 0x2 of BAR 4", find());
    put32(CAP_COMMON + 8, 0);
    put32(CAP_DEVICE + 8, DEVICE + 2);
    expect_panic("structure 4: 4096 octets at offset 0x2002 of BAR 4", find());
    put32(CAP_DEVICE + 8, DEVICE);
    put32(CAP_NOTIFY + 8, NOTIFY - 1);
    expect_panic("structure 2: 4096 octets at offset 0x2fff of BAR 4", find());
    put32(CAP_NOTIFY + 8, NOTIFY - 2);
    find();
    put32(CAP_COMMON + 12, 55);
    expect_panic("structure 1: 55 octets at offset 0x0 of BAR 4, expected at least 56", find());
    put32(CAP_COMMON + 12, 56);
    put32(CAP_NOTIFY + 12, 1);
    expect_panic("structure 2: 1 octets", find());
    put32(CAP_NOTIFY + 12, 2);
    find();
}

static void device_without_configuration_has_none(void **state)
{
    (void)state;
    config[CAP_DEVICE + 3] = 99;
    find();
    assert_int_equal(v.config_size, 0);
}

static void unplugged_device_is_not_present(void **state)
{
    (void)state;
    put32(0, 0x10411af4);
    find();
    assert_true(v.ops->present(&v));
    put32(0, 0xffffffff);
    assert_false(v.ops->present(&v));
}

static void features_are_two_words(void **state)
{
    (void)state;
    find();
    put(4, COMMON + 4, 0xbeef);
    assert_true(v.ops->features(&v) == 0xbeef0000beef);
    assert_int_equal(get(4, COMMON, 4), 1); /* device_feature_select: the high word came last */
    v.ops->set_features(&v, 0x123456789);
    assert_int_equal(get(4, COMMON + 8, 4), 1);
    assert_int_equal(get(4, COMMON + 12, 4), 1); /* of 0x1 23456789 */
}

static void configuration_is_little_endian(void **state)
{
    (void)state;
    find();
    put(4, DEVICE + 10, 0x2328);
    bars[4][COMMON + 21] = 200;
    assert_int_equal(virtio_config8(&v, 10), 0x28);
    assert_int_equal(virtio_config16(&v, 10), 0x2328);
    assert_int_equal(v.ops->config_generation(&v), 200);
}

static void start_queue(uint16_t index, uint16_t notify_off)
{
    put(4, COMMON + 24, 1024);
    put(4, COMMON + 30, notify_off);
    assert_int_equal(v.ops->queue_size(&v, index), 1024);
    assert_int_equal(get(4, COMMON + 22, 2), index);
    q = (struct virtio_queue){.desc = (void *)0x123456780,
                              .driver = (void *)0x234567890,
                              .device = (void *)0x3456789a0,
                              .index = index,
                              .size = 256};
    assert_true(v.ops->queue_enable(&v, &q));
}

static void queue_is_enabled(void **state)
{
    (void)state;
    find();
    start_queue(1, 3);
    assert_int_equal(get(4, COMMON + 22, 2), 1);
    assert_int_equal(get(4, COMMON + 24, 2), 256);
    assert_int_equal(get(4, COMMON + 28, 2), 1);
    static const uint32_t addresses[] = {0x23456780, 1, 0x34567890, 2, 0x456789a0, 3};
    assert_memory_equal(bars[4] + COMMON + 32, addresses, sizeof addresses);
}

static void interrupts_are_messages(void **state)
{
    (void)state;
    messages = 4;
    find();
    put(4, COMMON + 16, 0xffff);
    assert_true(v.ops->interrupts_enable(&v));
    assert_int_equal(get(4, COMMON + 16, 2), 0);
    assert_int_equal(line_enabled, 0);
    put(4, COMMON + 26, 0xffff);
    start_queue(1, 0);
    assert_int_equal(get(4, COMMON + 26, 2), 0xffff); /* only for a queue with q.interrupts */
    q.interrupts = true;
    v.ops->queue_enable(&v, &q);
    assert_int_equal(get(4, COMMON + 26, 2), 1);
    v.ops->interrupts_serve(&v);
    messages = 1; /* one for all */
    find();
    assert_true(v.ops->interrupts_enable(&v));
    v.ops->queue_enable(&v, &q);
    assert_int_equal(get(4, COMMON + 26, 2), 0);
}

static void interrupts_are_a_line(void **state)
{
    (void)state;
    put_capability(0xa0, CAP_COMMON, 3, 4, ISR, 1);
    config[0x34] = 0xa0;
    find();
    put(4, COMMON + 16, 0xffff);
    put(4, COMMON + 26, 0xffff);
    assert_true(v.ops->interrupts_enable(&v));
    assert_true(v.ops->interrupts_enable(&v)); /* after a reset */
    assert_int_equal(line_enabled, 1);
    start_queue(0, 0);
    q.interrupts = true;
    v.ops->queue_enable(&v, &q);
    assert_int_equal(get(4, COMMON + 16, 2), 0xffff);
    assert_int_equal(get(4, COMMON + 26, 2), 0xffff);
    v.ops->interrupts_serve(&v);
    no_line = true; /* firmware gave it none */
    find();
    assert_false(v.ops->interrupts_enable(&v));
}

static void notification_goes_where_the_device_says(void **state)
{
    (void)state;
    find();
    start_queue(0, 3);
    start_queue(1, 7);
    put(4, NOTIFY + 3 * OFF_MULTIPLER, 0xffff);
    v.ops->notify(&v, 0);
    assert_int_equal(get(4, NOTIFY + 3 * OFF_MULTIPLER, 4), 0);
    v.ops->notify(&v, 1);
    assert_int_equal(get(4, NOTIFY + 7 * OFF_MULTIPLER, 4), 1);
    put32(CAP_NOTIFY + 16, 0); /* one place for all queues */
    find();
    start_queue(1, 0x1234);
    v.ops->notify(&v, 1);
    assert_int_equal(get(4, NOTIFY, 2), 1);
}

/* QEMU's page-per-vq=on: a page a queue, 4 MiB of them. */
static void notification_may_be_megabytes_away(void **state)
{
    (void)state;
    bar_2_size = 8 << 20;
    bar_2 = calloc(1, bar_2_size);
    put_capability(CAP_NOTIFY, 0, 2, 2, NOTIFY, 4 << 20);
    put32(CAP_NOTIFY + 16, 4096);
    find();
    assert_true(mapped == NOTIFY + (4 << 20));
    start_queue(1, 1023);
    v.ops->notify(&v, 1);
    assert_int_equal(bar_2[NOTIFY + 1023 * 4096], 1);
    expect_panic("queue 1: notification at offset 4194304", start_queue(1, 1024));
    free(bar_2);
    bar_2 = bars[2];
    bar_2_size = BAR_SIZE;
}

static void notification_outside_is_refused(void **state)
{
    (void)state;
    find();
    start_queue(1, 0x3ff);
    put(4, COMMON + 28, 0);
    expect_panic("queue 1: notification at offset 4096, expected an even one in the 4096 octets",
                 start_queue(1, 0x400));
    assert_int_equal(get(4, COMMON + 28, 2), 0); /* not enabled */
    assert_int_equal(get(4, COMMON + 20, 1), 0x80);
    put32(CAP_NOTIFY + 12, 0xffd);
    find();
    expect_panic("queue 1: notification at offset 4092", start_queue(1, 0x3ff));
    put32(CAP_NOTIFY + 16, 0x80000000); /* 2 * 0x80000000 is not 0 */
    find();
    expect_panic("queue 1: notification at offset 4294967296", start_queue(1, 2));
    put32(CAP_NOTIFY + 16, 1);
    find();
    expect_panic("queue 1: notification at offset 3, ", start_queue(1, 3));
    expect_panic("queue 3: ", start_queue(3, 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(modern_device_is_found),
        TEST(transitional_device_is_found),
        TEST(nothing_else_is_found),
        TEST(legacy_device_is_refused),
        TEST(both_structures_are_needed),
        TEST(first_structure_in_memory_is_used),
        TEST(circle_of_capabilities_ends),
        TEST(structure_must_lie_in_its_bar),
        TEST(structure_must_be_aligned_and_large_enough),
        TEST(device_without_configuration_has_none),
        TEST(unplugged_device_is_not_present),
        TEST(features_are_two_words),
        TEST(configuration_is_little_endian),
        TEST(queue_is_enabled),
        TEST(interrupts_are_messages),
        TEST(interrupts_are_a_line),
        TEST(notification_goes_where_the_device_says),
        TEST(notification_may_be_megabytes_away),
        TEST(notification_outside_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
