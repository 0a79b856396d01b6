/* SPDX-License-Identifier: BSD-2-Clause */
/* The network core's one entrance, and the one place where verdicts are counted. */
#include "net/net.h"

#include "net/eth.h"

#include <string.h>

/* Brings the frame to Ethernet's least length with zeros (RFC 894); what lay there may be another
 * packet's. */
static void pad(struct frame *f)
{
    if (f->len < ETH_LEN_MIN) {
        memset(f->data + f->len, 0, (size_t)(ETH_LEN_MIN - f->len));
        f->len = ETH_LEN_MIN;
    }
}

enum verdict net_input(struct netif *nif, struct frame *f)
{
    struct cursor c = {f->data, f->data + f->len};
    enum verdict v = eth_input(nif, &c);
    if (verdict_replies(v)) {
        f->data = c.pos;
        f->len = (uint16_t)cursor_left(&c);
        pad(f);
    }
    nif->verdicts[v]++;
    return v;
}
