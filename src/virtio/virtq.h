/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The split virtqueue. VIRTIO 1.2, 2.7.
 *
 * The driver writes descriptors and available ring and never reads them back. The device writes the
 * used ring: each field of it is read once and is not trusted, so the caller of virtq_take checks
 * the entry's id and length. A used index that runs ahead of what was made available is a fault of
 * the device (virtio.h), since it is unknown then which buffers are its own: nothing more comes out
 * of the queue until virtq_restart.
 *
 * Either side says whether it wants to be told of news (the device by a notification, the driver by
 * an interrupt): by event index where VIRTIO_F_EVENT_IDX was negotiated, else by flag.
 *
 * Buffers are added one by one and become visible all at once, by virtq_publish. A buffer is one
 * descriptor. The ring has as many entries as there are buffers, so it can't overflow (2.7.13).
 */
#ifndef VIRTIO_VIRTQ_H
#define VIRTIO_VIRTQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio/virtio.h"

#define VIRTQ_SIZE_MAX 32768 /* 2.7 */

#define VIRTQ_DESC_F_NEXT          1 /* 2.7.5: goes on in the descriptor `next` */
#define VIRTQ_DESC_F_WRITE         2 /* 2.7.5: the device writes it; otherwise it reads it */
#define VIRTQ_AVAIL_F_NO_INTERRUPT 1 /* 2.7.6 */
#define VIRTQ_USED_F_NO_NOTIFY     1 /* 2.7.8 */

/* All fields are little-endian, as this machine is. */
struct virtq_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

struct virtq_avail {
    uint16_t flags;
    uint16_t idx;
    uint16_t ring[]; /* queue size; then used_event, only if VIRTIO_F_EVENT_IDX */
};

struct virtq_used_elem {
    uint32_t id;
    uint32_t len;
};

struct virtq_used {
    uint16_t flags;
    uint16_t idx;
    struct virtq_used_elem ring[]; /* queue size; then avail_event, only if VIRTIO_F_EVENT_IDX */
};

_Static_assert(sizeof(struct virtq_desc) == 16, "2.7.5");
_Static_assert(offsetof(struct virtq_avail, ring) == 4, "2.7.6");
_Static_assert(sizeof(struct virtq_used_elem) == 8, "2.7.8");
_Static_assert(offsetof(struct virtq_used, ring) == 4, "2.7.8");

/* The indices are free-running and wrap at 65536, as those in the rings do. */
struct virtq {
    /* written by virtq_init */
    struct virtq_desc *desc;   /* what is in it: virtq_add */
    struct virtq_avail *avail; /* virtq_add and virtq_publish; its flags: virtq_arm and _disarm */
    struct virtq_used *used;   /* the device */
    struct virtio *virtio;     /* the device that the queue belongs to */
    uint16_t index;            /* of the queue in its device */
    uint16_t size;             /* entries: a power of two */
    uint16_t mask;             /* size - 1 */
    uint16_t desc_flags;       /* of each descriptor: VIRTQ_DESC_F_WRITE or 0 */
    bool event_idx;            /* by event index, not by flag */

    /* written by the owner of the queue, between virtq_init and virtq_enable */
    bool interrupts; /* the device may interrupt for this queue */

    /* written by virtq_add, _publish, _needs_notify, _pending and _take, in this order */
    uint16_t added;     /* next entry of the available ring to write */
    uint16_t published; /* our copy of avail->idx: how much of `added` the device knows of */
    uint16_t notified;  /* `published` when the device was last notified */
    uint16_t used_idx;  /* used->idx when it was last read */
    uint16_t next_used; /* next entry of the used ring to read */
};

/* Octets of memory for the rings of a queue of `size` entries. A multiple of 64. */
size_t virtq_memory(uint16_t size);

/*
 * Lays the rings out in memory (zeroed, aligned to 64, virtq_memory(size) octets, address =
 * physical address). desc_flags: VIRTQ_DESC_F_WRITE where the device writes the buffers, else 0.
 * Interrupts are off. The device does not know of the queue yet.
 */
void virtq_init(struct virtq *q, struct virtio *v, uint16_t index, uint16_t size,
                uint16_t desc_flags, void *memory);

/* Makes the queue empty, as virtq_init left it. To be called after a reset of the device. */
void virtq_restart(struct virtq *q);

/* Tells the device of the queue: it is live afterwards. Panics if the device does not take it as it
 * is. */
void virtq_enable(const struct virtq *q);

/* Makes a buffer available as descriptor id, which must not be in the ring: steps 1 to 3 of 2.7.13.
 * The device sees it after virtq_publish. */
void virtq_add(struct virtq *q, uint16_t id, const void *address, uint32_t length);

/* The same for two buffers in a chain, of which the device reads the first and writes the second,
 * as descriptors id and id + 1. */
void virtq_add_command(struct virtq *q, uint16_t id, const void *request, uint32_t request_length,
                       void *answer, uint32_t answer_length);

/* Shows the device what was added. Whether it wants to be notified: virtq_needs_notify. */
void virtq_publish(struct virtq *q);

/*
 * True once if the device wants to be notified of anything published since the last notification.
 *
 * Checked against everything since then, not only the last publish: without the fence of
 * virtq_publish (QEMU's TCG leaves it out for a machine with one CPU) we may read the device's wish
 * too early, before it has seen our index, and then it would wait for ever. An idle driver must
 * therefore ask again, and once more behind a register read before it sleeps.
 */
bool virtq_needs_notify(struct virtq *q);

/* True if the device has used a buffer that was not taken yet. Reads the device's index once per
 * batch: only when everything that was seen before has been taken. */
bool virtq_pending(struct virtq *q);

/* True if a used buffer that virtq_pending saw was not taken yet. */
bool virtq_has_more(const struct virtq *q);

/* The next used entry, unchecked. Only where virtq_has_more. */
struct virtq_used_elem virtq_take(struct virtq *q);

/* Asks for an interrupt at the next used buffer. The caller needs a barrier before it looks whether
 * there is one already. */
void virtq_arm(struct virtq *q);
void virtq_disarm(struct virtq *q);

/* Event indices: the driver's wish (2.7.7.2), and the device's (2.7.10.2). */
volatile uint16_t *virtq_used_event(struct virtq *q);
volatile uint16_t *virtq_avail_event(struct virtq *q);

/* Whether an index that went from old to idx has passed event. All three wrap (2.7.7.2). */
bool virtq_passed(uint16_t event, uint16_t idx, uint16_t old);

#endif
