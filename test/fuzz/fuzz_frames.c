/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the network core: plays a script of frames and of time that passes. driver.c gives them to
 * the core; what comes out is judged by the judge.h of this room.
 */
#include "driver.h"
#include "script.h"

#include <string.h>

#define MTU_LEAST 68 /* RFC 791 3.2 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Hands a fragment on to the driver. */
static void give(void *flags, const uint8_t *frame, size_t len)
{
    driver_receive(frame, len, 0, *(const uint8_t *)flags);
}

static void play(const struct host *us, const struct step *s)
{
    static const uint64_t units[] = {1, 1000, 1000000, 60000000};
    static uint8_t whole[PACKET_MOST];
    size_t room = s->kind == STEP_FRAGMENTS ? PACKET_MOST : FRAME_MOST, len, cut;
    uint8_t flags = s->flags;
    switch (s->kind) {
    case STEP_FRAME:
        len = script_frame(us, s, whole, room);
        cut = s->b < len ? s->b : len;
        driver_receive(whole, len - cut, cut, flags);
        break;
    case STEP_FRAGMENTS:
        len = script_frame(us, s, whole, room);
        script_fragments(whole, len, s->b, give, &flags);
        break;
    case STEP_TIME:
        driver_wait(s->b * units[s->a % 4], flags);
        break;
    case STEP_ANNOUNCE:
        driver_announce();
        break;
    case STEP_MTU:
        driver_set_mtu((uint16_t)(MTU_LEAST + s->b % (65536 - MTU_LEAST)));
        break;
    case STEP_WALL_CLOCK:
        driver_set_wall_clock(((uint64_t)s->a << 16 | s->b) * 100001, (uint16_t)s->a);
        break;
    case STEP_LINK_UP:
    default:
        driver_link_up();
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct host *us = host_choose(data, size);
    struct step s;
    driver_start(us);
    for (size_t at = 1; script_step(data, size, at, &s); at = s.end)
        play(us, &s);
    driver_end();
    return 0;
}
