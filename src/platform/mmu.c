/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables (AMD64 Architecture Programmer's Manual volume 2, 5.3): pages of 2 MiB, writable and
 * never executable, each at its physical address.
 *
 * The first 2 MiB, which boot.asm mapped by pages of 4 KiB, stay as they are. The device memory
 * among them needs no flags, as the memory type registers keep it out of the caches.
 */
#include "platform/mmu.h"

#include "platform/cpu.h"
#include "platform/memory.h"
#include "platform/panic.h"

#define PRESENT       (1ULL << 0)
#define WRITABLE      (1ULL << 1)
#define WRITE_THROUGH (1ULL << 3)
#define CACHE_DISABLE (1ULL << 4)
#define LARGE         (1ULL << 7)
#define NO_EXECUTE    (1ULL << 63)

#define TABLE_SIZE    4096
#define TABLE_ADDRESS 0x000ffffffffff000ULL /* the bits of an entry that are the address */
#define LARGE_SIZE    0x200000ULL
#define ADDRESS_LIMIT (1ULL << 47) /* the lower half of the CPU's address space */

/* The page directory's entry for an address. Makes the tables on the way to it. */
static uint64_t *directory_entry(uint64_t address)
{
    uint64_t *table = (uint64_t *)(read_cr3() & TABLE_ADDRESS);

    for (unsigned shift = 39; shift > 21; shift -= 9) {
        uint64_t *entry = &table[address >> shift & 511];
        if (!(*entry & PRESENT))
            *entry = (uintptr_t)memory_alloc(TABLE_SIZE, TABLE_SIZE) | PRESENT | WRITABLE;
        table = (uint64_t *)(*entry & TABLE_ADDRESS);
    }
    return &table[address >> 21 & 511];
}

static void *map(uint64_t physical, size_t size, uint64_t cache)
{
    if (physical >= ADDRESS_LIMIT || size > ADDRESS_LIMIT - physical)
        panic("cannot map %lu octets at physical address 0x%lx", size, (unsigned long)physical);
    for (uint64_t page = physical & -LARGE_SIZE; page < physical + size; page += LARGE_SIZE) {
        uint64_t *entry = directory_entry(page);
        if ((*entry & PRESENT) && !(*entry & LARGE))
            continue;
        *entry |= page | PRESENT | WRITABLE | LARGE | NO_EXECUTE | cache;
        cpu_invalidate_page((const void *)page);
    }
    return (void *)physical;
}

void *mmu_map_device(uint64_t physical, size_t size)
{
    return map(physical, size, CACHE_DISABLE | WRITE_THROUGH);
}

void *mmu_map_memory(uint64_t physical, size_t size)
{
    return map(physical, size, 0);
}
