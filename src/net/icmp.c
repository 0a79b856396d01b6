/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP (RFC 792): answers a ping by turning the request into the reply where it lies. */
#include "net/icmp.h"

#include "net/checksum.h"

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

enum verdict icmp_input(struct cursor *c)
{
    uint8_t *message = c->pos;
    struct icmp_header *icmp = cursor_pull(c, sizeof *icmp);
    if (!icmp)
        return DROP_ICMP_SHORT;
    if (!checksum_ok(message, (size_t)(c->end - message)))
        return DROP_ICMP_CHECKSUM;

    switch (icmp->type) {
    case ICMP_ECHO_REQUEST: /* any code, which goes back as it came: RFC 792 gives it no other
                               meaning than 0 */
        icmp->type = ICMP_ECHO_REPLY;
        icmp->checksum = echo_reply_checksum(icmp->checksum);
        c->pos = message;
        return REPLY_ICMP_ECHO;
    case ICMP_ECHO_REPLY:
        return DROP_ICMP_ECHO_REPLY;
    case ICMP_DESTINATION_UNREACHABLE:
    case ICMP_SOURCE_QUENCH: /* ignored since RFC 6633 */
    case ICMP_REDIRECT:      /* nothing to redirect: we keep no routes */
    case ICMP_TIME_EXCEEDED:
    case ICMP_PARAMETER_PROBLEM:
        return DROP_ICMP_ERROR;
    default: /* RFC 1122 3.2.2: an unknown type is silently discarded */
        return DROP_ICMP_TYPE;
    }
}
