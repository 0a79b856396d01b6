/* SPDX-License-Identifier: BSD-2-Clause */
#include "frame_pool.h"

#include <stdlib.h>
#include <string.h>

static struct slot {
    struct frame frame;
    uint8_t *memory;
    bool with_core;
} slots[REASSEMBLY_FRAGMENTS_MAX + 8];

size_t room;
struct wire sent[512];
size_t sent_count, returned_count;

void frame_pool_start(void)
{
    room = sent_count = returned_count = 0;
}

size_t with_core(void)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT(slots); i++)
        count += slots[i].with_core;
    return count;
}

static void note_sent(struct frame *f)
{
    if (f->stamp && frame_transmit != 0)
        net_stamp(&nif, f, frame_transmit);
    assert_in_range(f->len, FRAME_MIN, f->cap);
    assert_true(sent_count < COUNT(sent));
    sent[sent_count].len = 0;
    wire_copy(&sent[sent_count++], f->data, f->len);
}

void collect(void)
{
    struct frame *f;
    bool send;
    while ((f = net_released(&nif, &send))) {
        struct slot *slot = &slots[f->id];
        assert_ptr_equal(f, &slot->frame);
        assert_true(slot->with_core);
        assert_ptr_equal(f->data - f->head, slot->memory);
        if (send)
            note_sent(f);
        else
            returned_count++;
        assert_true(send || f->stamp == NULL);
        free(slot->memory);
        slot->with_core = false;
    }
    assert_int_equal(with_core(), nif.held);
}

enum verdict pool_input(const struct wire *w)
{
    struct slot *slot = slots;
    while (slot->with_core)
        slot++;
    assert_true(slot < slots + COUNT(slots));
    size_t cap = (w->len < FRAME_MIN ? FRAME_MIN : w->len) + room;
    slot->memory = frame_make(&slot->frame, w, cap);
    slot->frame.id = (uint16_t)(slot - slots);
    slot->frame.is_answer = true; /* whatever was there before */
    slot->frame.next = &slot->frame;
    uint64_t before[VERDICT_COUNT];
    memcpy(before, nif.verdicts, sizeof before);
    enum verdict v = net_input(&nif, &slot->frame);
    assert_in_range(nif.verdicts[v] - before[v], 1, 2);
    slot->with_core = verdict_holds(v);
    if (slot->with_core)
        return v;
    if (verdict_replies(v)) {
        note_sent(&slot->frame);
    } else {
        assert_int_equal(slot->frame.len, w->len);
        assert_memory_equal(slot->frame.data, w->octet, w->len);
    }
    free(slot->memory);
    return v;
}

enum verdict pool_give(const struct wire *w)
{
    enum verdict v = pool_input(w);
    collect();
    return v;
}

void sent_is(size_t at, const struct wire *w)
{
    assert_in_range(at + 1, 1, sent_count);
    assert_int_equal(sent[at].len, w->len);
    assert_memory_equal(sent[at].octet, w->octet, w->len);
}

void sent_only(const struct wire *w)
{
    assert_int_equal(sent_count, 1);
    sent_is(0, w);
    sent_count = 0;
}
