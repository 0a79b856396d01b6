/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio over PCI: the modern interface (VIRTIO 1.2, 4.1) of a transitional or a modern device, in
 * memory BARs. The legacy interface is not used: a device that has nothing else is refused.
 */
#ifndef VIRTIO_VIRTIO_PCI_H
#define VIRTIO_VIRTIO_PCI_H

#include <stdint.h>

#include "virtio/virtio.h"

/*
 * Makes v the first device of this type (VIRTIO_ID_...) on PCI, enabled and otherwise untouched.
 * Panics if there is none, if it has only the legacy interface, or if its capabilities point outside
 * its BARs.
 */
void virtio_pci_find(struct virtio *v, uint16_t type);

#endif
