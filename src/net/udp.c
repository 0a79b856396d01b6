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
#include "net/wire/udp.h"

#include <stdbool.h>

/* Whether the datagram is whole and intact. If so, the cursor ends where it ends. */
static enum verdict check(struct cursor *c, const struct packet *p)
{
    const struct udp_header *udp = (struct udp_header *)c->pos;
    if (c->left < sizeof *udp)
        return DROP_UDP_SHORT;
    size_t length = be16(udp->length), octets = c->left + p->rest_octets;
    if (length < sizeof *udp || length > octets)
        return DROP_UDP_LENGTH;
    //@ split p->rest_octets == 0;
    if (p->rest_octets > 0 && length != octets) /* the octets behind it would be in other buffers */
        return DROP_UDP_LENGTH;
    if (p->rest_octets == 0)
        cursor_trim(c, length);
    if (be16(udp->checksum) == 0) /* RFC 768: the sender has made none */
        return VERDICT_NONE;
    uint64_t sum = packet_pseudo_sum(p, (uint32_t)length);
    sum = checksum_join(checksum_add(sum, udp, c->left), p->rest_sum);
    return checksum_fold(sum) == 0xffff ? VERDICT_NONE : DROP_UDP_CHECKSUM;
}

/* RFC 862 */
static enum verdict echo(struct netif *nif, struct cursor *c, struct packet *p)
{
    (void)nif, (void)c, (void)p;
    return REPLY_UDP_ECHO;
}

/* RFC 863 */
static enum verdict discard(struct netif *nif, struct cursor *c, struct packet *p)
{
    (void)nif, (void)c, (void)p;
    return CONSUMED_UDP_DISCARD;
}

/*
 * A UDP service. Its function answers the datagram under the cursor, which begins with the UDP
 * header. udp_input() swaps the ports.
 */
struct udp_service {
    uint8_t bit;   /* enum service: the bit that switches it on */
    uint16_t port; /* 0: config.stamp_port */
    bool answers;  /* so it must get no datagram from a port that answers too */
    enum verdict (*input)(struct netif *nif, struct cursor *c, struct packet *p);
};

/* The first service that has the port is used: STAMP can be given the port of another one. */
static const struct udp_service services[] = {
    {SERVICE_STAMP, 0, true, stamp_input},
    {SERVICE_ECHO, UDP_ECHO, true, echo},
    {SERVICE_DISCARD, UDP_DISCARD, false, discard},
};

#define SERVICES (sizeof services / sizeof services[0])

static uint16_t port_of(const struct netif *nif, const struct udp_service *s)
{
    return s->port ? s->port : nif->config.stamp_port;
}

/* The service that listens on a port, NULL if none does. */
static const struct udp_service *find(const struct netif *nif, uint16_t port)
{
    for (const struct udp_service *s = services; s < services + SERVICES; s++)
        if (port == port_of(nif, s) && nif->config.services & s->bit)
            return s;
    return NULL;
}

/*
 * Whether a datagram that we send to this port could be answered, and that again, without end: it
 * is the port of one of our services, which others run too, or of one of RFC 864 to 868. Port 0 is
 * no host's.
 */
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

enum verdict udp_input(struct netif *nif, struct cursor *c, struct packet *p)
{
    struct udp_header *udp = (struct udp_header *)c->pos;
    enum verdict v = check(c, p);
    if (v != VERDICT_NONE)
        return v;
    const struct udp_service *s = find(nif, be16(udp->dst));
    if (!s) /* RFC 1122 4.1.3.1; an error is never answered, so this cannot loop */
        return icmp_error(nif, c, p, ICMP_ERROR_PORT);
    if (s->answers && source_loops(nif, be16(udp->src)))
        return DROP_UDP_LOOP;
    if (s->answers &&
        packet_is_too_long(nif, p, c->pos + c->left)) /* a part of the data would be no echo */
        return DROP_IPV4_MTU;
    v = s->input(nif, c, p);
    if (verdict_replies(v)) {
        be16_t ours = udp->dst;
        udp->dst = udp->src;
        udp->src = ours;
    }
    return v;
}
