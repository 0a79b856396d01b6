/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of neighbour discovery that we send of our own accord: see the header. */
#include "net/ndp_packet.h"

#include "net/icmp6_packet.h"
#include "net/random.h"
#include "net/wire/icmp6.h"
#include "net/wire/ipv6.h"

#define HOP_LIMIT 255 /* RFC 4861: no router has passed it on */

static struct nd_link_address link_option(const struct netif *nif, enum nd_option_type type)
{
    return (struct nd_link_address){{(uint8_t)type, 1}, nif->mac};
}

enum verdict ndp_send_probe(struct netif *nif, struct frame *spare, struct ipv6_address *a)
{
    struct icmp6_route route = {.dst = ip_solicited_node(&a->ip), .hop_limit = HOP_LIMIT};
    struct nd_nonce nonce = {{ND_OPTION_NONCE, 1}, {0}};
    bool with_nonce = !nif->config.no_nonce;
    size_t size = sizeof(struct icmp6_neighbour) + (with_nonce ? sizeof nonce : 0);
    struct cursor c = icmp6_begin(spare, &route, size);
    struct icmp6_neighbour *message = (struct icmp6_neighbour *)c.pos;
    message->type = ICMP6_NEIGHBOUR_SOLICITATION;
    message->target = a->ip;
    if (with_nonce) {
        for (size_t i = 0; i < sizeof nonce.nonce; i++)
            a->nonce[i] = nonce.nonce[i] = (uint8_t)random_below(nif, 256);
        memcpy(message + 1, &nonce, sizeof nonce);
    }
    return icmp6_send(nif, &c, &route, SENT_ND_PROBE);
}

enum verdict ndp_send_advertisement(struct netif *nif, struct frame *spare,
                                    const struct ipv6_address *a)
{
    struct icmp6_route route = {
        .src = a->ip, .dst = ip_link_group(0, a->announce_all ? 1 : 2), .hop_limit = HOP_LIMIT};
    struct nd_link_address option = link_option(nif, ND_OPTION_TARGET);
    struct cursor c = icmp6_begin(spare, &route, sizeof(struct icmp6_neighbour) + sizeof option);
    struct icmp6_neighbour *message = (struct icmp6_neighbour *)c.pos;
    message->type = ICMP6_NEIGHBOUR_ADVERTISEMENT;
    message->flags = to_be32(a->announce_all ? NEIGHBOUR_FLAG_OVERRIDE : 0);
    message->target = a->ip;
    memcpy(message + 1, &option, sizeof option);
    return icmp6_send(nif, &c, &route, SENT_ND_ADVERTISEMENT);
}

enum verdict ndp_send_router_solicitation(struct netif *nif, struct frame *spare)
{
    const struct ipv6_address *own = nif->ipv6.addresses;
    struct icmp6_route route = {.src = own->ip, .dst = ip_link_group(0, 2), .hop_limit = HOP_LIMIT};
    struct nd_link_address option = link_option(nif, ND_OPTION_SOURCE);
    /* RFC 4429 3.2: while the address may be another's, no MAC is put beside it. */
    size_t size = own->state == IPV6_OPTIMISTIC ? 0 : sizeof option;
    struct cursor c = icmp6_begin(spare, &route, 8 + size);
    c.pos[0] = ICMP6_ROUTER_SOLICITATION;
    memcpy(c.pos + 8, &option, size);
    return icmp6_send(nif, &c, &route, SENT_ND_ROUTER_SOLICITATION);
}
