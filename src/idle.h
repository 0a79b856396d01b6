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

/* What a turn of the loop brought. */
enum traffic {
    TRAFFIC_NONE,
    TRAFFIC_LIGHT, /* frames, whose sender may wait for the answers before he sends more */
    TRAFFIC_HEAVY, /* frames of a burst that keeps the host busy: see CONFIG_BURST */
};

/*
 * To be called at the end of each turn, with the time now of it; due is when the next one is needed
 * at the latest. May sleep. True if it is time to look at what makes no frames: the console, the
 * power button, the link.
 */
bool idle_turn(struct virtio_net *net, enum traffic traffic, uint64_t now, uint64_t due);

#endif
