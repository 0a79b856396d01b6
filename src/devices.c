/* SPDX-License-Identifier: BSD-2-Clause */
/* What brings no frames: see the header. */
#include "devices.h"

#include "net/net.h"
#include "platform/clock.h"
#include "platform/interrupt.h"
#include "platform/power.h"
#include "platform/print.h"
#include "shell/shell.h"

/* The time of day, looked at now and then. */
static void tell_time(struct devices *d, bool moved)
{
    if (!wall_look(&d->wall, moved))
        return;
    net_set_wall_clock(&d->loop->nif, d->wall.offset, d->wall.error);
    net_set_wall_drift(&d->loop->nif, d->wall.ppm);
}

/* A device that has to be reset again and again is told of less and less often; `stats` counts. */
static void report_faults(struct devices *d)
{
    const struct virtio_net *net = &d->loop->net;

    if (net->resets != d->told_resets && (net->resets & (net->resets - 1)) == 0)
        print("net0: warning: the device was reset, because it %s\n", net->reset_because);
    if (net->unfiltered && !d->told_unfiltered)
        print("net0: warning: the device refuses to filter, frames for others come too\n");
    d->told_resets = net->resets;
    d->told_unfiltered = net->unfiltered;
}

/* The device was unplugged. The console and the power button still work. */
static _Noreturn void stay_without_network(const struct devices *d)
{
    print("net0: the device is gone, there is no network any more\n");
    for (;;) {
        shell_poll();
        if (power_button())
            shell_power_off();
        if (d->can_sleep)
            interrupt_sleep();
    }
}

void devices_init(struct devices *d, struct loop *loop, bool can_sleep)
{
    *d = (struct devices){.loop = loop, .can_sleep = can_sleep};
    tell_time(d, false);
}

void devices_poll(struct devices *d)
{
    struct loop *loop = d->loop;

    loop_read_clock(loop);
    clock_refine();
    shell_poll();
    enum virtio_net_news news = virtio_net_update(&loop->net);
    report_faults(d);
    if (news == VIRTIO_NET_GONE)
        stay_without_network(d);
    if (news == VIRTIO_NET_CAME_UP)
        net_link_up(&loop->nif);
    if (news == VIRTIO_NET_MOVED)
        net_announce(&loop->nif);
    tell_time(d, news == VIRTIO_NET_MOVED);
    if (power_button())
        shell_power_off();
}
