/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables for everything above the first 2 MiB, which boot.asm maps. A virtual address is
 * always the same as the physical one.
 */
#ifndef PLATFORM_MMU_H
#define PLATFORM_MMU_H

#include <stddef.h>
#include <stdint.h>

/*
 * Maps device memory: uncached, no-execute, in whole pages of 2 MiB. Returns its address, which is
 * the physical one. Panics if that has more than 47 bits. Page tables come from memory_alloc.
 */
void *mmu_map_device(uint64_t physical, size_t size);

/* The same for RAM, and for tables that firmware left in it, but cached. */
void *mmu_map_memory(uint64_t physical, size_t size);

#endif
