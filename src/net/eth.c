/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ethernet II (RFC 894) with VLAN tags (IEEE 802.1Q): is the frame for us, and whose is what it
 * carries.
 *
 * An answer carries the tags of its request, priority and all.
 */
#include "net/eth.h"

#include "net/arp.h"
#include "net/arp_cache.h"
#include "net/ipv4.h"

_Static_assert(sizeof(struct eth_addresses) == 12 && sizeof(struct eth_tag) == 4, "IEEE 802.3");

/*
 * Takes the tags behind the addresses, up to the type. The outer VLAN decides whether we are in it;
 * a tag with identifier 0 only carries a priority and leaves that to the next.
 */
static enum verdict open_tags(const struct netif *nif, struct cursor *c, struct eth_header *e)
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
    if (!mac_is_group(&addresses->dst) && !mac_equal(&addresses->dst, &nif->mac))
        return DROP_ETH_NOT_OURS; /* RFC 1122 2.4: flooded, or the device is promiscuous */
    e->addresses = *addresses;
    e->type = *type;
    e->tag_count = 0;
    return open_tags(nif, c, e);
}

uint32_t eth_vlans(const struct eth_header *e)
{
    uint32_t vlans = 0;
    for (int i = 0; i < e->tag_count; i++)
        vlans = vlans << 12 | (be16(e->tags[i].tci) & ETH_VID_MASK);
    return vlans;
}

/* Writes a part of the header in front of what is there. */
static void prepend(struct cursor *c, const void *part, size_t size)
{
    c->pos -= size;
    memcpy(c->pos, part, size);
}

void eth_push(const struct netif *nif, struct cursor *c, const struct eth_header *e,
              const mac_t *peer)
{
    struct frame *f = c->frame;
    struct eth_addresses addresses = {.dst = *peer, .src = nif->mac};
    prepend(c, &e->type, sizeof e->type);
    for (int i = e->tag_count; i > 0; i--)
        prepend(c, &e->tags[i - 1], sizeof e->tags[0]);
    prepend(c, &addresses, sizeof addresses);
    frame_set(f, c->pos, cursor_left(c));

    if (f->len < ETH_LEN_MIN) { /* RFC 894; what lies there may be another packet's */
        memset(f->data + f->len, 0, (size_t)(ETH_LEN_MIN - f->len));
        f->len = ETH_LEN_MIN;
    }
}

/* Keeps an answer until we know where its neighbour is. */
static enum verdict hold(struct netif *nif, struct frame *f, struct neighbour *n, enum verdict v)
{
    struct frame_list answer = {0};
    frame_list_add(&answer, f);
    nif->held++;
    arp_cache_hold(nif, n, answer, v);
    return HELD_ANSWER;
}

enum verdict eth_input(struct netif *nif, struct cursor *c)
{
    struct eth_header e;
    enum verdict v = eth_pull(nif, c, &e);
    if (v != VERDICT_NONE)
        return v;

    const mac_t *peer = &e.addresses.src; /* where the answer goes */
    uint16_t type = be16(e.type);
    if (type == ETHERTYPE_IPV4)
        v = ipv4_input(nif, c, mac_is_group(&e.addresses.dst));
    else if (type == ETHERTYPE_ARP)
        v = arp_input(nif, c, &e, &peer);
    else
        v = type < ETH_TYPE_MIN ? DROP_ETH_LENGTH : DROP_ETH_TYPE;
    if (!verdict_replies(v))
        return v;
    struct neighbour *n = NULL;
    if (type == ETHERTYPE_IPV4)
        n = arp_cache_next_hop(nif, (struct ipv4_header *)c->pos, &e);
    eth_push(nif, c, &e, n ? &n->mac : peer);
    return n && !n->known ? hold(nif, c->frame, n, v) : v;
}
