/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The split virtqueue, VIRTIO 1.2, 2.7: its memory, and its end. What runs per buffer is in the
 * header.
 */
#include "virtio/virtq.h"

#include "virtio/virtio.h"

/* Each part starts on a cache line of its own: more than the 16, 2 and 4 octets that 2.7 asks for,
 * and what the device writes is not in the lines that the driver writes. */
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

void virtq_init(struct virtq *q, struct virtio *v, uint16_t index, uint16_t size, void *memory)
{
    uint8_t *avail = (uint8_t *)memory + desc_memory(size);
    *q = (struct virtq){
        .desc = memory,
        .avail = (void *)avail,
        .used = (void *)(avail + avail_memory(size)),
        .mask = (uint16_t)(size - 1),
        .index = index,
        .size = size,
        .event_idx = virtio_has(v, VIRTIO_F_EVENT_IDX),
        .virtio = v,
    };
    if (q->event_idx)
        *virtq_used_event(q) = UINT16_MAX; /* behind the first used buffer: passed already */
    virtq_disarm(q);                       /* 2.7.7.1: with event indices flags stays 0 */
}

void virtq_enable(const struct virtq *q)
{
    struct virtio_queue queue = {
        .index = q->index,
        .size = q->size,
        .interrupts = q->interrupts,
        .desc = q->desc,
        .driver = q->avail,
        .device = q->used,
    };
    q->virtio->ops->queue_enable(q->virtio, &queue);
}

void virtq_ran_ahead(struct virtq *q, uint16_t idx)
{
    virtio_fail(q->virtio,
                "queue %u: used index went from %u to %u, expected at most %u, the available index",
                q->index, q->next_used, idx, q->published);
}
