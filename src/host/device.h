/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host program answers frames on: a TAP, an interface, or a pair of capture files.
 *
 * A device reads one frame with one system call and sends one with one. Each error is told to the
 * user where it is met; each frame that does not reach the core has its counter.
 */
#ifndef HOST_DEVICE_H
#define HOST_DEVICE_H

#include "net/frame.h"

#include <stdbool.h>
#include <stdint.h>

/* Buffers are laid out as in the image: head room, the device's header, the frame. */
#define DEVICE_HEAD   52 /* octets that an answer may grow to the front */
#define DEVICE_HEADER 12 /* octets in front of a frame that belong to the device */
/* Octets of the longest frame: as many as frame.cap can say with its front moved. */
#define DEVICE_FRAME (UINT16_MAX - DEVICE_HEAD)

#define ETHERNET_MTU 1500 /* RFC 894 */

/* V(name, what it means): the frames that the core did not judge. */
#define DEVICE_COUNTERS(V)                                                                         \
    V(HOST_TOO_LONG, "frame longer than the buffer")                                               \
    V(HOST_CUT_SHORT, "frame of which only a part was captured")                                   \
    V(HOST_SEGMENTS, "several frames in one, by a sender's offload")                               \
    V(HOST_NOT_SENT, "answer that the device did not take")

enum device_counter {
#define V(name, meaning) name,
    DEVICE_COUNTERS(V)
#undef V
        DEVICE_COUNTERS_COUNT,
};

enum device_result {
    DEVICE_OK,     /* a frame is there, or was sent */
    DEVICE_NONE,   /* none this time: a signal came, work is due, or the frame was counted */
    DEVICE_END,    /* no more will come */
    DEVICE_FAILED, /* no more can come or go; the user was told why */
};

struct device {
    const char *kind; /* "tap" */
    char name[64];
    unsigned index; /* of the interface; it stays the same when the interface is renamed */
    uint8_t mac[6]; /* ours, unless the user gives another; a later change is not followed */
    uint16_t mtu;
    bool mtu_given; /* by the user: the interface's is not followed */
    bool live;      /* frames come when they come, so receive() may wait; else they lie there */
    uint64_t wall_offset; /* microseconds from 1970 to time 0 of now(), modulo 2^64 */
    uint64_t counters[DEVICE_COUNTERS_COUNT];

    /*
     * Waits for a frame and reads it to f->data. The buffer holds DEVICE_HEADER octets in front of
     * it and one more than f->cap, by which a longer frame shows. The core has work to do at time
     * due of now(): a capture, whose time passes only here, then returns DEVICE_NONE first.
     */
    enum device_result (*receive)(struct device *d, struct frame *f, uint64_t due);
    /* Sends the frame. The DEVICE_HEADER octets in front of it are overwritten. */
    enum device_result (*send)(struct device *d, struct frame *f);
    /* The time in microseconds, never less than before: that at which receive() returned. */
    uint64_t (*now)(void);
    /* Ends it. DEVICE_FAILED: what was sent last is not safe, or not all could be. */
    enum device_result (*close)(struct device *d);
};

/* Each opens the one device of its kind; NULL: it could not, and the user was told why. */
struct device *tap_open(const char *name);
struct device *packet_open(const char *interface);
struct device *pcap_files_open(const char *in, const char *out);

/* Our MAC where no interface gives one: locally administered (IEEE 802, the U/L bit). */
void device_default_mac(struct device *d);

/* now() of a live device. */
uint64_t device_clock(void);

/*
 * Reads what may change while a live device runs: the interface's MTU, and the time of day. An
 * interface that is gone keeps its last MTU.
 */
void device_look(struct device *d);

/* Keeps what read() or recvmsg() brought, n octets of f->cap + 1, as the frame. */
enum device_result device_accept(struct device *d, struct frame *f, size_t n);

/* Counts a frame that came to nothing. */
enum device_result device_count(struct device *d, enum device_counter c);

#endif
