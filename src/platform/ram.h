/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which RAM is free: what the boot loader says there is, less what is in use.
 */
#ifndef PLATFORM_RAM_H
#define PLATFORM_RAM_H

#include "platform/boot_info.h"

#include <stdbool.h>
#include <stdint.h>

/* Maps the free RAM and gives it to memory_alloc (memory.h). */
void ram_init(const struct boot_info *boot);

/* Whether any of these octets are RAM, free or not. boot must be valid still. */
bool ram_has(uint64_t start, uint64_t octets);

#endif
