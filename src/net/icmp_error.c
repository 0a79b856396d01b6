/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP errors of our own (RFC 1122 3.2.2). They are only sent about packets that came from a single
 * host to us alone, and that are no ICMP errors: all others are dropped before.
 */
#include "net/icmp_error.h"

#include "net/bucket.h"
#include "net/checksum.h"
#include "net/wire/icmp.h"
#include "net/wire/icmp6.h"
#include "net/wire/ipv4.h"
#include "net/wire/ipv6.h"

#include <stdbool.h>
#include <string.h>

#define ERROR_MAX 576 /* octets of a packet that every host takes (RFC 1812 4.3.2.3) */

/* How many octets of a packet an error about it can quote: what fits behind the new headers. */
static size_t quote_max(const struct netif *nif, const struct packet *p)
{
    if (p->version == 6) /* RFC 4443 2.4 c */
        return IPV6_MTU_MIN - sizeof(struct ipv6_header) - sizeof(struct icmp_header);
    size_t packet = nif->mtu < ERROR_MAX ? nif->mtu : ERROR_MAX;
    return packet - sizeof(struct ipv4_header) - sizeof(struct icmp_header);
}

/* Octets of the packet, whose payload is under the cursor, from its header on. */
static size_t length_of(const struct cursor *c, const struct packet *p)
{
    if (p->version == 6)
        return sizeof(struct ipv6_header) +
               be16(((const struct ipv6_header *)p->header)->payload_length);
    /* A header that was gathered from fragments is not quoted as such. */
    size_t length = (size_t)(c->pos - p->header) + c->left;
    size_t total = be16(((const struct ipv4_header *)p->header)->total_length);
    return total < length ? total : length;
}

/* The types and codes of each error in IPv4 and in IPv6, and its verdicts: if it is sent, and if it is
 * not. */
static const struct {
    uint8_t type, code;
    uint8_t type_6, code_6;
    enum verdict reply, silence;
} errors[] = {
    [ICMP_ERROR_PORT] = {ICMP_DESTINATION_UNREACHABLE, ICMP_CODE_PORT,
                         ICMP6_DESTINATION_UNREACHABLE, ICMP6_CODE_PORT,
                         REPLY_ICMP_PORT_UNREACHABLE, DROP_UDP_PORT},
    [ICMP_ERROR_PROTOCOL] = {ICMP_DESTINATION_UNREACHABLE, ICMP_CODE_PROTOCOL, 0, 0,
                             REPLY_ICMP_PROTOCOL_UNREACHABLE, DROP_IPV4_PROTOCOL},
    [ICMP_ERROR_REASSEMBLY] = {ICMP_TIME_EXCEEDED, ICMP_CODE_REASSEMBLY, ICMP6_TIME_EXCEEDED,
                               ICMP6_CODE_REASSEMBLY, REPLY_ICMP_TIME_EXCEEDED,
                               DROP_FRAGMENT_TIMEOUT},
    [ICMP_ERROR_FIELD] = {0, 0, ICMP6_PARAMETER_PROBLEM, ICMP6_CODE_FIELD,
                          REPLY_ICMP_PARAMETER_PROBLEM, DROP_IPV6_PROBLEM},
    [ICMP_ERROR_NEXT_HEADER] = {0, 0, ICMP6_PARAMETER_PROBLEM, ICMP6_CODE_NEXT_HEADER,
                                REPLY_ICMP_PARAMETER_PROBLEM, DROP_IPV6_PROBLEM},
    [ICMP_ERROR_OPTION] = {0, 0, ICMP6_PARAMETER_PROBLEM, ICMP6_CODE_OPTION,
                           REPLY_ICMP_PARAMETER_PROBLEM, DROP_IPV6_PROBLEM},
    [ICMP_ERROR_FIRST_FRAGMENT] = {0, 0, ICMP6_PARAMETER_PROBLEM, ICMP6_CODE_FIRST_FRAGMENT,
                                   REPLY_ICMP_PARAMETER_PROBLEM, DROP_IPV6_PROBLEM},
};

enum verdict icmp_error(struct netif *nif, struct cursor *c, struct packet *p, enum icmp_error what)
{
    size_t hlen = (size_t)(c->pos - p->header);
    size_t quoted = length_of(c, p), most = quote_max(nif, p);
    /*
     * RFC 1122 3.2.2: the header and at least eight octets are quoted. If the MTU is small and
     * there are options, they may not fit.
     */
    if (p->version == 4 && quoted > most && most < hlen + 8)
        return errors[what].silence;
    if (p->link_group && what != ICMP_ERROR_OPTION) /* RFC 4443 2.4 e.4 */
        return errors[what].silence;
    if (!bucket_take(nif, p))
        return errors[what].silence;
    struct icmp_header icmp = {.type = errors[what].type, .code = errors[what].code};
    be32_t pointer = to_be32(p->error_pointer);
    cursor_push(c, hlen);
    c->left = quoted < most ? quoted : most; /* UDP may have taken less of the packet */
    uint8_t *message = cursor_push(c, sizeof icmp);
    if (p->version == 6) { /* its checksum has the addresses in it: ipv6.c writes it */
        icmp.type = errors[what].type_6;
        icmp.code = errors[what].code_6;
        memcpy(icmp.rest, &pointer, sizeof pointer);
        memcpy(message, &icmp, sizeof icmp);
    } else {
        memcpy(message, &icmp, sizeof icmp);
        icmp.checksum = checksum(message, c->left);
        memcpy(message, &icmp, sizeof icmp);
    }
    p->rest_octets = 0;
    p->is_error = true;
    return errors[what].reply;
}
