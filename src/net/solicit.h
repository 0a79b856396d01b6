/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests that ask where neighbours are, and whether they are still there. */
#ifndef NET_SOLICIT_H
#define NET_SOLICIT_H

#include "net/frame.h"
#include "net/netif.h"

#include <stdint.h>

/* Fills the frame with the request that is due at time netif.now. VERDICT_NONE if none is due. */
enum verdict solicit_tick(struct netif *nif, struct frame *spare);

#endif
