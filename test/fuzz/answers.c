/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole answers, and those that wait: see the header. */
#include "answers.h"
#include "datagram.h"

#define STAMP_US 7 /* between the making of an answer and its transmit time */

/* The octets of all parts. */
static void check_octets(struct judge *j, enum kind kind, const uint8_t *peer,
                         const struct payload *request)
{
    if (request) {
        datagram_check_answer(j, kind, peer, request);
        return;
    }
    FOR_EACH_SLOT(s)
    if (s->part)
        check_answer(j, kind, peer ? peer : slot_request(s) + ETH_SRC, slot_request(s),
                     s->frame.data, s->frame.len);
}

/* Writes the transmit time of those that have one, as a driver does. How many have. */
static unsigned write_stamps(struct judge *j)
{
    unsigned n = 0;
    FOR_EACH_SLOT(s)
    if (s->part && s->frame.stamp) {
        net_stamp(&nif, &s->frame, nif.now + STAMP_US);
        if (s->frame.stamp)
            slot_wrong("a transmit time that stays to be written", s);
        n++;
    }
    j->stamp = judge.wall + nif.now + STAMP_US;
    return n;
}

/* An answer of TWAMP Light's length may be longer than its request: it is limited as errors are. */
static void judge_length(struct judge *j)
{
    FOR_EACH_SLOT(s)
    if (s->part) {
        const uint8_t *ip = s->frame.data + tags_end(s->frame.data, s->frame.len) + 2;
        const uint8_t *udp = ip + ip_header_size(ip);
        if (get16(udp + UDP_LENGTH) == UDP_SIZE + 41)
            judge_long_answer(j);
        return;
    }
}

void answer_judge(struct judge *j, enum kind kind, const uint8_t *peer,
                  const struct payload *request)
{
    j->stamp = j->wall + j->now;
    check_octets(j, kind, peer, request);
    if (write_stamps(j) != (kind == STAMP_REPLY))
        wrong("a transmit time to be written, or none", NULL, 0);
    if (kind == STAMP_REPLY) {
        judge_length(j);
        j->last_id = -1; /* it is the same answer */
        check_octets(j, kind, peer, request);
    }
    FOR_EACH_SLOT(s)
    if (s->part) {
        slot_judged(s);
        s->part = false;
    }
}

/* Whether the frames of the answer that waits for h were released: all of them or none. */
static bool was_released(const struct hop *h, bool *sent)
{
    unsigned released = 0, held = 0, answers = 0;
    FOR_EACH_SLOT(s)
    if (s->hop == h) {
        released += s->fresh;
        answers += s->fresh && s->is_answer;
        held += s->place == HELD;
    }
    if ((released > 0 && held > 0) || (answers > 0 && answers < released))
        wrong("a part of an answer that waits is released, or sent", NULL, 0);
    *sent = answers > 0;
    return released > 0;
}

void answers_judge_waiting(struct call *call, const struct hop *heard)
{
    FOR_EACH_HOP(h)
    {
        bool sent;
        if (!h->waits)
            continue;
        bool released = was_released(h, &sent);
        if (sent != (h == heard))
            wrong(sent ? "an answer sent, though its neighbour has not just spoken"
                       : "an answer not sent, though its neighbour has spoken",
                  h->mac, sizeof h->mac);
        if (!released)
            continue;
        FOR_EACH_SLOT(s)
        if (s->hop == h) {
            s->hop = NULL;
            s->part = sent;
            if (!sent)
                slot_judged(s);
        }
        if (sent) {
            const struct payload *request = h->waiting.octets ? &h->waiting.request : NULL;
            answer_judge(&h->waiting.then, h->waiting.kind, h->mac, request);
            call_sent(call, h->waiting.kind);
        } else {
            h->gave_up = true;
            call->ends++;
        }
        hop_end_wait(h);
    }
}
