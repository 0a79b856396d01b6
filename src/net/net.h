/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network core: a frame goes in, a verdict comes out, and if the verdict is a reply the same
 * bytes in the same buffer are the answer.
 *
 * Each layer pulls its header off the cursor, applies one rule of its standard after the other, and
 * hands the rest up. Only if the layer above replied does it rewrite its own header. Going down
 * nothing is written, going up nothing can fail. The core allocates nothing, prints nothing and
 * knows no machine.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/verdict.h"

/*
 * Takes a received frame (data, len, cap, head), counts the verdict in nif and returns it. After a
 * reply the frame is the answer: data and len are set, at least 60 octets, padded with zeros. After
 * a drop it is unchanged. cap is at least 60.
 */
enum verdict net_input(struct netif *nif, struct frame *f);

#endif
