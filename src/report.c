/* SPDX-License-Identifier: BSD-2-Clause */
/* What the image and the host program print about an interface. One line an event, nothing per
 * packet. */
#include "report.h"

#include "net/ipv6_address.h"
#include "text.h"

#include <inttypes.h>

#define CONFLICT_INTERVAL_US 10000000

void report_contradiction(report_print *print, const struct options *o,
                          const struct contradiction *c)
{
    print("unipong: error: %s=%s: %s ip=%s\n", c->key, text_ipv4(c->address).characters, c->problem,
          text_ipv4_prefix(o->net.ip, o->net.prefix).characters);
}

void report_device(report_print *print, const char *kind, const struct netif *nif)
{
    print("net0: %s %s mtu %u\n", kind, text_mac(nif->mac.octet).characters, nif->mtu);
}

/* Whether our address is in use, or being probed for. */
static void report_claim(report_print *print, const struct netif *nif)
{
    if (nif->claim.probing)
        print("net0: asking whether %s is free\n", text_ipv4(nif->claim.ip).characters);
    else
        print("net0: ip %s\n", text_ipv4_prefix(nif->ip, nif->prefix).characters);
}

static void report_conflict(report_print *print, const struct netif *nif)
{
    print("net0: warning: %s claims %s too; %s\n", text_mac(nif->claim.rival.octet).characters,
          text_ipv4(nif->claim.ip).characters,
          nif->claim.probing ? "we leave it alone and ask again in a minute"
                             : "we keep it, one of the two hosts needs another address");
}

/* An IPv6 address that has come into use, or goes out of it. */
static void report_ip6(report_print *print, const struct ipv6_address *a)
{
    static const char *const states[] = {
        [IPV6_OPTIMISTIC] = " (asking whether it is free)",
        [IPV6_TENTATIVE] = " (asking whether it is free, not used meanwhile)",
        [IPV6_PREFERRED] = "",
        [IPV6_DEPRECATED] = " (deprecated)",
        [IPV6_DUPLICATE] = " is another host's too; we do not use it",
        [IPV6_NONE] = " has expired",
    };
    print("net0: ip6 %s/%u%s\n", text_ip6(&a->ip).characters, a->prefix, states[a->state]);
}

/* What of our IPv6 addresses is new. */
static void report_ip6_news(report_print *print, struct report_told *told, const struct netif *nif)
{
    if (told->ip6_changes == nif->ipv6.changes)
        return;
    told->ip6_changes = nif->ipv6.changes;
    for (unsigned i = 0; i < IPV6_ADDRESSES_MAX; i++) {
        const struct ipv6_address *a = &nif->ipv6.addresses[i];
        if (a->state != told->ip6[i])
            report_ip6(print, a);
        told->ip6[i] = a->state;
    }
}

/* Whether a frame of either version can be answered. */
static bool is_ready(const struct netif *nif)
{
    return !nif->claim.probing || (!nif->ipv6.off && ipv6_owns(nif, &nif->ipv6.addresses[0].ip));
}

void report_news(report_print *print, struct report_told *told, const struct netif *nif)
{
    if (nif->claim.probing != told->probing || (!told->ready && !told->probing && !told->ip)) {
        report_claim(print, nif);
        told->probing = nif->claim.probing;
        told->ip = true;
    }
    report_ip6_news(print, told, nif);
    if (!told->ready && is_ready(nif)) {
        print("unipong: ready\n");
        told->ready = true;
    }
    if (nif->claim.conflicts != told->conflicts && nif->now >= told->quiet_until) {
        report_conflict(print, nif);
        told->conflicts = nif->claim.conflicts;
        told->quiet_until = nif->now + CONFLICT_INTERVAL_US;
    }
}

void report_stats(report_print *print, const struct netif *nif)
{
    for (enum verdict v = 0; v < VERDICT_COUNT; v++)
        if (nif->verdicts[v] > 0)
            print("%12" PRIu64 "  %-30s %s\n", nif->verdicts[v], verdict_name(v),
                  verdict_meaning(v));
}
