/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of a capture: the rules are in capture_clock.h. */
#include "host/capture_clock.h"

#define SECOND   1000000u
#define STEP_MAX (86400 * (uint64_t)SECOND) /* microseconds */
#define DISORDER SECOND                     /* microseconds that a stamp may be earlier by */
#define END      (UINT64_MAX / 2)           /* where the clock stops: times to come need room */

static bool is_earlier(struct stamp a, struct stamp b)
{
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.nanoseconds < b.nanoseconds;
}

/* Microseconds from one stamp to a later one, at most STEP_MAX. */
static uint64_t between(struct stamp from, struct stamp to)
{
    uint64_t seconds = (uint64_t)to.seconds - (uint64_t)from.seconds;
    if (seconds > STEP_MAX / SECOND)
        return STEP_MAX;
    uint64_t us = seconds * SECOND + to.nanoseconds / 1000 - from.nanoseconds / 1000;
    return us < STEP_MAX ? us : STEP_MAX;
}

bool capture_clock_is_back(const struct capture_clock *c, struct stamp stamp)
{
    return c->started && is_earlier(stamp, c->stamp);
}

uint64_t capture_clock_arrival(struct capture_clock *c, struct stamp stamp)
{
    if (!c->started)
        *c = (struct capture_clock){.started = true, .stamp = stamp};
    if (is_earlier(stamp, c->stamp))
        return c->now;
    uint64_t step = between(c->stamp, stamp), left = END - c->now;
    return c->now + (step < left ? step : left);
}

void capture_clock_pass(struct capture_clock *c, uint64_t until)
{
    uint64_t us = c->stamp.nanoseconds / 1000 + (until - c->now);
    c->stamp.seconds += (int64_t)(us / SECOND);
    c->stamp.nanoseconds = (uint32_t)(us % SECOND) * 1000 + c->stamp.nanoseconds % 1000;
    c->now = until;
}

void capture_clock_arrive(struct capture_clock *c, uint64_t arrival, struct stamp stamp)
{
    c->now = arrival;
    if (!is_earlier(stamp, c->stamp) || between(stamp, c->stamp) > DISORDER)
        c->stamp = stamp;
}

uint64_t capture_clock_wall_offset(const struct capture_clock *c, struct stamp stamp)
{
    return (uint64_t)stamp.seconds * SECOND + stamp.nanoseconds / 1000 - c->now;
}
