/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge of fragments: which may be held, which must be released, and what they amount to. */
#ifndef FUZZ_HOLDING_H
#define FUZZ_HOLDING_H

#include "slots.h"

#define HELD_DATAGRAMS 32 /* fewer than this are never given up for want of room */

/*
 * What is to become of the fragment in s, given what is held; other kinds are left as they are.
 * Says of those held which may be released because of it. certain: nothing is released already.
 */
void holding_expect(const struct judge *j, struct slot *s, struct expectation *e, bool certain);

/* Judges the releases that followed when the core took the fragment in s. certain: nothing was left
 * over from before. */
void holding_judge_input(struct judge *j, struct slot *s, bool certain);

/* Judges the releases that followed when time passed. */
void holding_judge_tick(struct judge *j);

#endif
