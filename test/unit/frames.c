/* SPDX-License-Identifier: BSD-2-Clause */
#include "frames.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

uint64_t frame_transmit;
size_t frame_room;

void frames_start(const struct netif_config *config)
{
    mac_t mac;
    memcpy(&mac, OUR_MAC, sizeof mac);
    memset(&nif, 0xa5, sizeof nif);
    net_init(&nif, config, &mac, 1500, 128, START);
    nif.ip_id = 0x1233;
    frame_transmit = 0;
    frame_room = 0;
}

int frames_setup(void **state)
{
    (void)state;
    frames_start(&DEFAULT_CONFIG);
    return 0;
}

static void print_octets(const char *what, const uint8_t *octet, size_t len)
{
    print_error("%s, %zu octets:", what, len);
    for (size_t i = 0; i < len; i++)
        print_error(i == 14 || i == 34 ? "  %02x" : " %02x", octet[i]);
    print_error("\n");
}

static bool is_ip_reply(enum verdict v)
{
    return verdict_replies(v) && v != REPLY_ARP && v != REPLY_ARP_DEFENCE;
}

static bool is_error(enum verdict v)
{
    return v == REPLY_ICMP_PORT_UNREACHABLE || v == REPLY_ICMP_PROTOCOL_UNREACHABLE;
}

/* What the verdict does to the interface. A conflict's claim, the buckets and a fragment are other
 * tests'. */
static void apply(struct netif *expected, enum verdict want)
{
    expected->verdicts[want]++;
    if (is_ip_reply(want))
        expected->ip_id++;
    if (is_error(want) || want == REPLY_STAMP)
        memcpy(&expected->buckets, &nif.buckets, sizeof nif.buckets);
    if (want == REPLY_ARP_DEFENCE || want == DROP_ARP_CONFLICT)
        memcpy(&expected->claim, &nif.claim, sizeof nif.claim);
}

/* Compares all but the tables of the fragments, which are large. */
static bool interface_is(const struct netif *expected)
{
    const size_t tables = offsetof(struct netif, reassembly.datagrams);
    const size_t rest = offsetof(struct netif, neighbours);
    return memcmp(&nif, expected, tables) == 0 &&
           memcmp((uint8_t *)&nif + rest, (const uint8_t *)expected + rest, sizeof nif - rest) == 0;
}

static bool all_are(const uint8_t *octet, size_t len, uint8_t value)
{
    while (len > 0)
        if (octet[--len] != value)
            return false;
    return true;
}

uint8_t *frame_make(struct frame *f, const struct wire *in, size_t cap)
{
    uint8_t *memory = malloc(NET_HEAD_MIN + cap);
    assert_non_null(memory);
    memset(memory, 0xa5, NET_HEAD_MIN + cap);
    memcpy(memory + NET_HEAD_MIN, in->octet, in->len);
    *f = (struct frame){.data = memory + NET_HEAD_MIN,
                        .len = (uint16_t)in->len,
                        .cap = (uint16_t)cap,
                        .head = NET_HEAD_MIN};
    return memory;
}

static const char *name_of(enum verdict v)
{
    return v == VERDICT_NONE ? "nothing" : verdict_name(v);
}

/* Says what is wrong with a frame, and what was expected if that is a frame too. */
static void complain(const char *problem, enum verdict got, enum verdict want,
                     const struct frame *f, const struct wire *expected)
{
    print_error("%s: got %s, expected %s\n", problem, name_of(got), name_of(want));
    print_octets("got", f->data, f->len);
    if (expected)
        print_octets("expected", expected->octet, expected->len);
}

void frame_expect(const struct wire *in, enum verdict want, const struct wire *answer,
                  const char *file, int line)
{
    static struct netif expected;
    const struct wire *after = answer ? answer : in;
    const size_t moved = is_error(want) ? NET_HEAD_MIN : 0;
    size_t free_octets = answer && after->len - moved > in->len ? after->len - moved - in->len : 0;
    if (!answer)
        free_octets = frame_room;
    const size_t cap = in->len + free_octets;
    struct frame f;
    uint8_t *memory = frame_make(&f, in, cap);
    f.id = 7;
    memcpy(&expected, &nif, sizeof nif);

    enum verdict v = net_input(&nif, &f);

    const char *problem = NULL;
    apply(&expected, want);
    bool to_stamp = f.stamp != NULL;
    if (to_stamp && frame_transmit != 0)
        net_stamp(&nif, &f, frame_transmit);
    if (v != want)
        problem = "another verdict";
    else if (to_stamp != (v == REPLY_STAMP))
        problem = "a transmit time to be written, or none";
    else if (frame_transmit != 0 && f.stamp != NULL)
        problem = "a transmit time that is still to be written";
    else if (f.data != memory + NET_HEAD_MIN - moved || f.cap != cap + moved ||
             f.head != NET_HEAD_MIN - moved || f.id != 7)
        problem = "the frame's buffer changed";
    else if (f.len != after->len || memcmp(f.data, after->octet, f.len) != 0)
        problem = answer ? "another answer" : "a dropped frame changed";
    else if (!answer && (!all_are(memory, NET_HEAD_MIN, 0xa5) ||
                         !all_are(f.data + f.len, (size_t)(f.cap - f.len), 0xa5)))
        problem = "something around a dropped frame changed";
    else if (!interface_is(&expected))
        problem = "the interface changed otherwise";
    if (problem) {
        print_octets("in", in->octet, in->len);
        complain(problem, v, want, &f, after);
    }
    free(memory);
    if (problem)
        _fail(file, line);
}

void tick_expect(uint64_t now, enum verdict want, const struct wire *made, const char *file,
                 int line)
{
    static const struct wire nothing = {.len = 0};
    struct frame f;
    uint8_t *memory = frame_make(&f, &nothing, FRAME_MIN);
    f.id = 9;
    f.head = 0; /* frames of our own need no room in front */
    uint64_t before = want == VERDICT_NONE ? 0 : nif.verdicts[want];
    nif.now = now;

    enum verdict v = net_tick(&nif, &f);

    const char *problem = NULL;
    if (v != want)
        problem = "another verdict";
    else if (f.data != memory + NET_HEAD_MIN || f.cap != FRAME_MIN || f.head != 0 || f.id != 9 ||
             !all_are(memory, NET_HEAD_MIN, 0xa5))
        problem = "the frame's buffer changed";
    else if (!made && (f.len != 0 || !all_are(f.data, FRAME_MIN, 0xa5)))
        problem = "the spare frame changed";
    else if (made && (f.len != made->len || memcmp(f.data, made->octet, f.len) != 0))
        problem = "another frame";
    else if (want != VERDICT_NONE && nif.verdicts[want] != before + 1)
        problem = "not counted once";
    if (problem)
        complain(problem, v, want, &f, made);
    free(memory);
    if (problem)
        _fail(file, line);
}

void verdict_count_expect(enum verdict v, uint64_t count, const char *file, int line)
{
    if (nif.verdicts[v] == count)
        return;
    print_error("%s: counted %lu times, expected %lu\n", verdict_name(v),
                (unsigned long)nif.verdicts[v], (unsigned long)count);
    _fail(file, line);
}

void ping_expect(const struct ping *ping, enum verdict want, const struct ping *answer,
                 const char *file, int line)
{
    struct wire in, out;
    wire_ping(&in, ping);
    if (answer) {
        wire_ping(&out, answer);
        wire_fill(&out, 0, FRAME_MIN);
    }
    frame_expect(&in, want, answer ? &out : NULL, file, line);
}

void arp_expect(const struct arp *arp, enum verdict want, const struct arp *answer,
                const char *file, int line)
{
    struct wire in, out;
    wire_arp(&in, arp);
    if (answer) {
        wire_arp(&out, answer);
        wire_fill(&out, 0, FRAME_MIN);
    }
    frame_expect(&in, want, answer ? &out : NULL, file, line);
}

void ping_answered_(const struct ping *ping, const char *file, int line)
{
    struct ping answer = ping_reply(ping);
    ping_expect(ping, REPLY_ICMP_ECHO, &answer, file, line);
}

void arp_answered_(const struct arp *arp, const char *file, int line)
{
    struct arp answer = arp_reply(arp);
    arp_expect(arp, REPLY_ARP, &answer, file, line);
}
