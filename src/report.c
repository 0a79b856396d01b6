/* SPDX-License-Identifier: BSD-2-Clause */
/* What the image and the host program print about an interface. One line an event, nothing per
 * packet. */
#include "report.h"

#include <inttypes.h>
#include <stdbool.h>

#define CONFLICT_INTERVAL_US 10000000

#define MAC_FORMAT "%02x:%02x:%02x:%02x:%02x:%02x"
#define MAC_OCTETS(mac)                                                                            \
    (mac).octet[0], (mac).octet[1], (mac).octet[2], (mac).octet[3], (mac).octet[4], (mac).octet[5]

#define IP_FORMAT "%u.%u.%u.%u"
#define IP_OCTETS(ip)                                                                              \
    (unsigned)((ip) >> 24), (unsigned)((ip) >> 16 & 255), (unsigned)((ip) >> 8 & 255),             \
        (unsigned)((ip)&255)

/* Ends a line with our address. */
static void end_with_ip(FILE *out, uint32_t ip, uint8_t prefix)
{
    if (ip != 0)
        fprintf(out, IP_FORMAT "/%u\n", IP_OCTETS(ip), prefix);
    else
        fprintf(out, "none\n");
}

void report_contradiction(FILE *out, const struct options *o, const struct contradiction *c)
{
    fprintf(out, "unipong: error: %s=" IP_FORMAT ": %s ip=", c->key, IP_OCTETS(c->address),
            c->problem);
    end_with_ip(out, o->net.ip, o->net.prefix);
}

void report_device(FILE *out, const char *kind, const struct netif *nif)
{
    fprintf(out, "net0: %s " MAC_FORMAT " mtu %u\n", kind, MAC_OCTETS(nif->mac), nif->mtu);
}

/* Whether our address is in use, or we ask for it. */
static void report_claim(FILE *out, const struct netif *nif)
{
    if (nif->claim.probing) {
        fprintf(out, "net0: asking whether " IP_FORMAT " is free\n", IP_OCTETS(nif->claim.ip));
        return;
    }
    fprintf(out, "net0: ip ");
    end_with_ip(out, nif->ip, nif->prefix);
}

static void report_conflict(FILE *out, const struct netif *nif)
{
    fprintf(out, "net0: warning: " MAC_FORMAT " claims " IP_FORMAT " too; %s\n",
            MAC_OCTETS(nif->claim.rival), IP_OCTETS(nif->claim.ip),
            nif->claim.probing ? "we leave it alone and ask again in a minute"
                               : "we keep it, one of the two hosts needs another address");
}

void report_news(FILE *out, const struct netif *nif)
{
    static bool ready, asking;
    static uint64_t conflicts, quiet_until;

    if (nif->claim.probing != asking || (!ready && !asking)) {
        report_claim(out, nif);
        asking = nif->claim.probing;
    }
    if (!ready && !asking) {
        fprintf(out, "unipong: ready\n");
        ready = true;
    }
    if (nif->claim.conflicts != conflicts && nif->now >= quiet_until) {
        report_conflict(out, nif);
        conflicts = nif->claim.conflicts;
        quiet_until = nif->now + CONFLICT_INTERVAL_US;
    }
}

void report_stats(FILE *out, const struct netif *nif)
{
    for (enum verdict v = 0; v < VERDICT_COUNT; v++)
        if (nif->verdicts[v] > 0)
            fprintf(out, "%12" PRIu64 "  %-30s %s\n", nif->verdicts[v], verdict_name(v),
                    verdict_meaning(v));
}
