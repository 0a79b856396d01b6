/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network device. VIRTIO 1.2, 5.1.
 *
 * The rule of ownership: buffer i is descriptor i of both queues and is always in exactly one
 * place: the receive queue, the driver's hands, or the transmit queue. So there is nothing to look
 * up or to allocate, and no queue can overflow. What the device returns is compared with where we
 * put it: an id out of range or of a buffer that is not in that queue, or a length that can't be,
 * is counted and survived.
 *
 * Of a buffer, the frame begins at VIRTIO_NET_HEAD + VIRTIO_NET_HDR; the header of 5.1.6 is always
 * just before it.
 */
#ifndef VIRTIO_VIRTIO_NET_H
#define VIRTIO_VIRTIO_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "net/frame.h"
#include "virtio/virtio.h"
#include "virtio/virtq.h"

#define VIRTIO_NET_HEAD 52 /* octets that a frame can grow at its front */
#define VIRTIO_NET_HDR                                                                             \
    12 /* struct virtio_net_hdr, 5.1.6, as long as we accept no feature that makes it longer */
struct virtio_net_control; /* virtio_net_control.c's own */

#define VIRTIO_NET_SPARES 4 /* buffers kept out of receive for frames of our own */

/* What a device did that it must not: name, text. */
#define VIRTIO_NET_ERRORS(X)                                                                       \
    X(ID, "used id out of range")                                                                  \
    X(OWNER, "used id of a buffer not in that queue")                                              \
    X(LENGTH, "used length out of range")

enum virtio_net_error {
#define X(name, text) VIRTIO_NET_ERROR_##name,
    VIRTIO_NET_ERRORS(X)
#undef X
        VIRTIO_NET_ERROR_COUNT
};

enum virtio_net_owner { VIRTIO_NET_DRIVER, VIRTIO_NET_RECEIVE, VIRTIO_NET_TRANSMIT };

struct virtio_net_buffer {
    struct frame frame; /* first, so that a frame is its buffer */
    uint8_t owner;      /* enum virtio_net_owner: who may touch the octets */
};

struct virtio_net {
    struct virtq receive;
    struct virtq transmit;
    struct virtio_net_buffer *buffers; /* count of them: index = frame.id = descriptor */
    uint16_t count;    /* of buffers, and the size of both queues: a power of two; init writes it */
    uint16_t capacity; /* octets of the longest frame that is received; init writes it */
    uint16_t spares;   /* how many of spare[] are there */
    uint16_t spare[VIRTIO_NET_SPARES];  /* their ids */
    uint16_t mtu;                       /* octets, 68 to 65461; init writes it */
    uint8_t mac[6];                     /* init writes it */
    bool link_up;                       /* virtio_net_update writes it */
    bool interrupts;                    /* the device has a way to interrupt; init writes it */
    struct virtio_net_control *control; /* NULL: the device has no control queue */
    struct virtio *virtio;
    uint64_t errors[VIRTIO_NET_ERROR_COUNT];
};

/* Negotiates, allocates as many buffers as both queues and the memory allow, and gives them to the
 * device: it is live afterwards. Panics if it can't be. */
void virtio_net_init(struct virtio_net *net, struct virtio *v);

enum virtio_net_news {
    VIRTIO_NET_NO_NEWS,
    VIRTIO_NET_CAME_UP, /* the link was down and is up */
    VIRTIO_NET_MOVED,   /* the device asks for an announcement, on a link that was up (5.1.6.5.4) */
};

/*
 * Reads the link's state again, after an interrupt for the configuration or now and then: it costs
 * some exits. What of it the neighbours should hear about.
 */
enum virtio_net_news virtio_net_update(struct virtio_net *net);

/*
 * Asks the device to interrupt for the next frame. True if the driver may sleep until it does:
 * there is no frame yet, and room for one. To be taken back by virtio_net_disarm in either case.
 */
bool virtio_net_arm(struct virtio_net *net);
void virtio_net_disarm(struct virtio_net *net);

const char *virtio_net_error_text(enum virtio_net_error error);

/* Panics: the driver gives away what it does not hold. Ours, not the device's mistake. */
_Noreturn void virtio_net_not_ours(struct virtio_net *net, const struct virtio_net_buffer *b);

/* The buffer that the device returned from a queue, now ours; NULL, and counted, if it was not
 * there. */
static inline struct virtio_net_buffer *virtio_net_take_back(struct virtio_net *net, uint32_t id,
                                                             enum virtio_net_owner from)
{
    if (id >= net->count) {
        net->errors[VIRTIO_NET_ERROR_ID]++;
        return NULL;
    }
    struct virtio_net_buffer *b = &net->buffers[id];
    if (b->owner != from) {
        net->errors[VIRTIO_NET_ERROR_OWNER]++;
        return NULL;
    }
    b->owner = VIRTIO_NET_DRIVER;
    return b;
}

/* Puts a buffer that is ours where it is needed: among the spares, or back to receive. */
static inline void virtio_net_give_back(struct virtio_net *net, struct virtio_net_buffer *b)
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
    b->owner = VIRTIO_NET_RECEIVE; /* its receive descriptor never changes */
    virtq_add(&net->receive, f->id);
}

/* Whether frames have come, for virtio_net_receive to give. */
static inline bool virtio_net_pending(struct virtio_net *net)
{
    return virtq_pending(&net->receive);
}

/* The next frame that virtio_net_pending has seen, NULL if there is none. It is in the driver's hands
 * until it is sent or recycled. */
static inline struct frame *virtio_net_receive(struct virtio_net *net)
{
    while (virtq_has_more(&net->receive)) {
        struct virtq_used_elem used = virtq_take(&net->receive);
        struct virtio_net_buffer *b = virtio_net_take_back(net, used.id, VIRTIO_NET_RECEIVE);
        if (b == NULL)
            continue;
        uint32_t len = used.len - VIRTIO_NET_HDR; /* huge if there is not even the header */
        if (len > net->capacity) {
            net->errors[VIRTIO_NET_ERROR_LENGTH]++;
            virtio_net_give_back(net, b);
            continue;
        }
        b->frame.len = (uint16_t)len;
        return &b->frame;
    }
    return NULL;
}

/* Puts a frame that the driver holds into the transmit queue. Its data may have moved up to
 * VIRTIO_NET_HEAD octets to the front. */
static inline void virtio_net_send(struct virtio_net *net, struct frame *f)
{
    struct virtio_net_buffer *b = (struct virtio_net_buffer *)f;
    if (b->owner != VIRTIO_NET_DRIVER)
        virtio_net_not_ours(net, b);
    b->owner = VIRTIO_NET_TRANSMIT;
    /* 5.1.6.2.1: no flags, VIRTIO_NET_HDR_GSO_NONE, num_buffers 0 */
    uint8_t *header = f->data - VIRTIO_NET_HDR;
    memset(header, 0, VIRTIO_NET_HDR);
    struct virtq_desc *desc = &net->transmit.desc[f->id]; /* flags and next stay 0 */
    desc->addr = (uintptr_t)header;
    desc->len = VIRTIO_NET_HDR + (uint32_t)f->len;
    virtq_add(&net->transmit, f->id);
}

/* Gives a frame that the driver holds, and won't send, back to receive. */
static inline void virtio_net_recycle(struct virtio_net *net, struct frame *f)
{
    struct virtio_net_buffer *b = (struct virtio_net_buffer *)f;
    if (b->owner != VIRTIO_NET_DRIVER)
        virtio_net_not_ours(net, b);
    virtio_net_give_back(net, b);
}

/* Gives the buffers whose transmission is done back to receive; returns how many. */
static inline unsigned virtio_net_reap(struct virtio_net *net)
{
    unsigned reaped = 0;
    while (virtq_pending(&net->transmit)) {
        /* The length is not looked at: the device has written nothing, whatever it says (5.1.6.1).
         */
        uint32_t id = virtq_take(&net->transmit).id;
        struct virtio_net_buffer *b = virtio_net_take_back(net, id, VIRTIO_NET_TRANSMIT);
        if (b == NULL)
            continue;
        virtio_net_give_back(net, b);
        reaped++;
    }
    return reaped;
}

/* A buffer for a frame of our own, with no frame in it yet; NULL if all are in transmit. To be sent
 * or recycled. */
static inline struct frame *virtio_net_spare(struct virtio_net *net)
{
    if (net->spares == 0)
        return NULL;
    struct frame *f = &net->buffers[net->spare[--net->spares]].frame;
    f->len = 0;
    return f;
}

/* Shows the device what was sent and given back. */
static inline void virtio_net_publish(struct virtio_net *net)
{
    virtq_publish(&net->transmit);
    virtq_publish(&net->receive);
}

/* Notifies whatever queue the device waits for, at most once. To be called before the driver has
 * nothing else to do, and again while it has not: see virtq_needs_notify. */
static inline void virtio_net_notify(struct virtio_net *net)
{
    if (virtq_needs_notify(&net->transmit))
        net->virtio->ops->notify(net->virtio, net->transmit.index);
    if (virtq_needs_notify(&net->receive))
        net->virtio->ops->notify(net->virtio, net->receive.index);
}

/* Both. */
static inline void virtio_net_flush(struct virtio_net *net)
{
    virtio_net_publish(net);
    virtio_net_notify(net);
}

#endif
