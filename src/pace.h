/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop's pace: when to notify the device, and when to sleep. Both follow from how the frames
 * come: one by one, or in bursts.
 */
#ifndef PACE_H
#define PACE_H

#include "options.h"
#include "virtio/virtio_net.h"

#include <stdbool.h>
#include <stdint.h>

struct pace {
    enum idle mode;
    unsigned burst;       /* frames since the last turn without any */
    uint64_t awake_until; /* no sleep before this time */
    uint64_t next_poll;   /* when the devices are to be polled next, if no interrupt asks for it */
    uint64_t sleeps;      /* how often the guest has slept */
};

/* can_sleep: there are interrupts. Without them every mode is IDLE_POLL. */
void pace_init(struct pace *p, enum idle mode, bool can_sleep);

/*
 * Counts the frames of a turn. True if the device is to be notified of what the turns have published:
 * when no more frames come, or CONFIG_BURST have, since under TCG the guest waits for QEMU's other
 * thread at each notification.
 */
bool pace_notify(struct pace *p, unsigned frames);

/*
 * To be called at the end of a turn, after pace_notify: sleeps if nothing came and the mode allows
 * it, until `due` at the latest. now is the time of the turn. True if the devices are to be polled
 * that bring no frames: the console, the power button, the link.
 */
bool pace_rest(struct pace *p, struct virtio_net *net, uint64_t now, uint64_t due);

#endif
