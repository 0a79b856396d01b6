/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio device on PCI as virtio_pci_find.c finds it and virtio_pci.c uses it: where its
 * structures are. VIRTIO 1.2, 4.1.4.
 */
#ifndef VIRTIO_VIRTIO_PCI_DEVICE_H
#define VIRTIO_VIRTIO_PCI_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/pci.h"
#include "virtio/virtio.h"

/* 4.1.4.3. Each field is accessed in its own width, queue_* as two halves (4.1.3.1). */
struct virtio_pci_common_cfg {
    uint32_t device_feature_select;
    uint32_t device_feature;
    uint32_t driver_feature_select;
    uint32_t driver_feature;
    uint16_t config_msix_vector;
    uint16_t num_queues;
    uint8_t device_status;
    uint8_t config_generation;
    uint16_t queue_select;
    uint16_t queue_size;
    uint16_t queue_msix_vector;
    uint16_t queue_enable;
    uint16_t queue_notify_off;
    uint32_t queue_desc[2];
    uint32_t queue_driver[2];
    uint32_t queue_device[2];
};
_Static_assert(sizeof(struct virtio_pci_common_cfg) == 56, "4.1.4.3");
_Static_assert(offsetof(struct virtio_pci_common_cfg, queue_desc) == 32, "4.1.4.3");

#define VIRTIO_PCI_QUEUES 3 /* that we can notify: receive, transmit, control */

struct virtio_pci {
    struct pci_device pci;
    volatile struct virtio_pci_common_cfg *common;
    volatile uint8_t *config;       /* device-specific; NULL if there is none */
    volatile uint8_t *isr;          /* ISR status; NULL where interrupts are messages */
    bool interrupts;                /* the device has a way to interrupt */
    uint16_t messages;              /* of MSI-X that are in use: 0, 1 or 2 */
    volatile uint8_t *notify;       /* notification structure, and its length in octets */
    size_t notify_length;           /* 4.1.4.4 */
    uint32_t notify_off_multiplier; /* octets */
    volatile uint16_t
        *doorbell[VIRTIO_PCI_QUEUES]; /* where to notify each queue; queue_enable writes it */
};

static inline struct virtio_pci *virtio_pci_of(struct virtio *v)
{
    return v->transport;
}

/* Operations on a virtio device whose transport is a struct virtio_pci. */
extern const struct virtio_ops virtio_pci_ops;

#endif
