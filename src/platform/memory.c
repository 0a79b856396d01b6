/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM, handed out from each region's start on, buffers from its end. The first region that fits
 * serves, so small things fill the low RAM and the largest region stays whole.
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

/* Where an allocation at the region's start would begin. */
static uint64_t aligned_start(const struct region *region, size_t alignment)
{
    return (region->start + alignment - 1) & ~(uint64_t)(alignment - 1);
}

/* The first region that it fits into. Panics if there is none. */
static struct region *find_region(size_t size, size_t alignment)
{
    for (unsigned i = 0; i < region_count; i++) {
        uint64_t start = aligned_start(&regions[i], alignment);
        if (start <= regions[i].end && regions[i].end - start >= size)
            return &regions[i];
    }
    panic("out of memory: %lu KiB are needed at once and %lu KiB are left; give the guest %lu KiB "
          "more",
          (size + 1023) / 1024, memory_free() / 1024,
          (size + alignment - memory_free()) / 1024 + 1);
}

void *memory_alloc(size_t size, size_t alignment)
{
    struct region *region = find_region(size, alignment);
    uint64_t start = aligned_start(region, alignment);

    region->start = start + size;
    return memset((void *)(uintptr_t)start, 0, size);
}

void *memory_alloc_last(size_t size, size_t alignment)
{
    struct region *region = find_region(size, alignment);

    region->end = (region->end - size) & ~(uint64_t)(alignment - 1);
    return (void *)(uintptr_t)region->end;
}

size_t memory_free(void)
{
    size_t largest = 0;

    for (unsigned i = 0; i < region_count; i++)
        if (regions[i].end - regions[i].start > largest)
            largest = regions[i].end - regions[i].start;
    return largest;
}
