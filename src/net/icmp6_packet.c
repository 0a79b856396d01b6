/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMPv6 messages of our own: see the header. */
#include "net/icmp6_packet.h"

#include "net/checksum.h"
#include "net/eth.h"
#include "net/packet.h"
#include "net/wire/ipv6.h"

#include <string.h>

#define ROUTER_ALERT_SIZE 8 /* octets of the hop-by-hop header */

static size_t headers(const struct icmp6_route *r)
{
    return sizeof(struct ipv6_header) + (r->router_alert ? ROUTER_ALERT_SIZE : 0);
}

static struct eth_header to_group(const struct icmp6_route *r)
{
    struct eth_header e = {0};
    if (r->tags)
        e = *r->tags;
    e.peer = mac_of_group(&r->dst);
    e.type = to_be16(ETHERTYPE_IPV6);
    return e;
}

struct cursor icmp6_begin(struct frame *spare, const struct icmp6_route *r, size_t n)
{
    struct eth_header e = to_group(r);
    struct cursor c = eth_begin(spare, &e, headers(r) + n);
    cursor_pull(&c, headers(r));
    memset(c.pos, 0, c.left);
    return c;
}

/* Puts the option in front that has routers on the way look at the packet (RFC 2711). */
static void push_router_alert(struct cursor *c)
{
    static const uint8_t header[ROUTER_ALERT_SIZE] = {
        IPV6_NEXT_ICMP, 0, IPV6_OPTION_ROUTER_ALERT, 2, 0, 0 /* MLD */, 1, 0 /* PadN */};
    memcpy(cursor_push(c, sizeof header), header, sizeof header);
}

enum verdict icmp6_send(struct netif *nif, struct cursor *c, const struct icmp6_route *r,
                        enum verdict v)
{
    struct eth_header e = to_group(r);
    struct ipv6_header ip = {
        .version_class_flow = to_be32(6u << 28),
        .next_header = r->router_alert ? IPV6_NEXT_HOP_BY_HOP : IPV6_NEXT_ICMP,
        .hop_limit = r->hop_limit,
        .src = r->src,
        .dst = r->dst,
    };
    struct packet p = {.header = (uint8_t *)&ip, .version = 6, .protocol = IPV6_NEXT_ICMP};
    uint64_t sum = packet_pseudo_sum(&p, (uint32_t)c->left);
    be16_t checksum = checksum_finish(checksum_add(sum, c->pos, c->left));
    memcpy(c->pos + 2, &checksum, sizeof checksum);
    if (r->router_alert)
        push_router_alert(c);
    ip.payload_length = to_be16((uint16_t)c->left);
    memcpy(cursor_push(c, sizeof ip), &ip, sizeof ip);
    return eth_output(nif, c, &e, NULL, v);
}
