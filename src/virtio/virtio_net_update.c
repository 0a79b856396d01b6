/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks after the network device now and then: whether it is there and works, what its link's state
 * is, and what it wishes. VIRTIO 1.2, 2.1.2 and 5.1.4. A device that does not work is reset.
 */
#include "virtio/virtio_net_control.h"

/* So many looks in a row, each of which found a fault and ended in a reset, are enough. */
#define FAULTS_MAX 10

/* So many looks in a row, at least 50 ms apart, found most buffers in transmit and none of them come
 * back: 10 s. Looks are counted, as time may jump: while a machine is stopped its device is too. */
#define STALLED_MAX 200

/* Whether the device does not send any more, which in the end leaves no buffer for receive. */
static bool stalled(struct virtio_net *net)
{
    const struct virtq *q = &net->transmit;

    if (!virtio_net_starved(net) || q->next_used == q->published || q->next_used != net->stalled_at)
        net->stalled = 0;
    net->stalled_at = q->next_used;
    return net->stalled++ == STALLED_MAX;
}

/* Resets a device that has a fault. False if there is none any more. */
static bool recover(struct virtio_net *net)
{
    struct virtio *v = net->virtio;

    if (!v->ops->present(v))
        return false;
    if (++net->faults > FAULTS_MAX)
        virtio_fail(v, "was reset %u times in vain: it %s", FAULTS_MAX, v->fault);
    net->resets++;
    net->reset_because = v->fault;
    net->stalled = 0;
    virtio_net_restart(net);
    return true;
}

enum virtio_net_news virtio_net_update(struct virtio_net *net)
{
    struct virtio *v = net->virtio;

    v->ops->interrupts_serve(v);
    if (stalled(net))
        v->fault = "sent nothing for 10 s";
    if (!virtio_fault(v))
        net->faults = 0;
    else if (!recover(net))
        return VIRTIO_NET_GONE;

    uint16_t status = virtio_net_status(v);
    bool was_up = net->link_up;
    bool moved = virtio_net_control_run(net, (status & VIRTIO_NET_S_ANNOUNCE) &&
                                                 virtio_has(v, VIRTIO_NET_F_GUEST_ANNOUNCE));
    net->link_up = status & VIRTIO_NET_S_LINK_UP;
    if (net->link_up && !was_up)
        return VIRTIO_NET_CAME_UP;
    return moved ? VIRTIO_NET_MOVED : VIRTIO_NET_NO_NEWS;
}
