/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network device. VIRTIO 1.2, 5.1.
 *
 * The rule of ownership: buffer i is descriptor i of both queues and is always in exactly one
 * place: the receive queue, the driver's hands, or the transmit queue. So there is nothing to look
 * up or to allocate, and no queue can overflow. What the device returns is compared with where we
 * put it: an id out of range or of a buffer that is not in that queue, or a length that can't be,
 * is counted and survived. A device that has lost a buffer, that asks for a reset or has stopped is
 * reset when virtio_net_update next looks: then no buffer is the device's, the driver keeps those
 * that it holds, and all others go back to receive.
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

    /* written by virtio_net_update */
    bool link_up;
    bool unfiltered;           /* the device refused to pass on our frames only */
    uint64_t resets;           /* times that the device was reset, but for the first */
    const char *reset_because; /* of the last of them: "it ..." */
    unsigned faults;           /* looks in a row that ended in a reset */
    unsigned stalled;          /* looks in a row that found the transmit queue full and still */
    uint16_t stalled_at;       /* transmit.next_used at these looks */

    uint16_t spares;                   /* how many of spare[] are there */
    uint16_t spare[VIRTIO_NET_SPARES]; /* their ids */
    uint64_t errors[VIRTIO_NET_ERROR_COUNT];
};

/* What virtio_net_set_filter takes at most; more are asked for as all groups that there are. */
#define VIRTIO_NET_GROUPS 16

/* Negotiates, allocates as many buffers as both queues and the memory allow, and gives them to the
 * device: it is live afterwards. Panics if it can't be. */
void virtio_net_init(struct virtio_net *net, struct virtio *v);

/* Resets the device and starts it anew, with the buffers that the driver does not hold. Panics if it
 * can't be. */
void virtio_net_restart(struct virtio_net *net);

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
 * there is no frame yet, and room for one, and the device has no fault. In either case
 * virtio_net_disarm has to take it back.
 */
bool virtio_net_arm(struct virtio_net *net);
void virtio_net_disarm(struct virtio_net *net);

/* Whether few buffers are in the receive queue: most others are in transmit. */
bool virtio_net_starved(const struct virtio_net *net);

enum virtio_net_news {
    VIRTIO_NET_NO_NEWS,
    VIRTIO_NET_CAME_UP, /* the link was down and is up */
    VIRTIO_NET_MOVED,   /* the device asks for an announcement, on a link that was up (5.1.6.5.4) */
    VIRTIO_NET_GONE,    /* the device was unplugged: nothing here is to be called any more */
};

/*
 * Looks after the device, after an interrupt for the configuration or now and then: it costs some
 * exits. A device with a fault is reset, which net->resets counts; if that does not help it panics.
 * Returns what the neighbours should hear about.
 */
enum virtio_net_news virtio_net_update(struct virtio_net *net);

/*
 * The device is to pass on frames to our MAC address, to all stations, and to these groups; at first
 * there are none. It may pass on others too: as long as it has not confirmed, and where it can't
 * filter or refuses to (net->unfiltered), which virtio_net_update finds out.
 */
void virtio_net_set_filter(struct virtio_net *net, const uint8_t (*groups)[6], unsigned count);

const char *virtio_net_error_text(enum virtio_net_error error);

#endif
