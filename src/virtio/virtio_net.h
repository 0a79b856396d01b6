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
 * In a buffer, the frame begins at VIRTIO_NET_HEAD + VIRTIO_NET_HDR; the header of 5.1.6 is always
 * just before it.
 */
#ifndef VIRTIO_VIRTIO_NET_H
#define VIRTIO_VIRTIO_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "net/frame.h"
#include "virtio/virtio.h"
#include "virtio/virtq.h"

#define VIRTIO_NET_HEAD 52 /* octets that a frame can grow at its front */
/* Octets of struct virtio_net_hdr, 5.1.6, as long as we accept no feature that makes it longer. */
#define VIRTIO_NET_HDR    12
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
    uint8_t owner;      /* enum virtio_net_owner: the only side that may touch the octets */
};

struct virtio_net_control; /* virtio_net_control.c's own */

struct virtio_net {
    /* written by virtio_net_init */
    struct virtq receive, transmit;
    struct virtio_net_buffer *buffers;  /* count of them: index = frame.id = descriptor */
    uint16_t count;                     /* also the size of both queues: a power of two */
    uint16_t capacity;                  /* octets of the longest frame that is received */
    uint16_t mtu;                       /* octets, 68 to 65461 */
    uint8_t mac[6];                     /* of the device, or made up */
    bool interrupts;                    /* the device has a way to interrupt */
    struct virtio_net_control *control; /* NULL: the device has no control queue */
    struct virtio *virtio;

    bool link_up;                      /* virtio_net_update writes it */
    uint16_t spares;                   /* how many of spare[] are there */
    uint16_t spare[VIRTIO_NET_SPARES]; /* their ids */
    uint64_t errors[VIRTIO_NET_ERROR_COUNT];
};

/* Negotiates, allocates as many buffers as both queues and the memory allow, and gives them to the
 * device: it is live afterwards. Panics if it can't be. */
void virtio_net_init(struct virtio_net *net, struct virtio *v);

/* Takes back the buffers whose transmission is done and gives them to receive; returns how many. */
unsigned virtio_net_reap(struct virtio_net *net);

/* Whether frames have come, for virtio_net_receive to give. */
bool virtio_net_pending(struct virtio_net *net);

/* The next frame that virtio_net_pending has seen, NULL if there is none. It is in the driver's
 * hands until it is sent or recycled. */
struct frame *virtio_net_receive(struct virtio_net *net);

/* A buffer for a frame of our own, with no frame in it yet; NULL if all are in transmit. To be sent
 * or recycled. */
struct frame *virtio_net_spare(struct virtio_net *net);

/* Puts a frame that the driver holds into the transmit queue. Its data may have moved up to
 * VIRTIO_NET_HEAD octets to the front. */
void virtio_net_send(struct virtio_net *net, struct frame *f);

/* Gives a frame that the driver holds, and won't send, back to receive. */
void virtio_net_recycle(struct virtio_net *net, struct frame *f);

/* Shows the device what was sent and given back. */
void virtio_net_publish(struct virtio_net *net);

/* Notifies each queue whose device side waits, once. Call before going idle, and again while idle:
 * virtq_needs_notify says why. */
void virtio_net_notify(struct virtio_net *net);

/* virtio_net_publish and virtio_net_notify. */
void virtio_net_flush(struct virtio_net *net);

/*
 * Asks the device to interrupt for the next frame. True if the driver may sleep until it does:
 * there is no frame yet, and room for one. In either case virtio_net_disarm has to take it back.
 */
bool virtio_net_arm(struct virtio_net *net);
void virtio_net_disarm(struct virtio_net *net);

enum virtio_net_news {
    VIRTIO_NET_NO_NEWS,
    VIRTIO_NET_CAME_UP, /* the link was down and is up */
    VIRTIO_NET_MOVED,   /* the device asks for an announcement, on a link that was up (5.1.6.5.4) */
};

/*
 * Reads the link's state again, after an interrupt for the configuration or now and then: it costs
 * some exits. Returns what the neighbours should hear about.
 */
enum virtio_net_news virtio_net_update(struct virtio_net *net);

const char *virtio_net_error_text(enum virtio_net_error error);

#endif
