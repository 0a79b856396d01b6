/* SPDX-License-Identifier: BSD-2-Clause */
/* The host program's loop: frames from a device to the core and back, and what is due. */
#ifndef HOST_LOOP_H
#define HOST_LOOP_H

#include "host/device.h"
#include "net/netif.h"

#include <stdbool.h>

/* Allocates the buffers and starts the interface on the device. False: there is no memory. */
bool host_start(struct netif *nif, const struct netif_config *config, const mac_t *mac,
                struct device *d);

/* Answers frames until no more can come (DEVICE_END or DEVICE_FAILED) or a signal ends it. */
enum device_result host_loop(struct netif *nif, struct device *d);

#endif
