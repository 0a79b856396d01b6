/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds a virtio device on PCI, and the structures that its capabilities point to, VIRTIO 1.2, 4.1.
 * What a capability says is checked against the size of its BAR before it is used.
 */
#include "virtio/virtio_pci.h"

#include <string.h>

#include "platform/interrupt.h"
#include "platform/memory.h"
#include "platform/panic.h"
#include "platform/pci.h"
#include "virtio/virtio_pci_device.h"

/* 4.1.2: a device ID is one of these plus the type. */
#define PCI_VENDOR_VIRTIO       0x1af4
#define PCI_DEVICE_MODERN       0x1040
#define PCI_DEVICE_TRANSITIONAL 0x0fff

#define PCI_CAP_ID_VNDR 0x09
#define PCI_BARS        6
#define PCI_CAPS_MAX    48 /* as many as fit: four octets each, from 0x40 on */

/* 4.1.4 */
#define VIRTIO_PCI_CAP_COMMON_CFG 1
#define VIRTIO_PCI_CAP_NOTIFY_CFG 2
#define VIRTIO_PCI_CAP_ISR_CFG    3
#define VIRTIO_PCI_CAP_DEVICE_CFG 4

/* struct virtio_pci_cap, 4.1.4: in configuration space, so offsets */
#define CAP_CFG_TYPE          3
#define CAP_BAR               4
#define CAP_OFFSET            8
#define CAP_LENGTH            12
#define NOTIFY_OFF_MULTIPLIER 16 /* struct virtio_pci_notify_cap, 4.1.4.4 */

/* A structure in a BAR: where, how long, and which capability says so. */
struct place {
    volatile uint8_t *start; /* NULL: the device has no such structure that we can reach */
    uint32_t length;
    uint8_t capability;
};

/*
 * The first structure of this kind that lies in memory ("The driver SHOULD use the first instance
 * of each virtio structure type they can support", 4.1.4.1). Panics if it is not aligned, shorter
 * than `least` octets, or beyond the end of its BAR.
 */
static struct place find_structure(struct virtio *v, uint8_t cfg_type, uint32_t least,
                                   uint32_t alignment)
{
    const struct pci_device *pci = &virtio_pci_of(v)->pci;
    uint8_t at = pci_capability(pci, PCI_CAP_ID_VNDR, 0);
    /* The count ends a list that is a circle. */
    for (unsigned i = 0; i < PCI_CAPS_MAX && at != 0;
         at = pci_capability(pci, PCI_CAP_ID_VNDR, at), i++) {
        uint8_t bar = pci_read8(pci, (uint8_t)(at + CAP_BAR));
        if (pci_read8(pci, (uint8_t)(at + CAP_CFG_TYPE)) != cfg_type || bar >= PCI_BARS)
            continue; /* another structure, or a reserved BAR: ignored (4.1.4.1) */
        uint32_t offset = pci_read32(pci, (uint8_t)(at + CAP_OFFSET));
        uint32_t length = pci_read32(pci, (uint8_t)(at + CAP_LENGTH));
        uint64_t end = (uint64_t)offset + length, most;
        volatile uint8_t *base = pci_map_bar(pci, bar, end, &most);
        if (base == NULL)
            continue; /* in I/O space, or without an address */
        if (length < least || offset % alignment != 0 || end > most)
            panic("%s: structure %u: %u octets at offset 0x%x of BAR %u, expected at least %u, "
                  "aligned to %u, within the BAR's 0x%lx",
                  v->name, cfg_type, length, offset, bar, least, alignment, most);
        return (struct place){base + offset, length, at};
    }
    return (struct place){0};
}

/* 4.1.5.1.2: by messages if the device has them, else by its line. A reset of the device leaves this
 * as it is. */
static bool find_interrupts(struct virtio *v)
{
    static const uint8_t vectors[] = {INTERRUPT_CONFIG, INTERRUPT_RECEIVE};
    struct virtio_pci *p = virtio_pci_of(v);

    p->messages = (uint16_t)pci_msix(&p->pci, vectors, sizeof vectors);
    if (p->messages > 0)
        return true;
    p->isr = find_structure(v, VIRTIO_PCI_CAP_ISR_CFG, 1, 1).start; /* 4.1.4.5.1 */
    return pci_line(&p->pci);
}

/* 4.1.5.1.1: "the driver scans the PCI capability list, detecting virtio configuration layout". */
static void find_layout(struct virtio *v)
{
    struct virtio_pci *p = virtio_pci_of(v);
    /* Least length and alignment: 4.1.4.3.1, 4.1.4.4.1, 4.1.4.6.1 */
    struct place common = find_structure(v, VIRTIO_PCI_CAP_COMMON_CFG, sizeof *p->common, 4);
    struct place notification = find_structure(v, VIRTIO_PCI_CAP_NOTIFY_CFG, 2, 2);
    struct place config = find_structure(v, VIRTIO_PCI_CAP_DEVICE_CFG, 1, 4);
    if (common.start == NULL || notification.start == NULL)
        panic("%s: has no virtio 1.0 interface in memory: a legacy device is not driven (QEMU: "
              "remove disable-modern=on)",
              v->name);
    p->common = (volatile struct virtio_pci_common_cfg *)common.start;
    p->notify = notification.start;
    p->notify_length = notification.length;
    p->notify_off_multiplier =
        pci_read32(&p->pci, (uint8_t)(notification.capability + NOTIFY_OFF_MULTIPLIER));
    p->config = config.start;
    v->config_size = config.length;
}

/* 4.1.2.1: drivers match the vendor and one of two device IDs, and any revision. */
static bool is_type(const struct pci_device *pci, uint16_t type)
{
    return pci->vendor_id == PCI_VENDOR_VIRTIO &&
           (pci->device_id == PCI_DEVICE_MODERN + type ||
            pci->device_id == PCI_DEVICE_TRANSITIONAL + type);
}

static void put_hex(char *at, unsigned digits, unsigned value)
{
    for (; digits-- > 0; value >>= 4)
        at[digits] = "0123456789abcdef"[value & 15];
}

/* Without printf, whose first run takes long: nothing else needs it before the first answer. */
static void set_name(char *name, const struct pci_device *pci)
{
    strcpy(name, "virtio 00:00.0 (0000:0000)");
    put_hex(name + 7, 2, pci->bus);
    put_hex(name + 10, 2, pci->device);
    put_hex(name + 13, 1, pci->function);
    put_hex(name + 16, 4, pci->vendor_id);
    put_hex(name + 21, 4, pci->device_id);
}

void virtio_pci_find(struct virtio *v, uint16_t type)
{
    struct pci_device pci = {0};
    unsigned functions = 0;
    while (pci_next(&pci)) {
        functions++;
        if (!is_type(&pci, type))
            continue;
        struct virtio_pci *p = memory_alloc(sizeof *p, 64);
        *p = (struct virtio_pci){.pci = pci};
        *v = (struct virtio){.ops = &virtio_pci_ops, .transport = p};
        set_name(v->name, &pci);
        find_layout(v);
        pci_enable(&pci);
        p->interrupts = find_interrupts(v);
        return;
    }
    if (functions == 0)
        panic("PCI: no device found");
    panic("PCI: no virtio device of type %u among %u functions (network is type 1; QEMU: -device "
          "virtio-net-pci)",
          type, functions);
}
