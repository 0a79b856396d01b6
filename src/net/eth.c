/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ethernet II (RFC 894) with VLAN tags (IEEE 802.1Q): whether a frame is for us, and the header of
 * those that we send.
 */
#include "net/eth.h"

#include "net/neighbour.h"

#include <string.h>

/*
 * Takes the tags behind the addresses, up to the type. The outer VLAN decides whether we are in it;
 * a tag with identifier 0 only carries a priority and leaves that to the next.
 */
static enum verdict pull_tags(const struct netif *nif, struct cursor *c, struct eth_header *e)
{
    unsigned vlan = 0;
    while (be16(e->type) == ETHERTYPE_C_TAG || be16(e->type) == ETHERTYPE_S_TAG) {
        be16_t *tci_type = cursor_pull(c, 2 * sizeof(be16_t));
        if (!tci_type)
            return DROP_ETH_SHORT;
        if (e->tag_count == ETH_TAGS_MAX)
            return DROP_ETH_TAGS;
        if (vlan == 0) {
            vlan = be16(tci_type[0]) & ETH_VID_MASK;
            if (!netif_in_vlan(nif, vlan))
                return DROP_ETH_VLAN;
        }
        e->tags[e->tag_count++] = (struct eth_tag){e->type, tci_type[0]};
        e->type = tci_type[1]; /* behind a tag stands the type that it pushed back */
    }
    return VERDICT_NONE;
}

enum verdict eth_pull(const struct netif *nif, struct cursor *c, struct eth_header *e)
{
    struct eth_addresses *addresses = cursor_pull(c, sizeof *addresses);
    be16_t *type = cursor_pull(c, sizeof *type);
    if (!addresses || !type)
        return DROP_ETH_SHORT;
    if (mac_is_group(&addresses->src)) /* IEEE 802.3 3.2.5: a source is an individual address */
        return DROP_ETH_SOURCE_GROUP;
    e->group = mac_is_group(&addresses->dst);
    if (!e->group && !mac_equal(&addresses->dst, &nif->mac))
        return DROP_ETH_NOT_OURS; /* RFC 1122 2.4: flooded, or the device is promiscuous */
    e->peer = addresses->src;
    e->type = *type;
    e->tag_count = 0;
    return pull_tags(nif, c, e);
}

/* Writes a part of the header and returns where the next one goes. */
static uint8_t *put(uint8_t *at, const void *part, size_t size)
{
    memcpy(at, part, size);
    return at + size;
}

void eth_push(const struct netif *nif, struct cursor *c, const struct eth_header *e)
{
    uint8_t *at = cursor_push(c, eth_header_length(e));
    at = put(at, &e->peer, sizeof e->peer);
    at = put(at, &nif->mac, sizeof nif->mac);
    for (unsigned i = 0; i < e->tag_count; i++)
        at = put(at, &e->tags[i], sizeof e->tags[i]);
    put(at, &e->type, sizeof e->type);
    cursor_to_frame(c);

    struct frame *f = c->frame;
    if (f->len < ETH_LEN_MIN) { /* RFC 894; what lies there may be another packet's */
        ensure(f->cap >= ETH_LEN_MIN);
        memset(f->data + f->len, 0, (size_t)(ETH_LEN_MIN - f->len));
        f->len = ETH_LEN_MIN;
    }
}

struct cursor eth_begin(struct frame *spare, const struct eth_header *e, size_t n)
{
    return (struct cursor){spare->data + eth_header_length(e), n, spare};
}

struct neighbour *eth_resolve(struct netif *nif, const struct eth_header *e,
                              const struct ip_address *hop)
{
    return hop ? neighbour_find(nif, hop, e) : NULL;
}

enum verdict eth_output(struct netif *nif, struct cursor *c, const struct eth_header *e,
                        const struct ip_address *hop, enum verdict v)
{
    struct neighbour *n = eth_resolve(nif, e, hop);
    if (!n) {
        eth_push(nif, c, e);
        return v;
    }
    struct eth_header to_neighbour = *e;
    to_neighbour.peer = n->mac; /* zero until it is known */
    eth_push(nif, c, &to_neighbour);
    if (neighbour_is_known(n))
        return v;
    struct frame_list frames = {0};
    frame_list_add(&frames, c->frame);
    nif->held++;
    neighbour_hold(nif, n, frames, v);
    return HELD_ANSWER;
}

void eth_output_held(struct netif *nif, struct frame_list frames, struct neighbour *n,
                     enum verdict v)
{
    struct frame *f;
    if (n && !neighbour_is_known(n)) {
        neighbour_hold(nif, n, frames, v);
        return;
    }
    netif_count(nif, v);
    while ((f = frame_list_take(&frames)))
        netif_release(nif, f, true);
}
