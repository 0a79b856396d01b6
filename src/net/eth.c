/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet II (RFC 894): is the frame for us, and whose is what it carries. */
#include "net/eth.h"

#include "net/arp.h"
#include "net/ipv4.h"

enum verdict eth_input(struct netif *nif, struct cursor *c)
{
    struct eth_header *eth = cursor_pull(c, sizeof *eth);
    if (!eth)
        return DROP_ETH_SHORT;
    if (mac_is_group(&eth->src)) /* IEEE 802.3 3.2.5: a source is an individual address */
        return DROP_ETH_SOURCE_GROUP;
    bool group = mac_is_group(&eth->dst);
    if (!group && !mac_equal(&eth->dst, &nif->mac)) /* RFC 1122 2.4: flooded or promiscuous */
        return DROP_ETH_NOT_OURS;

    mac_t peer = eth->src; /* where the answer goes */
    uint16_t type = be16(eth->type);
    enum verdict v;
    if (type == ETHERTYPE_IPV4)
        v = ipv4_input(nif, c, group);
    else if (type == ETHERTYPE_ARP)
        v = arp_input(nif, c, &peer);
    else
        v = type < ETH_TYPE_MIN ? DROP_ETH_LENGTH : DROP_ETH_TYPE;
    if (!verdict_replies(v))
        return v;

    eth->dst = peer;
    eth->src = nif->mac;
    c->pos = (uint8_t *)eth;
    return v;
}
