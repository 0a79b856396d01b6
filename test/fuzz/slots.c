/* SPDX-License-Identifier: BSD-2-Clause */
/* The buffers of fuzz_frames, each of an exact size, so that the sanitizer sees what leaves it. */
#include "slots.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define ROOMY_HEAD 64   /* octets in front of a frame, as the driver has them */
#define ROOMY_MORE 22   /* octets behind the longest: the driver has room for two tags */
#define STALE      0xa5 /* what a buffer was filled with: padding would show it */

struct slot slots[SLOTS_MOST];
size_t slots_used, slots_back;

void slot_fill(struct slot *s, const uint8_t *octets, size_t len, size_t extra, bool roomy)
{
    *s = (struct slot){.place = GIVEN};
    size_t head = roomy ? ROOMY_HEAD : NET_HEAD_MIN;
    size_t cap = len + extra < NET_CAP_MIN ? NET_CAP_MIN : len + extra;
    if (roomy)
        cap += ROOMY_MORE;
    s->size = head + cap;
    s->buffer = malloc(s->size);
    s->before = malloc(s->size);
    memset(s->before, STALE, s->size);
    if (len + extra > 0)
        memcpy(s->before + head, octets, len + extra);
    memcpy(s->buffer, s->before, s->size);
    s->frame = (struct frame){.data = s->buffer + head,
                              .len = (uint16_t)len,
                              .cap = (uint16_t)cap,
                              .head = (uint16_t)head,
                              .id = (uint16_t)slots_used};
    s->given = s->frame;
}

struct slot *slot_give(const uint8_t *octets, size_t len, size_t extra, bool roomy, uint64_t now)
{
    if (slots_used == SLOTS_MOST)
        return NULL;
    struct slot *s = &slots[slots_used];
    slot_fill(s, octets, len, extra, roomy);
    s->since = now;
    slots_used++;
    return s;
}

unsigned slots_held(void)
{
    unsigned n = 0;
    FOR_EACH_SLOT(s)
    n += s->place == HELD || s->place == RELEASED;
    return n;
}

/* The slot of a frame that the core has released. */
static struct slot *slot_of(const struct frame *f)
{
    size_t i = ((uintptr_t)f - (uintptr_t)slots) / sizeof slots[0];
    if (i >= slots_used || f != &slots[i].frame)
        wrong("a frame released that never was given", NULL, 0);
    if (slots[i].place != HELD && slots[i].place != RELEASED)
        slot_wrong("a frame released that was not held", &slots[i]);
    return &slots[i];
}

/* The sum of the frame's octets, by which a later change shows. */
static unsigned sum_of(const struct slot *s)
{
    return sum16(0, s->buffer, s->size);
}

void slots_look(const struct netif *nif)
{
    size_t listed = 0, released = 0;
    for (const struct frame *f = nif->released.first; f; f = f->next) {
        struct slot *s = slot_of(f);
        if (++listed > slots_used)
            slot_wrong("a frame released twice", s);
        if (s->place == RELEASED)
            continue;
        s->place = RELEASED;
        s->fresh = true;
        s->is_answer = f->is_answer;
        slot_check_answer(s); /* only an answer's content matters, but its place always does */
    }
    FOR_EACH_SLOT(s)
    released += s->place == RELEASED;
    if (listed != released)
        wrong("a frame that was released has left the list, or another is in it twice", NULL, 0);
}

void slot_judged(struct slot *s)
{
    s->fresh = false;
    s->sum = sum_of(s);
}

void slots_take(struct netif *nif)
{
    struct frame *f;
    bool is_answer;
    while ((f = net_released(nif, &is_answer))) {
        struct slot *s = slot_of(f);
        if (s->place != RELEASED || s->fresh || s->is_answer != is_answer)
            slot_wrong("a frame taken back that was not released, or not like this", s);
        if (is_answer && sum_of(s) != s->sum)
            slot_wrong("an answer was changed after it was released", s);
        slot_free(s);
    }
    FOR_EACH_SLOT(s)
    if (s->place == RELEASED)
        slot_wrong("a frame that was released can't be taken back", s);
}

void slot_check_unchanged(const struct slot *s)
{
    if (s->frame.data != s->given.data || s->frame.len != s->given.len ||
        s->frame.cap != s->given.cap || s->frame.head != s->given.head ||
        s->frame.id != s->given.id || s->frame.stamp || memcmp(s->buffer, s->before, s->size) != 0)
        slot_wrong("a frame that is no answer was changed", s);
}

void slot_check_answer(const struct slot *s)
{
    const struct frame *f = &s->frame;
    if (f->data < s->buffer || f->data + f->len > s->buffer + s->size)
        slot_wrong("an answer outside its buffer", s);
    if (f->head != f->data - s->buffer || f->head + f->cap != (int)s->size || f->id != s->given.id)
        slot_wrong("an answer's head, cap or id", s);
    if (s->given.head - f->head > NET_HEAD_MIN)
        slot_wrong("an answer begins too far in front", s);
}

const uint8_t *slot_request(const struct slot *s)
{
    return s->before + s->given.head;
}

void slot_wrong(const char *what, const struct slot *s)
{
    wrong(what, slot_request(s), s->given.len);
}

void slot_free(struct slot *s)
{
    free(s->buffer);
    free(s->before);
    s->buffer = s->before = NULL;
    s->place = BACK;
    while (slots_back < slots_used && slots[slots_back].place == BACK)
        slots_back++;
}

void slots_clear(void)
{
    for (size_t i = 0; i < slots_used; i++)
        if (slots[i].place != BACK)
            slot_free(&slots[i]);
    slots_used = slots_back = 0;
}
