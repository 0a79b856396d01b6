/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock of a capture: it passes as the time stamps say, never goes back and never wraps.
 *
 * - It begins at 0 with the first frame, and moves on by what each stamp is later than the latest
 *   one before it.
 * - It stands still for a frame whose stamp is earlier than that. Where it is earlier by more than
 *   a second this is no disorder among frames: the capturing clock was set, or a stamp was wrong.
 *   Then the following differences count from the earlier stamp on.
 * - A step of more than a day counts as a day, by which all that the core waits for is over.
 */
#ifndef HOST_CAPTURE_CLOCK_H
#define HOST_CAPTURE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* A time of day. */
struct stamp {
    int64_t seconds; /* since 1970 */
    uint32_t nanoseconds;
};

struct capture_clock {
    bool started;
    uint64_t now;       /* microseconds */
    struct stamp stamp; /* the time of day that belongs to it */
};

/* Whether a frame with this stamp was captured before the latest one so far. */
bool capture_clock_is_back(const struct capture_clock *c, struct stamp stamp);

/* The time at which a frame with this stamp arrives, at least c->now. */
uint64_t capture_clock_arrival(struct capture_clock *c, struct stamp stamp);

/* Moves on to a time between c->now and the next frame's arrival. */
void capture_clock_pass(struct capture_clock *c, uint64_t until);

/* Moves on to a frame's arrival, as capture_clock_arrival() told it. */
void capture_clock_arrive(struct capture_clock *c, uint64_t arrival, struct stamp stamp);

/* Microseconds from 1970 to time 0 of the clock, modulo 2^64, where it is stamp now. */
uint64_t capture_clock_wall_offset(const struct capture_clock *c, struct stamp stamp);

#endif
