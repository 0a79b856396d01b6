/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMPv6 (RFC 4443): answers a ping by turning the request into the reply where it lies. */
#include "net/icmp6.h"

#include "net/checksum.h"
#include "net/ipv6_address.h"
#include "net/mld.h"
#include "net/ndp.h"
#include "net/router.h"
#include "net/wire/icmp.h"
#include "net/wire/icmp6.h"
#include "net/wire/ipv6.h"

/* Adds to a checksum what its message's sum has lost (RFC 1624 3, equation 3). */
static be16_t checksum_without(be16_t checksum, uint64_t lost, uint64_t gained)
{
    uint64_t sum = (uint16_t)~checksum.wire + (uint64_t)(uint16_t)~checksum_fold(lost);
    return checksum_finish(checksum_join(sum, gained));
}

/*
 * RFC 4443 4.2: all of the data goes back. The type changes from 128 to 129; of a request to a group
 * the answer's source, which is in the sum too, is one of ours. A sum is never zero, as it has our
 * addresses in it, so that RFC 1624's equation 3 gives what a full computation would.
 */
static enum verdict echo(struct netif *nif, struct cursor *c, struct packet *p)
{
    struct icmp_header *icmp = (struct icmp_header *)c->pos;
    struct ipv6_header *ip = (struct ipv6_header *)p->header;
    uint64_t lost = to_be16(ICMP6_ECHO_REQUEST << 8).wire;
    uint64_t gained = to_be16(ICMP6_ECHO_REPLY << 8).wire;
    if (p->group) {
        const struct ip_address *source = ipv6_source_for(nif, &ip->src);
        if (!source)
            return DROP_IPV6_MULTICAST;
        lost = checksum_add(lost, &ip->dst, sizeof ip->dst);
        gained = checksum_add(gained, source, sizeof *source);
        ip->dst = *source;
    }
    icmp->type = ICMP6_ECHO_REPLY;
    icmp->checksum = checksum_without(icmp->checksum, lost, gained);
    return REPLY_ICMP6_ECHO;
}

enum verdict icmp6_input(struct netif *nif, struct cursor *c, struct packet *p,
                         struct eth_header *e)
{
    const struct icmp_header *icmp = (const struct icmp_header *)c->pos;
    const struct ipv6_header *ip = (const struct ipv6_header *)p->header;
    if (c->left < sizeof *icmp)
        return DROP_ICMP_SHORT;
    uint64_t sum = packet_pseudo_sum(p, (uint32_t)c->left + p->rest_octets);
    sum = checksum_join(checksum_add(sum, icmp, c->left), p->rest_sum);
    if (checksum_fold(sum) != 0xffff)
        return DROP_ICMP_CHECKSUM;
    if (icmp->type == ICMP6_NEIGHBOUR_SOLICITATION)
        return ndp_solicitation(nif, c, p, e);
    if (ip_is_unspecified(&ip->src)) /* RFC 4291 2.5.2; reports and solicitations are not for us */
        return DROP_IPV6_SOURCE_UNSPECIFIED;
    switch (icmp->type) {
    case ICMP6_ECHO_REQUEST:
        return echo(nif, c, p);
    case ICMP6_NEIGHBOUR_ADVERTISEMENT:
        return ndp_advertisement(nif, c, p, e);
    case ICMP6_ROUTER_ADVERTISEMENT:
        return router_advertisement(nif, c, p, e);
    case ICMP6_MLD_QUERY:
        return mld_query(nif, c, p, e);
    case ICMP6_ECHO_REPLY:
        return DROP_ICMP_ECHO_REPLY;
    default: /* redirects among them: answers go back to where their requests came from */
        return icmp6_is_error(icmp->type) ? DROP_ICMP_ERROR : DROP_ICMP_TYPE;
    }
}
