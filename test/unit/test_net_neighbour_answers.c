/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of every kind that wait for a neighbour: they leave as they would have left at once. */
#include "real_server.h"

#include "net/reassembly.h"

#include <string.h>

static void test_all_answers(void **state)
{
    static const struct {
        int dport; /* 0: a TCP segment, -1: an unknown protocol */
        enum verdict want;
    } cases[] = {
        {7, REPLY_UDP_ECHO},
        {862, REPLY_STAMP},
        {33434, REPLY_ICMP_PORT_UNREACHABLE},
        {0, REPLY_TCP_RESET},
        {-1, REPLY_ICMP_PROTOCOL_UNREACHABLE},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct wire w;
        real_server_setup(state);
        if (cases[i].dport > 0) {
            struct udp u = udp_request(cases[i].dport);
            u.ip.src = PEER_IP;
            u.ip.dst = VIP;
            wire_udp(&w, &u);
        } else if (cases[i].dport == 0) {
            struct tcp t = tcp_request(0x02);
            t.ip.dst = VIP;
            wire_tcp(&w, &t);
        } else {
            struct ip ip = ip_request(132);
            ip.dst = VIP;
            wire_ip(&w, &ip, 8);
            wire_fill(&w, 1, w.len + 8);
        }
        assert_int_equal(pool_give(&w), HELD_ANSWER);
        expect_count(cases[i].want, 0);
        expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        arp_reply_of(PEER_IP, NEW_MAC);
        expect_count(cases[i].want, 1);
        assert_int_equal(sent_count, 1);
        struct wire first = sent[0];
        assert_memory_equal(first.octet, NEW_MAC, 6);
        sent_count = 0;
        nif.ip_id--; /* the same again, answered at once, has the same octets */
        assert_int_equal(pool_give(&w), cases[i].want);
        assert_int_equal(sent[0].len, first.len);
        assert_memory_equal(sent[0].octet, first.octet, first.len);
        sent_count = 0;
        assert_int_equal(real_server_teardown(state), 0);
    }
}

/* A time as STAMP sends it (RFC 5905 6). */
static uint64_t ntp(const uint8_t *octet)
{
    uint64_t time = 0;
    for (int i = 0; i < 8; i++)
        time = time << 8 | octet[i];
    return time;
}

/* A test packet of 56 octets, whose answer has to wait. */
static void held_stamp(void)
{
    struct wire w;
    struct udp u = udp_request(862);
    u.ip.src = PEER_IP;
    u.ip.dst = VIP;
    wire_udp(&w, &u);
    assert_int_equal(pool_give(&w), HELD_ANSWER);
}

/* A STAMP answer that had to wait says when it left. */
static void test_waiting_stamp(void **state)
{
    (void)state;
    held_stamp();
    expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    nif.now += SECOND;
    frame_transmit = nif.now + SECOND / 2;
    arp_reply_of(PEER_IP, NEW_MAC);
    assert_int_equal(sent_count, 1);
    const uint8_t *udp = sent[0].octet + 34, *stamp = udp + 8;
    assert_int_equal(ntp(stamp + 4) - ntp(stamp + 16), 0x180000000);
    assert_int_equal(transport_sum(VIP, PEER_IP, 17, udp, 8 + 56), 0xffff);
    sent_count = 0;
}

/* One that is given up leaves nothing to be written to in its buffer: see collect(). */
static void test_waiting_stamp_given_up(void **state)
{
    held_stamp();
    assert_int_equal(real_server_teardown(state), 0);
    expect_count(DROP_ARP_NO_REPLY, 1);
}

/* All fragments of an answer wait together, and go to one place though they came from two. */
static void test_fragments_wait_together(void **state)
{
    (void)state;
    static uint8_t data[128];
    struct udp u = udp_request(7);
    u.ip.dst = VIP;
    u.data = data;
    u.data_len = sizeof data;
    struct wire whole, piece[2];
    wire_udp(&whole, &u);
    for (int i = 0; i < 2; i++) {
        struct ip ip = u.ip;
        ip.eth_src = i ? OTHER_MAC : DIRECTOR_MAC;
        ip.flags_offset = i ? 72 / 8 : 0x2000;
        wire_ip(&piece[i], &ip, i ? 64 : 72);
        wire_copy(&piece[i], whole.octet + 34 + (i ? 72 : 0), i ? 64 : 72);
    }
    for (int round = 0; round < 3; round++) {
        bool known = round == 1;
        for (int i = 0; i < 2; i++)
            assert_int_equal(pool_give(&piece[i]), HELD_FRAGMENT);
        if (!known) {
            assert_int_equal(sent_count, 0);
            assert_int_equal(nif.held, 2);
            expect_count(REPLY_UDP_ECHO, (uint64_t)round);
            expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        }
        if (round == 0)
            arp_reply_of(PEER_IP, NEW_MAC);
        if (round < 2) {
            assert_int_equal(sent_count, 2);
            expect_count(REPLY_UDP_ECHO, (uint64_t)round + 1);
            for (int i = 0; i < 2; i++) {
                assert_memory_equal(sent[i].octet, NEW_MAC, 6);
                assert_int_equal(sent[i].octet[20] << 8 | sent[i].octet[21], i ? 9 : 0x2000);
            }
            assert_int_equal(nif.held, 0);
            nothing_due();
        }
        sent_count = 0;
        nif.now += (round == 1 ? 61 * SECOND : 1);
    }
    /* given up together too, by an answer that comes later */
    answer_held(PEER_IP);
    assert_int_equal(nif.held, 1);
    assert_int_equal(returned_count, 2);
    expect_count(DROP_ARP_NO_REPLY, 1);
}

/* Of a datagram in fragments whose answer is one frame, that one waits and the others are free. */
static void test_what_is_no_answer_does_not_wait(void **state)
{
    (void)state;
    static uint8_t data[100];
    struct tcp t = tcp_request(0x02);
    struct wire whole, piece;
    t.ip.dst = VIP;
    t.data = data;
    t.data_len = 60;
    wire_tcp(&whole, &t);
    for (unsigned i = 0; i < 2; i++) {
        struct ip ip = t.ip;
        ip.flags_offset = i ? 56 / 8 : 0x2000;
        wire_ip(&piece, &ip, i ? 24 : 56);
        wire_copy(&piece, whole.octet + 34 + 56 * i, i ? 24 : 56);
        assert_int_equal(pool_give(&piece), HELD_FRAGMENT);
    }
    assert_int_equal(nif.held, 1);
    assert_int_equal(returned_count, 1);
    expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    arp_reply_of(PEER_IP, NEW_MAC);
    assert_int_equal(sent_count, 1);
    assert_memory_equal(sent[0].octet, NEW_MAC, 6);
    expect_count(REPLY_TCP_RESET, 1);
}

/* Time Exceeded about a datagram for the virtual address goes the same way. */
static void test_c061_time_exceeded(void **state)
{
    (void)state;
    struct ping first = vip_ping(PEER_IP);
    first.flags_offset = 0x2000;
    assert_int_equal(give_ping(&first, &UNTAGGED), HELD_FRAGMENT);
    expect_no_tick(nif.now + REASSEMBLY_TIMEOUT_US - 1);
    nif.now += 1;
    expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    expect_count(REPLY_ICMP_TIME_EXCEEDED, 0);
    arp_reply_of(PEER_IP, NEW_MAC);
    expect_count(REPLY_ICMP_TIME_EXCEEDED, 1);
    assert_int_equal(sent_count, 1);
    assert_memory_equal(sent[0].octet, NEW_MAC, 6);
    assert_int_equal(sent[0].octet[34] << 8 | sent[0].octet[35], 0x0b01);
    sent_count = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REAL_SERVER_TEST(test_all_answers),
        REAL_SERVER_TEST(test_waiting_stamp),
        REAL_SERVER_TEST(test_waiting_stamp_given_up),
        REAL_SERVER_TEST(test_fragments_wait_together),
        REAL_SERVER_TEST(test_what_is_no_answer_does_not_wait),
        REAL_SERVER_TEST(test_c061_time_exceeded),
    };
    return cmocka_run_group_tests_name("neighbours: answers", tests, NULL, NULL);
}
