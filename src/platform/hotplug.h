/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unplugging of PCI devices by ACPI, as QEMU's machines ask for it (QEMU's
 * docs/specs/acpi_pci_hotplug.rst): who takes a device out has to wait until the guest lets go of it.
 */
#ifndef PLATFORM_HOTPLUG_H
#define PLATFORM_HOTPLUG_H

/* From now on a request for a device ends a sleep. After power_init. */
void hotplug_init(void);

/* Lets go of each device that somebody wants to take out: it is gone afterwards. */
void hotplug_poll(void);

#endif
