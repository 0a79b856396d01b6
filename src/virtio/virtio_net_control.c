/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network device's control queue: see the header.
 *
 * Nothing waits for the end of a command: that is seen when virtio_net_control_run is called again.
 * There are two kinds of commands, and at most one of each kind is in the queue. The device stays
 * promiscuous, as it starts, until it has confirmed the filter's table: so no frame of ours is lost
 * on the way.
 */
#include "virtio/virtio_net_control.h"

#include "platform/memory.h"

#include <string.h>

#define CONTROLQ 2 /* 5.1.2: as long as we accept no feature that gives more queues */

/* Classes and commands, 5.1.6.5 */
#define VIRTIO_NET_CTRL_RX            0
#define VIRTIO_NET_CTRL_RX_PROMISC    0
#define VIRTIO_NET_CTRL_RX_ALLMULTI   1
#define VIRTIO_NET_CTRL_MAC           1
#define VIRTIO_NET_CTRL_MAC_TABLE_SET 0
#define VIRTIO_NET_CTRL_ANNOUNCE      3
#define VIRTIO_NET_CTRL_ANNOUNCE_ACK  0
#define VIRTIO_NET_OK                 0

/* A wish for an announcement that never ends is heard so often: more often than QEMU wishes when a
 * machine has moved. */
#define ANNOUNCEMENTS 16

/* What is to be done next for the filter, once the command before it is confirmed. */
enum filter_step { FILTER_TABLE, FILTER_ALLMULTI, FILTER_PROMISC, FILTER_CONFIRMED, FILTER_DONE };

enum kind { ANNOUNCE, FILTER, KINDS };

struct command { /* 5.1.6.5 */
    uint8_t class, command;
    uint8_t data[4 + 6 + 4 + 6 * VIRTIO_NET_GROUPS]; /* up to here read by the device */
    uint8_t ack;                                     /* written by the device */
    bool busy;                                       /* it is the device's */
};

struct virtio_net_control {
    struct virtq queue;
    struct command commands[KINDS]; /* each has the descriptors 2 * kind and 2 * kind + 1 */
    unsigned announcements;         /* acknowledged since the device last had no wish for one */
    enum filter_step step;
    unsigned count; /* of groups that are asked for */
    uint8_t groups[VIRTIO_NET_GROUPS][6];
};

#define CONTROLQ_SIZE (2 * KINDS)

void virtio_net_control_init(struct virtio_net *net)
{
    struct virtio *v = net->virtio;

    if (!virtio_has(v, VIRTIO_NET_F_CTRL_VQ))
        return;
    if (v->ops->queue_size(v, CONTROLQ) < CONTROLQ_SIZE)
        return;
    net->control = memory_alloc(sizeof *net->control, 64);
    virtq_init(&net->control->queue, v, CONTROLQ, CONTROLQ_SIZE, 0,
               memory_alloc(virtq_memory(CONTROLQ_SIZE), 64));
}

void virtio_net_control_start(struct virtio_net *net)
{
    struct virtio_net_control *control = net->control;

    if (!control)
        return;
    virtq_restart(&control->queue);
    virtq_enable(&control->queue);
    memset(control->commands, 0, sizeof control->commands);
    control->step = FILTER_TABLE;
}

static void send(struct virtio_net_control *control, enum kind kind, uint8_t class, uint8_t command,
                 uint32_t data_length)
{
    struct command *c = &control->commands[kind];

    c->class = class;
    c->command = command;
    c->ack = !VIRTIO_NET_OK;
    c->busy = true;
    virtq_add_command(&control->queue, (uint16_t)(2 * kind), c, 2 + data_length, &c->ack,
                      sizeof c->ack);
}

/* Switches promiscuous mode or the reception of all groups on or off. */
static void send_mode(struct virtio_net_control *control, uint8_t mode, bool on)
{
    control->commands[FILTER].data[0] = on;
    send(control, FILTER, VIRTIO_NET_CTRL_RX, mode, 1);
}

/* One entry after the other behind their number. Returns the place behind them. */
static uint8_t *put_addresses(uint8_t *at, const void *addresses, uint32_t count)
{
    memcpy(at, &count, sizeof count);
    memcpy(at + sizeof count, addresses, 6 * (size_t)count);
    return at + sizeof count + 6 * (size_t)count;
}

/* 5.1.6.5.2: first the addresses of single stations, then those of groups. */
static void send_table(struct virtio_net *net)
{
    struct virtio_net_control *control = net->control;
    uint8_t *start = control->commands[FILTER].data;
    uint8_t *end = put_addresses(start, net->mac, 1);

    end = put_addresses(end, control->groups,
                        control->count <= VIRTIO_NET_GROUPS ? control->count : 0);
    send(control, FILTER, VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_MAC_TABLE_SET,
         (uint32_t)(end - start));
}

/* The filter's next command. If the device refuses one, all frames have to come. */
static void run_filter(struct virtio_net *net)
{
    struct virtio_net_control *control = net->control;
    const struct command *c = &control->commands[FILTER];

    if (c->busy || control->step == FILTER_DONE || !virtio_has(net->virtio, VIRTIO_NET_F_CTRL_RX))
        return;
    if (control->step != FILTER_TABLE && c->ack != VIRTIO_NET_OK) {
        net->unfiltered = true;
        control->step = FILTER_DONE;
        send_mode(control, VIRTIO_NET_CTRL_RX_PROMISC, true);
        return;
    }
    switch (control->step++) {
    case FILTER_TABLE:
        send_table(net);
        break;
    case FILTER_ALLMULTI:
        send_mode(control, VIRTIO_NET_CTRL_RX_ALLMULTI, control->count > VIRTIO_NET_GROUPS);
        break;
    case FILTER_PROMISC:
        send_mode(control, VIRTIO_NET_CTRL_RX_PROMISC, false);
        break;
    default:
        break;
    }
}

bool virtio_net_control_run(struct virtio_net *net, bool announce)
{
    struct virtio_net_control *control = net->control;

    if (!control)
        return false;
    struct virtq *q = &control->queue;
    while (virtq_pending(q)) {
        uint32_t kind = virtq_take(q).id / 2;
        if (kind < KINDS && control->commands[kind].busy)
            control->commands[kind].busy = false;
        else
            net->virtio->fault = "lost a buffer";
    }
    if (!announce)
        control->announcements = 0;
    announce =
        announce && !control->commands[ANNOUNCE].busy && control->announcements++ < ANNOUNCEMENTS;
    if (announce)
        send(control, ANNOUNCE, VIRTIO_NET_CTRL_ANNOUNCE, VIRTIO_NET_CTRL_ANNOUNCE_ACK, 0);
    run_filter(net);
    virtq_publish(q);
    if (virtq_needs_notify(q))
        net->virtio->ops->notify(net->virtio, q->index);
    return announce;
}

void virtio_net_set_filter(struct virtio_net *net, const uint8_t (*groups)[6], unsigned count)
{
    struct virtio_net_control *control = net->control;

    if (!control)
        return;
    control->count = count;
    if (count > 0 && count <= VIRTIO_NET_GROUPS)
        memcpy(control->groups, groups, count * sizeof *groups);
    control->step = FILTER_TABLE;
    virtio_net_control_run(net, false);
}
