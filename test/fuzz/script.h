/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The input of fuzz_frames: one octet that chooses who we are, then steps. A step is an octet of
 * flags, two of length, and a frame. seeds.py writes the same format. Any input is a script: a
 * frame that is cut is as long as it is.
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
#define STEP_ROOMY     0x08 /* in a buffer with room behind the frame; else it fits exactly */
#define STEP_TICK      0x80 /* no frame: time passes */

#define STEP_HEADER 3
#define STEP_MOST   1514 /* octets of a frame; what is longer is cut */

struct step {
    const uint8_t *frame;
    size_t len;
    size_t offset; /* of the step in the script, and its end */
    size_t end;
    uint8_t flags;
};

/* The step at offset in the script, false at its end. The next is at its end. */
bool script_step(const uint8_t *script, size_t size, size_t offset, struct step *step);

/* Does to the frame what the flags say. */
void script_repair(const struct host *us, uint8_t flags, uint8_t *frame, size_t len);

/* The host that the script chooses. */
const struct host *script_host(const uint8_t *script, size_t size);

#endif
