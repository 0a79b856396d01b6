/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What brings no frames: the keyboard, the power button, the time of day, and what the network
 * device has to say besides frames.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include "loop.h"
#include "platform/wall.h"

#include <stdbool.h>
#include <stdint.h>

struct devices {
    struct loop *loop;
    bool can_sleep;
    struct wall wall;
    uint64_t told_resets; /* of the network device, when a warning said so last */
    bool told_unfiltered; /* that it does not filter */
};

/* can_sleep: there are interrupts. Tells the loop's interface the time of day. */
void devices_init(struct devices *d, struct loop *loop, bool can_sleep);

/* Looks at all of them. To be called now and then: it takes some exits. */
void devices_poll(struct devices *d);

#endif
