/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers that wait: each is one frame, or the fragments of one datagram. They come back later, but
 * say what was right when they were made.
 */
#include "kept.h"
#include "datagram.h"

#include <stdlib.h>
#include <string.h>

static struct kept *all_kept;

struct kept *kept_new(struct judge *j, enum kind kind, const struct payload *request)
{
    struct kept *k = malloc(sizeof *k);
    *k = (struct kept){.next = all_kept, .kind = kind, .then = *j};
    all_kept = k;
    if (request) {
        k->request = *request;
        k->octets = malloc(request->n);
        memcpy(k->octets, request->octets, request->n);
        k->request.octets = k->octets;
    }
    if (kind == PORT_ERROR || kind == PROTOCOL_ERROR || kind == TIME_ERROR)
        judge_error(j); /* it counts when it is made */
    return k;
}

void kept_let_go(struct kept *k, const uint8_t *mac)
{
    k->fate = mac ? IS_SENT : IS_DROPPED;
    if (mac)
        memcpy(k->mac, mac, sizeof k->mac);
}

bool kept_released(const struct kept *k)
{
    FOR_EACH_HELD(s)
    if (s->kept == k && s->released)
        return true;
    return false;
}

/* Whether it has come back: all of it or nothing. */
static bool is_back(const struct kept *k, bool all)
{
    bool back = false;
    FOR_EACH_HELD(s)
    {
        if (s->kept != k)
            continue;
        if (s->released && k->fate == WAITS)
            wrong("an answer released that has to wait", slot_request(s), s->given.len);
        if (!s->released && all && k->fate != WAITS)
            wrong("an answer that waits for nobody", slot_request(s), s->given.len);
        if (s->released && s->sent != (k->fate == IS_SENT))
            wrong(s->sent ? "an answer sent that was to be dropped"
                          : "an answer dropped that was to be sent",
                  slot_request(s), s->given.len);
        back |= s->released;
    }
    return back;
}

static void check_kept(struct judge *j, struct kept *k)
{
    k->then.last_id = j->last_id;
    if (k->octets) {
        datagram_check_answer(&k->then, k, k->kind, k->mac, &k->request);
    } else {
        FOR_EACH_HELD(s)
        if (s->kept == k)
            check_answer(&k->then, k->kind, k->mac, slot_request(s), s->frame.data, s->frame.len);
    }
    j->last_id = k->then.last_id;
}

static void forget(struct kept **link)
{
    struct kept *k = *link;
    *link = k->next;
    free(k->octets);
    free(k);
}

void kept_judge(struct judge *j, bool all)
{
    for (struct kept **link = &all_kept; *link;) {
        struct kept *k = *link;
        if (!is_back(k, all)) {
            link = &k->next;
            continue;
        }
        if (k->fate == IS_SENT)
            check_kept(j, k);
        forget(link);
    }
}

void kept_clear(void)
{
    while (all_kept)
        forget(&all_kept);
}
