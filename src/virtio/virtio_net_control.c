/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network device's status field and its control queue: see the header.
 *
 * One command at a time, and the only one is VIRTIO_NET_CTRL_ANNOUNCE_ACK. The driver does not wait
 * for its end: the device repeats its wish until the command has arrived.
 */
#include "virtio/virtio_net_control.h"

#include "platform/memory.h"

#define CONTROLQ      2 /* 5.1.2: as long as we accept no feature that gives more queues */
#define CONTROLQ_SIZE 2 /* one command of two parts */

#define VIRTIO_NET_CTRL_ANNOUNCE     3
#define VIRTIO_NET_CTRL_ANNOUNCE_ACK 0

struct virtio_net_control {
    struct virtq queue;
    struct {
        uint8_t class, command;
    } request;   /* 5.1.6.5, read by the device */
    uint8_t ack; /* written by the device, and of no use to us */
};

void virtio_net_control_init(struct virtio_net *net)
{
    struct virtio *v = net->virtio;

    if (!virtio_has(v, VIRTIO_NET_F_CTRL_VQ) || !virtio_has(v, VIRTIO_NET_F_GUEST_ANNOUNCE))
        return;
    if (v->ops->queue_size(v, CONTROLQ) < CONTROLQ_SIZE)
        return;
    struct virtio_net_control *control = memory_alloc(sizeof *control, 64);
    struct virtq *q = &control->queue;
    control->request.class = VIRTIO_NET_CTRL_ANNOUNCE;
    control->request.command = VIRTIO_NET_CTRL_ANNOUNCE_ACK;
    virtq_init(q, v, CONTROLQ, CONTROLQ_SIZE, 0, memory_alloc(virtq_memory(CONTROLQ_SIZE), 64));
    virtq_enable(q);
    net->control = control;
}

/* Tells the device that its wish is heard, unless a command that says so is still in the queue. */
static void acknowledge(struct virtio_net *net)
{
    struct virtio_net_control *control = net->control;
    struct virtq *q = &control->queue;

    while (virtq_pending(q))
        virtq_take(q);
    if (q->next_used == q->published)
        virtq_add_command(q, &control->request, sizeof control->request, &control->ack,
                          sizeof control->ack);
    virtq_publish(q);
    if (virtq_needs_notify(q))
        net->virtio->ops->notify(net->virtio, q->index);
}

enum virtio_net_news virtio_net_update(struct virtio_net *net)
{
    struct virtio *v = net->virtio;

    v->ops->interrupts_serve(v);
    if (!virtio_has(v, VIRTIO_NET_F_STATUS))
        return VIRTIO_NET_NO_NEWS;
    uint16_t status = virtio_config16(v, VIRTIO_NET_CONFIG_STATUS);
    bool was_up = net->link_up, moved = net->control && status & VIRTIO_NET_S_ANNOUNCE;
    net->link_up = status & VIRTIO_NET_S_LINK_UP;
    if (moved)
        acknowledge(net);
    if (net->link_up && !was_up)
        return VIRTIO_NET_CAME_UP;
    return moved ? VIRTIO_NET_MOVED : VIRTIO_NET_NO_NEWS;
}
