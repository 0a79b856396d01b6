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

struct slot *slot_of(const struct frame *f)
{
    size_t i = ((uintptr_t)f - (uintptr_t)slots) / sizeof slots[0];
    if (i >= slots_used || f != &slots[i].frame)
        wrong("a frame released that never was given", NULL, 0);
    if (slots[i].place != HELD)
        wrong("a frame released that was not held, or twice", NULL, 0);
    return &slots[i];
}

unsigned slots_held(void)
{
    unsigned n = 0;
    FOR_EACH_HELD(s)
    n++;
    return n;
}

void slot_check_unchanged(const struct slot *s)
{
    if (s->frame.data != s->given.data || s->frame.len != s->given.len ||
        s->frame.cap != s->given.cap || s->frame.head != s->given.head ||
        s->frame.id != s->given.id || s->frame.stamp || memcmp(s->buffer, s->before, s->size) != 0)
        wrong("a frame that is no answer was changed", slot_request(s), s->given.len);
}

void slot_check_answer(const struct slot *s)
{
    const struct frame *f = &s->frame;
    if (f->data < s->buffer || f->data + f->len > s->buffer + s->size)
        wrong("an answer outside its buffer", slot_request(s), s->given.len);
    if (f->head != f->data - s->buffer || f->head + f->cap != (int)s->size || f->id != s->given.id)
        wrong("an answer's head, cap or id", slot_request(s), s->given.len);
    if (s->given.head - f->head > NET_HEAD_MIN)
        wrong("an answer begins too far in front", slot_request(s), s->given.len);
}

const uint8_t *slot_request(const struct slot *s)
{
    return s->before + s->given.head;
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
