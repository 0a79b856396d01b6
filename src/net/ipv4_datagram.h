/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers IPv4 datagrams that came in fragments, in the buffers that the fragments came in. */
#ifndef NET_IPV4_DATAGRAM_H
#define NET_IPV4_DATAGRAM_H

#include "net/netif.h"

/* Answers a datagram that is whole: its frames are released. */
void ipv4_datagram_answer(struct netif *nif, struct datagram *d);

/* Gives up a datagram whose time is over; the sender of its first fragment is told. */
void ipv4_datagram_expire(struct netif *nif, struct datagram *d);

#endif
