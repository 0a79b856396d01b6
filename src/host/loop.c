/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host program's loop. It makes one system call to read a frame and one to send its answer, and
 * no other: it is the floor that the image's speed is compared with. A timer's signal interrupts a
 * read that waits, so that what is due is done; what may change about the device is looked up then,
 * ten times a second.
 *
 * Every buffer is in one of three places: it is empty, the loop works on it, or the core holds it.
 */
#include "host/loop.h"

#include "host/console.h"
#include "host/signals.h"
#include "net/net.h"

#include <stdlib.h>

#define HELD_MAX 128 /* frames that the core holds at once */
#define DUE_MAX  128 /* frames of our own that are sent between two received ones */

#define CLOCK_ERROR 0x1601 /* 2^-10 s (RFC 4656 4.1.2): the system's clock, as NTP keeps it */

/* The buffers that are empty: one to receive into, one for a frame of our own, and those that the
 * core may hold. */
static struct frame *empty[HELD_MAX + 2];
static size_t empty_count;

static bool host_make_buffers(void)
{
    for (; empty_count < sizeof empty / sizeof empty[0]; empty_count++) {
        struct frame *f = malloc(sizeof *f + DEVICE_HEAD + DEVICE_HEADER + DEVICE_FRAME + 1);
        if (!f)
            return false;
        empty[empty_count] = f;
    }
    return true;
}

/* An empty buffer; there is one, since the core holds at most HELD_MAX of them. */
static struct frame *host_take_buffer(void)
{
    struct frame *f = empty[--empty_count];
    *f = (struct frame){
        .data = (uint8_t *)(f + 1) + DEVICE_HEAD + DEVICE_HEADER,
        .cap = DEVICE_FRAME,
        .head = DEVICE_HEAD,
    };
    return f;
}

static void host_give_back(struct frame *f)
{
    empty[empty_count++] = f;
}

bool host_start(struct netif *nif, const struct netif_config *config, const mac_t *mac,
                struct device *d)
{
    if (!host_make_buffers())
        return false;
    struct netif_config own = *config;
    own.never_announce = !d->live; /* a capture is asked for answers only */
    net_init(nif, &own, mac, d->mtu, HELD_MAX, d->now());
    net_set_wall_clock(nif, d->wall_offset, CLOCK_ERROR);
    return true;
}

/* Sends an answer; one to a STAMP test packet says when that was. */
static enum device_result host_send(struct netif *nif, struct device *d, struct frame *f)
{
    if (f->stamp)
        net_stamp(nif, f, d->now());
    return d->send(d, f);
}

/* Takes back the frames that the core held, and sends those that are answers. */
static enum device_result host_release(struct netif *nif, struct device *d)
{
    enum device_result result = DEVICE_OK;
    struct frame *f;
    bool is_answer;
    while ((f = net_released(nif, &is_answer))) {
        if (is_answer && result != DEVICE_FAILED)
            result = host_send(nif, d, f);
        host_give_back(f);
    }
    return result;
}

/* Sends what is due of our own accord; what is more than DUE_MAX stays due. */
static enum device_result host_tick(struct netif *nif, struct device *d)
{
    enum device_result result = DEVICE_OK;
    for (unsigned i = 0; i < DUE_MAX && net_due(nif) <= nif->now; i++) {
        struct frame *f = host_take_buffer();
        enum verdict v = net_tick(nif, f);
        if (v != VERDICT_NONE && !verdict_holds(v))
            result = d->send(d, f);
        if (!verdict_holds(v))
            host_give_back(f);
        if (result == DEVICE_FAILED)
            return result;
    }
    return host_release(nif, d);
}

/* Answers a received frame, and keeps its buffer if the core holds it. */
static enum device_result host_answer(struct netif *nif, struct device *d, struct frame *f)
{
    enum device_result result = DEVICE_OK;
    enum verdict v = net_input(nif, f);
    if (verdict_replies(v))
        result = host_send(nif, d, f);
    if (!verdict_holds(v))
        host_give_back(f);
    return verdict_replies(v) ? result : host_release(nif, d);
}

/* Tells the core what time it is, and what has changed about the device. */
static void host_follow(struct netif *nif, struct device *d)
{
    if (signals_tick && d->live) {
        signals_tick = 0;
        device_look(d);
    }
    nif->now = d->now();
    net_set_wall_clock(nif, d->wall_offset, CLOCK_ERROR);
    if (nif->mtu != d->mtu) {
        net_set_mtu(nif, d->mtu);
        console_device(d, nif);
    }
}

enum device_result host_loop(struct netif *nif, struct device *d)
{
    while (!signals_ending) {
        struct frame *f = host_take_buffer();
        enum device_result result = d->receive(d, f, net_due(nif));
        host_follow(nif, d);
        if (result == DEVICE_OK)
            result = host_answer(nif, d, f);
        else
            host_give_back(f);
        if (result == DEVICE_END || result == DEVICE_FAILED)
            return result;
        if (host_tick(nif, d) == DEVICE_FAILED)
            return DEVICE_FAILED;
        console_news(nif);
    }
    return DEVICE_END;
}
