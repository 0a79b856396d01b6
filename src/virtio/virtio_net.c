/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network device per frame, in a buffer's order: received, sent or recycled, shown to the
 * device, taken back. VIRTIO 1.2, 5.1.6; the rule of ownership is in the header.
 */
#include "virtio/virtio_net.h"

#include <string.h>

/* The device returned another buffer than one that it has, so one of those will never come back. */
static struct virtio_net_buffer *lost(struct virtio_net *net, enum virtio_net_error error)
{
    net->errors[error]++;
    net->virtio->fault = "lost a buffer";
    return NULL;
}

/* The buffer that the device returned from a queue, now ours; NULL, and counted, if it was not
 * there. */
static inline struct virtio_net_buffer *take_back(struct virtio_net *net, uint32_t id,
                                                  enum virtio_net_owner from)
{
    if (id >= net->count)
        return lost(net, VIRTIO_NET_ERROR_ID);
    struct virtio_net_buffer *b = &net->buffers[id];
    if (b->owner != from)
        return lost(net, VIRTIO_NET_ERROR_OWNER);
    b->owner = VIRTIO_NET_DRIVER;
    return b;
}

/* Puts a buffer that is ours where it is needed: among the spares, or back to receive. */
static inline void give_back(struct virtio_net *net, struct virtio_net_buffer *b)
{
    struct frame *f = &b->frame;
    if (f->head != VIRTIO_NET_HEAD) { /* the frame's front was moved: undo that */
        f->data += VIRTIO_NET_HEAD - f->head;
        f->cap = net->capacity;
        f->head = VIRTIO_NET_HEAD;
    }
    if (net->spares < VIRTIO_NET_SPARES) {
        net->spare[net->spares++] = f->id;
        return;
    }
    b->owner = VIRTIO_NET_RECEIVE;
    virtq_add(&net->receive, f->id, f->data - VIRTIO_NET_HDR,
              VIRTIO_NET_HDR + (uint32_t)net->capacity);
}

unsigned virtio_net_reap(struct virtio_net *net)
{
    unsigned reaped = 0;
    while (virtq_pending(&net->transmit)) {
        /* The length does not count: the device has written nothing, whatever it says (5.1.6.1). */
        uint32_t id = virtq_take(&net->transmit).id;
        struct virtio_net_buffer *b = take_back(net, id, VIRTIO_NET_TRANSMIT);
        if (b == NULL)
            continue;
        give_back(net, b);
        reaped++;
    }
    return reaped;
}

bool virtio_net_pending(struct virtio_net *net)
{
    return virtq_pending(&net->receive);
}

struct frame *virtio_net_receive(struct virtio_net *net)
{
    while (virtq_has_more(&net->receive)) {
        struct virtq_used_elem used = virtq_take(&net->receive);
        struct virtio_net_buffer *b = take_back(net, used.id, VIRTIO_NET_RECEIVE);
        if (b == NULL)
            continue;
        uint32_t len = used.len - VIRTIO_NET_HDR; /* huge if there is not even the header */
        if (len > net->capacity) {
            net->errors[VIRTIO_NET_ERROR_LENGTH]++;
            give_back(net, b);
            continue;
        }
        b->frame.len = (uint16_t)len;
        return &b->frame;
    }
    return NULL;
}

struct frame *virtio_net_spare(struct virtio_net *net)
{
    if (net->spares == 0)
        return NULL;
    struct frame *f = &net->buffers[net->spare[--net->spares]].frame;
    f->len = 0;
    return f;
}

/* The buffer of a frame that the driver is about to give away. Panics if it does not hold it: that
 * is our own mistake, not the device's. */
static inline struct virtio_net_buffer *held(struct virtio_net *net, struct frame *f)
{
    struct virtio_net_buffer *b = (struct virtio_net_buffer *)f;
    if (b->owner != VIRTIO_NET_DRIVER)
        panic("%s: buffer %u is given away, but its owner is %u, expected %u, the driver",
              net->virtio->name, b->frame.id, b->owner, VIRTIO_NET_DRIVER);
    return b;
}

inline void virtio_net_send(struct virtio_net *net, struct frame *f)
{
    held(net, f)->owner = VIRTIO_NET_TRANSMIT;
    /* 5.1.6.2.1: no flags, VIRTIO_NET_HDR_GSO_NONE, num_buffers 0 */
    uint8_t *header = f->data - VIRTIO_NET_HDR;
    memset(header, 0, VIRTIO_NET_HDR);
    virtq_add(&net->transmit, f->id, header, VIRTIO_NET_HDR + (uint32_t)f->len);
}

void virtio_net_recycle(struct virtio_net *net, struct frame *f)
{
    give_back(net, held(net, f));
}

void virtio_net_publish(struct virtio_net *net)
{
    virtq_publish(&net->transmit);
    virtq_publish(&net->receive);
}

void virtio_net_notify(struct virtio_net *net)
{
    if (virtq_needs_notify(&net->transmit))
        net->virtio->ops->notify(net->virtio, net->transmit.index);
    if (virtq_needs_notify(&net->receive))
        net->virtio->ops->notify(net->virtio, net->receive.index);
}

void virtio_net_flush(struct virtio_net *net)
{
    virtio_net_publish(net);
    virtio_net_notify(net);
}

bool virtio_net_starved(const struct virtio_net *net)
{
    return (uint16_t)(net->receive.published - net->receive.next_used) < net->count / 4;
}

bool virtio_net_arm(struct virtio_net *net)
{
    virtq_arm(&net->receive);
    /* A barrier lies between our wish and this last look for a used buffer and for a wish of the
     * device. A fence would not do (virtq_needs_notify); nothing leaves out a register's read. */
    virtio_fault(net->virtio);
    virtio_net_notify(net);
    return !virtq_pending(&net->receive) && !net->virtio->fault && !virtio_net_starved(net);
}

void virtio_net_disarm(struct virtio_net *net)
{
    virtq_disarm(&net->receive);
}

const char *virtio_net_error_text(enum virtio_net_error error)
{
    static const char *const text[] = {
#define X(name, text) text,
        VIRTIO_NET_ERRORS(X)
#undef X
    };
    return text[error];
}
