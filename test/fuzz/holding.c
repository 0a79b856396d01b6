/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments that arrive, and those that have been held for too long: which are held, and what becomes
 * of a datagram that is whole, or never will be.
 */
#include "holding.h"
#include "answers.h"
#include "datagram.h"

#include "net/reassembly.h"

_Static_assert(REASSEMBLY_TIMEOUT_US >= 60000000 && REASSEMBLY_TIMEOUT_US <= 120000000,
               "RFC 1122 3.3.2");

/* Whether something has to give way to the fragment that is given to the core now. */
static bool needs_room;

static bool duplicates(const struct slot *s, const struct slot *t)
{
    return payload_start(s) == payload_start(t) && payload_end(s) == payload_end(t) &&
           ip_more(s->ip) == ip_more(t->ip);
}

/* Whether the two can't both be parts of one datagram. */
static bool contradicts(const struct slot *s, const struct slot *t)
{
    size_t start = payload_start(s), other = payload_start(t);
    if (start < payload_end(t) && other < payload_end(s))
        return true;
    bool last = !ip_more(s->ip), other_last = !ip_more(t->ip);
    return (last && payload_end(t) > start) || (other_last && payload_end(s) > other);
}

/* Whether the fragment is the first in the slots of its datagram. */
static bool stands_for_datagram(const struct slot *of)
{
    FOR_EACH_FRAGMENT(s)
    if (same_datagram(s, of))
        return s == of;
    return false;
}

enum verdict holding_expect(struct slot *s)
{
    const uint8_t *request = slot_request(s);
    size_t type = tags_end(request, s->given.len);
    unsigned held = slots_held(), fragments = 0, datagrams = 0;
    s->ip = request + type + 2;
    s->vlans = tags_vlans(request, type);
    FOR_EACH_FRAGMENT(t)
    {
        fragments++;
        datagrams += stands_for_datagram(t);
        if (same_datagram(s, t) && duplicates(s, t))
            return DROP_FRAGMENT_DUPLICATE;
        if (same_datagram(s, t) && contradicts(s, t))
            return DROP_FRAGMENT_OVERLAP;
    }
    if (fragments > REASSEMBLY_FRAGMENTS_MAX || datagrams > REASSEMBLY_DATAGRAMS_MAX)
        slot_wrong("more fragments or datagrams are held than there is room for", s);
    bool can_give_way = fragments > 0 || hops_waiting() > 0;
    needs_room = held == judge.us->held_max || fragments == REASSEMBLY_FRAGMENTS_MAX ||
                 datagrams == REASSEMBLY_DATAGRAMS_MAX;
    if (held < judge.us->held_max || (held == judge.us->held_max && can_give_way))
        return HELD_FRAGMENT;
    return DROP_FRAGMENT_GIVEN_UP;
}

/* The fragments of one datagram. */
struct group {
    struct slot *slots[SLOTS_MOST];
    unsigned count, released, sent;
};

/* Finds the fragments of the datagram that this one is of, all but one. */
static void collect(struct group *g, const struct slot *of, const struct slot *but)
{
    g->count = g->released = g->sent = 0;
    FOR_EACH_FRAGMENT(s)
    if (s != but && same_datagram(s, of)) {
        g->slots[g->count++] = s;
        g->released += s->fresh;
        g->sent += s->fresh && s->is_answer;
    }
}

/* The frames that are not needed for an answer were released to receive into. */
static void judge_rest(const struct group *g)
{
    for (unsigned i = 0; i < g->count; i++)
        if (g->slots[i]->fresh)
            slot_judged(g->slots[i]);
}

/* The datagram was given up, for a reason that is known. */
static void judge_given_up(const struct group *g)
{
    if (g->released < g->count)
        slot_wrong("a fragment stays of a datagram that was given up", g->slots[0]);
    if (g->sent > 0)
        slot_wrong("an answer to a datagram that was given up", g->slots[0]);
    judge_rest(g);
}

/* Judges the answer to the datagram p: those of its frames that are sent, or else are held still. */
static void judge_answer(struct call *call, const struct group *g, enum kind kind,
                         const struct payload *p)
{
    const struct slot *first = datagram_first(g->slots[0]);
    struct hop *h = hop_of(&judge, p->ip, slot_request(first));
    bool sent = g->sent > 0, full = slots_held() >= judge.us->held_max;
    if (sent ? g->released < g->count || !first->is_answer : first->place != HELD || !h)
        slot_wrong("of an answer in fragments a part is held, or all without a reason", first);
    const uint8_t *frame = sent ? first->frame.data : NULL;
    const uint8_t *peer = h ? hop_use(&judge, h, slot_request(first), frame, full) : NULL;
    for (unsigned i = 0; i < g->count; i++) {
        struct slot *s = g->slots[i];
        s->part = s->fresh && s->is_answer;
        if (s->place == HELD)
            s->hop = h;
    }
    if (sent) {
        answer_judge(&judge, kind, peer, p);
        call_sent(call, kind);
        return;
    }
    hop_wait(&judge, h, kind, p);
    if (is_error(kind))
        judge_error(&judge);
}

/* Judges the end of the datagram p that the fragment has made whole. */
static void judge_whole(struct call *call, const struct slot *of, const struct payload *p)
{
    static struct group g;
    struct expectation e = expect_payload(&judge, p, false);
    if (ip_header_size(p->ip) + p->n > 65535)
        e = (struct expectation){NEVER, NOTHING, "datagram longer than can be", false};
    collect(&g, of, NULL);
    for (unsigned i = 0; i < g.count; i++) /* when it came the link had room for it */
        if (get16(g.slots[i]->ip + IP_TOTAL) > judge.mtu && e.answer == MUST)
            e.answer = MAY;
    bool answered = g.sent > 0 || g.released < g.count;
    if (e.answer != MAY && answered != (e.answer == MUST))
        wrong(e.why, p->ip, IP_HEADER);
    if (answered)
        judge_answer(call, &g, e.kind, p);
    else
        call->ends++;
    judge_rest(&g);
}

/* Whether one of the fragments that were released is of another datagram. */
static bool another_is_released(const struct slot *of)
{
    FOR_EACH_FRAGMENT(s)
    if (s->fresh && !same_datagram(s, of))
        return true;
    return false;
}

/* Whether no fragment but the new one is older. */
static bool is_oldest(const struct slot *of, const struct slot *but)
{
    uint64_t since = datagram_since(of);
    FOR_EACH_FRAGMENT(s)
    if (s != but && s->since < since)
        return false;
    return true;
}

/* What was released for no other reason has made room for the fragment. How many datagrams that is. */
static unsigned judge_room(struct call *call, const struct slot *arrived)
{
    static struct group g;
    unsigned n = 0;
    FOR_EACH_FRAGMENT(s)
    {
        if (!s->fresh)
            continue;
        if (!is_oldest(s, arrived))
            slot_wrong("another datagram than the oldest was given up", s);
        collect(&g, s, arrived);
        judge_given_up(&g);
        call->ends++;
        n++;
    }
    return n;
}

void holding_judge_input(struct call *call, struct slot *s, enum verdict v)
{
    static struct group g;
    struct payload whole;
    uint64_t given_up = call_counted(call, DROP_FRAGMENT_GIVEN_UP);
    if (v == DROP_FRAGMENT_OVERLAP) {
        collect(&g, s, s);
        judge_given_up(&g);
    } else if (v == HELD_FRAGMENT) {
        bool restarted = given_up > 0 && !another_is_released(s); /* it was the oldest itself */
        if (!restarted && datagram_assemble(&judge, s, &whole))
            judge_whole(call, s, &whole);
        else if (s->place != HELD)
            slot_wrong("a fragment released, of a datagram that is not whole", s);
    }
    unsigned made_room = judge_room(call, s);
    if (made_room + (v == DROP_FRAGMENT_GIVEN_UP) != given_up)
        slot_wrong("datagrams given up are not counted, or the other way round", s);
    if (made_room > 0 && (made_room > 1 || v != HELD_FRAGMENT || !needs_room))
        slot_wrong("a datagram given up without a reason", s);
}

/* Whether the datagram that the fragment begins deserves a Time Exceeded (RFC 1122 3.2.2), the
 * link has room for it, and it was for an address that is in use. */
static bool deserves_error(const struct slot *s)
{
    const uint8_t *ip = s->ip;
    size_t header = ip_header_size(ip), n = get16(ip + IP_TOTAL) - header;
    unsigned type = ip[header];
    bool icmp_error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    return payload_start(s) == 0 && host_owns(judge.us, judge.ip, get32(ip + IP_DST)) &&
           !(ip[IP_PROTOCOL] == 1 && icmp_error) &&
           judge_error_fits(&judge, &(struct payload){ip, ip + header, n, n});
}

/* Finds the fragments whose datagram's time is over. How many datagrams. */
static unsigned find_expired(struct group *g)
{
    unsigned datagrams = 0;
    g->count = 0;
    FOR_EACH_FRAGMENT(s)
    {
        bool over = judge.now - datagram_since(s) >= REASSEMBLY_TIMEOUT_US;
        if (s->fresh && !over)
            slot_wrong("a datagram given up too soon", s);
        if (!over)
            continue;
        if (!s->fresh && payload_start(s) != 0)
            slot_wrong("a fragment held for too long", s);
        g->slots[g->count++] = s;
        datagrams += stands_for_datagram(s);
    }
    return datagrams;
}

/* The start of a datagram is sent, or waits, as a Time Exceeded. */
static void judge_time_error(struct call *call, struct slot *s)
{
    const uint8_t *request = slot_request(s), *frame = s->fresh ? s->frame.data : NULL;
    struct hop *h = hop_of(&judge, s->ip, request);
    if (!deserves_error(s) || (!s->fresh && !h))
        slot_wrong("Time Exceeded about what must have none, or a datagram held for too long", s);
    bool full = slots_held() >= judge.us->held_max;
    const uint8_t *peer = h ? hop_use(&judge, h, request, frame, full) : NULL;
    if (s->fresh) {
        s->part = true;
        answer_judge(&judge, TIME_ERROR, peer, NULL);
        call_sent(call, TIME_ERROR);
    } else {
        s->hop = h;
        hop_wait(&judge, h, TIME_ERROR, NULL);
        judge_error(&judge);
    }
}

/*
 * Datagrams were given up in silence. Where a Time Exceeded would have gone to a neighbour, it may
 * have been made, waited, and given up at once, as another one came or the neighbour did not answer.
 */
static void judge_silence(const struct group *g)
{
    unsigned due = 0, maybe_made = 0;
    for (unsigned i = 0; i < g->count; i++) {
        struct slot *s = g->slots[i];
        if (!s->fresh)
            continue;
        slot_judged(s);
        due += deserves_error(s);
        maybe_made += deserves_error(s) && hop_of(&judge, s->ip, slot_request(s));
    }
    if (due > maybe_made && judge_errors_left(&judge) > maybe_made && !judge.credit_in_doubt)
        wrong("no Time Exceeded, though the rate would let us", NULL, 0);
    judge.credit_in_doubt |= maybe_made > 0;
    if (maybe_made > 0)
        hops_doubt();
}

/* Whether something was released or should have been. */
static bool is_quiet(void)
{
    FOR_EACH_FRAGMENT(s)
    if (s->fresh || judge.now - s->since >= REASSEMBLY_TIMEOUT_US)
        return false;
    return true;
}

void holding_judge_tick(struct call *call, uint32_t ip)
{
    static struct group over;
    uint32_t ip_now = judge.ip;
    unsigned told = 0;
    if (is_quiet())
        return;
    judge.ip = ip; /* fragments come first */
    unsigned datagrams = find_expired(&over);
    for (unsigned i = 0; i < over.count; i++)
        if (!over.slots[i]->fresh || over.slots[i]->is_answer) {
            judge_time_error(call, over.slots[i]);
            told++;
        }
    judge_silence(&over);
    call->ends += datagrams - told;
    judge.ip = ip_now;
}
