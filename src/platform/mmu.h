/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables beyond the first 2 MiB, which boot.asm has set up. Address is always physical
 * address.
 */
#ifndef PLATFORM_MMU_H
#define PLATFORM_MMU_H

#include <stddef.h>
#include <stdint.h>

/*
 * Maps device memory: uncached, no-execute, in whole pages of 2 MiB. Returns its address, which is
 * the physical one. Panics if that is none (beyond 47 bits). Page tables come from memory_alloc.
 */
void *mmu_map_device(uint64_t physical, size_t size);

/* The same for RAM and for tables that firmware left in it: cached. */
void *mmu_map_memory(uint64_t physical, size_t size);

#endif
