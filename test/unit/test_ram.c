/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which RAM is given away: memory maps and what is in use in them, in all positions to each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/memory.h"
#include "platform/mmu.h"

/* The linker script's symbols: the image is some octets of this program's here. */
__asm__(".data\n.globl image_start, image_end\nimage_start: .skip 64\nimage_end: .byte 0\n.text");

#include "platform/ram.c" /* NOLINT(bugprone-suspicious-include): with the symbols above */

static struct boot_span given[64];
static unsigned count;
static uint64_t mapped_start, mapped_end;

void memory_add(uint64_t start, uint64_t end)
{
    assert_true(start < end);
    if (end > 0x200000) /* the region was mapped just before */
        assert_true(mapped_start == start && mapped_end == end);
    given[count++] = (struct boot_span){start, end};
}

void *mmu_map_memory(uint64_t physical, size_t size)
{
    mapped_start = physical;
    mapped_end = physical + size;
    return NULL;
}

static struct boot_info boot;

static int setup(void **state)
{
    (void)state;
    memset(&boot, 0, sizeof boot);
    count = 0;
    mapped_end = 0;
    return 0;
}

static bool in(const struct boot_span *spans, unsigned spans_count, uint64_t octet)
{
    for (unsigned i = 0; i < spans_count; i++)
        if (octet >= spans[i].start && octet < spans[i].end)
            return true;
    return false;
}

static void image_firmware_and_page_0_are_kept(void **state)
{
    (void)state;
    boot.ram[boot.ram_count++] = (struct boot_span){0, 0x9fc00};
    boot.ram[boot.ram_count++] = (struct boot_span){0x90000, 0x2000000};
    uint64_t image = (uintptr_t)image_start;
    boot.ram[boot.ram_count++] = (struct boot_span){image - 16, image + 80};
    ram_init(&boot);
    const struct boot_span expected[] = {{0x1000, 0x9fc00},
                                         {0x90000, 0xa0000},
                                         {0x100000, 0x2000000},
                                         {image - 16, image},
                                         {image + 64, image + 80}};
    assert_int_equal(count, 5);
    assert_memory_equal(given, expected, sizeof expected);
}

static void nothing_is_given_of_no_ram(void **state)
{
    (void)state;
    ram_init(&boot);
    boot.ram[boot.ram_count++] = (struct boot_span){0xa0000, 0x100000}; /* all of it in use */
    boot.ram[boot.ram_count++] = (struct boot_span){0x200000, 0x200000};
    ram_init(&boot);
    assert_int_equal(count, 0);
}

/* Random spans in 64 octets behind 4 MiB: each octet is given away if and only if it is free. */
static void what_is_free_is_given_and_nothing_else(void **state)
{
    srand(1);
    for (unsigned round = 0; round < 20000; round++) {
        setup(state);
        uint64_t start = 0x400000;
        boot.ram[boot.ram_count++] =
            (struct boot_span){start + (unsigned)rand() % 8, start + 40 + (unsigned)rand() % 24};
        while (boot.used_count < (unsigned)rand() % (BOOT_USED_MAX + 1)) {
            uint64_t from = start + (unsigned)rand() % 64;
            boot.used[boot.used_count++] =
                (struct boot_span){from, from + 1 + (unsigned)rand() % 23};
        }
        ram_init(&boot);
        for (uint64_t octet = start; octet < start + 100; octet++)
            assert_int_equal(in(given, count, octet), in(boot.ram, boot.ram_count, octet) &&
                                                          !in(boot.used, boot.used_count, octet));
        for (unsigned i = 1; i < count; i++)
            assert_true(given[i].start > given[i - 1].end);
    }
}

/* Each octet of the map, used or not, and the image, which lies in none of these. */
static void what_has_ram_is_known(void **state)
{
    (void)state;
    boot.ram[boot.ram_count++] = (struct boot_span){0, 0x9fc00};
    boot.ram[boot.ram_count++] = (struct boot_span){0x400000, 0x7fe0000};
    boot.used[boot.used_count++] = (struct boot_span){0x500000, 0x600000};
    ram_init(&boot);
    assert_true(ram_has(0, 1) && ram_has(0x9fbff, 1) && ram_has(0x9f000, 0x10000));
    assert_true(ram_has(0x400000, 4) && ram_has(0x580000, 4) && ram_has(0x7fdffff, 1));
    assert_true(ram_has(0x3ff000, 0x1001) && ram_has(0x300000, UINT64_MAX - 0x300000));
    assert_false(ram_has(0x9fc00, 0x360400) || ram_has(0x3ff000, 0x1000));
    assert_false(ram_has(0x7fe0000, 0x10000) || ram_has(0xfebf0000, 0x1000));
    assert_false(ram_has(0x500000, 0));
    uint64_t image = (uintptr_t)image_start;
    assert_true(ram_has(image - 16, 17) && ram_has(image + 63, 1));
    assert_false(ram_has(image - 16, 16) || ram_has(image + 64, 1));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(image_firmware_and_page_0_are_kept),
        TEST(nothing_is_given_of_no_ram),
        TEST(what_has_ram_is_known),
        TEST(what_is_free_is_given_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
