/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ethernet II (RFC 894) with VLAN tags (IEEE 802.1Q): whether a frame is for us, and the header of
 * the frames that we send.
 */
#include "net/eth.h"

#include "net/neighbour.h"

#include <string.h>

static bool is_tag(be16_t type)
{
    return be16(type) == ETHERTYPE_C_TAG || be16(type) == ETHERTYPE_S_TAG;
}

/*
 * Pulls the tags, up to the type. We have to be in the outer VLAN. A tag with identifier 0 only
 * carries a priority; then the VLAN of the next tag counts.
 */
static enum verdict pull_tags(const struct netif *nif, struct cursor *c, struct eth_header *e)
{
    unsigned vlan = 0;
    //@ dynamic_split e->tag_count;
    while (is_tag(e->type)) {
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
        e->type = tci_type[1]; /* the type that was there before the tag */
    }
    //@ split e->tag_count;
    return VERDICT_NONE;
}

enum verdict eth_pull(const struct netif *nif, struct cursor *c, struct eth_header *e)
{
    const struct eth_untagged *eth = cursor_pull(c, sizeof *eth);
    if (!eth)
        return DROP_ETH_SHORT;
    if (mac_is_group(&eth->src)) /* IEEE 802.3 3.2.5: a source is an individual address */
        return DROP_ETH_SOURCE_GROUP;
    *e = (struct eth_header){.peer = eth->src, .group = mac_is_group(&eth->dst), .type = eth->type};
    if (!e->group && !mac_equal(&eth->dst, &nif->mac))
        return DROP_ETH_NOT_OURS; /* RFC 1122 2.4: a switch floods, or the device is promiscuous */
    return is_tag(e->type) ? pull_tags(nif, c, e) : VERDICT_NONE;
}

/*
 * Pads a frame with zeros to the least length (RFC 894). The octets behind its end may be those of
 * an earlier packet.
 */
static void pad(struct frame *f)
{
    if (f->len >= ETH_LEN_MIN)
        return;
    ensure(f->cap >= ETH_LEN_MIN);
    memset(f->data + f->len, 0, (size_t)(ETH_LEN_MIN - f->len));
    f->len = ETH_LEN_MIN;
}

void eth_push(const struct netif *nif, struct cursor *c, const struct eth_header *e)
{
    size_t tags = e->tag_count * sizeof e->tags[0];
    uint8_t *at = cursor_push(c, sizeof(struct eth_untagged) + tags);
    memcpy(at, &e->peer, sizeof e->peer);
    memcpy(at + sizeof e->peer, &nif->mac, sizeof nif->mac);
    if (tags > 0)
        memcpy(at + 2 * sizeof(mac_t), e->tags, tags);
    memcpy(at + 2 * sizeof(mac_t) + tags, &e->type, sizeof e->type);
    cursor_to_frame(c);
    pad(c->frame);
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

/* eth_output() to a neighbour. */
static enum verdict output_to_neighbour(struct netif *nif, struct cursor *c,
                                        const struct eth_header *e, const struct ip_address *hop,
                                        enum verdict v)
{
    struct neighbour *n = eth_resolve(nif, e, hop);
    struct eth_header to = *e;
    if (n)
        to.peer = n->mac; /* zero until it is known */
    eth_push(nif, c, &to);
    if (!n || neighbour_is_known(n))
        return v;
    struct frame_list frames = {0};
    frame_list_add(&frames, c->frame);
    nif->held++;
    neighbour_hold(nif, n, frames, v);
    return HELD_ANSWER;
}

enum verdict eth_output(struct netif *nif, struct cursor *c, const struct eth_header *e,
                        const struct ip_address *hop, enum verdict v)
{
    if (hop)
        return output_to_neighbour(nif, c, e, hop, v);
    eth_push(nif, c, e);
    return v;
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
