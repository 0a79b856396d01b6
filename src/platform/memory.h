/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM for rings and buffers, handed out once at boot and never taken back.
 */
#ifndef PLATFORM_MEMORY_H
#define PLATFORM_MEMORY_H

#include "platform/multiboot.h"

#include <stddef.h>

/* Learns from the boot loader's memory map what RAM there is below 4 GiB, and maps it. */
void memory_init(const struct multiboot_info *info);

/*
 * size octets of zeroes at a multiple of alignment, a power of two: physically contiguous, address
 * equal to physical address. Where no region has that much left it panics and says how much is
 * missing.
 */
void *memory_alloc(size_t size, size_t alignment);

/* The same, with whatever is there: to clear much of it takes longer than the rest of the boot. */
void *memory_alloc_uncleared(size_t size, size_t alignment);

/* Octets that the largest region still has. */
size_t memory_free(void);

#endif
