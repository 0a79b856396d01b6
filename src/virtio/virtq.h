/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The split virtqueue. VIRTIO 1.2, 2.7.
 *
 * The driver writes descriptors and available ring and never reads them back; the device writes the
 * used ring, whose every field is read once and is input, not truth: whoever takes an entry checks
 * its id and length. A used index that runs ahead of what was made available is a panic, since
 * nobody knows then who owns what.
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

struct virtio;

#define VIRTQ_SIZE_MAX 32768 /* 2.7 */

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
        published;  /* what the device was told of `added`: our copy of avail->idx; virtq_publish */
    uint16_t taken; /* next entry of the used ring to read; virtq_take */
    uint16_t seen;  /* used->idx when it was last read; virtq_pending */
    bool quiet;     /* the last publish was not notified; virtq_publish and virtq_doubt */
    uint16_t index; /* of the queue in its device */
    uint16_t size;  /* entries: a power of two */
    struct virtio *virtio; /* whose queue it is */
};

/* Octets of memory for the rings of a queue of `size` entries. A multiple of 64. */
size_t virtq_memory(uint16_t size);

/* Lays the rings out in memory (zeroed, aligned to 64, virtq_memory(size) octets, address =
 * physical address). Used buffer notifications are off. The device does not know of it yet. */
void virtq_init(struct virtq *q, struct virtio *v, uint16_t index, uint16_t size, void *memory);

/* Panics: used->idx has become idx, which is more than was published. */
_Noreturn void virtq_ran_ahead(struct virtq *q, uint16_t idx);

/* True if the device has used a buffer that was not taken yet. Reads the device's index once per
 * batch: only when all that was seen before has been taken. */
static inline bool virtq_pending(struct virtq *q)
{
    if (q->taken != q->seen)
        return true;
    /* Acquire: the entries, and the buffers, are read after the index that covers them (2.7.14). */
    uint16_t idx = __atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE);
    if (idx == q->seen)
        return false;
    if ((uint16_t)(idx - q->taken) > (uint16_t)(q->published - q->taken))
        virtq_ran_ahead(q, idx);
    q->seen = idx;
    return true;
}

/* The next used entry, unchecked. Only after virtq_pending returned true. */
static inline struct virtq_used_elem virtq_take(struct virtq *q)
{
    const volatile struct virtq_used_elem *entry = &q->used->ring[q->taken++ & q->mask];
    return (struct virtq_used_elem){.id = entry->id, .len = entry->len};
}

/* Puts descriptor id into the available ring: steps 1 to 3 of 2.7.13. The device sees it after
 * virtq_publish. */
static inline void virtq_add(struct virtq *q, uint16_t id)
{
    q->avail->ring[q->added++ & q->mask] = id;
}

/* Shows the device what was added. True if something was, and the device asks to be notified of it.
 */
static inline bool virtq_publish(struct virtq *q)
{
    if (q->added == q->published)
        return false;
    q->published = q->added;
    /* Release: "a suitable memory barrier to ensure the device sees the updated descriptor table
     * and available ring before the next step", 2.7.13 steps 4 and 5. */
    __atomic_store_n(&q->avail->idx, q->added, __ATOMIC_RELEASE);
    /* "A suitable memory barrier to ensure that it updates the idx field before checking for
     * notification suppression", 2.7.13 step 6. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    uint16_t flags = __atomic_load_n(&q->used->flags, __ATOMIC_RELAXED);
    q->quiet = flags & VIRTQ_USED_F_NO_NOTIFY; /* 2.7.10.1 */
    return !q->quiet;
}

/*
 * True, once, if what was last published was not notified. Where the fence above is lost (QEMU's
 * TCG leaves it out for a machine of one CPU) the device may have asked for a notification that we
 * did not see, and then waits for ever: so whoever has nothing to do asks this, and notifies in
 * doubt, which the device must bear (2.7.10.2).
 */
static inline bool virtq_doubt(struct virtq *q)
{
    bool quiet = q->quiet;
    q->quiet = false;
    return quiet;
}

#endif
