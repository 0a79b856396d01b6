/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sleeping, so that no wake-up is lost.
 *
 * Interrupts are off but for the instant of interrupt_sleep, and an interrupt that comes while they
 * are off stays pending and ends the next sleep at once. So it is enough that whatever happens
 * either was seen before the sleep or raises an interrupt after we last looked:
 *
 * A frame: virtio_net_arm asks for an interrupt, then, behind a barrier, looks at the used ring.
 * The device writes the used ring, then, behind its barrier, looks whether we ask
 * (2.7.13.4, 2.7.14). Whichever way the four lie, one of the two sees the other: we find the frame
 * and don't sleep, or the device finds our wish and interrupts.
 *
 * A buffer that the device waits for: it asks for a notification, then, behind its barrier, looks
 * at the available ring once more. We have written the available ring; behind the same barrier of
 * ours virtio_net_arm looks whether the device asks. So it never waits for us while we wait for it.
 *
 * Time: the timer is set before, and its interrupt stays pending.
 *
 * A typed character, the power button, the link: they interrupt all the time, awake or not, and an
 * interrupt that is not the receive queue's makes us look at all of them after the sleep. What came
 * before is pending, as only a sleep takes interrupts.
 */
#include "idle.h"

#include "config.h"
#include "platform/interrupt.h"

uint64_t idle_sleeps;

static enum idle mode;
static uint64_t busy_until; /* no sleep before this time */
static uint64_t look;       /* when to look at the console at the latest, while awake */

void idle_init(enum idle wanted, bool can_sleep)
{
    mode = can_sleep ? wanted : IDLE_POLL;
}

/* Returns whether something else than frames and time ended the sleep, or was in its way. */
static bool sleep(struct virtio_net *net, uint64_t due)
{
    uint8_t vector = INTERRUPT_RECEIVE;

    interrupt_wake_by(due);
    if (virtio_net_arm(net)) {
        vector = interrupt_sleep();
        idle_sleeps++;
    }
    virtio_net_disarm(net);
    return vector != INTERRUPT_RECEIVE && vector != INTERRUPT_TIMER;
}

bool idle_turn(struct virtio_net *net, enum traffic traffic, uint64_t now, uint64_t due)
{
    if (traffic == TRAFFIC_LIGHT && mode == IDLE_ADAPTIVE)
        busy_until = now + CONFIG_SPIN_US;
    if (traffic == TRAFFIC_HEAVY)
        busy_until = now;
    if (traffic == TRAFFIC_NONE && mode != IDLE_POLL && now >= busy_until && sleep(net, due))
        look = now;
    if (now < look)
        return false;
    look = now + CONFIG_CONSOLE_US;
    return true;
}
