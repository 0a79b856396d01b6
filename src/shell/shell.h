/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial console's command lines. */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include "net/netif.h"
#include "virtio/virtio_net.h"

/* What the commands speak about. Both outlive the shell. */
void shell_init(const struct netif *nif, const struct virtio_net *net);

/* Takes what was typed since the last call and runs each line that is complete. Never waits. */
void shell_poll(void);

/* Prints the counters that are not zero, a line each: number, name, meaning. */
void shell_stats(void);

#endif
