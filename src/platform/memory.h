/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM for rings and buffers, handed out once at boot and never taken back.
 */
#ifndef PLATFORM_MEMORY_H
#define PLATFORM_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Adds free RAM, which has to be mapped: from start to the octet before end. */
void memory_add(uint64_t start, uint64_t end);

/*
 * size octets of zeroes at a multiple of alignment, a power of two: physically contiguous, address
 * equal to physical address. Where no region has that much left it panics and says how much is
 * missing.
 */
void *memory_alloc(size_t size, size_t alignment);

/*
 * The same for buffers: at the end of a region, so that nothing of ours lies where a device would
 * write that goes on behind the last one. And not cleared: that would take longer than the rest of
 * the boot.
 */
void *memory_alloc_last(size_t size, size_t alignment);

/* Octets that the largest region still has. */
size_t memory_free(void);

#endif
