/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chain of IPv6's extension headers (RFC 8200 4), in any order and number; only a hop-by-hop
 * header has to be the first.
 *
 * No error answers an error, and what a packet carries stands at the end of its chain: so before an
 * error is made the rest of the chain is looked through.
 */
#include "net/ipv6_headers.h"

#include "net/ipv6_address.h"
#include "net/wire/icmp6.h"
#include "net/wire/ipv6.h"

#define CUT 255 /* no protocol's number (IANA) */

static bool is_extension(uint8_t next)
{
    return next == IPV6_NEXT_HOP_BY_HOP || next == IPV6_NEXT_DESTINATION ||
           next == IPV6_NEXT_ROUTING;
}

/* The extension header under the cursor, passed over; NULL if it is cut. */
static struct ipv6_extension *pull(struct cursor *c)
{
    struct ipv6_extension *x = (struct ipv6_extension *)c->pos;
    return c->left >= 8 ? cursor_pull(c, ipv6_extension_length(x)) : NULL;
}

static bool is_later_fragment(const void *header)
{
    return be16(((const struct ipv6_fragment *)header)->offset_flags) & IPV6_OFFSET_MASK;
}

/* Goes through the rest of a chain: the upper layer, with the cursor over it; CUT if the chain is cut,
 * or goes on in another fragment. */
static uint8_t upper_layer(struct cursor *c, uint8_t next)
{
    while (is_extension(next) || next == IPV6_NEXT_FRAGMENT) {
        const struct ipv6_extension *x =
            next == IPV6_NEXT_FRAGMENT ? cursor_pull(c, sizeof(struct ipv6_fragment)) : pull(c);
        if (!x || (next == IPV6_NEXT_FRAGMENT && is_later_fragment(x)))
            return CUT;
        next = x->next_header;
    }
    return next;
}

bool ipv6_headers_are_whole(struct cursor c, uint8_t next)
{
    next = upper_layer(&c, next);
    switch (next) {
    case CUT:
        return false;
    case IPV6_NEXT_NONE:
        return true;
    case IPV6_NEXT_TCP:
        return c.left >= 20;
    case IPV6_NEXT_UDP:
    case IPV6_NEXT_ICMP:
        return c.left >= 8;
    default:
        return c.left >= 1;
    }
}

enum verdict ipv6_problem(struct netif *nif, struct cursor *c, struct packet *p,
                          enum icmp_error what, const uint8_t *at, uint8_t next)
{
    const struct ipv6_header *ip = (const struct ipv6_header *)p->header;
    struct cursor rest = *c;
    if (ip_is_unspecified(&ip->src)) /* RFC 4443 2.4 e.6 */
        return DROP_IPV6_SOURCE_UNSPECIFIED;
    if (ipv6_owns(nif, &ip->src))
        return DROP_IPV6_SOURCE_OWN;
    if ((p->group || p->link_group) && what != ICMP_ERROR_OPTION) /* e.3, e.4, e.5 */
        return DROP_IPV6_PROBLEM;
    if (p->group && !ipv6_source_for(nif, &ip->src)) /* no address of ours to send it from */
        return DROP_IPV6_PROBLEM;
    if (upper_layer(&rest, next) == IPV6_NEXT_ICMP && rest.left > 0 && icmp6_is_error(*rest.pos))
        return DROP_IPV6_PROBLEM; /* e.1, e.2 */
    p->error_pointer = (uint32_t)(at - p->header);
    return icmp_error(nif, c, p, what);
}

/* RFC 8200 4.2: what the upper two bits of an unknown option's type ask for. */
static enum verdict unknown_option(struct netif *nif, struct cursor *c, struct packet *p,
                                   const uint8_t *option, uint8_t next)
{
    switch (option[0] >> 6) {
    case 0:
        return VERDICT_NONE;
    case 2:
        return ipv6_problem(nif, c, p, ICMP_ERROR_OPTION, option, next);
    case 3:
        if (!p->group && !p->link_group) /* RFC 4443 2.4 e.4 */
            return ipv6_problem(nif, c, p, ICMP_ERROR_OPTION, option, next);
        return DROP_IPV6_OPTION;
    default:
        return DROP_IPV6_OPTION;
    }
}

/* The options of the header x, which was taken off the cursor. */
static enum verdict options(struct netif *nif, struct cursor *c, struct packet *p,
                            const struct ipv6_extension *x, bool hop_by_hop)
{
    const uint8_t *octets = (const uint8_t *)x;
    size_t end = ipv6_extension_length(x), length;
    for (size_t at = 2; at < end; at += length) {
        const uint8_t *option = octets + at;
        length = 1;
        if (option[0] == IPV6_OPTION_PAD1)
            continue;
        if (end - at < 2 || option[1] > end - at - 2)
            return DROP_IPV6_OPTION;
        length = option[1] + (size_t)2;
        p->router_alert |= hop_by_hop && option[0] == IPV6_OPTION_ROUTER_ALERT;
        enum verdict v = unknown_option(nif, c, p, option, x->next_header);
        if (v != VERDICT_NONE)
            return v;
    }
    return VERDICT_NONE;
}

/* RFC 8200 4.4, RFC 8504 5.2: no type is known, so all must have no segments left. */
static enum verdict routing(struct netif *nif, struct cursor *c, struct packet *p,
                            const struct ipv6_extension *x)
{
    if (x->segments_left == 0)
        return VERDICT_NONE;
    return ipv6_problem(nif, c, p, ICMP_ERROR_FIELD, &x->type, x->next_header);
}

/* Whether the fragment header under the cursor is that of a whole packet (RFC 6946). */
static bool is_atomic(const struct cursor *c)
{
    const struct ipv6_fragment *f = (const struct ipv6_fragment *)c->pos;
    return (be16(f->offset_flags) & (IPV6_OFFSET_MASK | IPV6_FLAG_MORE)) == 0;
}

static bool is_upper_layer(uint8_t next)
{
    return next == IPV6_NEXT_ICMP || next == IPV6_NEXT_UDP || next == IPV6_NEXT_TCP;
}

enum verdict ipv6_headers(struct netif *nif, struct cursor *c, struct packet *p, uint8_t next,
                          uint8_t *named_at)
{
    const uint8_t *in_front = &((const struct ipv6_header *)p->header)->next_header;
    while (!is_upper_layer(next)) {
        if (next == IPV6_NEXT_NONE) /* RFC 8200 4.7 */
            return DROP_IPV6_NO_NEXT;
        if (next == IPV6_NEXT_FRAGMENT) {
            if (c->left < sizeof(struct ipv6_fragment))
                return DROP_IPV6_HEADER_CUT;
            if (!is_atomic(c))
                break;
            p->fragmented = true;
        } else if (!is_extension(next) || (next == IPV6_NEXT_HOP_BY_HOP && named_at != in_front)) {
            return ipv6_problem(nif, c, p, ICMP_ERROR_NEXT_HEADER, named_at, next);
        }
        struct ipv6_extension *x =
            next == IPV6_NEXT_FRAGMENT ? cursor_pull(c, sizeof(struct ipv6_fragment)) : pull(c);
        if (!x)
            return DROP_IPV6_HEADER_CUT;
        enum verdict v = VERDICT_NONE;
        if (next == IPV6_NEXT_ROUTING)
            v = routing(nif, c, p, x);
        else if (next != IPV6_NEXT_FRAGMENT)
            v = options(nif, c, p, x, next == IPV6_NEXT_HOP_BY_HOP);
        if (v != VERDICT_NONE)
            return v;
        next = x->next_header;
        named_at = &x->next_header;
    }
    p->protocol = next;
    return VERDICT_NONE;
}
