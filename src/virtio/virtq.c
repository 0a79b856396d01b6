/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The split virtqueue, VIRTIO 1.2, 2.7: see the header. First what runs per buffer, in a buffer's
 * order; then the queue's memory and its start.
 */
#include "virtio/virtq.h"

#include <string.h>

#include "net/ensure.h"

bool virtq_has_more(const struct virtq *q)
{
    return q->next_used != q->used_idx;
}

inline bool virtq_pending(struct virtq *q)
{
    if (virtq_has_more(q))
        return true;
    /* Acquire: the entries, and the buffers, are read after the index that covers them (2.7.14). */
    uint16_t idx = __atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE);
    if (idx == q->used_idx)
        return false;
    if ((uint16_t)(idx - q->next_used) > (uint16_t)(q->published - q->next_used)) {
        q->virtio->fault = "returned more buffers than it had";
        return false;
    }
    q->used_idx = idx;
    return true;
}

struct virtq_used_elem virtq_take(struct virtq *q)
{
    ensure(virtq_has_more(q));
    const volatile struct virtq_used_elem *entry = &q->used->ring[q->next_used++ & q->mask];
    return (struct virtq_used_elem){.id = entry->id, .len = entry->len};
}

void virtq_add(struct virtq *q, uint16_t id, const void *address, uint32_t length)
{
    ensure((uint16_t)(q->added - q->next_used) < q->size);
    q->desc[id] =
        (struct virtq_desc){.addr = (uintptr_t)address, .len = length, .flags = q->desc_flags};
    q->avail->ring[q->added++ & q->mask] = id;
}

void virtq_publish(struct virtq *q)
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

volatile uint16_t *virtq_used_event(struct virtq *q)
{
    return &q->avail->ring[q->size];
}

volatile uint16_t *virtq_avail_event(struct virtq *q)
{
    return (volatile uint16_t *)&q->used->ring[q->size];
}

bool virtq_passed(uint16_t event, uint16_t idx, uint16_t old)
{
    return (uint16_t)(idx - event - 1) < (uint16_t)(idx - old);
}

inline bool virtq_needs_notify(struct virtq *q)
{
    if (q->published == q->notified)
        return false;
    /* A device that always found buffers has not asked for long, and by then the index may have
     * gone round. It can only wait for what is in the ring, so what lies further back does not
     * matter. */
    if ((uint16_t)(q->published - q->notified) > q->size)
        q->notified = (uint16_t)(q->published - q->size);
    if (q->event_idx) {
        if (!virtq_passed(*virtq_avail_event(q), q->published, q->notified))
            return false;
    } else if (__atomic_load_n(&q->used->flags, __ATOMIC_RELAXED) & VIRTQ_USED_F_NO_NOTIFY) {
        return false;
    }
    q->notified = q->published;
    return true;
}

void virtq_arm(struct virtq *q)
{
    if (q->event_idx)
        *virtq_used_event(q) = q->next_used;
    else
        __atomic_store_n(&q->avail->flags, 0, __ATOMIC_RELAXED);
}

/* An event index needs no change: the used index passes it once and leaves it behind. */
void virtq_disarm(struct virtq *q)
{
    if (!q->event_idx)
        __atomic_store_n(&q->avail->flags, VIRTQ_AVAIL_F_NO_INTERRUPT, __ATOMIC_RELAXED);
}

/* Each part starts on a cache line of its own: that is more than the 16, 2 and 4 octets that 2.7
 * asks for, and the device does not write into lines that the driver writes. */
static size_t lines(size_t octets)
{
    return (octets + 63) & ~(size_t)63;
}

static size_t desc_memory(uint16_t size)
{
    return lines(sizeof(struct virtq_desc) * size);
}

static size_t avail_memory(uint16_t size)
{
    return lines(sizeof(struct virtq_avail) + sizeof(uint16_t) * size + sizeof(uint16_t));
}

static size_t used_memory(uint16_t size)
{
    return lines(sizeof(struct virtq_used) + sizeof(struct virtq_used_elem) * size +
                 sizeof(uint16_t));
}

size_t virtq_memory(uint16_t size)
{
    return desc_memory(size) + avail_memory(size) + used_memory(size);
}

void virtq_init(struct virtq *q, struct virtio *v, uint16_t index, uint16_t size,
                uint16_t desc_flags, void *memory)
{
    uint8_t *avail = (uint8_t *)memory + desc_memory(size);
    *q = (struct virtq){
        .desc = memory,
        .avail = (void *)avail,
        .used = (void *)(avail + avail_memory(size)),
        .virtio = v,
        .index = index,
        .size = size,
        .mask = (uint16_t)(size - 1),
        .desc_flags = desc_flags,
        .event_idx = virtio_has(v, VIRTIO_F_EVENT_IDX),
    };
    if (q->event_idx)
        *virtq_used_event(q) = UINT16_MAX; /* behind the first used buffer: passed already */
    virtq_disarm(q);                       /* 2.7.7.1: with event indices flags stays 0 */
}

void virtq_restart(struct virtq *q)
{
    bool interrupts = q->interrupts;

    memset(q->desc, 0, virtq_memory(q->size));
    virtq_init(q, q->virtio, q->index, q->size, q->desc_flags, q->desc);
    q->interrupts = interrupts;
}

void virtq_enable(const struct virtq *q)
{
    struct virtio *v = q->virtio;
    struct virtio_queue queue = {
        .index = q->index,
        .size = q->size,
        .interrupts = q->interrupts,
        .desc = q->desc,
        .driver = q->avail,
        .device = q->used,
    };
    bool enabled = v->ops->queue_enable(v, &queue);
    uint16_t size = v->ops->queue_size(v, q->index);
    if (!enabled || size != q->size)
        virtio_fail(v, "queue %u: %s with size %u, expected it enabled with size %u", q->index,
                    enabled ? "enabled" : "not enabled", size, q->size);
}

void virtq_add_command(struct virtq *q, uint16_t id, const void *request, uint32_t request_length,
                       void *answer, uint32_t answer_length)
{
    uint16_t next = (uint16_t)(id + 1);

    virtq_add(q, id, request, request_length);
    q->desc[id].flags = VIRTQ_DESC_F_NEXT;
    q->desc[id].next = next;
    q->desc[next] = (struct virtq_desc){
        .addr = (uintptr_t)answer, .len = answer_length, .flags = VIRTQ_DESC_F_WRITE};
}
