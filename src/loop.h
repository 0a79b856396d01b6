/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop over one device: frames come in, are answered in place, and go out. It never waits but in
 * pace_rest.
 */
#ifndef LOOP_H
#define LOOP_H

#include "net/net.h"
#include "pace.h"
#include "virtio/virtio_net.h"

struct loop {
    struct virtio_net net;     /* the device: its rings and buffers */
    struct netif nif;          /* our address on it, and what became of the frames */
    struct pace pace;          /* when to notify it, when to sleep */
    struct frame_list stamped; /* answers of this turn that are to say when they were sent */
};

/* One turn: answers what has come in, sends what is due, and shows the device both. */
void loop_turn(struct loop *l);

/* Makes now the time of the interface. All that is done until the next call is done at that time. */
void loop_read_clock(struct loop *l);

#endif
