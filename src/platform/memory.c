/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM, handed out from each region's start on. The first region that fits serves, so small things
 * fill the low RAM and the largest region stays whole.
 */
#include "platform/memory.h"

#include "platform/panic.h"

#include <string.h>

#define REGIONS 16

struct region {
    uint64_t start, end; /* of what is left of it */
};

static struct region regions[REGIONS];
static unsigned region_count;

void memory_add(uint64_t start, uint64_t end)
{
    if (region_count < REGIONS)
        regions[region_count++] = (struct region){start, end};
}

/* Where an allocation would start in a region; 0 if it does not fit. */
static uint64_t region_fit(const struct region *region, size_t size, size_t alignment)
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
