/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP errors of our own (RFC 1122 3.2.2). They are only sent about packets that came from a single
 * host to us alone, and that are no ICMP errors: all others are dropped before.
 */
#include "net/icmp_error.h"

#include "net/bucket.h"
#include "net/checksum.h"
#include "net/wire/icmp.h"
#include "net/wire/ipv4.h"

#include <stdbool.h>
#include <string.h>

#define ERROR_MAX 576 /* octets of a packet that every host takes (RFC 1812 4.3.2.3) */

/* How many octets of a packet an error about it can quote: what fits behind the new headers. */
static size_t quote_max(const struct netif *nif)
{
    size_t packet = nif->mtu < ERROR_MAX ? nif->mtu : ERROR_MAX;
    return packet - sizeof(struct ipv4_header) - sizeof(struct icmp_header);
}

/* The type and the code of each error, and its verdicts: if it is sent, and if it is not. */
static const struct {
    uint8_t type, code;
    enum verdict reply, silence;
} errors[] = {
    [ICMP_ERROR_PORT] = {ICMP_DESTINATION_UNREACHABLE, ICMP_CODE_PORT, REPLY_ICMP_PORT_UNREACHABLE,
                         DROP_UDP_PORT},
    [ICMP_ERROR_PROTOCOL] = {ICMP_DESTINATION_UNREACHABLE, ICMP_CODE_PROTOCOL,
                             REPLY_ICMP_PROTOCOL_UNREACHABLE, DROP_IPV4_PROTOCOL},
    [ICMP_ERROR_REASSEMBLY] = {ICMP_TIME_EXCEEDED, ICMP_CODE_REASSEMBLY, REPLY_ICMP_TIME_EXCEEDED,
                               DROP_FRAGMENT_TIMEOUT},
};

enum verdict icmp_error(struct netif *nif, struct cursor *c, struct packet *p, enum icmp_error what)
{
    const struct ipv4_header *ip = (const struct ipv4_header *)p->header;
    size_t hlen = (size_t)(c->pos - p->header), quoted = hlen + c->left, most = quote_max(nif);
    if (quoted > be16(ip->total_length)) /* the transport header was gathered from fragments */
        quoted = be16(ip->total_length);
    /*
     * RFC 1122 3.2.2: the header and at least eight octets are quoted. If the MTU is small and
     * there are options, they may not fit.
     */
    if (quoted > most && most < hlen + 8)
        return errors[what].silence;
    if (!bucket_take(nif, p))
        return errors[what].silence;
    struct icmp_header icmp = {.type = errors[what].type, .code = errors[what].code};
    cursor_push(c, hlen);
    cursor_trim(c, quoted < most ? quoted : most);
    uint8_t *message = cursor_push(c, sizeof icmp);
    memcpy(message, &icmp, sizeof icmp);
    icmp.checksum = checksum(message, c->left);
    memcpy(message, &icmp, sizeof icmp);
    p->rest_octets = 0;
    p->is_error = true;
    //@ split p->is_error;
    return errors[what].reply;
}
