/* SPDX-License-Identifier: BSD-2-Clause */
/* The core that is being played with, for the files that stand in for its driver. */
#ifndef FUZZ_PLAY_H
#define FUZZ_PLAY_H

#include "judge.h"

#include "net/net.h"

extern struct netif nif;
extern struct judge judge;
extern bool left_over; /* releases of the last frame that nobody has taken back */

/* Asks for what the core has released; it is the judge's until play_settle(). */
void play_release(void);

/* Takes back what was released. What was not has no excuse any more. */
void play_settle(void);

/* Takes back what the last frames have left, so that it is certain again what is held. */
void play_tidy(void);

/* Answers that the core has counted so far. */
uint64_t play_replies(void);

/* Aborts unless it has counted so many, and of answers given up for want of a neighbour as many as
 * there had to be. */
void play_check_counted(uint64_t replies);

#endif
