/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time of day: from KVM's clock if it is there, else from the battery's clock (RTC).
 *
 * The CPU's counter carries it from one look to the next. A look does not set the time anew: it only
 * narrows what the time can be, and as long as ours can be right it runs on, without a jump. It is
 * set where it can't be right any more: the machine was stopped, or it moved.
 */
#ifndef PLATFORM_WALL_H
#define PLATFORM_WALL_H

#include <stdbool.h>
#include <stdint.h>

struct wall {
    uint64_t offset; /* microseconds from 1970 to time 0 of clock_us(); 0: unknown */
    uint16_t error;  /* how far off that may be, as RFC 4656 4.1.2 writes it: the Error Estimate */
    uint32_t ppm;    /* and how much more with time: parts per million of it */

    /* What the clock that is looked at shows at time 0 of clock_us(): between these two. */
    uint64_t low, high;
    uint64_t looked; /* when, by clock_us() */
    uint64_t next;   /* no look before */
};

/*
 * To be called after clock_calibrate, and then now and then: looks at most once a second, or at once
 * if the machine has moved. Does not wait. Whether offset, error and ppm were told anew: the error
 * is that at this moment.
 */
bool wall_look(struct wall *wall, bool moved);

#endif
