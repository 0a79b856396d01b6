/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer in several frames: see the header. */
#include "net/answer.h"

#include "net/neighbour.h"

void answer_add(const struct netif *nif, struct answer *a, struct cursor *c,
                const struct eth_header *e)
{
    struct eth_header to = *e;
    if (a->neighbour)
        to.peer = a->neighbour->mac; /* zero until it is known */
    eth_push(nif, c, &to);
    c->frame->is_answer = true;
    frame_list_add(&a->frames, c->frame);
}

void answer_send(struct netif *nif, const struct answer *a, enum verdict v)
{
    struct frame_list frames = a->frames;
    struct frame *f;
    if (a->neighbour && !neighbour_is_known(a->neighbour)) {
        neighbour_hold(nif, a->neighbour, frames, v);
        return;
    }
    netif_count(nif, v);
    while ((f = frame_list_take(&frames)))
        netif_release(nif, f, true);
}
