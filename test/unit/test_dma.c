/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands between devices and memory, on machines made of numbers: encrypted memory, and an
 * IOMMU that is there, that translates, or whose table is damaged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PLATFORM_CPU_H /* instead of that header's: the instructions below */

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

static uint32_t highest, highest_extended, encryption;
static uint64_t sev_status;
static bool is_tdx, has_status;

static struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r = {0};
    assert_int_equal(subleaf, 0);
    if (leaf == 0)
        r.eax = highest;
    if (leaf == 0x80000000)
        r.eax = highest_extended;
    if (leaf == 0x8000001f)
        r.eax = encryption;
    if (leaf == 0x21 && is_tdx) {
        memcpy(&r.ebx, "Inte", 4);
        memcpy(&r.edx, "lTDX", 4);
        memcpy(&r.ecx, "    ", 4);
    }
    return r;
}

static uint64_t rdmsr(uint32_t msr)
{
    assert_int_equal(msr, 0xc0010131);
    assert_true(has_status); /* else it would trap */
    return sev_status;
}

#include "platform/dma.c" /* NOLINT(bugprone-suspicious-include): with the instructions above */

static uint8_t table[256];
static bool has_table;
static uint32_t registers[2][0x1000 / 4]; /* of the units at 0xfed90000 and 0x1fed91000 */

const void *acpi_find(const char *signature)
{
    assert_string_equal(signature, "DMAR");
    return has_table ? table : NULL;
}

void *mmu_map_device(uint64_t physical, size_t size)
{
    assert_true(size <= 0x1000);
    assert_true(physical == 0xfed90000 || physical == 0x1fed91000);
    return registers[physical == 0x1fed91000];
}

/* Two units, a structure of another type between. */
static int setup(void **state)
{
    (void)state;
    static const uint8_t structures[] = {
        0, 0, 16, 0, 0, 0, 0, 0, 0, 0,    0xd9, 0xfe, 0, 0, 0, 0,             /* unit */
        1, 0, 20, 0, 0, 0, 0, 0, 1, 0x10, 0xd9, 0xfe, 1, 0, 0, 0, 0, 0, 0, 0, /* other */
        0, 0, 20, 0, 1, 0, 0, 0, 0, 0x10, 0xd9, 0xfe, 1, 0, 0, 0, 1, 2, 3, 4, /* unit */
    };
    highest = 0x16;
    highest_extended = 0x80000008;
    encryption = 0;
    sev_status = 0;
    is_tdx = has_status = has_table = false;
    memset(registers, 0, sizeof registers);
    memset(table, 0, sizeof table);
    memcpy(table + 48, structures, sizeof structures);
    ((struct acpi_table *)table)->length = 48 + sizeof structures;
    return 0;
}

static void ordinary_machine_has_none(void **state)
{
    (void)state;
    assert_null(dma_obstacle());
    highest_extended = 0x8000001f; /* SME is there, SEV is not */
    encryption = 1;
    highest = 0x21;
    assert_null(dma_obstacle());
}

static void encrypted_memory_is_told(void **state)
{
    (void)state;
    highest_extended = 0x8000001f;
    encryption = 3;
    has_status = true;
    assert_null(dma_obstacle()); /* possible, but not for this guest */
    sev_status = 1;
    assert_non_null(strstr(dma_obstacle(), "encrypted"));
    highest_extended = 0x8000001e;
    assert_null(dma_obstacle());
    is_tdx = true;
    assert_null(dma_obstacle()); /* no such leaf */
    highest = 0x21;
    assert_non_null(strstr(dma_obstacle(), "encrypted"));
}

static void translating_iommu_is_told(void **state)
{
    (void)state;
    has_table = true;
    assert_null(dma_obstacle()); /* there, and off */
    for (unsigned unit = 0; unit < 2; unit++) {
        registers[unit][7] = 0x7fffffff; /* all but TES */
        assert_null(dma_obstacle());
        registers[unit][7] = 0x80000000;
        assert_non_null(strstr(dma_obstacle(), "IOMMU"));
        registers[unit][7] = 0;
    }
    registers[1][7] = 0x80000000;
    ((struct acpi_table *)table)->length = 48 + 36; /* the second unit lies behind the end */
    assert_null(dma_obstacle());
}

static void damaged_table_ends(void **state)
{
    (void)state;
    has_table = true;
    memset(table + 48, 0, sizeof table - 48); /* structures of no length */
    assert_null(dma_obstacle());
    ((struct acpi_table *)table)->length = 36; /* not even its own head */
    assert_null(dma_obstacle());
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ordinary_machine_has_none),
        TEST(encrypted_memory_is_told),
        TEST(translating_iommu_is_told),
        TEST(damaged_table_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
