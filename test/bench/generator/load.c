/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending and accounting. A probe's slot, by its number, says whether it is outstanding and since
 * when. What always holds: number == probes sent so far, oldest <= number, and nothing below
 * oldest is outstanding.
 */
#define _GNU_SOURCE
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

enum {
    SLOTS = 1 << 20,     /* more than fit into any queue on the way */
    SAMPLES = 4 << 20,   /* round trips remembered */
    LOST_NS = 300000000, /* a probe without an answer for so long makes room for another */
    OPEN_GAP_NS = 50000, /* open loop: sleep between batches */
    OPEN_BACKLOG = 256,  /* open loop: probes that it may be late with before it gives them up */
    WAIT_NS = 20000000,
};

static int64_t outstanding_since[SLOTS]; /* 0: not outstanding */
static uint8_t batch[WIRE_BATCH][PROBE_MAX];
static uint32_t number, oldest;
static unsigned outstanding;

void load_init(struct load *l, struct wire *w, const struct probe *p)
{
    *l = (struct load){.wire = w, .probe = p};
    l->times = mmap(NULL, SAMPLES * sizeof *l->times, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (l->times == MAP_FAILED)
        die("no memory");
    memset(outstanding_since, 0, sizeof outstanding_since);
    outstanding = 0;
    oldest = number;
    for (unsigned i = 0; i < WIRE_BATCH; i++)
        memcpy(batch[i], p->request, p->size);
    prctl(PR_SET_TIMERSLACK, 1);
}

static void emit(struct load *l, uint64_t wanted)
{
    unsigned count = wanted < WIRE_BATCH ? (unsigned)wanted : WIRE_BATCH;
    int64_t now = now_ns();
    for (unsigned i = 0; i < count; i++, number++) {
        probe_number(l->probe, batch[i], number);
        if (outstanding_since[number % SLOTS] == 0)
            outstanding++;
        outstanding_since[number % SLOTS] = now;
    }
    l->sent += count;
    wire_send(l->wire, batch[0], PROBE_MAX, l->probe->size, count);
}

/* Accounts for everything that has come back; returns how many frames that was. */
static unsigned collect(struct load *l)
{
    const uint8_t *f;
    size_t length;
    bool checked;
    unsigned count = 0;
    uint32_t n;

    for (; (f = wire_receive(l->wire, &length, &checked)); count++) {
        enum probe_result result = probe_judge(l->probe, f, length, checked, &n);
        int64_t *since = &outstanding_since[n % SLOTS];
        if (result == PROBE_FOREIGN)
            continue;
        if (result == PROBE_BAD) {
            l->bad++;
        } else if (number - n - 1 >= SLOTS || *since == 0) {
            l->repeated++;
        } else {
            if (l->samples < SAMPLES)
                l->times[l->samples++] = (uint32_t)(now_ns() - *since);
            *since = 0;
            outstanding--;
            l->good++;
        }
    }
    return count;
}

/* Gives up the probes that were sent too long ago. */
static void expire(int64_t now)
{
    for (; oldest != number; oldest++) {
        int64_t *since = &outstanding_since[oldest % SLOTS];
        if (*since != 0 && now - *since < LOST_NS)
            return;
        if (*since != 0)
            outstanding--;
        *since = 0;
    }
}

void load_closed(struct load *l, unsigned window, int64_t ns, uint64_t count)
{
    int64_t now = l->began = now_ns();
    int64_t end = now + ns;
    while (now < end && (count == 0 || l->sent < count)) {
        uint64_t room = window - outstanding;
        if (count != 0 && room > count - l->sent)
            room = count - l->sent;
        if (room > 0)
            emit(l, room);
        if (collect(l) == 0)
            wire_wait(l->wire, WAIT_NS);
        now = now_ns();
        expire(now);
    }
    l->ended = now;
    l->in_time = l->good;
}

/* Sleeps until the absolute time. */
static void sleep_until(int64_t ns)
{
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

void load_open(struct load *l, double rate, int64_t ns, bool spin)
{
    int64_t now = l->began = now_ns();
    int64_t end = now + ns;
    double planned = 0, skipped = 0;
    while (now < end) {
        planned = (double)(now - l->began) * rate / 1e9 - skipped;
        if (planned - (double)l->sent > OPEN_BACKLOG && !spin) {
            /* Somebody else had the processor: a burst to make up for it would be our own doing. */
            skipped += planned - (double)l->sent - OPEN_BACKLOG;
            planned = (double)l->sent + OPEN_BACKLOG;
        }
        if (planned >= (double)l->sent + 1)
            emit(l, (uint64_t)(planned - (double)l->sent));
        collect(l);
        if (!spin && planned - (double)l->sent < 1)
            sleep_until(now + OPEN_GAP_NS);
        now = now_ns();
    }
    l->ended = now;
    l->in_time = l->good;
}

void load_drain(struct load *l, int64_t quiet_ns, int64_t limit_ns)
{
    int64_t now = now_ns();
    int64_t end = now + limit_ns, last = now;
    while (now < end && now - last < quiet_ns && l->good < l->sent) {
        if (collect(l) > 0)
            last = now;
        else
            wire_wait(l->wire, quiet_ns);
        now = now_ns();
    }
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

uint32_t load_percentile(struct load *l, double share)
{
    if (l->samples == 0)
        return 0;
    qsort(l->times, l->samples, sizeof *l->times, by_value);
    return l->times[(size_t)((double)(l->samples - 1) * share)];
}
