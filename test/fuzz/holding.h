/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge of fragments: which may be held, which must be released, and what becomes of whole
 * datagrams. */
#ifndef FUZZ_HOLDING_H
#define FUZZ_HOLDING_H

#include "slots.h"

#define HELD_DATAGRAMS 32 /* fewer than this are never given up for want of room */

/*
 * What is to become of the fragment in s, given what is held; other kinds are left as they are.
 * Says of those held which may be released because of it. certain: nothing is released already.
 */
void holding_expect(const struct judge *j, struct slot *s, struct expectation *e, bool certain);

/* Whether one more fragment can be held only if an answer that waits gives way. */
bool holding_needs_room(const struct judge *j);

/*
 * Judges the releases that followed when the core took the fragment in s. certain: nothing was left
 * over from before. given_up: it says that a datagram had to make room. What the answer is that it
 * counts now, NOTHING if none; only if certain.
 */
enum kind holding_judge_input(struct judge *j, struct slot *s, bool certain, bool given_up);

/* Judges what was left over from before. */
void holding_judge_left_over(void);

/* Judges the releases that followed when time passed. */
void holding_judge_tick(struct judge *j);

#endif
