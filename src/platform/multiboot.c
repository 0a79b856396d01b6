/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a multiboot loader tells, read with care: Multiboot Specification 0.6.96, 3.2 and 3.3.
 */
#include "platform/multiboot.h"

#include "platform/mmu.h"
#include "platform/panic.h"

#include <string.h>

#define COMMAND_LINE_MAX 4096           /* octets to map; a loader has its own, smaller limit */
#define RAM_LIMIT        0x100000000ULL /* RAM above is left alone: nothing needs that much */

static void add_used(struct boot_info *boot, uint64_t start, uint64_t length)
{
    boot->used[boot->used_count++] = (struct boot_span){start, start + length};
}

/* Adds what an entry of the memory map says is RAM, as far as it lies below the limit. */
static void add_ram(struct boot_info *boot, const struct multiboot_memory *m)
{
    uint64_t base = (uint64_t)m->base_high << 32 | m->base_low;
    uint64_t length = (uint64_t)m->length_high << 32 | m->length_low;

    if (m->type != MULTIBOOT_MEMORY_AVAILABLE || base >= RAM_LIMIT ||
        boot->ram_count == BOOT_RAM_MAX)
        return;
    if (length > RAM_LIMIT - base)
        length = RAM_LIMIT - base;
    boot->ram[boot->ram_count++] = (struct boot_span){base, base + length};
}

static void read_map(const struct multiboot_info *info, struct boot_info *boot)
{
    uint32_t offset = 0;

    while (offset < info->map_length &&
           info->map_length - offset >= sizeof(struct multiboot_memory)) {
        const struct multiboot_memory *m = (const void *)(uintptr_t)(info->map_address + offset);
        if (m->size > info->map_length)
            return;
        add_ram(boot, m);
        offset += m->size + (uint32_t)sizeof m->size;
    }
}

void multiboot_read(uint32_t magic, const struct multiboot_info *info, struct boot_info *boot)
{
    *boot = (struct boot_info){.command_line = ""};
    if (magic != MULTIBOOT_LOADER_MAGIC)
        panic("not started by a multiboot loader: eax was 0x%08lx, not 0x%08x",
              (unsigned long)magic, MULTIBOOT_LOADER_MAGIC);
    mmu_map_memory((uintptr_t)info, sizeof *info);
    add_used(boot, (uintptr_t)info, sizeof *info);
    if (!(info->flags & MULTIBOOT_INFO_MEMORY_MAP))
        panic("the boot loader gave no memory map (flags 0x%lx)", (unsigned long)info->flags);
    mmu_map_memory(info->map_address, info->map_length);
    add_used(boot, info->map_address, info->map_length);
    if ((info->flags & MULTIBOOT_INFO_COMMAND_LINE) && info->command_line != 0) {
        boot->command_line = mmu_map_memory(info->command_line, COMMAND_LINE_MAX);
        add_used(boot, info->command_line, strlen(boot->command_line) + 1);
    }
    read_map(info, boot);
}
