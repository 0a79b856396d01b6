/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP (RFC 792): answers a ping by turning the request into the reply where it lies. */
#include "net/icmp.h"

#include "net/checksum.h"
#include "net/wire/icmp.h"

/*
 * The reply's checksum. Only the type changes, from 8 to 0, so the sum of the message falls by
 * 0x0800 and its complement rises by as much, the carry added back in (RFC 1624 2, equation 1 of
 * RFC 1141). Where the rest of the message is all zeros this gives 0xffff, which verifies; RFC
 * 1624's equation 3 would give 0x0000, which does not.
 */
static be16_t echo_reply_checksum(be16_t request)
{
    uint32_t sum = be16(request) + ((ICMP_ECHO_REQUEST - ICMP_ECHO_REPLY) << 8);
    return to_be16((uint16_t)(sum + (sum >> 16)));
}

/*
 * RFC 1122 3.2.2.6: all the data goes back. If the reply would be longer than our MTU it is
 * truncated to that, as we do not fragment what came whole (3.3.3).
 */
static enum verdict echo(const struct netif *nif, struct cursor *c, const struct packet *p)
{
    struct icmp_header *icmp = (struct icmp_header *)c->pos;
    icmp->type = ICMP_ECHO_REPLY;
    icmp->checksum = echo_reply_checksum(icmp->checksum);
    if (packet_is_too_long(nif, p, c->pos + c->left)) {
        cursor_trim(c, nif->mtu - (size_t)(c->pos - p->header));
        icmp->checksum = to_be16(0);
        icmp->checksum = checksum(icmp, c->left);
    }
    return REPLY_ICMP_ECHO;
}

/* RFC 792: the time of receipt and that of the answer, in milliseconds since midnight UT. */
static enum verdict timestamp(const struct netif *nif, struct cursor *c, const struct packet *p)
{
    struct icmp_timestamp *message = (struct icmp_timestamp *)c->pos;
    if (!(nif->config.services & SERVICE_TIMESTAMP) || p->group)
        return DROP_ICMP_TYPE;
    if (c->left != sizeof *message || p->rest_octets > 0)
        return DROP_ICMP_LENGTH;
    if (packet_is_too_long(nif, p, c->pos + c->left)) /* a small MTU, and options */
        return DROP_IPV4_MTU;
    message->header.type = ICMP_TIMESTAMP_REPLY;
    message->receive = message->transmit = to_be32(netif_ms_of_day(nif));
    message->header.checksum = to_be16(0);
    message->header.checksum = checksum(message, sizeof *message);
    return REPLY_ICMP_TIMESTAMP;
}

enum verdict icmp_input(struct netif *nif, struct cursor *c, const struct packet *p)
{
    struct icmp_header *icmp = (struct icmp_header *)c->pos;
    if (c->left < sizeof *icmp)
        return DROP_ICMP_SHORT;
    if (checksum_fold(checksum_add(p->rest_sum, icmp, c->left)) != 0xffff)
        return DROP_ICMP_CHECKSUM;

    switch (icmp->type) {
    case ICMP_ECHO_REQUEST: /* with any code: RFC 792 gives a meaning to 0 only */
        return echo(nif, c, p);
    case ICMP_TIMESTAMP:
        return timestamp(nif, c, p);
    case ICMP_ECHO_REPLY:
        return DROP_ICMP_ECHO_REPLY;
    default: /* RFC 1122 3.2.2: an unknown type is silently discarded */
        return icmp_is_error(icmp->type) ? DROP_ICMP_ERROR : DROP_ICMP_TYPE;
    }
}
