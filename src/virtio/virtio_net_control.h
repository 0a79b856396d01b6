/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the network device tells besides frames: its link's state, and that the machine has moved,
 * which is acknowledged through the control queue. VIRTIO 1.2, 5.1.4 and 5.1.6.5.4.
 */
#ifndef VIRTIO_VIRTIO_NET_CONTROL_H
#define VIRTIO_VIRTIO_NET_CONTROL_H

#include "virtio/virtio_net.h"

/* Feature bits, 5.1.3 */
#define VIRTIO_NET_F_STATUS         16
#define VIRTIO_NET_F_CTRL_VQ        17
#define VIRTIO_NET_F_GUEST_ANNOUNCE 21

/* In struct virtio_net_config, 5.1.4 */
#define VIRTIO_NET_CONFIG_STATUS 6
#define VIRTIO_NET_S_LINK_UP     1
#define VIRTIO_NET_S_ANNOUNCE    2

/* Sets up the control queue, if there is something to acknowledge through it. Part of step 7. */
void virtio_net_control_init(struct virtio_net *net);

#endif
