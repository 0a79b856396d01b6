/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pool of frames, for tests in which the core holds some: each is given to the core in a buffer of
 * its exact size, and is taken back once.
 */
#ifndef TEST_FRAME_POOL_H
#define TEST_FRAME_POOL_H

#include "frames.h"

extern size_t room;           /* octets that are free behind each frame, beyond Ethernet's least */
extern struct wire sent[512]; /* the answers' frames since a test set sent_count to 0 */
extern size_t sent_count;
extern size_t returned_count; /* frames that came back with nothing to send */

/* Starts anew: the core has none. */
void frame_pool_start(void);

/* How many frames the core has. */
size_t with_core(void);

/*
 * Gives a frame to the core. Its verdict is counted; an answer is noted in sent, a STAMP answer as
 * sent at frame_transmit; a frame that is neither an answer nor held is as it was.
 */
enum verdict pool_input(const struct wire *w);

/* Takes back what is released, each frame once. What the core has then is what it says it holds. */
void collect(void);

/* Both: gives a frame to the core, and takes back what is released. */
enum verdict pool_give(const struct wire *w);

/* Expects that this frame was sent, as the one at this place of sent. */
void sent_is(size_t at, const struct wire *w);

/* Expects that this frame alone was sent, and begins to count anew. */
void sent_only(const struct wire *w);

#endif
