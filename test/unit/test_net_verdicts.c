/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of verdicts: one row for each, a sound frame with one thing wrong. A verdict without a
 * row fails, so that a new rule comes with its frame; and every frame is tried cut at every octet.
 */
#include "net/arp_claim.h"
#include "net/eth.h"
#include "net/icmp.h"
#include "net/reassembly.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "net/wire/arp.h"
#include "net/wire/ipv4.h"

#include "frames.h" /* its nif would shadow a parameter in the headers above */

#include <stdlib.h>
#include <string.h>

/* TICK is no frame: what net_tick() does. */
enum base { NO_ROW, PING, SHORT_PING, ARP, OUR_ARP, UDP, TCP, TAGGED, TICK };

/* Held by the core, from what is done before the frame comes. */
static uint8_t held_buffer[NET_HEAD_MIN + 200];
static struct frame held_frame;

static void hold_ping(const struct ping *p, enum verdict want)
{
    struct wire held;
    wire_ping(&held, p);
    memcpy(held_buffer + NET_HEAD_MIN, held.octet, held.len);
    held_frame = (struct frame){
        .data = held_buffer + NET_HEAD_MIN, .len = (uint16_t)held.len, .cap = 200, .head = 28};
    assert_int_equal(net_input(&nif, &held_frame), want);
}

static void hold(int flags_offset)
{
    struct ping p = ping_request();
    p.flags_offset = flags_offset;
    hold_ping(&p, HELD_FRAGMENT);
}

static void hold_first(void)
{
    hold(0x2000);
}

static void first_timed_out(void)
{
    nif.claim.announcements_left = 0;
    hold(0x2000);
    nif.now += REASSEMBLY_TIMEOUT_US;
}

static void second_timed_out(void)
{
    nif.claim.announcements_left = 0;
    hold(0x2008);
    nif.now += REASSEMBLY_TIMEOUT_US;
}

static void hold_none(void)
{
    hold_at_most(0);
}

/* 192.168.100.3 is ours too, silent in ARP. */
static void virtual_address(void)
{
    nif.config.vip[0] = OTHER_IP;
    nif.config.vip_count = 1;
}

/* Its answer waits until we know where the peer is. */
static void asking(void)
{
    virtual_address();
    nif.claim.announcements_left = 0;
    struct ping p = ping_request();
    p.dst = OTHER_IP;
    hold_ping(&p, HELD_ANSWER);
}

static void asked_in_vain(void)
{
    asking();
    for (int i = 0; i < 3; i++) {
        uint8_t octet[FRAME_MIN];
        struct frame f = {.data = octet, .cap = sizeof octet};
        assert_int_equal(net_tick(&nif, &f), SENT_ARP_REQUEST);
        nif.now = net_due(&nif);
    }
}

static void services_on(void)
{
    nif.config.services |= SERVICE_TIMESTAMP;
}

static void stamp_on_port_7(void)
{
    nif.config.stamp_port = 7;
    nif.config.services = SERVICE_STAMP;
}

static void stamp_limited(void)
{
    stamp_on_port_7();
    nif.config.icmp_rate = 0;
}

static void no_errors(void)
{
    nif.config.icmp_rate = 0;
}

static void just_defended(void)
{
    nif.claim.defend_after = nif.now + 10 * SECOND;
}

static void small_mtu(void)
{
    nif.mtu = 87;
}

static void probing(void)
{
    arp_claim(&nif, OUR_IP, 24, true);
    nif.now = net_due(&nif);
}

/* Something is done before, two octets of the base frame become value, checksums are made right,
 * then it is cut. */
static const struct row {
    enum base base;
    size_t offset;
    uint16_t value;
    size_t cut; /* to this length, if not 0 */
    void (*before)(void);
} rows[VERDICT_COUNT] = {
    /* Ethernet begins at 0; ARP and IPv4 at 14; four octets of options at 34; ICMP, UDP, TCP at 38.
     */
    [REPLY_ARP] = {ARP, 20, 1, 0, NULL},
    [REPLY_ARP_DEFENCE] = {ARP, 30, 0x6402, 0, NULL},
    [REPLY_ICMP_ECHO] = {PING, 38, 0x0800, 0, NULL},
    [REPLY_ICMP_TIMESTAMP] = {SHORT_PING, 38, 0x0d00, 0, services_on},
    [REPLY_ICMP_PORT_UNREACHABLE] = {UDP, 40, 33434, 0, NULL},
    [REPLY_ICMP_PROTOCOL_UNREACHABLE] = {PING, 22, 0x4084, 0, NULL},
    [REPLY_ICMP_TIME_EXCEEDED] = {TICK, 0, 0, 0, first_timed_out},
    [REPLY_UDP_ECHO] = {UDP, 40, 7, 0, NULL},
    [REPLY_STAMP] = {UDP, 40, 862, 0, NULL},
    [REPLY_TCP_RESET] = {TCP, 50, 0x5002, 0, NULL},
    [SENT_ARP_REQUEST] = {TICK, 0, 0, 0, asking},
    [SENT_ARP_PROBE] = {TICK, 0, 0, 0, probing},
    [SENT_ARP_ANNOUNCEMENT] = {TICK, 0, 0, 0, NULL},
    [HELD_FRAGMENT] = {PING, 20, 0x2000, 0, NULL},
    [HELD_ANSWER] = {PING, 32, 0x6403, 0, virtual_address},
    [CONSUMED_ARP_REPLY] = {ARP, 20, 2, 0, asking},
    [CONSUMED_UDP_DISCARD] = {UDP, 40, 9, 0, NULL},
    [DROP_ETH_SHORT] = {PING, 12, 0x0800, 13, NULL},
    [DROP_ETH_SOURCE_GROUP] = {PING, 6, 0x0100, 0, NULL},
    [DROP_ETH_NOT_OURS] = {PING, 4, 0x0000, 0, NULL},
    [DROP_ETH_LENGTH] = {PING, 12, 0x05ff, 0, NULL},
    [DROP_ETH_TYPE] = {PING, 12, 0x86dd, 0, NULL},
    [DROP_ETH_TAGS] = {TAGGED, 20, 0x8100, 0, NULL},
    [DROP_ETH_VLAN] = {TAGGED, 14, 0x0fff, 0, NULL},
    [DROP_ARP_SHORT] = {ARP, 20, 1, 41, NULL},
    [DROP_ARP_HARDWARE] = {ARP, 14, 6, 0, NULL},
    [DROP_ARP_PROTOCOL] = {ARP, 16, 0x86dd, 0, NULL},
    [DROP_ARP_LENGTHS] = {ARP, 18, 0x0406, 0, NULL},
    [DROP_ARP_SENDER_MAC] = {ARP, 22, 0xffff, 0, NULL},
    [DROP_ARP_SENDER_IP] = {ARP, 28, 0x7f00, 0, NULL},
    [DROP_ARP_OWN] = {OUR_ARP, 30, 0x6402, 0, NULL},
    [DROP_ARP_CONFLICT] = {ARP, 30, 0x6402, 0, just_defended},
    [DROP_ARP_NOT_REQUEST] = {ARP, 20, 2, 0, NULL},
    [DROP_ARP_NO_REPLY] = {TICK, 0, 0, 0, asked_in_vain},
    [DROP_ARP_NOT_OURS] = {ARP, 40, 0x6403, 0, NULL},
    [DROP_IPV4_SHORT] = {PING, 14, 0x4600, 33, NULL},
    [DROP_IPV4_VERSION] = {PING, 14, 0x6600, 0, NULL},
    [DROP_IPV4_IHL] = {PING, 14, 0x4400, 0, NULL},
    [DROP_IPV4_HEADER_CUT] = {PING, 14, 0x4600, 37, NULL},
    [DROP_IPV4_CHECKSUM] = {PING, 24, 0x0000, 0, NULL},
    [DROP_IPV4_LENGTH_LOW] = {PING, 16, 23, 0, NULL},
    [DROP_IPV4_LENGTH_HIGH] = {PING, 16, 89, 0, NULL},
    [DROP_IPV4_MTU] = {UDP, 40, 7, 0, small_mtu},
    [DROP_IPV4_SOURCE_ZERO] = {PING, 26, 0x0001, 0, NULL},
    [DROP_IPV4_SOURCE_LOOPBACK] = {PING, 26, 0x7f00, 0, NULL},
    [DROP_IPV4_SOURCE_GROUP] = {PING, 26, 0xe000, 0, NULL},
    [DROP_IPV4_SOURCE_BROADCAST] = {PING, 28, 0x64ff, 0, NULL},
    [DROP_IPV4_SOURCE_OWN] = {PING, 28, 0x6402, 0, NULL},
    [DROP_IPV4_BROADCAST] = {PING, 32, 0x64ff, 0, NULL},
    [DROP_IPV4_MULTICAST] = {PING, 30, 0xe000, 0, NULL},
    [DROP_IPV4_NOT_OURS] = {PING, 32, 0x6403, 0, NULL},
    [DROP_IPV4_LINK_BROADCAST] = {PING, 0, 0x5354, 0, NULL},
    [DROP_IPV4_OPTION] = {PING, 34, 0x5e05, 0, NULL},
    [DROP_IPV4_SOURCE_ROUTE] = {PING, 34, 0x8304, 0, NULL},
    [DROP_IPV4_PROTOCOL] = {PING, 22, 0x4084, 0, no_errors},
    [DROP_FRAGMENT_LENGTH] = {SHORT_PING, 20, 0x2000, 0, NULL},
    [DROP_FRAGMENT_BEYOND] = {PING, 20, 0x1fff, 0, NULL},
    [DROP_FRAGMENT_DUPLICATE] = {PING, 20, 0x2000, 0, hold_first},
    [DROP_FRAGMENT_OVERLAP] = {PING, 20, 0x0001, 0, hold_first},
    [DROP_FRAGMENT_GIVEN_UP] = {PING, 20, 0x2000, 0, hold_none},
    [DROP_FRAGMENT_TIMEOUT] = {TICK, 0, 0, 0, second_timed_out},
    [DROP_ICMP_SHORT] = {PING, 16, 31, 0, NULL},
    [DROP_ICMP_CHECKSUM] = {PING, 40, 0x0000, 0, NULL},
    [DROP_ICMP_ECHO_REPLY] = {PING, 38, 0x0000, 0, NULL},
    [DROP_ICMP_ERROR] = {PING, 38, 0x0301, 0, NULL},
    [DROP_ICMP_TYPE] = {PING, 38, 0x1100, 0, NULL},
    [DROP_ICMP_LENGTH] = {PING, 38, 0x0d00, 0, services_on},
    [DROP_UDP_SHORT] = {UDP, 16, 31, 0, NULL},
    [DROP_UDP_LENGTH] = {UDP, 42, 7, 0, NULL},
    [DROP_UDP_CHECKSUM] = {UDP, 44, 0x1234, 0, NULL},
    [DROP_UDP_LOOP] = {UDP, 38, 19, 0, NULL},
    [DROP_UDP_PORT] = {UDP, 40, 33434, 0, no_errors},
    [DROP_STAMP_SHORT] = {UDP, 42, 21, 0, stamp_on_port_7},
    [DROP_STAMP_LIMIT] = {UDP, 42, 22, 0, stamp_limited},
    [DROP_TCP_SHORT] = {TCP, 16, 43, 0, NULL},
    [DROP_TCP_OFFSET] = {TCP, 50, 0x4002, 0, NULL},
    [DROP_TCP_CHECKSUM] = {TCP, 54, 0x1234, 0, NULL},
    [DROP_TCP_RESET] = {TCP, 50, 0x5014, 0, NULL},
};

static void repair_checksum(struct wire *w, size_t start, size_t end, size_t field)
{
    wire_set16(w, field, 0);
    wire_set16(w, field, (uint16_t)~plain_sum(w->octet + start, end - start));
}

/* UDP's and TCP's: over all that there is but for UDP, whose length says how much. */
static void repair_transport(struct wire *w, int protocol, size_t field)
{
    size_t len = w->len - 38, length = (size_t)(w->octet[42] << 8 | w->octet[43]);
    if (protocol == 17 && length < len)
        len = length;
    wire_set16(w, field, 0);
    wire_set16(w, field, (uint16_t)~transport_sum(PEER_IP, OUR_IP, protocol, w->octet + 38, len));
}

static void row_frame(struct wire *w, const struct row *row)
{
    static const uint8_t unknown_option[4] = {0x5e, 4, 0, 0};
    static const uint8_t tags[8] = {0x88, 0xa8, 0, 1, 0x81, 0, 0, 2};
    w->len = 0;
    if (row->base == PING || row->base == SHORT_PING) {
        struct ping p = ping_request();
        p.options = unknown_option;
        p.options_len = sizeof unknown_option;
        p.data_len = row->base == PING ? 56 : 12;
        wire_ping(w, &p);
        wire_set16(w, row->offset, row->value);
        repair_checksum(w, 14, 38, 24);
        repair_checksum(w, 38, w->len, 40);
    } else if (row->base == UDP) {
        struct udp u = udp_request(7);
        u.ip.options = unknown_option;
        u.ip.options_len = sizeof unknown_option;
        wire_udp(w, &u);
        wire_set16(w, row->offset, row->value);
        repair_checksum(w, 14, 38, 24);
        repair_transport(w, 17, 44);
    } else if (row->base == TCP) {
        struct tcp t = tcp_request(0x02);
        t.ip.options = unknown_option;
        t.ip.options_len = sizeof unknown_option;
        wire_tcp(w, &t);
        wire_set16(w, row->offset, row->value);
        repair_checksum(w, 14, 38, 24);
        repair_transport(w, 6, 54);
    } else if (row->base == TAGGED) {
        struct ping p = ping_request();
        wire_ping(w, &p);
        wire_tag(w, tags, sizeof tags);
    } else if (row->base != TICK) {
        struct arp a = arp_request();
        a.sha = row->base == OUR_ARP ? OUR_MAC : PEER_MAC;
        wire_arp(w, &a);
    }
    if (row->base != TICK)
        wire_set16(w, row->offset, row->value);
    if (row->cut != 0)
        w->len = row->cut;
}

/* One frame, or tick, for each verdict, which is counted once. */
static void test_each_verdict_is_reached(void **state)
{
    for (enum verdict v = 0; v < VERDICT_COUNT; v++) {
        struct wire w;
        uint8_t buffer[NET_HEAD_MIN + 256];
        struct frame f = {.data = buffer + NET_HEAD_MIN, .cap = 256, .head = NET_HEAD_MIN};
        if (rows[v].base == NO_ROW)
            fail_msg("no frame for %s", verdict_name(v));
        frames_setup(state);
        row_frame(&w, &rows[v]);
        if (rows[v].before)
            rows[v].before();
        uint64_t before = nif.verdicts[v];
        memcpy(f.data, w.octet, w.len);
        f.len = (uint16_t)w.len;
        if (rows[v].base == TICK) {
            enum verdict made = net_tick(&nif, &f);
            bool ours = v >= SENT_ARP_REQUEST && v <= SENT_ARP_ANNOUNCEMENT;
            assert_int_equal(made, ours ? v : VERDICT_NONE);
        } else if (verdict_replies(v) || verdict_holds(v) || v == CONSUMED_ARP_REPLY ||
                   v == DROP_FRAGMENT_DUPLICATE ||
                   v == DROP_FRAGMENT_OVERLAP) { /* what is answered or held is for other tests */
            enum verdict got = net_input(&nif, &f);
            if (got != v)
                fail_msg("%s instead of %s", verdict_name(got), verdict_name(v));
        } else {
            expect_drop(&w, v);
        }
        assert_int_equal(nif.verdicts[v], before + 1);
    }
}

/* A frame that is cut anywhere is silence, read no further than its end, and left alone. */
static void test_each_truncation(void **state)
{
    (void)state;
    for (enum verdict v = 0; v < VERDICT_COUNT; v++) {
        struct wire w;
        frames_setup(state);
        row_frame(&w, &rows[v]);
        for (size_t len = 0; len < w.len; len++) {
            uint8_t *buffer = malloc(len);
            memcpy(buffer, w.octet, len);
            struct frame f = {.data = buffer, .len = (uint16_t)len, .cap = (uint16_t)len};
            enum verdict got = net_input(&nif, &f);
            assert_false(verdict_replies(got) || verdict_holds(got));
            assert_ptr_equal(f.data, buffer);
            assert_int_equal(f.len, len);
            assert_memory_equal(f.data, w.octet, len);
            free(buffer);
        }
    }
}

static void test_which_truncation(void **state)
{
    (void)state;
    struct wire w;
    row_frame(&w, &rows[REPLY_ARP]);
    for (w.len = 0; w.len < 42; w.len++)
        expect_drop(&w, w.len < 14 ? DROP_ETH_SHORT : DROP_ARP_SHORT);

    row_frame(&w, &rows[REPLY_ICMP_ECHO]);
    size_t whole = w.len;
    for (w.len = 0; w.len < whole; w.len++)
        expect_drop(&w, w.len < 14   ? DROP_ETH_SHORT
                        : w.len < 34 ? DROP_IPV4_SHORT
                        : w.len < 38 ? DROP_IPV4_HEADER_CUT
                                     : DROP_IPV4_LENGTH_HIGH);
}

/* The cursor over w's octets from there on, up to the end. */
static struct cursor over(struct wire *w, struct frame *f, size_t from)
{
    *f = (struct frame){.data = w->octet, .len = (uint16_t)w->len, .cap = sizeof w->octet};
    return (struct cursor){w->octet + from, w->len - from, f};
}

/* After a reply a layer's cursor is over its part of the answer, padding left out (frame.h). */
static void test_each_layer_returns_its_part(void **state)
{
    (void)state;
    struct wire w;
    struct frame f;
    struct cursor c;
    struct packet p = {.header = w.octet + 14, .version = 4, .ttl = 64, .answer_ttl = 64};

    row_frame(&w, &rows[REPLY_ICMP_ECHO]);
    c = over(&w, &f, 38);
    assert_int_equal(icmp_input(&nif, &c, &p), REPLY_ICMP_ECHO);
    assert_ptr_equal(c.pos, w.octet + 38);
    assert_int_equal(c.left, w.len - 38);

    row_frame(&w, &rows[REPLY_UDP_ECHO]);
    p.protocol = IPV4_PROTOCOL_UDP;
    c = over(&w, &f, 38);
    assert_int_equal(udp_input(&nif, &c, &p), REPLY_UDP_ECHO);
    assert_ptr_equal(c.pos, w.octet + 38);
    assert_int_equal(c.left, w.len - 38);

    row_frame(&w, &rows[REPLY_TCP_RESET]);
    p.protocol = IPV4_PROTOCOL_TCP;
    c = over(&w, &f, 38);
    assert_int_equal(tcp_input(&nif, &c, &p), REPLY_TCP_RESET);
    assert_ptr_equal(c.pos, w.octet + 38);
    assert_int_equal(c.left, 20);
}

/* The names are those of the list, each with its own meaning, and a reply is called one. */
static void test_names(void **state)
{
    (void)state;
    for (enum verdict v = 0; v < VERDICT_COUNT; v++) {
        const char *prefix = verdict_replies(v)           ? "REPLY_"
                             : v <= SENT_ARP_ANNOUNCEMENT ? "SENT_"
                             : verdict_holds(v)           ? "HELD_"
                             : v <= CONSUMED_UDP_DISCARD  ? "CONSUMED_"
                                                          : "DROP_";
        assert_true(strncmp(verdict_name(v), prefix, strlen(prefix)) == 0);
        assert_true(strlen(verdict_meaning(v)) > 0);
        for (enum verdict other = 0; other < v; other++) {
            assert_string_not_equal(verdict_name(v), verdict_name(other));
            assert_string_not_equal(verdict_meaning(v), verdict_meaning(other));
        }
    }
    assert_string_equal(verdict_name(REPLY_ARP), "REPLY_ARP");
    assert_string_equal(verdict_name(DROP_ICMP_TYPE), "DROP_ICMP_TYPE");
    assert_false(verdict_replies(VERDICT_NONE));
}

/* Whether a verdict is an answer, and whether it holds the frame, group by group of the list. */
static void test_groups(void **state)
{
    (void)state;
    unsigned count = 0;
#define V(name, meaning)                                                                           \
    assert_true(verdict_replies(name) && !verdict_holds(name));                                    \
    count++;
    VERDICTS_REPLIES(V)
#undef V
#define V(name, meaning)                                                                           \
    assert_true(verdict_holds(name) && !verdict_replies(name));                                    \
    count++;
    VERDICTS_HELD(V)
#undef V
#define V(name, meaning)                                                                           \
    assert_false(verdict_replies(name) || verdict_holds(name));                                    \
    count++;
    VERDICTS_SENT(V)
    VERDICTS_CONSUMED(V)
    VERDICTS_DROPS(V)
#undef V
    assert_int_equal(count, VERDICT_COUNT);
    assert_false(verdict_replies(VERDICT_NONE) || verdict_holds(VERDICT_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_verdict_is_reached),
        TEST(test_each_truncation),
        TEST(test_which_truncation),
        TEST(test_each_layer_returns_its_part),
        TEST(test_names),
        TEST(test_groups),
    };
    return cmocka_run_group_tests_name("verdicts", tests, NULL, NULL);
}
