/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole answers, of one frame or of several: whether they are right, and those that wait. */
#ifndef FUZZ_ANSWERS_H
#define FUZZ_ANSWERS_H

#include "call.h"
#include "hops.h"

/*
 * Judges the answer whose frames are in the slots that are marked as its parts, and takes the marks
 * off. peer: the MAC that it goes to; NULL: each frame goes back where it came from. request: the
 * datagram, if it came in fragments; NULL: there is one part, which is the request too. It is right as
 * it is, and with a transmit time where it has one.
 */
void answer_judge(struct judge *j, enum kind kind, const uint8_t *peer,
                  const struct payload *request);

/* Judges what the latest call did to answers that wait. heard: the neighbour that has just said where
 * it is, NULL if none. */
void answers_judge_waiting(struct call *call, const struct hop *heard);

#endif
