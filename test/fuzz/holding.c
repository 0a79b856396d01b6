/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments (RFC 791 3.2, RFC 1122 3.3.2, RFC 5722 4): the buffers that the core holds tell what it
 * knows, so what it has to do next can be said without keeping a table of its own.
 */
#include "holding.h"
#include "datagram.h"
#include "neighbours.h"

static size_t payload_size(const struct slot *s)
{
    return payload_end(s) - ip_offset(s->ip);
}

static void excuse_datagram(const struct slot *of)
{
    FOR_EACH_FRAGMENT(s)
    if (same_datagram(s, of))
        s->excused = true;
}

static bool duplicates(const struct slot *s, const struct slot *t)
{
    return ip_offset(s->ip) == ip_offset(t->ip) && payload_size(s) == payload_size(t) &&
           ip_more(s->ip) == ip_more(t->ip);
}

/* Whether the two can't both be parts of one datagram. */
static bool contradicts(const struct slot *s, const struct slot *t)
{
    size_t start = ip_offset(s->ip), other = ip_offset(t->ip);
    if (start < payload_end(t) && other < payload_end(s))
        return true;
    bool last = !ip_more(s->ip), other_last = !ip_more(t->ip);
    return (last && payload_end(t) > start) || (other_last && payload_end(s) > other);
}

/* There is no room for all of them: the oldest may be given up. */
static bool excuse_for_room(const struct judge *j, bool certain)
{
    unsigned fragments = 0, datagrams = 0, held = slots_held();
    uint64_t oldest = UINT64_MAX;
    FOR_EACH_FRAGMENT(s)
    {
        fragments++;
        datagrams += s->opens;
        if (s->since < oldest)
            oldest = s->since;
    }
    /* An answer that waits gives way first. */
    bool room = held < j->us->held_max || (held == j->us->held_max && neighbours_wait());
    if (room && fragments < REASSEMBLY_FRAGMENTS_MAX - 1 && datagrams < HELD_DATAGRAMS)
        return false;
    FOR_EACH_FRAGMENT(s)
    {
        if (s->opens && s->since == oldest)
            excuse_datagram(s);
        if (!certain)
            s->excused = true;
    }
    return true;
}

void holding_expect(const struct judge *j, struct slot *s, struct expectation *e, bool certain)
{
    if (e->kind != FRAGMENT)
        return;
    const uint8_t *request = slot_request(s);
    size_t type = tags_end(request, s->given.len);
    bool known = false;
    s->ip = request + type + 2;
    s->vlans = tags_vlans(request, type);
    s->opens = true;
    FOR_EACH_FRAGMENT(t)
    {
        if (!same_datagram(s, t))
            continue;
        s->opens = false;
        if (duplicates(s, t))
            known = true;
        else if (contradicts(s, t))
            s->contradicts = true;
    }
    if (s->contradicts)
        excuse_datagram(s);
    if (known || s->contradicts)
        e->answer = NEVER;
    /* What it contradicts may not be there any more. */
    if ((excuse_for_room(j, certain) || !certain) && j->us->held_max > 0)
        e->answer = MAY;
}

bool holding_needs_room(const struct judge *j)
{
    unsigned fragments = 0;
    FOR_EACH_FRAGMENT(s)
    fragments++;
    return slots_held() == j->us->held_max && fragments < REASSEMBLY_FRAGMENTS_MAX;
}

/* Fragments of the datagram that were released, as answers or at all. */
static unsigned count_released(const struct slot *of, bool sent)
{
    unsigned n = 0;
    FOR_EACH_FRAGMENT(s)
    n += same_datagram(s, of) && s->released && (s->sent || !sent);
    return n;
}

/* Judges the end of the datagram p that the fragment in slot of has made whole. */
static enum kind judge_datagram(struct judge *j, const struct slot *of, const struct payload *p)
{
    uint8_t peer[6];
    struct expectation e = expect_payload(j, p, false);
    if (ip_header_size(p->ip) + p->n > 65535)
        e = (struct expectation){NEVER, NOTHING, "datagram longer than can be", false};
    unsigned count = 0, released = count_released(of, false), sent = count_released(of, true);
    FOR_EACH_FRAGMENT(s)
    count += same_datagram(s, of);
    bool answered = sent > 0 || released < count;
    if (e.answer == NEVER && answered)
        wrong(e.why, p->ip, IP_HEADER);
    if (e.answer == MUST && !answered)
        wrong(e.why, p->ip, IP_HEADER);
    if (sent > 0 && released < count)
        wrong("a part of an answer is held", p->ip, IP_HEADER);
    if (!answered)
        return NOTHING;
    enum way way = datagram_route(j, slot_request(datagram_first(of)), p->ip, peer);
    if (way == TO_BE_KEPT && sent > 0)
        wrong("an answer sent, though its neighbour is not known", p->ip, IP_HEADER);
    if (way != TO_BE_KEPT && sent == 0)
        wrong("a datagram that is whole is held", p->ip, IP_HEADER);
    if (sent == 0) {
        datagram_keep(j, of, e.kind, p);
        return NOTHING;
    }
    datagram_check_answer(j, NULL, e.kind, way == TO_THE_NEIGHBOUR ? peer : NULL, p);
    return e.kind;
}

/* Whoever is released without an answer has a reason. */
static void check_excuses(void)
{
    FOR_EACH_FRAGMENT(s)
    if (s->released && !s->sent && !s->excused)
        wrong("a fragment given up without a reason", slot_request(s), s->given.len);
}

/* Nothing was answered, but the fragments of this datagram may have been. */
static void check_silence(const struct slot *but)
{
    FOR_EACH_FRAGMENT(s)
    if (s->released && s->sent && !(but && same_datagram(s, but)))
        wrong("an answer that nobody has asked for", s->frame.data, s->frame.len);
}

/* Of answers that can't be judged, what they mean for those to come. */
static void count_errors(struct judge *j)
{
    FOR_EACH_FRAGMENT(s)
    if (s->released && s->sent && s->frame.head < s->given.head)
        judge_error(j);
    j->last_id = -1;
}

/* Whether none of the others that are still held is of its datagram. */
static bool opens(const struct slot *of)
{
    FOR_EACH_FRAGMENT(s)
    if (s != of && !s->released && same_datagram(s, of))
        return false;
    return true;
}

/* Whether it was the fragment's own datagram that had to make room for it. */
static bool made_room(const struct slot *of)
{
    FOR_EACH_FRAGMENT(s)
    if (s->released && !same_datagram(s, of))
        return false;
    return true;
}

enum kind holding_judge_input(struct judge *j, struct slot *s, bool certain, bool given_up)
{
    struct payload whole;
    enum kind kind = NOTHING;
    if (s->place != HELD || s->kept) {
        check_silence(NULL);
    } else if (certain && !(given_up && made_room(s)) && datagram_assemble(j, s, &whole)) {
        check_silence(s);
        excuse_datagram(s);
        kind = judge_datagram(j, s, &whole);
    } else if (!certain && s->released) {
        excuse_datagram(s);
        count_errors(j);
    } else {
        check_silence(NULL);
        s->opens = opens(s); /* those that were there may have been given up for it */
        if (certain && s->contradicts && !s->opens)
            wrong("a fragment and what it contradicts are held", slot_request(s), s->given.len);
    }
    check_excuses();
    return kind;
}

void holding_judge_left_over(void)
{
    check_silence(NULL);
    check_excuses();
}
