/* SPDX-License-Identifier: BSD-2-Clause */
/* A datagram that came in fragments (RFC 791 3.2): what they have in common, and what they and its
 * answer amount to. */
#ifndef FUZZ_DATAGRAM_H
#define FUZZ_DATAGRAM_H

#include "slots.h"
#include "wire.h"

/* The loop over the fragments that the core keeps until others come, or did until the latest call. */
#define FOR_EACH_FRAGMENT(s)                                                                       \
    FOR_EACH_SLOT(s)                                                                               \
    if ((s)->ip && !(s)->hop && ((s)->place == HELD || (s)->fresh))

/* Whether both fragments are of one datagram. */
bool same_datagram(const struct slot *s, const struct slot *t);

/* Where the payload of a fragment begins in that of its datagram, and where it ends, in octets. */
size_t payload_start(const struct slot *s);
size_t payload_end(const struct slot *s);

/* The fragment that the datagram of this one begins with, NULL if it is not there. */
struct slot *datagram_first(const struct slot *of);

/* When the first of its fragments came. */
uint64_t datagram_since(const struct slot *of);

/* Puts the datagram of the fragment together. False if something is missing or twice. */
bool datagram_assemble(const struct judge *j, const struct slot *of, struct payload *p);

/* Judges the answer to a datagram, as answer_judge() does. */
void datagram_check_answer(struct judge *j, enum kind kind, const uint8_t *peer,
                           const struct payload *request);

#endif
