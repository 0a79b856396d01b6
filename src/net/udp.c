/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The User Datagram Protocol (RFC 768): hands a sound datagram to the service on its port.
 *
 * An echo needs no new checksum: swapped ports and addresses leave the sum as it is.
 */
#include "net/udp.h"

#include "net/checksum.h"
#include "net/icmp_error.h"
#include "net/stamp.h"

#include <stdbool.h>

_Static_assert(sizeof(struct udp_header) == 8, "RFC 768");

enum udp_port {
    UDP_ECHO = 7,     /* RFC 862 */
    UDP_DISCARD = 9,  /* RFC 863 */
    UDP_DAYTIME = 13, /* RFC 867 */
    UDP_QUOTE = 17,   /* RFC 865 */
    UDP_CHARGEN = 19, /* RFC 864 */
    UDP_TIME = 37,    /* RFC 868 */
    UDP_STAMP = 862,  /* RFC 8762 4.1 */
};

/* Whether a datagram that we send to this port could come back, and so for ever; nobody listens on
 * port 0. */
static bool source_loops(const struct netif *nif, uint16_t port)
{
    switch (port) {
    case 0:
    case UDP_ECHO:
    case UDP_DAYTIME:
    case UDP_QUOTE:
    case UDP_CHARGEN:
    case UDP_TIME:
    case UDP_STAMP:
        return true;
    default:
        return port == nif->config.stamp_port;
    }
}

/* Whether the datagram is whole and intact; then the cursor ends with it. */
static enum verdict check(struct cursor *c, const struct ipv4_packet *p)
{
    const struct udp_header *udp = (struct udp_header *)c->pos;
    if (cursor_left(c) < sizeof *udp)
        return DROP_UDP_SHORT;
    size_t length = be16(udp->length), octets = cursor_left(c) + p->rest_octets;
    if (length < sizeof *udp || length > octets)
        return DROP_UDP_LENGTH;
    if (p->rest_octets > 0 && length != octets) /* what lies behind would be in other buffers */
        return DROP_UDP_LENGTH;
    if (p->rest_octets == 0)
        cursor_trim(c, length);
    if (be16(udp->checksum) == 0) /* RFC 768: none was made */
        return VERDICT_NONE;
    uint64_t sum = ipv4_pseudo_sum(p->header, (uint32_t)length);
    sum = checksum_join(checksum_add(sum, udp, cursor_left(c)), p->rest_sum);
    return checksum_fold(sum) == 0xffff ? VERDICT_NONE : DROP_UDP_CHECKSUM;
}

/* The service that the datagram is for: its own verdict. */
static enum verdict serve(struct netif *nif, struct cursor *c, struct ipv4_packet *p)
{
    const struct udp_header *udp = (struct udp_header *)c->pos;
    uint16_t port = be16(udp->dst);
    bool stamp = port == nif->config.stamp_port && nif->config.services & SERVICE_STAMP;
    bool echo = !stamp && port == UDP_ECHO && nif->config.services & SERVICE_ECHO;
    if (!stamp && port == UDP_DISCARD && nif->config.services & SERVICE_DISCARD)
        return CONSUMED_UDP_DISCARD;
    if (!echo && !stamp) /* RFC 1122 4.1.3.1; nothing answers an error, whatever port it is for */
        return icmp_error(nif, c, p, ICMP_DESTINATION_UNREACHABLE, ICMP_CODE_PORT,
                          REPLY_ICMP_PORT_UNREACHABLE, DROP_UDP_PORT);
    if (source_loops(nif, be16(udp->src)))
        return DROP_UDP_LOOP;
    if (ipv4_too_long(nif, p, c->end)) /* a part of it is not what was sent */
        return DROP_IPV4_MTU;
    return echo ? REPLY_UDP_ECHO : stamp_input(nif, c, p);
}

enum verdict udp_input(struct netif *nif, struct cursor *c, struct ipv4_packet *p)
{
    struct udp_header *udp = (struct udp_header *)c->pos;
    enum verdict v = check(c, p);
    if (v != VERDICT_NONE)
        return v;
    be16_t ours = udp->dst;
    v = serve(nif, c, p);
    if (v == REPLY_UDP_ECHO || v == REPLY_STAMP) {
        udp->dst = udp->src;
        udp->src = ours;
    }
    return v;
}
