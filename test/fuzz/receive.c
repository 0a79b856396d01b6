/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One frame given to the core, and what came of it judged: a verdict that counts, an answer now or
 * later or none, and the frames that were released.
 */
#include "answers.h"
#include "driver.h"
#include "holding.h"
#include "script.h"

#include <stdio.h>

/* The core's verdict on a frame contradicts the judge's. */
_Noreturn static void disagree(const struct slot *s, enum verdict v, const struct expectation *e)
{
    static const char *const words[] = {[NEVER] = "never", [MAY] = "may", [MUST] = "must"};
    char text[200];
    snprintf(text, sizeof text, "%s %s be answered or held, the core says %s", e->why,
             words[e->answer], verdict_name(v));
    slot_wrong(text, s);
}

/* The neighbour that an answer to the frame goes to; NULL: it goes back. */
static struct hop *next_hop(const struct slot *s, enum kind kind)
{
    const uint8_t *request = slot_request(s);
    if (kind == ARP_REPLY || kind == ARP_DEFENCE)
        return NULL;
    return hop_of(&judge, request + tags_end(request, s->given.len) + 2, request);
}

/* The core's answer lies in the slot: it goes out now, or waits. full: nothing more can be held. */
static void judge_reply(struct call *call, struct slot *s, enum verdict v,
                        const struct expectation *e, bool full)
{
    if (e->answer == NEVER || (v != HELD_ANSWER && v != verdict_of(e->kind)))
        disagree(s, v, e);
    struct hop *h = next_hop(s, e->kind);
    if (v == HELD_ANSWER && !h)
        slot_wrong("an answer held that goes back", s);
    const uint8_t *frame = v == HELD_ANSWER ? NULL : s->frame.data, *peer = NULL;
    if (h)
        peer = hop_use(&judge, h, slot_request(s), frame, full);
    if (v == HELD_ANSWER) {
        s->hop = h;
        hop_wait(&judge, h, e->kind, NULL);
        if (is_error(e->kind))
            judge_error(&judge);
        call->ends++;
        return;
    }
    slot_check_answer(s);
    s->part = true;
    answer_judge(&judge, e->kind, peer, NULL);
    call_sent(call, e->kind);
}

/* A verdict that is no answer. */
static void judge_silence(struct call *call, const struct slot *s, enum verdict v,
                          const struct expectation *e)
{
    if (e->answer == MUST || v == HELD_FRAGMENT || v < (enum verdict)VERDICTS_SENT_END)
        disagree(s, v, e);
    if (v >= VERDICT_COUNT)
        slot_wrong("a verdict that is none", s);
    if (v == CONSUMED_ARP_REPLY && !e->teaches)
        disagree(s, v, e);
    slot_check_unchanged(s);
    call->ends++;
}

/* A fragment for us: its verdict is certain. */
static void judge_fragment(struct call *call, struct slot *s, enum verdict v, enum verdict right,
                           const struct expectation *e)
{
    if (v != right) {
        printf("%s would have been right\n", verdict_name(right));
        disagree(s, v, e);
    }
    if (v != HELD_FRAGMENT)
        slot_check_unchanged(s);
    call->ends++;
}

void driver_receive(const uint8_t *octets, size_t len, size_t extra, unsigned flags)
{
    struct slot *s = slot_give(octets, len, extra, flags & STEP_ROOMY, nif.now);
    struct call call;
    if (!s)
        return;
    struct expectation e = expect_frame(&judge, slot_request(s), len);
    bool fragment = e.kind == FRAGMENT && e.answer == MUST;
    unsigned held = slots_held();
    enum verdict right = fragment ? holding_expect(s) : VERDICT_NONE;

    call_begin(&call);
    enum verdict v = net_input(&nif, &s->frame);
    if (verdict_holds(v))
        s->place = HELD;
    slots_look(&nif);
    if (v < VERDICT_COUNT && call_counted(&call, v) == 0)
        slot_wrong("the verdict was not counted", s);
    bool consumed = v == CONSUMED_ARP_REPLY;
    answers_judge_waiting(&call, e.teaches ? hop_hear(&judge, slot_request(s), consumed) : NULL);
    if (fragment)
        judge_fragment(&call, s, v, right, &e);
    else if (verdict_replies(v) || v == HELD_ANSWER)
        judge_reply(&call, s, v, &e, held >= judge.us->held_max);
    else
        judge_silence(&call, s, v, &e);
    judge_received(&judge, &e, verdict_replies(v));
    if (fragment)
        holding_judge_input(&call, s, v);
    hops_judge_given_up(v == HELD_FRAGMENT && held == judge.us->held_max);
    call_end(&call);

    if (s->place == GIVEN)
        slot_free(s);
    driver_take_back(flags);
}
