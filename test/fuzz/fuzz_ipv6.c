/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes IPv6: a script of frames, and of time that passes between them.
 *
 * Each step is a head of four octets and the packet behind an IPv6 header that is made here, with
 * the checksum repaired where the chain of extension headers leads to an upper layer. Always: each
 * frame comes back once, as an answer, dropped and unchanged, or released; the core has as many as
 * it says; an answer goes to the host that asked, in one buffer no longer than it may be; what is
 * due gets done.
 */
#include "wrong.h"

#include "net/net.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES 64
#define HEADER 54 /* octets of Ethernet and IPv6 */
#define CAP    1522

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t US[6] = {2, 0, 0, 0, 0, 1}, PEER[6] = {2, 0, 0, 0, 0, 2};

static struct netif nif;

/* A frame with the core, in a buffer of its exact size. */
static struct slot {
    struct frame frame;
    uint8_t *memory;
} slots[FRAMES];
static unsigned with_core;

static void give(struct slot *s, const uint8_t *octets, size_t len)
{
    s->memory = malloc(NET_HEAD_MIN + CAP);
    if (!s->memory)
        abort();
    s->frame = (struct frame){.data = s->memory + NET_HEAD_MIN,
                              .len = (uint16_t)len,
                              .cap = CAP,
                              .head = NET_HEAD_MIN,
                              .id = (uint16_t)(s - slots)};
    memset(s->memory, 0xa5, NET_HEAD_MIN + CAP);
    if (len > 0)
        memcpy(s->frame.data, octets, len);
}

static void take_back(struct slot *s)
{
    free(s->memory);
    s->memory = NULL;
}

static struct slot *free_slot(void)
{
    for (unsigned i = 0; i < FRAMES; i++)
        if (!slots[i].memory)
            return &slots[i];
    wrong("the core has more frames than it may", NULL, 0);
}

/* A frame that is sent: within its buffer, from us, and not to ourselves. */
static void check_sent(const struct frame *f)
{
    const uint8_t *start = slots[f->id].memory;
    if (f->data < start || f->data + f->len > start + NET_HEAD_MIN + CAP || f->len < 60)
        wrong("a frame is sent that is not in its buffer, or too short", NULL, 0);
    if (memcmp(f->data + 6, US, 6) != 0 || memcmp(f->data, US, 6) == 0)
        wrong("a frame is not from us, or to us", f->data, f->len);
}

static void release(void)
{
    struct frame *f;
    bool is_answer;
    while ((f = net_released(&nif, &is_answer))) {
        struct slot *s = &slots[f->id];
        if (!s->memory || f != &s->frame)
            wrong("a frame is released that the core does not have", NULL, 0);
        if (is_answer)
            check_sent(f);
        take_back(s);
        with_core--;
    }
    if (with_core != nif.held)
        wrong("the core has other frames than it says", NULL, 0);
}

static void input(const uint8_t *frame, size_t len)
{
    struct slot *s = free_slot();
    give(s, frame, len);
    enum verdict v = net_input(&nif, &s->frame);
    if (verdict_holds(v)) {
        with_core++;
    } else {
        if (verdict_replies(v))
            check_sent(&s->frame);
        else if (s->frame.len != len || memcmp(s->frame.data, frame, len) != 0)
            wrong("a dropped frame has changed", frame, len);
        if (verdict_replies(v) && s->frame.stamp)
            net_stamp(&nif, &s->frame, nif.now);
        take_back(s);
    }
    release();
}

/* Does what is due; that must come to an end. */
static void tick(void)
{
    for (unsigned i = 0; net_due(&nif) <= nif.now; i++) {
        struct slot *s = free_slot();
        if (i == 1000)
            wrong("what is due is never done", NULL, 0);
        give(s, NULL, 0);
        enum verdict v = net_tick(&nif, &s->frame);
        if (v != VERDICT_NONE)
            check_sent(&s->frame);
        take_back(s);
        release();
    }
}

static uint32_t sum16(uint32_t sum, const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? octets[i] : (uint32_t)octets[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* Writes the checksum of the upper layer, if the extension headers lead to one in this frame. */
static void repair(uint8_t *ip, size_t len)
{
    uint8_t next = ip[6];
    size_t at = 40;
    while (next == 0 || next == 43 || next == 60 || next == 44) {
        if (at + 8 > len || (next == 44 && (ip[at + 2] || ip[at + 3])))
            return;
        size_t length = next == 44 ? 8 : 8 * (ip[at + 1] + (size_t)1);
        next = ip[at];
        at += length;
    }
    size_t field = next == 58 ? 2 : next == 17 ? 6 : next == 6 ? 16 : 0;
    if (field == 0 || at + field + 2 > len)
        return;
    ip[at + field] = ip[at + field + 1] = 0;
    uint32_t sum = sum16(sum16(next + (uint32_t)(len - at), ip + 8, 32), ip + at, len - at);
    sum = sum == 0xffff ? 0xffff : ~sum;
    ip[at + field] = (uint8_t)(sum >> 8);
    ip[at + field + 1] = (uint8_t)sum;
}

/* The address of one of some hosts and groups. */
static void put_address(uint8_t *to, unsigned which)
{
    static const uint8_t addresses[8][16] = {
        {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, 0, 1}, /* ours */
        {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, 0, 2}, /* the peer's */
        {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},          /* all nodes */
        {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 1},       /* our solicited-node group */
        {0},
        {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, 0, 1}, /* ours, by a router */
        {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9},
        {0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, /* ours, typed */
    };
    memcpy(to, addresses[which % 8], 16);
}

/* A step: which addresses, hop limit and next header, and whether the time passes before it. */
static void step(const uint8_t *head, const uint8_t *payload, size_t len)
{
    static const uint8_t hops[] = {64, 255, 1, 0}, nexts[] = {58, 17, 6, 0, 43, 44, 60, 59};
    static const uint32_t pauses[] = {0, 1000, 1000000, 61000000};
    uint8_t frame[CAP];
    memcpy(frame, head[0] & 0x80 ? (const uint8_t[]){0x33, 0x33, 0, 0, 0, 1} : US, 6);
    memcpy(frame + 6, PEER, 6);
    memcpy(frame + 12, (const uint8_t[]){0x86, 0xdd, 0x60, 0, 0, 0}, 6);
    frame[18] = (uint8_t)(len >> 8);
    frame[19] = (uint8_t)len;
    frame[20] = head[1] & 0x80 ? payload[0] : nexts[head[1] & 7];
    frame[21] = hops[head[1] >> 3 & 3];
    put_address(frame + 22, head[0] >> 3 & 7);
    put_address(frame + 38, head[0] & 7);
    memcpy(frame + HEADER, payload, len);
    if (!(head[2] & 0x80))
        repair(frame + 14, 40 + len);
    nif.now += pauses[head[2] & 3];
    tick();
    input(frame, HEADER + len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct netif_config config = {.ttl = 64,
                                  .services = SERVICE_ECHO | SERVICE_STAMP | SERVICE_DISCARD,
                                  .stamp_port = 862,
                                  .icmp_rate = 1000,
                                  .icmp_burst = 50,
                                  .any_vlan = true,
                                  .ip6_auto = true,
                                  .dad = 1,
                                  .ip6_count = 1};
    mac_t mac;
    if (size < 1)
        return 0;
    config.no_nonce = data[0] & 1;
    config.dad = data[0] >> 1 & 3;
    put_address((uint8_t *)&config.ip6[0].address, 7);
    config.ip6[0].prefix = 64;
    memcpy(&mac, US, sizeof mac);
    net_init(&nif, &config, &mac, 1500, 8, 0);
    with_core = 0;
    for (data++, size--; size > 4;) {
        size_t len = data[3] * (size_t)6;
        len = len > size - 4 ? size - 4 : len;
        len = len > CAP - HEADER ? CAP - HEADER : len;
        if (len > 0)
            step(data, data + 4, len);
        data += 4 + len;
        size -= 4 + len;
    }
    nif.now += 200000000;
    tick();
    if (with_core != 0)
        wrong("the core keeps frames for ever", NULL, 0);
    return 0;
}
