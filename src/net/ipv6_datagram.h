/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers IPv6 packets that came in fragments, in the buffers that the fragments came in. */
#ifndef NET_IPV6_DATAGRAM_H
#define NET_IPV6_DATAGRAM_H

#include "net/netif.h"

/* Answers a packet that is whole: its frames are released. */
void ipv6_datagram_answer(struct netif *nif, struct datagram *d);

/* Gives up a packet whose time is over; the sender of its first fragment is told. */
void ipv6_datagram_expire(struct netif *nif, struct datagram *d);

#endif
