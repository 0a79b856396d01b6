/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer in several frames, which are held until all of them are made. */
#ifndef NET_ANSWER_H
#define NET_ANSWER_H

#include "net/eth.h"
#include "net/frame.h"
#include "net/netif.h"
#include "net/verdict.h"

struct answer {
    struct neighbour
        *neighbour; /* that the frames go to; NULL: each goes back where it came from */
    struct frame_list frames;
};

/* Makes the packet under the cursor a frame of the answer; its request's had the header e. */
void answer_add(const struct netif *nif, struct answer *a, struct cursor *c,
                const struct eth_header *e);

/*
 * Sends the answer, which came to verdict v: its frames, which are held, are released and v is
 * counted, now or once the neighbour is known. Without frames v is counted.
 */
void answer_send(struct netif *nif, const struct answer *a, enum verdict v);

#endif
