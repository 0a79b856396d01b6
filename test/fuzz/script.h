/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The input of fuzz_frames: one octet that chooses the host, then steps. A step is an octet of
 * flags and one of its kind, two numbers and a length of 16 bits each, and a frame. seeds.py writes
 * the same format. Any input is a script: a frame that is cut is as long as it is.
 */
#ifndef FUZZ_SCRIPT_H
#define FUZZ_SCRIPT_H

#include "host.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STEP_CHECKSUMS 0x01 /* repair the checksums */
#define STEP_LENGTHS   0x02 /* repair the lengths: IPv4, UDP */
#define STEP_ADDRESS   0x04 /* address it to us */
#define STEP_ROOMY     0x08 /* in a buffer with more room than there must be */
#define STEP_LAZY      0x10 /* released frames are taken back later */
#define STEP_NO_SPARE  0x20 /* of STEP_TIME: all spare buffers are on their way */

enum step_kind {
    STEP_FRAME, /* a octets longer, the last b of them cut off: they are what was there before */
    STEP_FRAGMENTS, /* an IPv4 packet, its payload a octets longer, in fragments as b says */
    STEP_TIME, /* b units of time pass; a chooses: microseconds, milliseconds, seconds, minutes */
    STEP_LINK_UP,
    STEP_ANNOUNCE, /* the machine has moved */
    STEP_MTU,      /* the link's MTU is the least one and b octets from now on */
    STEP_WALL_CLOCK, /* the time of day is told: a times 2^16 and b, of 100001 us; a is its error too */
    STEP_KINDS,
};

#define STEP_HEADER 8
#define STEP_MOST   2048  /* octets of a frame in the script; what is longer is cut */
#define FRAME_MOST  9100  /* octets of a frame */
#define PACKET_MOST 65600 /* octets of a packet that is made into fragments */
#define PIECES_MOST 64    /* fragments of it */

struct step {
    const uint8_t *frame;
    size_t len;
    size_t offset; /* of the step in the script, and its end */
    size_t end;
    uint8_t flags;
    enum step_kind kind;
    unsigned a, b;
};

/* The step at offset in the script, false at its end. The next is at its end. */
bool script_step(const uint8_t *script, size_t size, size_t offset, struct step *step);

/* Writes the step's frame, a octets longer but at most room, and repairs it. Its length. */
size_t script_frame(const struct host *us, const struct step *step, uint8_t *frame, size_t room);

/* Does to the frame what the flags say. */
void script_repair(const struct host *us, uint8_t flags, uint8_t *frame, size_t len);

/* Where the IPv4 packet of a frame begins, 0 if there is none. */
size_t script_ipv4(const uint8_t *frame, size_t len);

/*
 * Calls give for each fragment of the packet in whole, in the order that b chooses: its high octet
 * is the size of the pieces in units of eight, its low one which of them comes twice, not at all,
 * or changed, and whether they come backwards.
 */
void script_fragments(const uint8_t *whole, size_t len, unsigned b,
                      void (*give)(void *to, const uint8_t *frame, size_t len), void *to);

#endif
