/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests for neighbours. All hosts are asked where a neighbour is, by a broadcast. Whether it is
 * still there the neighbour is asked itself, which disturbs no other host (RFC 1122 2.3.2.1,
 * "Unicast Poll").
 */
#include "net/solicit.h"

#include "net/arp_packet.h"
#include "net/neighbour.h"

enum verdict solicit_tick(struct netif *nif, struct frame *spare)
{
    const struct neighbour *n = neighbour_to_ask(nif);
    if (!n)
        return VERDICT_NONE;
    struct eth_header to = n->tags;
    to.peer = neighbour_is_known(n) ? n->mac : mac_broadcast;
    return arp_send(nif, spare, &to, ARP_OP_REQUEST, nif->ip, ip_to_ipv4(&n->ip), SENT_ARP_REQUEST);
}
