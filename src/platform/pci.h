/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI bus: configuration space by ports, walk over all functions, capabilities, memory windows.
 */
#ifndef PLATFORM_PCI_H
#define PLATFORM_PCI_H

#include <stdbool.h>
#include <stdint.h>

struct pci_device {
    uint8_t bus, device, function;
    uint8_t last_bus; /* of the walk: the highest bus seen behind a bridge so far */
    uint16_t vendor_id, device_id;
};

/*
 * One function after the other, on every bus that bridges lead to:
 *     struct pci_device d = {0};
 *     while (pci_next(&d)) ...
 * False when there is no further one, at once where there is no PCI.
 */
bool pci_next(struct pci_device *d);

/* Configuration space; offset is a multiple of the width. */
uint8_t pci_read8(const struct pci_device *d, uint8_t offset);
uint16_t pci_read16(const struct pci_device *d, uint8_t offset);
uint32_t pci_read32(const struct pci_device *d, uint8_t offset);
void pci_write8(const struct pci_device *d, uint8_t offset, uint8_t value);
void pci_write16(const struct pci_device *d, uint8_t offset, uint16_t value);
void pci_write32(const struct pci_device *d, uint8_t offset, uint32_t value);

/* Offset of the first capability with this id behind the one at after (0: of all); 0 if there is
 * none. */
uint8_t pci_capability(const struct pci_device *d, uint8_t id, uint8_t after);

/*
 * Maps what base address register bar, 0 to 5, points to. NULL if that is no memory, or nobody gave
 * it an address. *size is how many octets may be there, up to 2 MiB: a window lies at a multiple of
 * its size (6.2.5.1). What it really is, only switching the device's memory off and on would tell,
 * which takes QEMU about 0.4 ms of the boot.
 */
volatile void *pci_map_bar(const struct pci_device *d, unsigned bar, uint64_t *size);

/* Lets the device answer at its memory windows, and read and write ours. */
void pci_enable(const struct pci_device *d);

/*
 * Lets the device interrupt by messages (MSI-X, 6.8.2): message i of its table raises vectors[i].
 * Returns how many of the count messages there are; 0 if the device has no MSI-X.
 */
unsigned pci_msix(const struct pci_device *d, const uint8_t *vectors, unsigned count);

/* Lets the device interrupt by its line (INTx), as firmware has routed it; false if it has not. */
bool pci_line(const struct pci_device *d);

#endif
