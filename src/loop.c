/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A turn of the loop, from top to bottom as a frame travels. Between the device and the network
 * core each frame has one owner: what the core neither answers nor holds goes back to receive.
 */
#include "loop.h"

#include "platform/clock.h"

static unsigned loop_receive(struct loop *l);
static void loop_answer(struct loop *l, struct frame *f);
static void loop_send(struct loop *l, struct frame *f);
static void loop_release(struct loop *l);
static void loop_tick(struct loop *l);
static void loop_publish(struct loop *l);

void loop_turn(struct loop *l)
{
    virtio_net_reap(&l->net); /* takes back what was sent */
    unsigned frames = loop_receive(l);
    if (frames == 0)
        loop_read_clock(l);
    loop_tick(l);
    loop_publish(l);
    if (pace_notify(&l->pace, frames))
        virtio_net_notify(&l->net);
}

/* Answers every frame that has come in. Returns how many. */
static unsigned loop_receive(struct loop *l)
{
    struct frame *f;
    unsigned frames = 0;

    while (virtio_net_pending(&l->net)) {
        loop_read_clock(l); /* after the frames have come, and once for all of them */
        for (; (f = virtio_net_receive(&l->net)); frames++)
            loop_answer(l, f);
    }
    return frames;
}

static void loop_answer(struct loop *l, struct frame *f)
{
    enum verdict v = net_input(&l->nif, f);

    if (verdict_replies(v)) {
        loop_send(l, f);
        return;
    }
    if (!verdict_holds(v))
        virtio_net_recycle(&l->net, f);
    loop_release(l);
}

/* Sends an answer. The device sees it when the turn ends. */
static void loop_send(struct loop *l, struct frame *f)
{
    if (f->stamp)
        frame_list_add(&l->stamped, f);
    virtio_net_send(&l->net, f);
}

/* Takes back the frames that the core held: each is part of an answer, or empty again. */
static void loop_release(struct loop *l)
{
    struct frame *f;
    bool is_answer;

    while ((f = net_released(&l->nif, &is_answer))) {
        if (is_answer)
            loop_send(l, f);
        else
            virtio_net_recycle(&l->net, f);
    }
}

/* Sends what is due and answers no frame: announcements, requests for a neighbour. */
static void loop_tick(struct loop *l)
{
    struct frame *spare;

    while (net_due(&l->nif) <= l->nif.now && (spare = virtio_net_spare(&l->net))) {
        enum verdict v = net_tick(&l->nif, spare);
        if (v == VERDICT_NONE)
            virtio_net_recycle(&l->net, spare);
        else if (!verdict_holds(v))
            virtio_net_send(&l->net, spare);
    }
    loop_release(l);
}

/* Shows the device what the turn has sent and given back. */
static void loop_publish(struct loop *l)
{
    struct frame *f;

    while ((f = frame_list_take(&l->stamped)))
        net_stamp(&l->nif, f, clock_us());
    virtio_net_publish(&l->net);
}

void loop_read_clock(struct loop *l)
{
    l->nif.now = clock_us();
}
