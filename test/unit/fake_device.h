/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio network device made of memory, for the host: strict about what the driver does (each
 * descriptor that it is given is checked against VIRTIO 1.2, any fault fails the test), and as
 * hostile as a test asks for in what it returns. Also the platform that src/virtio needs: memory
 * that can run out (and a panic, in fake_panic.h).
 */
#ifndef FAKE_DEVICE_H
#define FAKE_DEVICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_panic.h"
#include "virtio/virtio.h"
#include "virtio/virtio_net.h"
#include "virtio/virtq.h"

#define FAKE_QUEUES   3
#define FAKE_RECEIVE  0
#define FAKE_TRANSMIT 1
#define FAKE_CONTROL  2

/* What fake_start leaves out of its offer, for the tests of just that. */
#define FAKE_NOT_OFFERED                                                                           \
    (1ULL << VIRTIO_F_EVENT_IDX | 1ULL << VIRTIO_F_ACCESS_PLATFORM | 1ULL << 17 | 1ULL << 18 |     \
     1ULL << 21)

struct fake_queue {
    uint16_t size;  /* offered */
    struct virtq q; /* as the driver enabled it */
    bool enabled;   /* the driver did */
    uint16_t avail; /* next entry of the available ring that the device will take */
    uint16_t used;  /* entries written to the used ring */
    unsigned notifications;
    unsigned interrupts; /* that the driver asked for */
    bool held[32768];    /* by id: the device has taken it and not yet returned it */
};

struct fake_device {
    struct virtio virtio; /* first: an operation's virtio is its fake device */
    uint64_t offered, accepted;
    uint8_t status;
    uint8_t written;    /* status that the driver wrote: the device may change it by itself */
    uint8_t config[12]; /* struct virtio_net_config, as far as mtu */
    uint32_t generation;
    /* Times that the configuration's MAC and generation will still change while it is read. */
    unsigned changes;
    bool refuses_features; /* FEATURES_OK does not stick */
    bool ignores_reset;    /* status stays */
    bool suppresses;       /* VIRTQ_USED_F_NO_NOTIFY when a queue is enabled */
    bool no_interrupts;    /* there is no way to interrupt */
    bool refuses_queue;    /* an enabled queue is not enabled */
    bool other_size;       /* an enabled queue keeps the size that was offered */
    bool unplugged;        /* its registers read all ones */
    unsigned resets;
    unsigned served;                             /* calls of interrupts_serve */
    void (*on_status)(struct fake_device *fake); /* what the device does when its status is read */
    struct fake_queue queue[FAKE_QUEUES];
    char log[1024]; /* what the driver did to status, features and queues, in order */
};

/* A device as QEMU's: all features but FAKE_NOT_OFFERED, 256 descriptors, link up, MTU 1500; and
 * enough memory. */
void fake_start(struct fake_device *fake);
/* Frees the memory that the driver allocated. */
void fake_stop(void);
/* fake_stop, for cmocka. */
int fake_teardown(void **state);

/* The next buffer that the driver made available: its id, or -1 if there is none. */
int fake_take(struct fake_device *fake, unsigned queue, uint8_t **octets, uint32_t *len);
/* Asks to be notified once more than what it has taken is available (2.7.10). */
void fake_wish(struct fake_device *fake, unsigned queue);
/* Returns a buffer. Nothing is checked: this is how to lie. */
void fake_use(struct fake_device *fake, unsigned queue, uint32_t id, uint32_t len);
/* Puts a frame into the next receive buffer: its id, or -1 if there is none. */
int fake_receive(struct fake_device *fake, const void *frame, uint32_t len);
/* Sends the next frame, which is copied to frame (of at least 65536 octets): its id, or -1 if there
 * is none. */
int fake_transmit(struct fake_device *fake, void *frame, uint32_t *len);

/* The driver's next frame, whenever it came; NULL if there is none. */
struct frame *fake_next(struct virtio_net *net);

extern const char *fake_obstacle; /* what dma_obstacle() says */
extern size_t fake_memory_left;   /* octets that memory_free() tells */
extern size_t fake_memory_used;   /* octets that were allocated */
extern uint8_t *fake_last;        /* what was allocated by memory_alloc_last() */
extern size_t fake_last_size;     /* its octets */

#endif
