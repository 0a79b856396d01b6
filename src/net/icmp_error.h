/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors of our own (RFC 792, RFC 1122 3.2.2). */
#ifndef NET_ICMP_ERROR_H
#define NET_ICMP_ERROR_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/packet.h"
#include "net/verdict.h"

/* What an error reports. */
enum icmp_error {
    ICMP_ERROR_PORT,       /* nobody listens on the port */
    ICMP_ERROR_PROTOCOL,   /* no protocol of this number is known here */
    ICMP_ERROR_REASSEMBLY, /* fragments are missing, and the time for them is over */
};

/*
 * Turns the packet p, whose payload is under the cursor, into an error about it. The packet stays
 * where it is and becomes the quotation, and the ICMP header goes in front of it. If the rate limit
 * allows no error, or a small MTU has no room for one, the verdict is that of a dropped packet.
 */
enum verdict icmp_error(struct netif *nif, struct cursor *c, struct packet *p,
                        enum icmp_error what);

#endif
