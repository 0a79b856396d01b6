/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio over PCI, VIRTIO 1.2, 4.1: finds the device and the structures that its capabilities point
 * to, and has the transport's operations on them. What a capability says is checked against the
 * size of its BAR before it is used.
 */
#include "virtio/virtio_pci.h"

#include <string.h>

#include "platform/interrupt.h"
#include "platform/memory.h"
#include "platform/panic.h"
#include "platform/pci.h"

/* 4.1.2: a device ID is one of these plus the type. */
#define PCI_VENDOR_VIRTIO       0x1af4
#define PCI_DEVICE_MODERN       0x1040
#define PCI_DEVICE_TRANSITIONAL 0x0fff

#define PCI_VENDOR_ID   0x00
#define PCI_CAP_ID_VNDR 0x09
#define PCI_BARS        6
#define PCI_CAPS_MAX    48 /* as many as fit: four octets each, from 0x40 on */

/* 4.1.4 */
#define VIRTIO_PCI_CAP_COMMON_CFG 1
#define VIRTIO_PCI_CAP_NOTIFY_CFG 2
#define VIRTIO_PCI_CAP_ISR_CFG    3
#define VIRTIO_PCI_CAP_DEVICE_CFG 4

/* struct virtio_pci_cap, 4.1.4: in configuration space, so offsets */
#define CAP_LEN               2
#define CAP_CFG_TYPE          3
#define CAP_BAR               4
#define CAP_OFFSET            8
#define CAP_LENGTH            12
#define NOTIFY_OFF_MULTIPLIER 16 /* struct virtio_pci_notify_cap, 4.1.4.4 */

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

#define QUEUES 3 /* that we can notify: receive, transmit, control */

#define VIRTIO_MSI_NO_VECTOR 0xffff /* 4.1.4.3 */
#define MESSAGE_CONFIG       0      /* numbers of our messages in the table of MSI-X */
#define MESSAGE_QUEUE        1

struct virtio_pci {
    struct pci_device pci;
    volatile struct virtio_pci_common_cfg *common;
    volatile uint8_t *config;            /* device-specific; NULL if there is none */
    volatile uint8_t *isr;               /* ISR status; NULL where interrupts are messages */
    bool interrupts;                     /* the device has a way to interrupt */
    uint16_t messages;                   /* of MSI-X that are in use: 0, 1 or 2 */
    volatile uint8_t *notify;            /* notification structure, and its length in octets */
    size_t notify_length;                /* 4.1.4.4 */
    uint32_t notify_off_multiplier;      /* octets */
    volatile uint16_t *doorbell[QUEUES]; /* where to notify each queue; queue_enable writes it */
};

static struct virtio_pci *of(struct virtio *v)
{
    return v->transport;
}

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
    const struct pci_device *pci = &of(v)->pci;
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

static uint8_t status(struct virtio *v)
{
    return of(v)->common->device_status;
}

static void set_status(struct virtio *v, uint8_t bits)
{
    of(v)->common->device_status = bits;
}

static uint64_t features(struct virtio *v)
{
    volatile struct virtio_pci_common_cfg *common = of(v)->common;
    common->device_feature_select = 0;
    uint64_t low = common->device_feature;
    common->device_feature_select = 1;
    return low | (uint64_t)common->device_feature << 32;
}

static void set_features(struct virtio *v, uint64_t bits)
{
    volatile struct virtio_pci_common_cfg *common = of(v)->common;
    common->driver_feature_select = 0;
    common->driver_feature = (uint32_t)bits;
    common->driver_feature_select = 1;
    common->driver_feature = (uint32_t)(bits >> 32);
}

static uint32_t config_generation(struct virtio *v)
{
    return of(v)->common->config_generation;
}

static uint8_t config8(struct virtio *v, size_t offset)
{
    return of(v)->config[offset];
}

static uint16_t config16(struct virtio *v, size_t offset)
{
    return *(volatile uint16_t *)(of(v)->config + offset);
}

static uint16_t queue_size(struct virtio *v, uint16_t index)
{
    /* 4.1.5.1.3: "1. Write the virtqueue index to queue_select."
     * "2. Read the virtqueue size from queue_size." */
    of(v)->common->queue_select = index;
    return of(v)->common->queue_size;
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
                    of(v)->messages);
}

/* 4.1.5.1.2: by messages if the device has them, else by its line. A reset of the device leaves this
 * as it is. */
static bool find_interrupts(struct virtio *v)
{
    static const uint8_t vectors[] = {INTERRUPT_CONFIG, INTERRUPT_RECEIVE};
    struct virtio_pci *p = of(v);

    p->messages = (uint16_t)pci_msix(&p->pci, vectors, sizeof vectors);
    if (p->messages > 0)
        return true;
    p->isr = find_structure(v, VIRTIO_PCI_CAP_ISR_CFG, 1, 1).start; /* 4.1.4.5.1 */
    return pci_line(&p->pci);
}

static bool interrupts_enable(struct virtio *v)
{
    struct virtio_pci *p = of(v);

    if (p->messages > 0) {
        p->common->config_msix_vector = MESSAGE_CONFIG;
        check_vector(v, p->common->config_msix_vector);
    }
    return p->interrupts;
}

static void interrupts_serve(struct virtio *v)
{
    if (of(v)->isr)
        (void)*of(v)->isr; /* 4.1.4.5: the read releases the line */
}

static bool present(struct virtio *v)
{
    const struct pci_device *pci = &of(v)->pci;

    return (uint16_t)pci_read32(pci, PCI_VENDOR_ID) == pci->vendor_id;
}

static bool queue_enable(struct virtio *v, const struct virtio_queue *q)
{
    struct virtio_pci *p = of(v);
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
    if (q->index >= QUEUES || offset % 2 != 0 || offset + 2 > p->notify_length)
        virtio_fail(v,
                    "queue %u: notification at offset %lu, expected an even one in the %lu octets",
                    q->index, offset, p->notify_length);
    p->doorbell[q->index] = (volatile uint16_t *)(p->notify + offset);

    common->queue_enable = 1; /* 4.1.4.3.2: after all other fields */
    return common->queue_enable == 1;
}

static void notify(struct virtio *v, uint16_t index)
{
    *of(v)->doorbell[index] = index; /* 4.1.5.2: 16 bits, the virtqueue index */
}

static const struct virtio_ops ops = {
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

/* 4.1.5.1.1: "the driver scans the PCI capability list, detecting virtio configuration layout". */
static void find_layout(struct virtio *v)
{
    struct virtio_pci *p = of(v);
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
        *v = (struct virtio){.ops = &ops, .transport = p};
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
