/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which RAM is free: see the header.
 *
 * The first 2 MiB are mapped since boot.asm. The page tables for all other RAM are allocated from
 * RAM that was given to memory_alloc before, so each part is mapped and given away before the next.
 */
#include "platform/ram.h"

#include "platform/memory.h"
#include "platform/mmu.h"

#include <string.h>

#define PAGE        0x1000ULL
#define BIOS_START  0xa0000ULL /* video memory and firmware, whatever the map says */
#define BIOS_END    0x100000ULL
#define BOOT_MAPPED 0x200000ULL /* boot.asm's page table ends here */

static const struct boot_info *map; /* ram_init writes it */

extern const char image_start[], image_end[]; /* image.ld */

static void give(struct boot_span s)
{
    if (s.end > BOOT_MAPPED)
        mmu_map_memory(s.start, s.end - s.start);
    memory_add(s.start, s.end);
}

/* Shortens s to what lies in front of all used spans. Returns the end of the first of these: there
 * may be more free RAM from there on. */
static uint64_t cut(struct boot_span *s, const struct boot_span *used, unsigned count)
{
    uint64_t behind = s->end;

    for (unsigned i = 0; i < count; i++) {
        if (used[i].end <= s->start || used[i].start >= s->end)
            continue;
        s->end = used[i].start > s->start ? used[i].start : s->start;
        behind = used[i].end;
    }
    return behind;
}

void ram_init(const struct boot_info *boot)
{
    enum { OURS = 3 };
    struct boot_span used[OURS + BOOT_USED_MAX] = {
        {0, PAGE},
        {BIOS_START, BIOS_END},
        {(uintptr_t)image_start, (uintptr_t)image_end},
    };

    map = boot;
    memcpy(used + OURS, boot->used, sizeof boot->used);
    for (unsigned i = 0; i < boot->ram_count; i++)
        for (struct boot_span left = boot->ram[i]; left.start < left.end;) {
            struct boot_span free = left;
            left.start = cut(&free, used, OURS + boot->used_count);
            if (free.start < free.end)
                give(free);
        }
}

static bool overlaps(uint64_t start, uint64_t octets, struct boot_span s)
{
    return start < s.end && octets > 0 && start + octets - 1 >= s.start;
}

bool ram_has(uint64_t start, uint64_t octets)
{
    for (unsigned i = 0; i < map->ram_count; i++)
        if (overlaps(start, octets, map->ram[i]))
            return true;
    return overlaps(start, octets,
                    (struct boot_span){(uintptr_t)image_start, (uintptr_t)image_end});
}
