/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio device behind its transport, whichever that is. Virtual I/O Device (VIRTIO) 1.2; section
 * numbers here and in all of virtio/ are that version's.
 *
 * A feature's name is its bit number, as in the standard: shifted with VIRTIO_FEATURE() where it is
 * used. Features are accepted by name. The device status is only ever or-ed to (2.1.1), but for a
 * reset.
 */
#ifndef VIRTIO_VIRTIO_H
#define VIRTIO_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/panic.h"

#define VIRTIO_FEATURE(bit) (1ULL << (bit))

/* Device types, 5 */
#define VIRTIO_ID_NET 1

/* Device status, 2.1 */
#define VIRTIO_STATUS_ACKNOWLEDGE 1
#define VIRTIO_STATUS_DRIVER      2
#define VIRTIO_STATUS_DRIVER_OK   4
#define VIRTIO_STATUS_FEATURES_OK 8
#define VIRTIO_STATUS_NEEDS_RESET 64
#define VIRTIO_STATUS_FAILED      128

/* Reserved feature bits, 6 */
#define VIRTIO_F_EVENT_IDX       29
#define VIRTIO_F_VERSION_1       32
#define VIRTIO_F_ACCESS_PLATFORM 33

struct virtio;

/* A queue as the device is told of it: see virtq.h. */
struct virtio_queue {
    uint16_t index;
    uint16_t size;      /* entries: a power of two */
    bool interrupts;    /* the device may interrupt for this queue */
    const void *desc;   /* descriptor area, 2.6 */
    const void *driver; /* driver area: the available ring */
    const void *device; /* device area: the used ring */
};

/* What a transport can do. Each transport has one of these, which does not change. */
struct virtio_ops {
    uint8_t (*status)(struct virtio *v);
    void (*set_status)(struct virtio *v, uint8_t status); /* 0 resets */
    uint64_t (*features)(struct virtio *v);               /* offered by the device */
    void (*set_features)(struct virtio *v, uint64_t features);

    /* Device-specific configuration, 2.5. Offsets are within config_size and aligned:
     * virtio_config8 and 16 check. */
    uint32_t (*config_generation)(struct virtio *v);
    uint8_t (*config8)(struct virtio *v, size_t offset);
    uint16_t (*config16)(struct virtio *v, size_t offset);

    /* The largest size that the device offers, once the queue is enabled its size; 0: no such queue. */
    uint16_t (*queue_size)(struct virtio *v, uint16_t index);
    /* False if the device does not say of the queue afterwards that it is enabled. */
    bool (*queue_enable)(struct virtio *v, const struct virtio_queue *q);
    void (*notify)(struct virtio *v, uint16_t index); /* available buffer notification, 2.3 */

    /* Lets the device interrupt: for its configuration, and for each queue that is enabled with
     * q->interrupts set. False if the device has no way to. To be called after each reset. */
    bool (*interrupts_enable)(struct virtio *v);
    void (*interrupts_serve)(struct virtio *v); /* ends an interrupt that stays up until then */

    bool (*present)(struct virtio *v); /* false: it was unplugged, and no register is there */
};

struct virtio {
    /* written by the transport */
    const struct virtio_ops *ops;
    void *transport;
    size_t config_size; /* octets of device-specific configuration */
    char name[32];      /* for messages: what it is and where it sits */

    uint64_t features; /* that were negotiated; virtio_negotiate writes it */
    const char *fault; /* what the device did that only a reset mends ("it ..."); NULL: nothing */
};

/* Gives the device up: sets FAILED (3.1.1, last paragraph), then panics with the device's name and
 * the message. */
#define virtio_fail(v, format, ...) panic("%s: " format, virtio_failed(v), __VA_ARGS__)

/* Sets FAILED; returns the device's name. For virtio_fail. */
const char *virtio_failed(struct virtio *v);

/* True if the feature was offered and accepted. */
static inline bool virtio_has(const struct virtio *v, unsigned feature)
{
    return (v->features & VIRTIO_FEATURE(feature)) != 0;
}

/*
 * Steps 1 to 6 of the initialisation (3.1.1): accepts VIRTIO_F_VERSION_1, which is required,
 * VIRTIO_F_ACCESS_PLATFORM, and what is offered of `wanted`, a set of VIRTIO_FEATURE()s. Panics if
 * the device does not come out of its reset, is not of version 1, can't reach our memory, or
 * refuses the features.
 */
void virtio_negotiate(struct virtio *v, uint64_t wanted);

/* Step 8, the last: the queues are set up, the device may use them. */
void virtio_ready(struct virtio *v);

/* v->fault, after a look at the device's status: whether it still works for us, or asks for a reset
 * (2.1.2). The read of a register is a barrier, too. */
const char *virtio_fault(struct virtio *v);

/* A field of the device-specific configuration. Panics if the device's is too small to have it. */
uint8_t virtio_config8(struct virtio *v, size_t offset);
uint16_t virtio_config16(struct virtio *v, size_t offset);

#endif
