/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The split virtqueue. VIRTIO 1.2, 2.7.
 *
 * The driver writes descriptors and available ring and never reads them back; the device writes the
 * used ring, whose every field is read once and is input, not truth: whoever takes an entry checks
 * its id and length. A used index that runs ahead of what was made available is a panic, since
 * nobody knows then who owns what.
 *
 * Notifications and interrupts are both asked for by the other side: by event index where
 * VIRTIO_F_EVENT_IDX was negotiated, else by flag.
 *
 * Buffers are added one by one and become visible all at once, by virtq_publish. There are no
 * chains: a descriptor is a buffer. The ring is as large as there are buffers, so that it can't
 * overflow (2.7.13).
 */
#ifndef VIRTIO_VIRTQ_H
#define VIRTIO_VIRTQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio/virtio.h"

#define VIRTQ_SIZE_MAX 32768 /* 2.7 */

#define VIRTQ_DESC_F_NEXT          1 /* 2.7.5: goes on in the descriptor `next` */
#define VIRTQ_DESC_F_WRITE         2 /* 2.7.5: device writes it; otherwise device reads it */
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
    struct virtq_desc *desc;   /* virtq_init writes these; the driver the descriptors */
    struct virtq_avail *avail; /* virtq_add and virtq_publish write it, but for the flags */
    struct virtq_used *used;   /* the device writes it */
    uint16_t mask;             /* size - 1 */
    uint16_t added;            /* next entry of the available ring to write; virtq_add */
    uint16_t
        published; /* what the device was told of `added`: our copy of avail->idx; virtq_publish */
    uint16_t next_used; /* next entry of the used ring to read; virtq_take */
    uint16_t used_idx;  /* used->idx when it was last read; virtq_pending */
    uint16_t notified;  /* `published` when the device was last notified; virtq_needs_notify */
    bool event_idx;     /* by event index, not by flag; virtq_init writes it */
    bool interrupts; /* the device may interrupt for this queue; who owns it, before queue_enable */
    uint16_t index;  /* of the queue in its device */
    uint16_t size;   /* entries: a power of two */
    struct virtio *virtio; /* whose queue it is */
};

/* Octets of memory for the rings of a queue of `size` entries. A multiple of 64. */
size_t virtq_memory(uint16_t size);

/* Lays the rings out in memory (zeroed, aligned to 64, virtq_memory(size) octets, address =
 * physical address). Used buffer notifications are off. The device does not know of it yet. */
void virtq_init(struct virtq *q, struct virtio *v, uint16_t index, uint16_t size, void *memory);

/* Tells the device of the queue: it is live afterwards. */
void virtq_enable(const struct virtq *q);

/* Panics: used->idx has become idx, which is more than was published. */
_Noreturn void virtq_ran_ahead(struct virtq *q, uint16_t idx);

/* True if a used buffer that virtq_pending saw was not taken yet. */
static inline bool virtq_has_more(const struct virtq *q)
{
    return q->next_used != q->used_idx;
}

/* True if the device has used a buffer that was not taken yet. Reads the device's index once per
 * batch: only when all that was seen before has been taken. */
static inline bool virtq_pending(struct virtq *q)
{
    if (virtq_has_more(q))
        return true;
    /* Acquire: the entries, and the buffers, are read after the index that covers them (2.7.14). */
    uint16_t idx = __atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE);
    if (idx == q->used_idx)
        return false;
    if ((uint16_t)(idx - q->next_used) > (uint16_t)(q->published - q->next_used))
        virtq_ran_ahead(q, idx);
    q->used_idx = idx;
    return true;
}

/* The next used entry, unchecked. Only where virtq_has_more. */
static inline struct virtq_used_elem virtq_take(struct virtq *q)
{
    const volatile struct virtq_used_elem *entry = &q->used->ring[q->next_used++ & q->mask];
    return (struct virtq_used_elem){.id = entry->id, .len = entry->len};
}

/* Puts descriptor id into the available ring: steps 1 to 3 of 2.7.13. The device sees it after
 * virtq_publish. */
static inline void virtq_add(struct virtq *q, uint16_t id)
{
    q->avail->ring[q->added++ & q->mask] = id;
}

/* used_event, 2.7.7.2: the driver's wish. avail_event, 2.7.10.2: the device's. */
static inline volatile uint16_t *virtq_used_event(struct virtq *q)
{
    return &q->avail->ring[q->size];
}

static inline volatile uint16_t *virtq_avail_event(struct virtq *q)
{
    return (volatile uint16_t *)&q->used->ring[q->size];
}

/* Whether an index that went from old to idx has passed event: the indices of 2.7.7.2 and 2.7.10.2,
 * which wrap. */
static inline bool virtq_passed(uint16_t event, uint16_t idx, uint16_t old)
{
    return (uint16_t)(idx - event - 1) < (uint16_t)(idx - old);
}

/*
 * True, once, if the device asks to be notified of something that was published since it last was.
 *
 * Not only of the last publish: where the fence of virtq_publish is lost (QEMU's TCG leaves it out
 * for a machine of one CPU) we may have read the device's wish before it could see our index, and
 * it waits for ever. So the wish is held against all that was not notified, at each publish, and
 * whenever somebody asks: who has nothing to do should, and after a true barrier before he sleeps.
 *
 * A device that always found buffers has not asked for long, and by then the index may have gone
 * round. It can only wait for what is in the ring, so what lies further back is no concern.
 */
static inline bool virtq_needs_notify(struct virtq *q)
{
    bool wanted;
    if ((uint16_t)(q->published - q->notified) > q->size)
        q->notified = (uint16_t)(q->published - q->size);
    if (q->event_idx)
        wanted = virtq_passed(*virtq_avail_event(q), q->published, q->notified);
    else
        wanted = q->published != q->notified &&
                 !(__atomic_load_n(&q->used->flags, __ATOMIC_RELAXED) & VIRTQ_USED_F_NO_NOTIFY);
    if (wanted)
        q->notified = q->published;
    return wanted;
}

/* Shows the device what was added; whether it wants to be notified says virtq_needs_notify. */
static inline void virtq_publish(struct virtq *q)
{
    if (q->added == q->published)
        return;
    q->published = q->added;
    /* Release: "a suitable memory barrier to ensure the device sees the updated descriptor table
     * and available ring before the next step", 2.7.13 steps 4 and 5. */
    __atomic_store_n(&q->avail->idx, q->added, __ATOMIC_RELEASE);
    /* "A suitable memory barrier to ensure that it updates the idx field before checking for
     * notification suppression", 2.7.13 step 6. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Asks for an interrupt at the next used buffer. A barrier is the caller's, before he looks whether
 * there is one already. */
static inline void virtq_arm(struct virtq *q)
{
    if (q->event_idx)
        *virtq_used_event(q) = q->next_used;
    else
        __atomic_store_n(&q->avail->flags, 0, __ATOMIC_RELAXED);
}

/* Asks for none. An index needs no word: the used index passes it once and leaves it behind. */
static inline void virtq_disarm(struct virtq *q)
{
    if (!q->event_idx)
        __atomic_store_n(&q->avail->flags, VIRTQ_AVAIL_F_NO_INTERRUPT, __ATOMIC_RELAXED);
}

#endif
