/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the network core: a sequence of frames goes in, each in a buffer of its own with the room
 * that the driver gives, and what comes out is judged by check.c.
 *
 * Always: a drop changes nothing in the buffer, an answer lies within it, one counter goes up by
 * one.
 */
#include "check.h"
#include "script.h"
#include "wire.h"

#include "net/net.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_ROOM 52   /* octets in front of a frame that an answer may use */
#define STALE     0xa5 /* what a buffer was filled with: padding would show it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

NO_COVERAGE static uint64_t counted(const struct netif *nif)
{
    uint64_t sum = 0;
    for (int i = 0; i < VERDICT_COUNT; i++)
        sum += nif->verdicts[i];
    return sum;
}

/* Whether the answer is right, and lies within its buffer. */
static void judge_reply(const struct host *us, const struct step *s, const struct frame *f,
                        const uint8_t *buffer, const uint8_t *request, enum answer expected,
                        const char *why)
{
    if (expected == NEVER)
        wrong(why, request, s->len);
    if (f->data < buffer || f->data + f->len > buffer + HEAD_ROOM + f->cap)
        wrong("reply: outside its buffer", request, s->len);
    check_reply(us, request, f->data, f->len);
}

static void one_frame(const struct host *us, struct netif *nif, const struct step *s)
{
    uint8_t request[STEP_MOST];
    size_t cap = s->len < ETH_LEAST ? ETH_LEAST : s->len;
    if (s->flags & STEP_ROOMY)
        cap = 2048;
    memcpy(request, s->frame, s->len);
    script_repair(us, s->flags, request, s->len);

    uint8_t *buffer = malloc(HEAD_ROOM + cap), *before = malloc(HEAD_ROOM + cap);
    memset(buffer, STALE, HEAD_ROOM + cap);
    memcpy(buffer + HEAD_ROOM, request, s->len);
    memcpy(before, buffer, HEAD_ROOM + cap);
    struct frame f = {.data = buffer + HEAD_ROOM,
                      .len = (uint16_t)s->len,
                      .cap = (uint16_t)cap,
                      .head = HEAD_ROOM,
                      .id = 7};
    const struct frame given = f;

    const char *why;
    enum answer expected = expected_answer(us, request, s->len, &why);
    uint64_t sum = counted(nif);
    enum verdict v = net_input(nif, &f);
    if (v < 0 || v >= VERDICT_COUNT || counted(nif) != sum + 1)
        wrong("the verdict is none, or was not counted once", request, s->len);
    if (f.cap != given.cap || f.id != given.id)
        wrong("another capacity or id", request, s->len);
    if (verdict_replies(v)) {
        judge_reply(us, s, &f, buffer, request, expected, why);
    } else {
        if (expected == MUST)
            wrong(why, request, s->len);
        if (f.data != given.data || f.len != given.len || f.head != given.head ||
            memcmp(buffer, before, HEAD_ROOM + cap) != 0)
            wrong("a drop has changed its buffer", request, s->len);
    }
    free(before);
    free(buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct host *us = script_host(data, size);
    struct netif nif = {.mtu = us->mtu, .ttl = us->ttl};
    struct step s;
    memcpy(&nif.mac, us->mac, 6);
    netif_set_ip(&nif, us->ip, us->prefix);
    for (size_t at = 1; script_step(data, size, at, &s); at = s.end)
        if (!(s.flags & STEP_TICK))
            one_frame(us, &nif, &s);
    return 0;
}
