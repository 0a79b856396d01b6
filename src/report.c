/* SPDX-License-Identifier: BSD-2-Clause */
/* What the image and the host program print about an interface. One line an event, nothing per
 * packet. */
#include "report.h"

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

void report_news(report_print *print, struct report_told *told, const struct netif *nif)
{
    if (nif->claim.probing != told->probing || (!told->ready && !told->probing)) {
        report_claim(print, nif);
        told->probing = nif->claim.probing;
    }
    if (!told->ready && !told->probing) {
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
