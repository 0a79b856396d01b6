/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fragments of datagrams that are not whole yet (RFC 791 3.2, RFC 1122 3.3.2). The buffers that
 * they came in are held, and later are the fragments of the answer: nothing is copied.
 */
#ifndef NET_REASSEMBLY_H
#define NET_REASSEMBLY_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * How long a datagram may take to arrive: 60 s to 120 s (RFC 1122 3.3.2). This is a little more
 * than 60 s, in case our clock runs fast.
 */
#define REASSEMBLY_TIMEOUT_US 60100000u

/* Starts with nothing held. */
void reassembly_init(struct reassembly *r);

/*
 * Takes a fragment, whose payload is under the cursor and not empty. offset is its place in the
 * datagram's payload; more says that it is not the last one. HELD_FRAGMENT: its frame is held until
 * it is released, and the datagram may be whole now. Any other verdict is the reason why it is
 * dropped.
 */
enum verdict reassembly_input(struct netif *nif, struct cursor *c, const struct datagram_key *key,
                              const struct eth_header *e, uint8_t *header, uint16_t offset,
                              bool more);

/* A datagram that is whole, NULL if there is none. To be ended with reassembly_release(). */
struct datagram *reassembly_whole(struct reassembly *r);

/* A datagram whose time is over at netif.now, NULL if there is none. To be ended likewise. */
struct datagram *reassembly_expired(struct netif *nif);

/* When reassembly_expired() will have one; UINT64_MAX for never. */
uint64_t reassembly_due(const struct netif *nif);

/* The datagram's first fragment. */
struct fragment *reassembly_first(struct reassembly *r, const struct datagram *d);

/* The fragment behind another, NULL at the end of the datagram. */
struct fragment *reassembly_next(struct reassembly *r, const struct fragment *f);

/* Takes the second fragment, which has become empty, out of a datagram. */
void reassembly_drop_second(struct netif *nif, struct datagram *d);

/*
 * Ends a datagram. Its frames are released to receive into, except those that are marked is_answer:
 * they stay held, and the caller has them.
 */
void reassembly_release(struct netif *nif, struct datagram *d);

#endif
