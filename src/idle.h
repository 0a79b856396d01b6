/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the loop does when there is nothing to do: the three ways of `idle=`. Here the guest sleeps,
 * and nowhere else.
 */
#ifndef IDLE_H
#define IDLE_H

#include "options.h"
#include "virtio/virtio_net.h"

#include <stdbool.h>
#include <stdint.h>

extern uint64_t idle_sleeps; /* how often the guest has slept */

/* can_sleep: there are interrupts; without them every mode is IDLE_POLL. */
void idle_init(enum idle mode, bool can_sleep);

/*
 * To be called at the end of each turn of the loop, which began at time now and in which a frame
 * came or none did (busy); due is when the next turn is needed at the latest. May sleep. True if it
 * is time to look at what makes no frames: the console, the power button, the link.
 */
bool idle_turn(struct virtio_net *net, bool busy, uint64_t now, uint64_t due);

#endif
