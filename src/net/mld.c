/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multicast Listener Discovery: see the header.
 *
 * We are in the solicited-node group of each of our addresses, from any source. All nodes' group is
 * never reported (RFC 9777 6).
 */
#include "net/mld.h"

#include "net/icmp6_packet.h"
#include "net/random.h"
#include "net/wire/icmp6.h"
#include "net/wire/ipv6.h"

#include <string.h>

#define ROBUSTNESS         2                    /* RFC 9777 9.1: so often a change is reported */
#define UNSOLICITED_MAX    (1 * NETIF_SECOND)   /* RFC 9777 9.11 */
#define OLDER_QUERIER_TIME (260 * NETIF_SECOND) /* RFC 9777 9.12: 2 * 125 s + 10 s */
#define FLOATING_POINT     0x8000               /* RFC 9777 5.1.3 */

/* The group of the i-th address, if we are in it and no address before it has the same one. */
static bool group_at(const struct netif *nif, unsigned i, struct ip_address *group)
{
    const struct ipv6_address *addresses = nif->ipv6.addresses;
    if (addresses[i].state == IPV6_NONE || addresses[i].state == IPV6_DUPLICATE)
        return false;
    *group = ip_solicited_node(&addresses[i].ip);
    for (unsigned j = 0; j < i; j++) {
        struct ip_address other = ip_solicited_node(&addresses[j].ip);
        if (addresses[j].state != IPV6_NONE && addresses[j].state != IPV6_DUPLICATE &&
            ip_equal(group, &other))
            return false;
    }
    return true;
}

/* Whether we are in this group. */
static bool is_member(const struct netif *nif, const struct ip_address *group)
{
    struct ip_address own;
    for (unsigned i = 0; i < IPV6_ADDRESSES_MAX; i++)
        if (group_at(nif, i, &own) && ip_equal(&own, group))
            return true;
    return false;
}

void mld_change(struct netif *nif)
{
    if (nif->ipv6.off || nif->config.never_announce)
        return;
    nif->ipv6.reports_left = ROBUSTNESS;
    nif->ipv6.report_due = nif->now;
    nif->ipv6.next_group = 0;
}

void mld_leave(struct netif *nif, const struct ip_address *ip)
{
    nif->ipv6.left = ip_solicited_node(ip);
    mld_change(nif);
}

/* RFC 9777 5.1.3: the Maximum Response Delay in microseconds. */
static uint32_t response_delay(uint16_t code, bool version_1)
{
    if (code < FLOATING_POINT || version_1) /* RFC 2710 3.4 */
        return code * 1000u;
    uint64_t delay = ((uint64_t)(code & 0xfff) | 0x1000) << ((code >> 12 & 7) + 3);
    return delay > UINT32_MAX / 1000 ? UINT32_MAX : (uint32_t)delay * 1000;
}

/* RFC 9777 6.2: a query that does not come from a router on this link is dropped. */
enum verdict mld_query(struct netif *nif, struct cursor *c, const struct packet *p,
                       const struct eth_header *e)
{
    const struct ipv6_header *ip = (const struct ipv6_header *)p->header;
    const struct mld_message *query = (const struct mld_message *)c->pos;
    if (c->left < sizeof *query || (c->left > sizeof *query && c->left < sizeof *query + 4))
        return DROP_MLD_LENGTH; /* RFC 9777 8.1 */
    if (p->ttl != 1 || !ip_is_link_local(&ip->src) || !p->router_alert)
        return DROP_MLD_NOT_LOCAL;
    bool version_1 = c->left == sizeof *query;
    uint32_t most = response_delay(be16(query->response_delay), version_1);
    if (version_1) {
        nif->ipv6.version_1_until = nif->now + OLDER_QUERIER_TIME;
        nif->ipv6.next_group = 0;
    }
    if (!ip_is_unspecified(&query->group) && !is_member(nif, &query->group))
        return CONSUMED_MLD_QUERY;
    uint64_t due = nif->now + random_below(nif, most);
    if (due < nif->ipv6.answer_due)
        nif->ipv6.answer_due = due;
    nif->ipv6.querier = *e;
    return CONSUMED_MLD_QUERY;
}

uint64_t mld_due(const struct netif *nif)
{
    uint64_t report = nif->ipv6.report_due, answer = nif->ipv6.answer_due;
    return report < answer ? report : answer;
}

/* From our link-local address, or from none as long as it is being asked for (RFC 9777 5.2.13). An
 * answer goes into the querier's VLAN. */
static struct icmp6_route route_to(const struct netif *nif, struct ip_address dst, bool answer)
{
    const struct ipv6_address *own = nif->ipv6.addresses;
    bool valid = own->state == IPV6_PREFERRED || own->state == IPV6_DEPRECATED;
    struct icmp6_route route = {.dst = dst, .hop_limit = 1, .router_alert = true};
    if (answer)
        route.tags = &nif->ipv6.querier;
    if (valid)
        route.src = own->ip;
    return route;
}

/* All our groups in one report of version 2. */
static enum verdict report(struct netif *nif, struct frame *spare, enum mld_record_type type)
{
    struct icmp6_route route = route_to(nif, ip_link_group(0, 0x16), type == MLD_IS_EXCLUDE);
    struct mld_record records[IPV6_ADDRESSES_MAX + 1] = {{0}};
    uint16_t count = 0;
    for (unsigned i = 0; i < IPV6_ADDRESSES_MAX; i++)
        if (group_at(nif, i, &records[count].group))
            records[count++].type = (uint8_t)type;
    if (type == MLD_TO_EXCLUDE && !ip_is_unspecified(&nif->ipv6.left) &&
        !is_member(nif, &nif->ipv6.left)) {
        records[count].group = nif->ipv6.left;
        records[count++].type = MLD_TO_INCLUDE;
    }
    if (count == 0)
        return VERDICT_NONE;
    size_t size = count * sizeof records[0];
    struct cursor c = icmp6_begin(spare, &route, sizeof(struct mld_report) + size);
    struct mld_report *message = (struct mld_report *)c.pos;
    message->type = ICMP6_MLD_REPORT_V2;
    message->records = to_be16(count);
    memcpy(message + 1, records, size);
    return icmp6_send(nif, &c, &route, SENT_MLD_REPORT);
}

/* The next group in a report of version 1 to the group itself; VERDICT_NONE behind the last. */
static enum verdict report_version_1(struct netif *nif, struct frame *spare, bool answer)
{
    struct ip_address group;
    while (nif->ipv6.next_group < IPV6_ADDRESSES_MAX) {
        if (!group_at(nif, nif->ipv6.next_group++, &group))
            continue;
        struct icmp6_route route = route_to(nif, group, answer);
        struct cursor c = icmp6_begin(spare, &route, sizeof(struct mld_message));
        struct mld_message *message = (struct mld_message *)c.pos;
        message->type = ICMP6_MLD_REPORT_V1;
        message->group = group;
        return icmp6_send(nif, &c, &route, SENT_MLD_REPORT);
    }
    nif->ipv6.next_group = 0;
    return VERDICT_NONE;
}

static enum verdict report_change(struct netif *nif, struct frame *spare)
{
    nif->ipv6.reports_left--;
    nif->ipv6.report_due =
        nif->ipv6.reports_left > 0 ? nif->now + random_below(nif, UNSOLICITED_MAX) : UINT64_MAX;
    enum verdict v = report(nif, spare, MLD_TO_EXCLUDE);
    if (nif->ipv6.reports_left == 0)
        nif->ipv6.left = (struct ip_address){{{0}}};
    return v;
}

enum verdict mld_tick(struct netif *nif, struct frame *spare)
{
    enum verdict v = VERDICT_NONE;
    bool version_1 = nif->now < nif->ipv6.version_1_until;
    if (nif->ipv6.report_due <= nif->now && !version_1)
        v = report_change(nif, spare);
    else if (nif->ipv6.report_due <= nif->now &&
             (v = report_version_1(nif, spare, false)) == VERDICT_NONE)
        nif->ipv6.report_due = UINT64_MAX;
    if (v != VERDICT_NONE || nif->ipv6.answer_due > nif->now)
        return v;
    if (version_1 && (v = report_version_1(nif, spare, true)) != VERDICT_NONE)
        return v;
    nif->ipv6.answer_due = UINT64_MAX;
    return version_1 ? VERDICT_NONE : report(nif, spare, MLD_IS_EXCLUDE);
}
