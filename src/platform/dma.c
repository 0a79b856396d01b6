/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can stand between devices and RAM: see the header. Nothing here is set up or changed; a
 * guest on such a machine only says why it can't run.
 *
 *   - encrypted memory: AMD64 Architecture Programmer's Manual volume 2, 15.34 "Secure Encrypted
 *     Virtualization"; Intel TDX Module Base Architecture Specification, "CPUID Virtualization"
 *   - an IOMMU that translates: Intel Virtualization Technology for Directed I/O, 8.1 and 8.3 (the
 *     ACPI table DMAR), 10.4.5 (Global Status Register)
 */
#include "platform/dma.h"

#include "platform/acpi.h"
#include "platform/cpu.h"
#include "platform/mmu.h"

#include <stdbool.h>

#define CPUID_EXTENDED   0x80000000
#define CPUID_ENCRYPTION 0x8000001f
#define ENCRYPTION_SEV   (1U << 1) /* eax */
#define MSR_SEV_STATUS   0xc0010131
#define SEV_ACTIVE       (1U << 0)

#define CPUID_TDX 0x21 /* ebx, edx, ecx: "IntelTDX    " */
#define TDX_EBX   0x65746e49
#define TDX_EDX   0x5844546c
#define TDX_ECX   0x20202020

struct dmar { /* 8.1, and behind it the units */
    struct acpi_table header;
    uint8_t address_width, flags, reserved[10];
};

struct dmar_unit { /* 8.3; those of another type are shorter or longer */
    uint16_t type, length;
    uint32_t flags_and_segment;
    uint32_t base_low, base_high;
};

#define DMAR_TYPE_HARDWARE 0
#define UNIT_REGISTERS     0x1000
#define GLOBAL_STATUS      0x1c
#define STATUS_TRANSLATES  (1U << 31)

static bool sev_is_active(void)
{
    return cpuid(CPUID_EXTENDED, 0).eax >= CPUID_ENCRYPTION &&
           (cpuid(CPUID_ENCRYPTION, 0).eax & ENCRYPTION_SEV) &&
           (rdmsr(MSR_SEV_STATUS) & SEV_ACTIVE);
}

static bool tdx_is_active(void)
{
    if (cpuid(0, 0).eax < CPUID_TDX)
        return false;
    struct cpuid r = cpuid(CPUID_TDX, 0);
    return r.ebx == TDX_EBX && r.edx == TDX_EDX && r.ecx == TDX_ECX;
}

static bool unit_translates(const struct dmar_unit *unit)
{
    if (unit->type != DMAR_TYPE_HARDWARE || unit->length < sizeof *unit)
        return false;
    const volatile uint8_t *registers =
        mmu_map_device((uint64_t)unit->base_high << 32 | unit->base_low, UNIT_REGISTERS);
    return *(const volatile uint32_t *)(registers + GLOBAL_STATUS) & STATUS_TRANSLATES;
}

static bool iommu_translates(void)
{
    const struct dmar *dmar = acpi_find("DMAR");
    const struct dmar_unit *unit;

    for (size_t at = sizeof *dmar; dmar && at + sizeof *unit <= dmar->header.length;
         at += unit->length) {
        unit = (const struct dmar_unit *)((const char *)dmar + at);
        if (unit_translates(unit))
            return true;
        if (unit->length == 0)
            return false;
    }
    return false;
}

const char *dma_obstacle(void)
{
    if (sev_is_active() || tdx_is_active())
        return "the guest's memory is encrypted (AMD SEV or Intel TDX), so the device can't read "
               "it: start the guest without memory encryption";
    if (iommu_translates())
        return "an IOMMU translates the device's addresses (ACPI table DMAR): switch it off in the "
               "firmware, or start the guest without it (QEMU: remove -device intel-iommu)";
    return NULL;
}
