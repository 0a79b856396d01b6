/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot loader tells, read with care: Multiboot Specification 0.6.96, 3.2 and 3.3.
 */
#include "platform/multiboot.h"

#include "platform/mmu.h"
#include "platform/panic.h"

#define COMMAND_LINE_MAX 4096 /* octets to map; a loader has its own, smaller limit */

void multiboot_check(uint32_t magic, const struct multiboot_info *info)
{
    if (magic != MULTIBOOT_LOADER_MAGIC)
        panic("not started by a multiboot loader: eax was 0x%08lx, not 0x%08x",
              (unsigned long)magic, MULTIBOOT_LOADER_MAGIC);
    mmu_map_memory((uintptr_t)info, sizeof *info);
    if (!(info->flags & MULTIBOOT_INFO_MEMORY_MAP))
        panic("the boot loader gave no memory map (flags 0x%lx)", (unsigned long)info->flags);
    mmu_map_memory(info->map_address, info->map_length);
    mmu_map_memory(info->command_line, COMMAND_LINE_MAX);
}

const char *multiboot_command_line(const struct multiboot_info *info)
{
    if (!(info->flags & MULTIBOOT_INFO_COMMAND_LINE) || info->command_line == 0)
        return "";
    return (const char *)(uintptr_t)info->command_line;
}
