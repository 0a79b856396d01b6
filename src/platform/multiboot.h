/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a multiboot loader tells: Multiboot Specification 0.6.96, 3.3 "Boot information format".
 *
 * A field counts only if its bit is set in flags. All addresses are physical and below 4 GiB.
 */
#ifndef PLATFORM_MULTIBOOT_H
#define PLATFORM_MULTIBOOT_H

#include "platform/boot_info.h"

#include <stdint.h>

#define MULTIBOOT_LOADER_MAGIC 0x2badb002 /* eax at the entry */

#define MULTIBOOT_INFO_COMMAND_LINE (1U << 2)
#define MULTIBOOT_INFO_MEMORY_MAP   (1U << 6)

#define MULTIBOOT_MEMORY_AVAILABLE 1

struct multiboot_info {
    uint32_t flags;
    uint32_t memory_lower, memory_upper; /* KiB from 0, KiB from 1 MiB */
    uint32_t boot_device;
    uint32_t command_line;
    uint32_t module_count, module_address;
    uint32_t symbols[4];
    uint32_t map_length, map_address;
};

/* An entry of the memory map. The next one is size octets behind the field base. */
struct multiboot_memory {
    uint32_t size;
    uint32_t base_low, base_high; /* in two halves, as nothing here is aligned to 8 */
    uint32_t length_low, length_high;
    uint32_t type;
};

/* Maps what the loader left and fills in *boot. Panics unless the loader is a multiboot loader and
 * gave a memory map. */
void multiboot_read(uint32_t magic, const struct multiboot_info *info, struct boot_info *boot);

#endif
