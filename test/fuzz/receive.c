/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One frame given to the core, and what came of it judged: a verdict that counts, an answer now or
 * later or none, and the frames that it gave back.
 */
#include "driver.h"
#include "holding.h"
#include "neighbours.h"
#include "play.h"
#include "script.h"

#include <stdio.h>
#include <string.h>

#define STAMP_US 7 /* between net_input() and net_stamp() */

bool left_over;

void play_release(void)
{
    struct frame *f;
    bool send;
    while ((f = net_released(&nif, &send))) {
        struct slot *s = slot_of(f);
        if (s->released)
            wrong("a frame released twice", slot_request(s), s->given.len);
        s->released = true;
        s->sent = send;
        slot_check_answer(s); /* nobody sees what is in the others */
    }
}

void play_settle(void)
{
    for (struct slot *s = slots + slots_back; s < slots + slots_used; s++) {
        s->excused = false;
        if (s->place == HELD && s->released)
            slot_free(s);
    }
    left_over = false;
}

uint64_t play_replies(void)
{
    uint64_t sum = 0;
    for (int v = 0; v < VERDICT_COUNT; v++)
        if (verdict_replies((enum verdict)v))
            sum += nif.verdicts[v];
    return sum;
}

void play_check_counted(uint64_t replies)
{
    if (judge.lost)
        return;
    if (play_replies() != replies)
        wrong("answers that were not sent are counted, or the other way round", NULL, 0);
    if (nif.verdicts[DROP_ARP_NO_REPLY] != neighbours_silent())
        wrong("answers given up, but not counted, or the other way round", NULL, 0);
}

/* The verdict that goes with an answer of this kind. */
static enum verdict verdict_of(enum kind kind)
{
    static const enum verdict verdicts[] = {
        [NOTHING] = VERDICT_NONE,
        [ARP_REPLY] = REPLY_ARP,
        [ARP_DEFENCE] = REPLY_ARP_DEFENCE,
        [ECHO_REPLY] = REPLY_ICMP_ECHO,
        [TIMESTAMP_REPLY] = REPLY_ICMP_TIMESTAMP,
        [PORT_ERROR] = REPLY_ICMP_PORT_UNREACHABLE,
        [PROTOCOL_ERROR] = REPLY_ICMP_PROTOCOL_UNREACHABLE,
        [TIME_ERROR] = REPLY_ICMP_TIME_EXCEEDED,
        [UDP_ECHO] = REPLY_UDP_ECHO,
        [STAMP_REPLY] = REPLY_STAMP,
        [RESET] = REPLY_TCP_RESET,
        [FRAGMENT] = HELD_FRAGMENT,
    };
    return verdicts[kind];
}

/* The core and the judge are not of one mind about a frame. */
_Noreturn static void disagree(const struct slot *s, enum verdict v, const struct expectation *e)
{
    static const char *const words[] = {[NEVER] = "never", [MAY] = "may", [MUST] = "must"};
    char text[200];
    snprintf(text, sizeof text, "%s %s be answered or held, the core says %s", e->why,
             words[e->answer], verdict_name(v));
    wrong(text, slot_request(s), s->given.len);
}

/* The IPv4 header that an expectation is about, NULL if it is about none. */
static const uint8_t *ipv4_of(const struct slot *s, const struct expectation *e)
{
    if (e->kind == NOTHING || e->kind == ARP_REPLY || e->kind == ARP_DEFENCE)
        return NULL;
    return slot_request(s) + tags_end(slot_request(s), s->given.len) + 2;
}

/* The core's answer, which lies in the slot: now or later, v says. */
static void judge_answer(struct slot *s, enum verdict v, const struct expectation *e, uint32_t hop)
{
    const uint8_t *request = slot_request(s);
    uint8_t peer[6];
    enum way way = BACK_WHERE_IT_CAME_FROM;
    if (e->answer == NEVER || e->kind == FRAGMENT || (v != HELD_ANSWER && v != verdict_of(e->kind)))
        disagree(s, v, e);
    memcpy(peer, request + ETH_SRC, sizeof peer);
    if (hop)
        way = neighbours_use(&judge, hop, request, peer);
    if ((way == TO_BE_KEPT) != (v == HELD_ANSWER))
        wrong(v == HELD_ANSWER ? "an answer held that can be sent"
                               : "an answer sent, though its neighbour is not known",
              request, s->given.len);
    judge.stamp = nif.now;
    if (v == HELD_ANSWER) {
        s->kept = kept_new(&judge, e->kind, NULL);
        s->place = HELD;
        neighbours_keep(hop, request, s->kept);
        return;
    }
    slot_check_answer(s);
    check_answer(&judge, e->kind, peer, request, s->frame.data, s->frame.len);
    if ((s->frame.stamp != NULL) != (v == REPLY_STAMP))
        wrong("a transmit time to be written, or none", request, s->given.len);
    if (v == REPLY_STAMP) { /* right as it is, and with another time */
        judge.stamp = nif.now + STAMP_US;
        judge.last_id = -1;
        net_stamp(&nif, &s->frame, judge.stamp);
        check_answer(&judge, e->kind, peer, request, s->frame.data, s->frame.len);
    }
}

/* What the core has learned from an ARP packet, and whether it has sent something because of it. */
static bool judge_lesson(const struct slot *s, enum verdict v, const uint64_t *before)
{
    enum kind sent;
    bool useful = neighbours_learn(&judge, slot_request(s), &sent);
    const uint8_t *arp = slot_request(s) + tags_end(slot_request(s), s->given.len) + 2;
    if ((v == CONSUMED_ARP_REPLY) != (useful && get16(arp + ARP_OP) != 1))
        wrong("an ARP packet that told us something, or that did not", slot_request(s),
              s->given.len);
    if (sent != NOTHING && nif.verdicts[verdict_of(sent)] != before[verdict_of(sent)] + 1)
        wrong("an answer that waited was not counted", slot_request(s), s->given.len);
    return sent != NOTHING;
}

void play_tidy(void)
{
    if (!left_over)
        return;
    play_release();
    holding_judge_left_over();
    kept_judge(&judge, true);
    play_settle();
}

/*
 * Takes back what was released when the core took the frame. needed: only if something that waits
 * has made room. Whether a datagram was answered.
 */
static bool judge_released(struct slot *s, bool needed, const uint64_t *before)
{
    bool given_up = nif.verdicts[DROP_FRAGMENT_GIVEN_UP] != before[DROP_FRAGMENT_GIVEN_UP];
    bool wait = neighbours_wait();
    play_release();
    needed = needed && s->place == HELD && !s->kept;
    if (neighbours_gave_way(needed) != (needed && wait))
        wrong("no answer that waits has given way to a fragment", slot_request(s), s->given.len);
    enum kind sent = holding_judge_input(&judge, s, !left_over, given_up);
    if (sent != NOTHING && nif.verdicts[verdict_of(sent)] != before[verdict_of(sent)] + 1)
        wrong("an answer in fragments was not counted", slot_request(s), s->given.len);
    if (!judge.lost)
        kept_judge(&judge, true);
    if (slots_held() > judge.us->held_max + 1u)
        wrong("too many frames are held", slot_request(s), s->given.len);
    return sent != NOTHING;
}

void driver_receive(const uint8_t *octets, size_t len, size_t extra, unsigned flags)
{
    struct slot *s = judge.lost ? NULL : slot_give(octets, len, extra, flags & STEP_ROOMY, nif.now);
    if (!s)
        return;
    struct expectation e = expect_frame(&judge, slot_request(s), len);
    const uint8_t *ip = ipv4_of(s, &e);
    uint32_t hop = ip ? neighbours_next_hop(&judge, ip) : 0;
    if (hop)
        play_tidy();
    holding_expect(&judge, s, &e, !left_over);
    bool needs_room = e.kind == FRAGMENT && holding_needs_room(&judge);
    uint64_t before[VERDICT_COUNT], replies = play_replies();
    bool certain = !left_over;
    memcpy(before, nif.verdicts, sizeof before);

    enum verdict v = net_input(&nif, &s->frame);
    if (v < 0 || v >= VERDICT_COUNT || nif.verdicts[v] != before[v] + 1)
        wrong("the verdict is none, or was not counted", slot_request(s), len);
    if (verdict_replies(v) || v == HELD_ANSWER) {
        judge_answer(s, v, &e, hop);
    } else if (v == HELD_FRAGMENT) {
        if (e.kind != FRAGMENT || e.answer == NEVER)
            disagree(s, v, &e);
        s->place = HELD;
        judge.stamp = nif.now;
    } else {
        if (e.answer == MUST)
            disagree(s, v, &e);
        slot_check_unchanged(s);
    }
    judge_received(&judge, &e, verdict_replies(v));
    replies += verdict_replies(v);
    if (e.teaches)
        replies += judge_lesson(s, v, before);
    else if (v == CONSUMED_ARP_REPLY)
        disagree(s, v, &e);

    bool held = s->place == HELD;
    if (held || !(flags & STEP_LAZY)) {
        replies += judge_released(s, needs_room, before);
        play_settle();
    } else if (e.kind == FRAGMENT) {
        left_over = true;
    }
    play_check_counted(certain ? replies : play_replies());
    if (!held)
        slot_free(s);
}
