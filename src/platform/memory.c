/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM: the regions of the loader's memory map (Multiboot 3.3), less what is in use already.
 *
 * A region is handed out from its start on. The first that fits serves, so small things fill the
 * low RAM and the largest region stays whole. The first 2 MiB are mapped since boot: page tables
 * for the rest come from there, so each region is mapped before it is added.
 */
#include "platform/memory.h"

#include "platform/mmu.h"
#include "platform/panic.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define REGIONS 16

#define PAGE        0x1000ULL
#define BIOS_START  0xa0000ULL /* video memory and firmware, whatever the map says */
#define BIOS_END    0x100000ULL
#define BOOT_MAPPED 0x200000ULL    /* boot.asm's page table ends here */
#define RAM_LIMIT   0x100000000ULL /* what lies above is left alone: nothing needs that much */

struct span {
    uint64_t start, end;
};

extern const char image_start[], image_end[]; /* image.ld */

static struct span regions[REGIONS]; /* what is left of each */
static unsigned region_count;

static struct span span_of(uint64_t start, uint64_t length)
{
    return (struct span){start, start + length};
}

static void region_add(struct span s)
{
    if (s.end > BOOT_MAPPED)
        mmu_map_memory(s.start, s.end - s.start);
    if (region_count < REGIONS)
        regions[region_count++] = s;
}

/* Adds what is left of a span of RAM after all that is used is cut out of it: what is in front of
 * one cut is cut by those behind it in the list, so each call has fewer of them. */
static void region_add_unused(/* NOLINT(misc-no-recursion): as deep as used_count at most */
                              struct span s, const struct span *used, unsigned used_count)
{
    for (unsigned i = 0; i < used_count; i++) {
        if (used[i].end <= s.start || used[i].start >= s.end)
            continue;
        if (used[i].start > s.start)
            region_add_unused(span_of(s.start, used[i].start - s.start), used + i + 1,
                              used_count - i - 1);
        if (used[i].end >= s.end)
            return;
        s.start = used[i].end;
    }
    region_add(s);
}

/* Reads one entry of the map. False if there is no further one. */
static bool map_next(const struct multiboot_info *info, uint32_t *offset, struct span *ram)
{
    while (*offset < info->map_length &&
           info->map_length - *offset >= sizeof(struct multiboot_memory)) {
        const struct multiboot_memory *m = (const void *)(uintptr_t)(info->map_address + *offset);
        uint64_t base = (uint64_t)m->base_high << 32 | m->base_low;
        uint64_t length = (uint64_t)m->length_high << 32 | m->length_low;

        if (m->size > info->map_length)
            return false;
        *offset += m->size + (uint32_t)sizeof m->size;
        if (m->type != MULTIBOOT_MEMORY_AVAILABLE || base >= RAM_LIMIT)
            continue;
        *ram = span_of(base, length < RAM_LIMIT - base ? length : RAM_LIMIT - base);
        return true;
    }
    return false;
}

void memory_init(const struct multiboot_info *info)
{
    const char *command_line = multiboot_command_line(info);
    const struct span used[] = {
        {0, PAGE},
        {BIOS_START, BIOS_END},
        {(uintptr_t)image_start, (uintptr_t)image_end},
        span_of((uintptr_t)info, sizeof *info),
        span_of(info->map_address, info->map_length),
        span_of((uintptr_t)command_line, strlen(command_line) + 1),
    };
    uint32_t offset = 0;
    struct span ram;

    while (map_next(info, &offset, &ram))
        region_add_unused(ram, used, sizeof used / sizeof used[0]);
}

/* Where an allocation would start in a region; 0 if it does not fit. */
static uint64_t region_fit(const struct span *region, size_t size, size_t alignment)
{
    uint64_t start = (region->start + alignment - 1) & ~(uint64_t)(alignment - 1);
    return start <= region->end && region->end - start >= size ? start : 0;
}

void *memory_alloc_uncleared(size_t size, size_t alignment)
{
    for (unsigned i = 0; i < region_count; i++) {
        uint64_t start = region_fit(&regions[i], size, alignment);
        if (start == 0)
            continue;
        regions[i].start = start + size;
        return (void *)(uintptr_t)start;
    }
    panic("out of memory: %lu KiB are needed at once and %lu KiB are left; give the guest %lu KiB "
          "more",
          (size + 1023) / 1024, memory_free() / 1024,
          (size + alignment - memory_free()) / 1024 + 1);
}

void *memory_alloc(size_t size, size_t alignment)
{
    return memset(memory_alloc_uncleared(size, alignment), 0, size);
}

size_t memory_free(void)
{
    size_t largest = 0;

    for (unsigned i = 0; i < region_count; i++)
        if (regions[i].end - regions[i].start > largest)
            largest = regions[i].end - regions[i].start;
    return largest;
}
