/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds ACPI's tables: see the header. The search begins with the first call, so a boot that needs
 * no table before its first answer does not wait for one.
 */
#include "platform/acpi.h"

#include "platform/mmu.h"

#include <stdbool.h>
#include <string.h>

#define RSDP_START   0xe0000 /* 5.2.5.1 */
#define RSDP_END     0x100000
#define RSDP_SUMMED  20       /* octets that the first checksum covers */
#define RSDP_HAS_X   2        /* the first revision that has an XSDT */
#define TABLE_MAX    0x100000 /* octets: no table is longer */
#define FADT_MINIMUM offsetof(struct acpi_fadt, rest)

struct rsdp { /* 5.2.5.3 */
    char signature[8];
    uint8_t checksum;
    char oem_id[6];
    uint8_t revision;
    uint32_t rsdt, length, xsdt_low, xsdt_high;
};

static uint64_t told;                 /* the RSDP's address by the boot loader; 0: unknown */
static const struct acpi_table *root; /* RSDT or XSDT, whose entries are addresses of tables */
static uint32_t entry_size;           /* octets of an entry: 4 or 8 */

void acpi_init(uint64_t rsdp)
{
    told = rsdp;
    root = NULL;
}

static bool checksum_right(const void *start, size_t length)
{
    const uint8_t *octet = start;
    uint8_t sum = 0;

    while (length--)
        sum = (uint8_t)(sum + *octet++);
    return sum == 0;
}

const void *acpi_table_at(uint64_t address, const char *signature)
{
    if (address == 0)
        return NULL;
    const struct acpi_table *t = mmu_map_memory(address, sizeof *t);
    if (memcmp(t->signature, signature, sizeof t->signature) != 0)
        return NULL;
    if (t->length < sizeof *t || t->length > TABLE_MAX)
        return NULL;
    mmu_map_memory(address, t->length);
    return checksum_right(t, t->length) ? t : NULL;
}

/* Takes the root table that a root pointer names. False if this is no root pointer. */
static bool take_root(const struct rsdp *rsdp)
{
    if (memcmp(rsdp->signature, "RSD PTR ", sizeof rsdp->signature) != 0 ||
        !checksum_right(rsdp, RSDP_SUMMED))
        return false;
    if (rsdp->revision >= RSDP_HAS_X) {
        root = acpi_table_at((uint64_t)rsdp->xsdt_high << 32 | rsdp->xsdt_low, "XSDT");
        entry_size = 8;
    }
    if (!root) {
        root = acpi_table_at(rsdp->rsdt, "RSDT");
        entry_size = 4;
    }
    return root != NULL;
}

static void find_root(void)
{
    if (told != 0 && take_root(mmu_map_memory(told, sizeof(struct rsdp))))
        return;
    for (uintptr_t address = RSDP_START; address < RSDP_END; address += 16)
        if (take_root((const struct rsdp *)address))
            return;
}

const void *acpi_find(const char *signature)
{
    if (!root)
        find_root();
    for (uint32_t at = sizeof *root; root && at + entry_size <= root->length; at += entry_size) {
        uint64_t address = 0;
        memcpy(&address, (const char *)root + at, entry_size);
        const void *found = acpi_table_at(address, signature);
        if (found)
            return found;
    }
    return NULL;
}

const struct acpi_fadt *acpi_fadt(void)
{
    const struct acpi_fadt *fadt = acpi_find("FACP");
    return fadt && fadt->header.length >= FADT_MINIMUM ? fadt : NULL;
}

uint16_t acpi_timer(void)
{
    const struct acpi_fadt *fadt = acpi_fadt();

    if (!fadt)
        return 0;
    if (fadt->pm_timer == 0 && fadt->header.length >= sizeof *fadt &&
        fadt->x_pm_timer.space == ACPI_SPACE_IO)
        return (uint16_t)fadt->x_pm_timer.low;
    return (uint16_t)fadt->pm_timer;
}
