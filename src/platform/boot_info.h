/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot loader tells, in one form for every boot protocol. Addresses are physical.
 */
#ifndef PLATFORM_BOOT_INFO_H
#define PLATFORM_BOOT_INFO_H

#include <stdint.h>

#define BOOT_RAM_MAX  16
#define BOOT_USED_MAX 4

struct boot_span {
    uint64_t start, end; /* of the first octet, and of the one behind the last */
};

struct boot_info {
    const char *command_line;             /* "" if there is none; it stays valid */
    struct boot_span ram[BOOT_RAM_MAX];   /* where there is RAM, used or not */
    struct boot_span used[BOOT_USED_MAX]; /* where the loader's own data lies in it */
    unsigned ram_count, used_count;
    uint64_t rsdp; /* ACPI's root pointer; 0: the loader does not say where it is */
};

#endif
