/* SPDX-License-Identifier: BSD-2-Clause */
/* A datagram that came in fragments: what they have in common, and what they and its answer amount
 * to. */
#ifndef FUZZ_DATAGRAM_H
#define FUZZ_DATAGRAM_H

#include "neighbours.h"

/* The loop over the fragments that are, or until now were, held as such. */
#define FOR_EACH_FRAGMENT(s) FOR_EACH_HELD(s) if (!(s)->kept)

/* Whether both fragments are of one datagram. */
bool same_datagram(const struct slot *s, const struct slot *t);

/* Where the payload of a fragment ends in that of its datagram, in octets. */
size_t payload_end(const struct slot *s);

/*
 * Puts the datagram of the fragment together, from all that are or were held. False if something is
 * missing or twice.
 */
bool datagram_assemble(const struct judge *j, const struct slot *of, struct payload *p);

/* The fragment that it begins with, NULL if that is not there. */
struct slot *datagram_first(const struct slot *of);

/* Judges the answer to a datagram, which was released: of those that were kept, or of fragments if
 * that is NULL. It goes to the peer, or if that is NULL each fragment back where it came from. */
void datagram_check_answer(struct judge *j, const struct kept *k, enum kind kind,
                           const uint8_t *peer, const struct payload *request);

/* Where an answer goes that is made now: peer becomes the MAC, unless it is to be kept. */
enum way datagram_route(struct judge *j, const uint8_t *request, const uint8_t *ip, uint8_t *peer);

/* The fragments of the datagram that were not released are an answer that waits. p: the datagram,
 * NULL if the answer is about its first fragment. */
void datagram_keep(struct judge *j, const struct slot *of, enum kind kind, const struct payload *p);

#endif
