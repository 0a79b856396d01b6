/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP errors of our own (RFC 1122 3.2.2). They are about packets that came to us alone, from a
 * single host, in a frame of their own, and are no ICMP errors: ipv4.c sorts out the others before
 * any layer could complain.
 */
#include "net/icmp_error.h"

#include "net/checksum.h"

#include <stdbool.h>
#include <string.h>

#define ERROR_MAX 576 /* octets of a packet that every host takes (RFC 1812 4.3.2.3) */

/* Octets of a packet that an error about it can quote: what fits behind the new headers. */
static size_t quote_max(const struct netif *nif)
{
    size_t packet = nif->mtu < ERROR_MAX ? nif->mtu : ERROR_MAX;
    return packet - sizeof(struct ipv4_header) - sizeof(struct icmp_header);
}

/* Takes a token from the bucket, which is kept as the time when it will be full again (RFC
 * 1812 4.3.2.8). */
static bool take_token(struct netif *nif)
{
    if (nif->config.icmp_rate == 0)
        return false;
    uint64_t token = 1000000 / nif->config.icmp_rate; /* microseconds until another one drops in */
    uint64_t full = nif->icmp_full > nif->now ? nif->icmp_full : nif->now;
    if (full + token > nif->now + token * nif->config.icmp_burst)
        return false;
    nif->icmp_full = full + token;
    return true;
}

enum verdict icmp_error(struct netif *nif, struct cursor *c, struct ipv4_packet *p, uint8_t type,
                        uint8_t code, enum verdict reply, enum verdict silence)
{
    uint8_t *quote = (uint8_t *)p->header;
    size_t quoted = (size_t)(c->end - quote), most = quote_max(nif);
    if (quoted > be16(p->header->total_length)) /* a header that was gathered from fragments */
        quoted = be16(p->header->total_length);
    /* RFC 1122 3.2.2: at least the header and eight octets, for which a small MTU has no room if
     * there are options. */
    if (quoted > most && most < ipv4_header_length(p->header) + 8)
        return silence;
    if (!take_token(nif))
        return silence;
    c->end = quote + (quoted < most ? quoted : most);
    c->pos = quote - sizeof(struct icmp_header);
    struct icmp_header icmp = {.type = type, .code = code};
    memcpy(c->pos, &icmp, sizeof icmp);
    icmp.checksum = checksum(c->pos, cursor_left(c));
    memcpy(c->pos, &icmp, sizeof icmp);
    p->rest_octets = 0;
    return reply;
}
