/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Neighbour discovery (RFC 4861 7, RFC 4862 5.4): answers solicitations for our addresses where they
 * lie, and finds out that another host has one of them.
 */
#include "net/ndp.h"

#include "net/checksum.h"
#include "net/ipv6_address.h"
#include "net/nd_options.h"
#include "net/wire/icmp6.h"
#include "net/wire/ipv6.h"

#include <string.h>

static struct ipv6_header *header(const struct packet *p)
{
    return (struct ipv6_header *)p->header;
}

/* The cursor over the options behind the message. */
static struct cursor options(const struct cursor *c)
{
    struct cursor rest = *c;
    cursor_pull(&rest, sizeof(struct icmp6_neighbour));
    return rest;
}

/* What is to hold of both messages (RFC 4861 7.1.1, 7.1.2); their checksum was looked at. */
static enum verdict check(const struct cursor *c, const struct packet *p)
{
    const struct icmp6_neighbour *message = (const struct icmp6_neighbour *)c->pos;
    if (p->fragmented) /* RFC 6980 5 */
        return DROP_ND_FRAGMENT;
    if (p->ttl != 255)
        return DROP_ND_HOP_LIMIT;
    if (c->left < sizeof *message || !nd_options_are_sound(options(c)))
        return DROP_ND_LENGTH;
    if (message->code != 0)
        return DROP_ND_CODE;
    if (ip_is_group(&message->target))
        return DROP_ND_TARGET;
    return VERDICT_NONE;
}

/* RFC 4861 7.1.1: what else is to hold where the sender has no address yet. */
static bool is_sound_probe(const struct cursor *c, const struct packet *p)
{
    const struct icmp6_neighbour *message = (const struct icmp6_neighbour *)c->pos;
    struct ip_address group = ip_solicited_node(&message->target);
    return ip_equal(&header(p)->dst, &group) &&
           !nd_option_find(options(c), ND_OPTION_SOURCE, sizeof(struct nd_link_address));
}

/* RFC 7527: our own probe, which the network has sent back. */
static bool is_our_probe(const struct cursor *c, const struct ipv6_address *a)
{
    const struct nd_nonce *nonce = nd_option_find(options(c), ND_OPTION_NONCE, sizeof *nonce);
    return nonce && nonce->option.length == 1 &&
           memcmp(nonce->nonce, a->nonce, sizeof a->nonce) == 0;
}

/* Another host asks whether the address is free that we ask for too (RFC 4862 5.4.3, RFC 4429). */
static enum verdict rival(struct netif *nif, const struct cursor *c, struct ipv6_address *a,
                          const struct eth_header *e)
{
    if (eth_vlans(e) != 0) /* another network */
        return DROP_ND_TARGET;
    if (!nif->config.no_nonce && is_our_probe(c, a)) {
        ipv6_address_looped_back(nif, a);
        return DROP_ND_OWN;
    }
    ipv6_address_is_duplicate(nif, a);
    return DROP_ND_DUPLICATE;
}

/*
 * Turns the solicitation into the advertisement (RFC 4861 7.2.4). The answer's header will have the
 * request's addresses swapped: so the request is given those of which that makes the right ones.
 */
static enum verdict answer(struct netif *nif, struct cursor *c, struct packet *p,
                           struct eth_header *e, bool override)
{
    struct icmp6_neighbour *message = (struct icmp6_neighbour *)c->pos;
    struct nd_link_address option = {{ND_OPTION_TARGET, 1}, nif->mac};
    const struct nd_link_address *source =
        nd_option_find(options(c), ND_OPTION_SOURCE, sizeof *source);
    size_t size = sizeof *message + sizeof option;
    bool probe = ip_is_unspecified(&header(p)->src);
    if (c->pos + size > c->frame->data + c->frame->cap)
        return DROP_ND_LENGTH;
    if (source && !mac_is_group(&source->mac))
        e->peer = source->mac;
    if (probe) {
        header(p)->src = ip_link_group(0, 1);
        e->peer = mac_of_group(&header(p)->src);
    }
    header(p)->dst = message->target;
    *message = (struct icmp6_neighbour){
        .type = ICMP6_NEIGHBOUR_ADVERTISEMENT,
        .flags = to_be32((probe ? 0 : NEIGHBOUR_FLAG_SOLICITED) |
                         (override ? NEIGHBOUR_FLAG_OVERRIDE : 0)),
        .target = message->target,
    };
    memcpy(message + 1, &option, sizeof option);
    c->left = size;
    p->answer_ttl = 255;
    uint64_t sum = packet_pseudo_sum(p, (uint32_t)size);
    message->checksum = checksum_finish(checksum_add(sum, message, size));
    return REPLY_ND_ADVERTISEMENT;
}

enum verdict ndp_solicitation(struct netif *nif, struct cursor *c, struct packet *p,
                              struct eth_header *e)
{
    const struct icmp6_neighbour *message = (const struct icmp6_neighbour *)c->pos;
    enum verdict v = check(c, p);
    if (v != VERDICT_NONE)
        return v;
    bool probe = ip_is_unspecified(&header(p)->src);
    if (probe && !is_sound_probe(c, p))
        return DROP_ND_SOURCE;
    struct ipv6_address *a = ipv6_find(nif, &message->target);
    if (!a || a->state == IPV6_DUPLICATE)
        return DROP_ND_TARGET;
    if (probe && (a->state == IPV6_TENTATIVE || a->state == IPV6_OPTIMISTIC))
        return rival(nif, c, a, e);
    if (a->state == IPV6_TENTATIVE) /* RFC 4862 5.4.3 */
        return DROP_ND_TARGET;
    return answer(nif, c, p, e, a->state != IPV6_OPTIMISTIC);
}

enum verdict ndp_advertisement(struct netif *nif, struct cursor *c, const struct packet *p,
                               const struct eth_header *e)
{
    const struct icmp6_neighbour *message = (const struct icmp6_neighbour *)c->pos;
    enum verdict v = check(c, p);
    if (v != VERDICT_NONE)
        return v;
    if (ip_is_group(&header(p)->dst) && be32(message->flags) & NEIGHBOUR_FLAG_SOLICITED)
        return DROP_ND_SOURCE; /* RFC 4861 7.1.2 */
    struct ipv6_address *a = ipv6_find(nif, &message->target);
    if (!a || a->state == IPV6_DUPLICATE || eth_vlans(e) != 0)
        return DROP_ND_TARGET;
    if (a->state == IPV6_TENTATIVE || a->state == IPV6_OPTIMISTIC) { /* RFC 4862 5.4.4 */
        ipv6_address_is_duplicate(nif, a);
        return DROP_ND_DUPLICATE;
    }
    return DROP_ND_CONFLICT; /* counted; after its detection the address stays ours */
}
