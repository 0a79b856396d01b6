/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transport's operations over PCI, VIRTIO 1.2, 4.1: registers of the device that
 * virtio_pci_find.c has found.
 */
#include "virtio/virtio_pci_device.h"

#define PCI_VENDOR_ID 0x00

#define VIRTIO_MSI_NO_VECTOR 0xffff /* 4.1.4.3 */
#define MESSAGE_CONFIG       0      /* numbers of our messages in the table of MSI-X */
#define MESSAGE_QUEUE        1

static uint8_t status(struct virtio *v)
{
    return virtio_pci_of(v)->common->device_status;
}

static void set_status(struct virtio *v, uint8_t bits)
{
    virtio_pci_of(v)->common->device_status = bits;
}

static uint64_t features(struct virtio *v)
{
    volatile struct virtio_pci_common_cfg *common = virtio_pci_of(v)->common;
    common->device_feature_select = 0;
    uint64_t low = common->device_feature;
    common->device_feature_select = 1;
    return low | (uint64_t)common->device_feature << 32;
}

static void set_features(struct virtio *v, uint64_t bits)
{
    volatile struct virtio_pci_common_cfg *common = virtio_pci_of(v)->common;
    common->driver_feature_select = 0;
    common->driver_feature = (uint32_t)bits;
    common->driver_feature_select = 1;
    common->driver_feature = (uint32_t)(bits >> 32);
}

static uint32_t config_generation(struct virtio *v)
{
    return virtio_pci_of(v)->common->config_generation;
}

static uint8_t config8(struct virtio *v, size_t offset)
{
    return virtio_pci_of(v)->config[offset];
}

static uint16_t config16(struct virtio *v, size_t offset)
{
    return *(volatile uint16_t *)(virtio_pci_of(v)->config + offset);
}

static uint16_t queue_size(struct virtio *v, uint16_t index)
{
    /* 4.1.5.1.3: "1. Write the virtqueue index to queue_select."
     * "2. Read the virtqueue size from queue_size." */
    virtio_pci_of(v)->common->queue_select = index;
    return virtio_pci_of(v)->common->queue_size;
}

static void write64(volatile uint32_t field[2], const volatile void *address)
{
    field[0] = (uint32_t)(uintptr_t)address;
    field[1] = (uint32_t)((uint64_t)(uintptr_t)address >> 32);
}

/* 4.1.5.1.2.2: "the driver MUST verify success by reading the Vector field value". */
static void check_vector(struct virtio *v, uint16_t vector)
{
    if (vector == VIRTIO_MSI_NO_VECTOR)
        virtio_fail(v, "MSI-X vector 0x%04x, expected the one of %u that was set", vector,
                    virtio_pci_of(v)->messages);
}

static bool interrupts_enable(struct virtio *v)
{
    struct virtio_pci *p = virtio_pci_of(v);

    if (p->messages > 0) {
        p->common->config_msix_vector = MESSAGE_CONFIG;
        check_vector(v, p->common->config_msix_vector);
    }
    return p->interrupts;
}

static void interrupts_serve(struct virtio *v)
{
    if (virtio_pci_of(v)->isr)
        (void)*virtio_pci_of(v)->isr; /* 4.1.4.5: the read releases the line */
}

static bool present(struct virtio *v)
{
    const struct pci_device *pci = &virtio_pci_of(v)->pci;

    return (uint16_t)pci_read32(pci, PCI_VENDOR_ID) == pci->vendor_id;
}

static bool queue_enable(struct virtio *v, const struct virtio_queue *q)
{
    struct virtio_pci *p = virtio_pci_of(v);
    volatile struct virtio_pci_common_cfg *common = p->common;

    common->queue_select = q->index;
    /* "3. Optionally, select a smaller virtqueue size and write it to queue_size." */
    common->queue_size = q->size;
    /* "4. Allocate and zero Descriptor Table, Available and Used rings": virtq_init has done that;
     * here the device gets their addresses. */
    write64(common->queue_desc, q->desc);
    write64(common->queue_driver, q->driver);
    write64(common->queue_device, q->device);
    /* "5. Optionally, if MSI-X capability is present and enabled on the device, select a vector".
     * If there is only one message, the queue shares it. A queue has none after a reset. */
    if (p->messages > 0 && q->interrupts) {
        common->queue_msix_vector = p->messages > MESSAGE_QUEUE ? MESSAGE_QUEUE : MESSAGE_CONFIG;
        check_vector(v, common->queue_msix_vector);
    }

    /* 4.1.4.4: cap.offset + queue_notify_off * notify_off_multiplier, and two octets there */
    uint64_t offset = (uint64_t)common->queue_notify_off * p->notify_off_multiplier;
    if (q->index >= VIRTIO_PCI_QUEUES || offset % 2 != 0 || offset + 2 > p->notify_length)
        virtio_fail(v,
                    "queue %u: notification at offset %lu, expected an even one in the %lu octets",
                    q->index, offset, p->notify_length);
    p->doorbell[q->index] = (volatile uint16_t *)(p->notify + offset);

    common->queue_enable = 1; /* 4.1.4.3.2: after all other fields */
    return common->queue_enable == 1;
}

static void notify(struct virtio *v, uint16_t index)
{
    *virtio_pci_of(v)->doorbell[index] = index; /* 4.1.5.2: 16 bits, the virtqueue index */
}

const struct virtio_ops virtio_pci_ops = {
    .status = status,
    .set_status = set_status,
    .features = features,
    .set_features = set_features,
    .config_generation = config_generation,
    .config8 = config8,
    .config16 = config16,
    .queue_size = queue_size,
    .queue_enable = queue_enable,
    .notify = notify,
    .interrupts_enable = interrupts_enable,
    .interrupts_serve = interrupts_serve,
    .present = present,
};
