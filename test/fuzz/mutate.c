/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libFuzzer does to the scripts of fuzz_frames: it changes, repeats, drops and swaps whole
 * steps, and single fields of a frame's headers. In a fifth of its turns the mutations are libFuzzer's own.
 */
#include "script.h"
#include "wire.h"

#include <string.h>

#define STEPS_MOST 32

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t most, unsigned seed);

/* Numerical Recipes' generator; its high bits are the better ones. */
static unsigned draw(unsigned *state, size_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % (unsigned)below;
}

static size_t find_steps(const uint8_t *script, size_t size, struct step *steps)
{
    size_t n = 0;
    for (size_t at = 1; n < STEPS_MOST && script_step(script, size, at, &steps[n]); n++)
        at = steps[n].end;
    return n;
}

/* Puts n octets of from in place of those from start to end, if they fit. The new size. */
static size_t replace(uint8_t *data, size_t size, size_t most, size_t start, size_t end,
                      const uint8_t *from, size_t n)
{
    uint8_t copy[STEP_HEADER + STEP_MOST];
    if (n > sizeof copy || size - (end - start) + n > most)
        return size;
    memcpy(copy, from, n);
    memmove(data + start + n, data + end, size - end);
    memcpy(data + start, copy, n);
    return size - (end - start) + n;
}

/* One field of the octets at frame gets a value that some check is about. */
static void change_field(uint8_t *frame, size_t len, size_t most, unsigned *state)
{
    static const uint16_t values[] = {0,    1,    2,     7,      8,      0x7f,
                                      0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff};
    size_t width = 1 + draw(state, 2), reach = len < most ? len : most;
    if (reach < width)
        return;
    size_t at = draw(state, reach - width + 1);
    unsigned old = width == 2 ? get16(frame + at) : frame[at], new;
    switch (draw(state, 4)) {
    case 0:
        new = old + 1;
        break;
    case 1:
        new = old - 1;
        break;
    case 2:
        new = old ^ 1u << draw(state, width * 8);
        break;
    default:
        new = values[draw(state, sizeof values / sizeof values[0])];
        break;
    }
    if (width == 2)
        put16(frame + at, new);
    else
        frame[at] = (uint8_t) new;
}

/* libFuzzer's own mutations, of one frame. */
static size_t change_frame(uint8_t *data, size_t size, size_t most, const struct step *s,
                           unsigned *state)
{
    uint8_t frame[STEP_HEADER + STEP_MOST];
    if (s->end - s->offset > sizeof frame)
        return LLVMFuzzerMutate(data, size, most);
    memcpy(frame, data + s->offset, STEP_HEADER + s->len);
    size_t len = LLVMFuzzerMutate(frame + STEP_HEADER, s->len, STEP_MOST);
    put16(frame + STEP_HEADER - 2, (unsigned)len);
    if (draw(state, 8) == 0)
        frame[0] ^= (uint8_t)(1u << draw(state, 8));
    return replace(data, size, most, s->offset, s->end, frame, STEP_HEADER + len);
}

/* Time passes before the step, or there is news; or it comes as fragments. */
static size_t add_step(uint8_t *data, size_t size, size_t most, const struct step *s,
                       unsigned *state)
{
    static const uint8_t waits[] = {0, 1, 2, 9, 10, 29, 30, 31, 59, 60, 61, 120};
    uint8_t step[STEP_HEADER] = {0, STEP_TIME};
    if (s->kind == STEP_FRAME && draw(state, 2)) {
        data[s->offset + 1] = STEP_FRAGMENTS;
        data[s->offset + 5] &= (uint8_t)draw(state, 256);
        return size;
    }
    step[3] = 1 + (draw(state, 4) ? 1 : 0); /* milliseconds or seconds */
    step[5] = waits[draw(state, sizeof waits)];
    if (draw(state, 3) == 0) {
        step[1] = (uint8_t)(STEP_LINK_UP + draw(state, STEP_KINDS - STEP_LINK_UP));
        put16(step + 4, draw(state, draw(state, 2) ? 256 : 65536));
    }
    return replace(data, size, most, s->offset, s->offset, step, sizeof step);
}

/* After the step an ARP packet comes from its sender, or from the gateway. */
static size_t add_neighbour(const struct host *us, uint8_t *data, size_t size, size_t most,
                            const struct step *s, unsigned *state)
{
    static const uint8_t start[9] = {8, 6, 0, 1, 8, 0, 6, 4, 0};
    uint8_t step[STEP_HEADER + 80] = {STEP_ADDRESS};
    uint8_t *frame = step + STEP_HEADER;
    size_t ip = script_ipv4(s->frame, s->len);
    if (ip == 0 || ip > ETH_HEADER + 12)
        return size;
    uint8_t *arp = frame + ip;
    memcpy(frame, s->frame, ip);
    memcpy(arp - 2, start, sizeof start);
    arp[ARP_OP + 1] = (uint8_t)(1 + draw(state, 2));
    memcpy(arp + ARP_SHA, frame + ETH_SRC, 6);
    arp[ARP_SHA + 5] ^= (uint8_t)draw(state, 4);
    put32(arp + ARP_SPA, draw(state, 2) ? get32(s->frame + ip + IP_SRC) : us->gateway);
    put32(arp + ARP_TPA, us->ip);
    put16(frame - 2, (unsigned)(ip + ARP_SIZE));
    return replace(data, size, most, s->end, s->end, step, STEP_HEADER + ip + ARP_SIZE);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    struct step steps[STEPS_MOST];
    unsigned state = seed;
    size_t n = find_steps(data, size, steps);
    unsigned what = draw(&state, 21);
    if (n == 0 || what < 4)
        return LLVMFuzzerMutate(data, size, most);
    const struct step *s = &steps[draw(&state, n)], *t = &steps[draw(&state, n)];
    uint8_t *frame = data + s->offset + STEP_HEADER;
    if (draw(&state, 2) == 0) /* steps that are not repaired start with right checksums too */
        script_repair(host_choose(data, size), s->flags | STEP_CHECKSUMS, frame, s->len);
    switch (what) {
    case 4:
        return replace(data, size, most, t->end, t->end, data + s->offset, s->end - s->offset);
    case 5:
        return n > 1 ? replace(data, size, most, s->offset, s->end, data, 0) : size;
    case 6:
        data[s->offset] = (uint8_t)draw(&state, 256);
        return size;
    case 7: /* its kind and its numbers */
    case 8:
        change_field(data + s->offset + 1, STEP_HEADER - 3, STEP_HEADER, &state);
        return size;
    case 9: /* another host */
        data[0] = (uint8_t)draw(&state, 256);
        return size;
    case 10:
        return add_step(data, size, most, s, &state);
    case 20:
        return add_neighbour(host_choose(data, size), data, size, most, s, &state);
    case 11:
    case 12:
    case 13:
        return change_frame(data, size, most, s, &state);
    default:
        for (unsigned i = 0; i <= draw(&state, 3); i++)
            change_field(frame, s->len, draw(&state, 2) ? 64 : 160, &state);
        return size;
    }
}

/* The first steps of a, and the last of b. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t most, unsigned seed)
{
    struct step in_a[STEPS_MOST], in_b[STEPS_MOST];
    size_t n_a = find_steps(a, a_size, in_a), n_b = find_steps(b, b_size, in_b);
    if (n_a == 0 || n_b == 0)
        return 0;
    size_t head = in_a[draw(&seed, n_a)].end, from = in_b[draw(&seed, n_b)].offset;
    if (head > most)
        return 0;
    size_t tail = b_size - from < most - head ? b_size - from : most - head;
    memcpy(out, a, head);
    memcpy(out + head, b + from, tail);
    return head + tail;
}
