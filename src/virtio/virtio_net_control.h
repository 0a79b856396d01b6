/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network device's control queue: announcements are acknowledged through it, and the device is
 * told which frames are to be passed on. VIRTIO 1.2, 5.1.6.5.
 */
#ifndef VIRTIO_VIRTIO_NET_CONTROL_H
#define VIRTIO_VIRTIO_NET_CONTROL_H

#include "virtio/virtio_net.h"

/* Feature bits, 5.1.3 */
#define VIRTIO_NET_F_STATUS         16
#define VIRTIO_NET_F_CTRL_VQ        17
#define VIRTIO_NET_F_CTRL_RX        18
#define VIRTIO_NET_F_GUEST_ANNOUNCE 21

/* In struct virtio_net_config, 5.1.4 */
#define VIRTIO_NET_CONFIG_STATUS 6
#define VIRTIO_NET_S_LINK_UP     1
#define VIRTIO_NET_S_ANNOUNCE    2

/* The configuration's status field. Without it "the driver assumes it's active" (5.1.5). */
static inline uint16_t virtio_net_status(struct virtio *v)
{
    return virtio_has(v, VIRTIO_NET_F_STATUS) ? virtio_config16(v, VIRTIO_NET_CONFIG_STATUS)
                                              : VIRTIO_NET_S_LINK_UP;
}

/* Makes the control queue, if there is something to say through it. Part of step 7. */
void virtio_net_control_init(struct virtio_net *net);

/* Tells the device of the control queue, which is empty: at the start, and after each reset. */
void virtio_net_control_start(struct virtio_net *net);

/* Takes note of the commands that are done, and sends what is to be said next. announce: the device
 * asks for an announcement now. True if that was acknowledged, so there should be one. */
bool virtio_net_control_run(struct virtio_net *net, bool announce);

#endif
