/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's tables in low memory of our own: which are found, by which way, and what is refused.
 * ACPI 6.4, 5.2.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/mman.h>

#include "platform/acpi.c" /* NOLINT(bugprone-suspicious-include): no host needs it */

#define TABLES      0x10000000 /* where they lie: pointers in them have 32 bits */
#define TABLES_SIZE 0x10000
#define BIOS        0xe0000 /* where a root pointer is looked for */
#define BIOS_SIZE   0x20000

#define RSDT (TABLES + 0x100)
#define XSDT (TABLES + 0x200)
#define FADT (TABLES + 0x1000)
#define DMAR (TABLES + 0x2000)

void *mmu_map_memory(uint64_t physical, size_t size)
{
    (void)size;
    return (void *)(uintptr_t)physical;
}

static void *at(uint64_t place)
{
    return (void *)(uintptr_t)place;
}

static uint8_t rest_of_sum(const uint8_t *octets, size_t length)
{
    uint8_t sum = 0;
    while (length--)
        sum = (uint8_t)(sum - *octets++);
    return sum;
}

static struct acpi_table *make(uint64_t place, const char *signature, uint32_t length)
{
    struct acpi_table *t = at(place);
    memcpy(t->signature, signature, 4);
    t->length = length;
    t->checksum = 0;
    t->checksum = rest_of_sum(at(place), length);
    return t;
}

static void make_root_pointer(uint64_t place, uint8_t revision, uint32_t rsdt, uint64_t xsdt)
{
    static const char signature[8] = "RSD PTR ";
    uint8_t *octets = at(place);
    memset(octets, 0, 36);
    memcpy(octets, signature, sizeof signature);
    octets[15] = revision;
    memcpy(octets + 16, &rsdt, 4);
    memcpy(octets + 24, &xsdt, 8);
    octets[8] = rest_of_sum(octets, 20);
}

/* A root pointer in the BIOS, an RSDT with two tables behind it, no XSDT. */
static int setup(void **state)
{
    (void)state;
    static const uint32_t entries[] = {DMAR, FADT};
    memset(at(TABLES), 0, TABLES_SIZE);
    memset(at(BIOS), 0, BIOS_SIZE);
    memcpy((uint8_t *)at(RSDT) + sizeof(struct acpi_table), entries, sizeof entries);
    make(RSDT, "RSDT", sizeof(struct acpi_table) + sizeof entries);
    struct acpi_fadt *fadt = at(FADT);
    fadt->pm_timer = 0x608;
    make(FADT, "FACP", 116);
    make(DMAR, "DMAR", 48);
    make_root_pointer(BIOS + BIOS_SIZE - 48, 0, RSDT, 0);
    acpi_init(0);
    return 0;
}

static void tables_are_found_by_a_scan(void **state)
{
    (void)state;
    assert_ptr_equal(acpi_find("FACP"), at(FADT));
    assert_ptr_equal(acpi_find("DMAR"), at(DMAR));
    assert_null(acpi_find("MCFG"));
}

static void loader_s_pointer_comes_first(void **state)
{
    (void)state;
    make_root_pointer(TABLES, 0, RSDT, 0);
    make_root_pointer(BIOS, 0, RSDT + 4, 0);
    memset(at(BIOS + BIOS_SIZE - 48), 0, 20);
    assert_null(acpi_find("FACP"));
    acpi_init(TABLES);
    assert_ptr_equal(acpi_find("FACP"), at(FADT));
    acpi_init(TABLES + 16); /* there is none: then by a scan */
    make_root_pointer(BIOS, 0, RSDT, 0);
    assert_ptr_equal(acpi_find("FACP"), at(FADT));
}

static void wide_root_table_comes_first(void **state)
{
    (void)state;
    uint64_t entry = FADT;
    memcpy((uint8_t *)at(XSDT) + sizeof(struct acpi_table), &entry, sizeof entry);
    make(XSDT, "XSDT", sizeof(struct acpi_table) + sizeof entry);
    make_root_pointer(TABLES, 2, 0, XSDT);
    acpi_init(TABLES);
    assert_ptr_equal(acpi_find("FACP"), at(FADT));
    assert_null(acpi_find("DMAR"));
    make_root_pointer(TABLES, 0, RSDT, XSDT); /* of a revision that has none */
    acpi_init(TABLES);
    assert_ptr_equal(acpi_find("DMAR"), at(DMAR));
    make_root_pointer(TABLES, 2, RSDT, 0);
    acpi_init(TABLES);
    assert_ptr_equal(acpi_find("DMAR"), at(DMAR));
}

static void what_is_wrong_is_not_found(void **state)
{
    (void)state;
    uint8_t *octets = at(FADT);
    octets[60] ^= 1;
    assert_null(acpi_find("FACP"));
    octets[60] ^= 1;
    assert_non_null(acpi_find("FACP"));
    make(FADT, "FACP", 35); /* shorter than a header */
    assert_null(acpi_find("FACP"));
    make(FADT, "FACP", 88);
    assert_non_null(acpi_find("FACP"));
    assert_null(acpi_fadt()); /* shorter than what every one has */
    ((struct acpi_table *)at(FADT))->length = 0x100001;
    assert_null(acpi_find("FACP"));
    *((uint8_t *)at(BIOS + BIOS_SIZE - 48) + 9) = 1; /* the root pointer's own sum */
    acpi_init(0);
    assert_null(acpi_find("DMAR"));
}

static void timer_is_found_in_either_field(void **state)
{
    (void)state;
    struct acpi_fadt *fadt = at(FADT);
    assert_int_equal(acpi_timer(), 0x608);
    fadt->pm_timer = 0;
    fadt->x_pm_timer = (struct acpi_address){.space = ACPI_SPACE_IO, .low = 0x708};
    make(FADT, "FACP", 220);
    assert_int_equal(acpi_timer(), 0x708);
    make(FADT, "FACP", 219); /* the field is not all there */
    assert_int_equal(acpi_timer(), 0);
    fadt->x_pm_timer.space = 0; /* memory */
    make(FADT, "FACP", 220);
    assert_int_equal(acpi_timer(), 0);
    memset(at(FADT), 0, 4);
    assert_int_equal(acpi_timer(), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tables_are_found_by_a_scan),     TEST(loader_s_pointer_comes_first),
        TEST(wide_root_table_comes_first),    TEST(what_is_wrong_is_not_found),
        TEST(timer_is_found_in_either_field),
    };
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    if (mmap(at(TABLES), TABLES_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0) != at(TABLES) ||
        mmap(at(BIOS), BIOS_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0) != at(BIOS))
        abort();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
