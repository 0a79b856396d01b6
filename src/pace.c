/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When to notify and when to sleep. The guest sleeps here and nowhere else, and no wake-up is lost:
 *
 * Interrupts are off except during interrupt_sleep. One that comes while they are off stays pending
 * and ends the next sleep at once. So whatever happens must either be seen before the sleep or
 * raise an interrupt after we last looked:
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
 * Time: the timer is set before, and its interrupt stays pending. It also ends a sleep that gets too
 * long: a device that has stopped wakes nobody.
 *
 * A typed character, the power button, the link: their interrupts are never switched off, only
 * taken during a sleep. An interrupt that is neither the receive queue's nor the timer's makes us
 * poll all of them after the sleep; and there is no sleep while a poll is due.
 */
#include "pace.h"

#include "config.h"
#include "platform/interrupt.h"

void pace_init(struct pace *p, enum idle mode, bool can_sleep)
{
    *p = (struct pace){.mode = can_sleep ? mode : IDLE_POLL};
}

bool pace_notify(struct pace *p, unsigned frames)
{
    p->burst = frames > 0 ? p->burst + frames : 0;
    return p->burst == 0 || p->burst >= CONFIG_BURST;
}

/* True if something else than frames and time ended the sleep, or kept us from it. */
static bool pace_sleep(struct pace *p, struct virtio_net *net, uint64_t now, uint64_t due)
{
    uint8_t vector = INTERRUPT_RECEIVE;
    uint64_t longest = now + CONFIG_SLEEP_US;

    interrupt_wake_by(due < longest ? due : longest);
    if (virtio_net_arm(net)) {
        vector = interrupt_sleep();
        p->sleeps++;
    }
    virtio_net_disarm(net);
    return vector != INTERRUPT_RECEIVE && vector != INTERRUPT_TIMER;
}

bool pace_rest(struct pace *p, struct virtio_net *net, uint64_t now, uint64_t due)
{
    if (p->burst >= CONFIG_BURST) /* the host is busy and needs our core: no staying awake */
        p->awake_until = now;
    else if (p->burst > 0 && p->mode == IDLE_ADAPTIVE)
        p->awake_until = now + CONFIG_SPIN_US;
    else if (p->burst == 0 && p->mode != IDLE_POLL && now >= p->awake_until && now < p->next_poll &&
             pace_sleep(p, net, now, due))
        p->next_poll = now;
    if (now < p->next_poll)
        return false;
    p->next_poll = now + CONFIG_CONSOLE_US;
    return true;
}
