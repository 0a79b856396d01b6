/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI: configuration space, the walk over all functions, capabilities, memory windows, interrupts.
 */
#ifndef PLATFORM_PCI_H
#define PLATFORM_PCI_H

#include <stdbool.h>
#include <stdint.h>

struct pci_device {
    uint8_t bus, device, function;
    uint16_t vendor_id, device_id;
};

/*
 * Goes from one function to the next, on every bus that there can be:
 *     struct pci_device d = {0};
 *     while (pci_next(&d)) ...
 * False when there is no further one, at once where there is no PCI. A walk to the end takes 8192
 * reads, so end it when the device is found.
 */
bool pci_next(struct pci_device *d);

/* Configuration space; offset is a multiple of the width. */
uint8_t pci_read8(const struct pci_device *d, uint8_t offset);
uint16_t pci_read16(const struct pci_device *d, uint8_t offset);
uint32_t pci_read32(const struct pci_device *d, uint8_t offset);
void pci_write16(const struct pci_device *d, uint8_t offset, uint16_t value);

/* Offset of the first capability with this id behind the one at `after` (0: the first of all); 0 if
 * there is none. */
uint8_t pci_capability(const struct pci_device *d, uint8_t id, uint8_t after);

/*
 * Maps the first octets of what base address register bar, 0 to 5, points to. NULL if that is no
 * memory, or firmware gave it no address. Panics if it points into RAM, which we would overwrite by
 * writing to the device. *most is how many octets may be there, and no more are
 * mapped: a window lies at a multiple of its size (6.2.5.1). Its true size could only be found by
 * switching the device's memory off and on, which takes QEMU about 0.4 ms of the boot.
 */
volatile void *pci_map_bar(const struct pci_device *d, unsigned bar, uint64_t octets,
                           uint64_t *most);

/* Lets the device answer at its memory windows, and read and write our memory. */
void pci_enable(const struct pci_device *d);

/*
 * Lets the device interrupt by messages (MSI-X, 6.8.2): message i of its table raises vectors[i].
 * Returns how many of the count messages there are; 0 if the device has no MSI-X.
 */
unsigned pci_msix(const struct pci_device *d, const uint8_t *vectors, unsigned count);

/* Lets the device interrupt by the line (INTx) that firmware gave it; false if it gave none. */
bool pci_line(const struct pci_device *d);

#endif
