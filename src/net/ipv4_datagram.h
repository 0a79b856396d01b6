/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers IPv4 datagrams that came in fragments, in the buffers that the fragments came in. */
#ifndef NET_IPV4_DATAGRAM_H
#define NET_IPV4_DATAGRAM_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/verdict.h"

/*
 * If the last fragment has made a datagram whole, answers it: the frames of the answer are
 * released.
 */
void ipv4_datagram_answer(struct netif *nif);

/*
 * Gives up the datagrams whose time is over at netif.now. Returns VERDICT_NONE, as it needs no
 * spare frame.
 */
enum verdict ipv4_datagram_tick(struct netif *nif, struct frame *spare);

#endif
