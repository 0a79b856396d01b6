/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The neighbours that answers of a virtual address are handed to, on a clock that the test turns:
 * how one is asked for, what is learned of it, and how long that is believed (RFC 1122 2.3.2).
 */
#include "real_server.h"

#include <string.h>

/* Held, asked for, sent, and from then on sent at once; the answer counts when it is sent. */
static void test_c030_first_answer(void **state)
{
    (void)state;
    struct ping p = vip_ping(PEER_IP);
    nothing_due();
    assert_int_equal(give_ping(&p, &UNTAGGED), HELD_ANSWER);
    unsigned id = nif.ip_id;
    expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    assert_int_equal(net_due(&nif), nif.now + SECOND);
    nif.now += 700;
    expect_count(REPLY_ICMP_ECHO, 0);
    assert_int_equal(sent_count, 0);
    arp_reply_of(PEER_IP, PEER_MAC);
    expect_pong(&p, id, PEER_MAC, &UNTAGGED);
    expect_count(REPLY_ICMP_ECHO, 1);
    expect_count(HELD_ANSWER, 1);
    nothing_due();
    for (int i = 0; i < 100; i++)
        answered_at_once(PEER_IP, PEER_MAC);
    nothing_due();
    expect_count(REPLY_ICMP_ECHO, 101);
    expect_count(SENT_ARP_REQUEST, 1);
    assert_int_equal(returned_count, 0);
}

/* The request has the tags of the packet, priority and all; who is known in one VLAN is not in
 * another, and a priority is none. */
static void test_tagged(void **state)
{
    (void)state;
    static const struct tags ways[] = {
        {{0}, 0},
        {{0x81, 0, 0x60, 5}, 4},
        {{0x88, 0xa8, 0xa0, 5, 0x81, 0, 0x20, 6}, 8},
        {{0x88, 0xa8, 0, 6, 0x81, 0, 0, 5}, 8},
    };
    static const struct tags priority = {{0x81, 0, 0xe0, 5}, 4}, none = {{0x81, 0, 0xe0, 0}, 4};
    struct ping p = vip_ping(PEER_IP);
    struct arp a = arp_says(PEER_IP, PEER_MAC, 2);
    for (size_t i = 0; i < COUNT(ways); i++) {
        assert_int_equal(give_ping(&p, &ways[i]), HELD_ANSWER);
        unsigned id = nif.ip_id;
        expect_arp_request(PEER_IP, BROADCAST_MAC, &ways[i]);
        for (size_t j = 0; j < COUNT(ways); j++)
            if (j > i)
                assert_int_equal(give_arp(&a, &ways[j]), DROP_ARP_NOT_REQUEST);
        assert_int_equal(sent_count, 0);
        assert_int_equal(give_arp(&a, &ways[i]), CONSUMED_ARP_REPLY);
        expect_pong(&p, id, PEER_MAC, &ways[i]);
    }
    assert_int_equal(give_ping(&p, &priority), REPLY_ICMP_ECHO);
    expect_pong(&p, nif.ip_id, PEER_MAC, &priority);
    assert_int_equal(give_ping(&p, &none), REPLY_ICMP_ECHO);
    expect_pong(&p, nif.ip_id, PEER_MAC, &none);
}

/* Three times, a second apart, then it is given up; whoever comes later is asked for anew. */
static void test_c027_nobody_answers(void **state)
{
    (void)state;
    for (int round = 1; round <= 2; round++) {
        answer_held(PEER_IP);
        uint64_t begin = nif.now;
        for (int i = 0; i < 3; i++) {
            nif.now = begin + (uint64_t)i * SECOND;
            expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
            expect_no_tick(nif.now + SECOND - 1);
        }
        assert_int_equal(nif.held, 1);
        assert_int_equal(net_due(&nif), begin + 3 * SECOND);
        expect_no_tick(begin + 3 * SECOND);
        collect();
        assert_int_equal(nif.held, 0);
        nothing_due();
        assert_int_equal(returned_count, round);
        expect_count(DROP_ARP_NO_REPLY, (uint64_t)round);
        struct arp late = arp_says(PEER_IP, PEER_MAC, 2);
        assert_int_equal(give_arp(&late, &UNTAGGED), DROP_ARP_NOT_REQUEST);
    }
    assert_int_equal(sent_count, 0);
    expect_count(REPLY_ICMP_ECHO, 0);
}

/* RFC 1122 2.3.2.2: the latest one is kept. RFC 1122 2.3.2.1: no flood of requests. */
static void test_c027_flood(void **state)
{
    (void)state;
    struct ping p = vip_ping(PEER_IP);
    for (int i = 0; i < 1000; i++) {
        p.sequence = i;
        nif.now = START + (uint64_t)i * 1000;
        assert_int_equal(give_ping(&p, &UNTAGGED), HELD_ANSWER);
        assert_int_equal(nif.held, 1);
        if (i == 0)
            expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        else
            expect_no_tick(nif.now);
    }
    expect_count(DROP_ARP_NO_REPLY, 999);
    assert_int_equal(returned_count, 999);
    arp_reply_of(PEER_IP, PEER_MAC);
    expect_pong(&p, nif.ip_id, PEER_MAC, &UNTAGGED);
    expect_count(REPLY_ICMP_ECHO, 1);
    expect_count(SENT_ARP_REQUEST, 1);
}

/* RFC 826: from any packet, whatever it is for; one for us is answered besides. */
static void test_learns_from(void **state)
{
    (void)state;
    struct arp gratuitous = arp_says(PEER_IP, NEW_MAC, 1), for_us = arp_says(PEER_IP, PEER_MAC, 1);
    gratuitous.tpa = PEER_IP;
    for_us.tpa = OUR_IP;
    answer_held(PEER_IP);
    assert_int_equal(give_arp(&for_us, &UNTAGGED), REPLY_ARP);
    assert_int_equal(sent_count, 2); /* the answer to it, and the one that waited */
    assert_memory_equal(sent[1].octet, PEER_MAC, 6);
    sent_count = 0;
    nothing_due();
    assert_int_equal(give_arp(&gratuitous, &UNTAGGED), DROP_ARP_NOT_OURS);
    answered_at_once(PEER_IP, NEW_MAC); /* RFC 1122 2.3.2.1: the new one is learned */
    gratuitous = arp_says(PEER_IP, OTHER_MAC, 2);
    gratuitous.tpa = PEER_IP;
    gratuitous.eth_dst = gratuitous.tha = BROADCAST_MAC;
    assert_int_equal(give_arp(&gratuitous, &UNTAGGED), CONSUMED_ARP_REPLY);
    answered_at_once(PEER_IP, OTHER_MAC);
    struct arp other = arp_says(PEER_IP, PEER_MAC, 1);
    assert_int_equal(give_arp(&other, &UNTAGGED), DROP_ARP_NOT_OURS);
    answered_at_once(PEER_IP, PEER_MAC);
}

/* Not from what is no ARP packet of a neighbour, nor of neighbours that nobody needs. */
static void test_learns_not_from(void **state)
{
    (void)state;
    static const uint8_t group[6] = {1, 0, 0x5e, 0, 0, 1};
    answer_held(PEER_IP);
    expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    struct arp bad[6];
    for (size_t i = 0; i < COUNT(bad); i++)
        bad[i] = arp_says(PEER_IP, PEER_MAC, 2);
    bad[0].sha = group;
    bad[1].hrd = 6;
    bad[2].pln = 16;
    bad[3].spa = 0;
    bad[4].spa = OTHER_IP;
    bad[5].sha = OUR_MAC;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_not_equal(give_arp(&bad[i], &UNTAGGED), CONSUMED_ARP_REPLY);
        assert_int_equal(nif.held, 1);
    }
    struct arp flooded = arp_says(PEER_IP, PEER_MAC, 2);
    flooded.eth_dst = OTHER_MAC;
    assert_int_equal(give_arp(&flooded, &UNTAGGED), DROP_ETH_NOT_OURS);
    assert_int_equal(sent_count, 0);
    answer_held(OTHER_IP);
    assert_int_equal(nif.held, 2);
}

/* A packet from our own address is a conflict and no neighbour's. */
static void test_learns_not_from_conflicts(void **state)
{
    (void)state;
    make_known(PEER_IP, PEER_MAC);
    struct arp rival = arp_says(OUR_IP, OTHER_MAC, 2);
    assert_int_equal(give_arp(&rival, &UNTAGGED), REPLY_ARP_DEFENCE);
    sent_count = 0;
    answered_at_once(PEER_IP, PEER_MAC);
}

/* One that is used is asked after 30 s, itself alone, once a second, and no answer waits. */
static void test_c028_refresh(void **state)
{
    (void)state;
    make_known(PEER_IP, PEER_MAC);
    uint64_t known = nif.now;
    nif.now = known + 30 * SECOND - 1;
    answered_at_once(PEER_IP, PEER_MAC);
    nothing_due();
    for (unsigned i = 0; i < 30; i++) {
        nif.now = known + (30 + i) * SECOND;
        answered_at_once(PEER_IP, PEER_MAC);
        expect_arp_request(PEER_IP, PEER_MAC, &UNTAGGED);
        nothing_due();
        nif.now += SECOND - 1;
        answered_at_once(PEER_IP, PEER_MAC);
        nothing_due();
    }
    nif.now = known + 59 * SECOND + SECOND / 2;
    arp_reply_of(PEER_IP, NEW_MAC); /* at last */
    known = nif.now;
    nif.now = known + 30 * SECOND - 1;
    answered_at_once(PEER_IP, NEW_MAC);
    nothing_due();
    nif.now = known + 30 * SECOND;
    answered_at_once(PEER_IP, NEW_MAC);
    expect_arp_request(PEER_IP, NEW_MAC, &UNTAGGED);
}

/* One that is not used is not asked, and after a minute it is not believed. */
static void test_c028_expiry(void **state)
{
    (void)state;
    make_known(PEER_IP, PEER_MAC);
    uint64_t known = nif.now;
    nif.now = known + 59 * SECOND;
    nothing_due();
    nif.now = known + 60 * SECOND - 1;
    answered_at_once(PEER_IP, PEER_MAC);
    expect_arp_request(PEER_IP, PEER_MAC, &UNTAGGED);
    uint64_t asked = nif.now;
    nif.now = known + 60 * SECOND;
    answer_held(PEER_IP);
    assert_int_equal(net_due(&nif), asked + SECOND); /* not twice within a second */
    nif.now = asked + SECOND;
    expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    arp_reply_of(PEER_IP, OTHER_MAC);
    assert_int_equal(sent_count, 1);
    assert_memory_equal(sent[0].octet, OTHER_MAC, 6);
    sent_count = 0;
    known = nif.now;
    nif.now = known + 61 * SECOND;
    nothing_due();
    answer_held(PEER_IP);
    expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REAL_SERVER_TEST(test_c030_first_answer),
        REAL_SERVER_TEST(test_tagged),
        REAL_SERVER_TEST(test_c027_nobody_answers),
        REAL_SERVER_TEST(test_c027_flood),
        REAL_SERVER_TEST(test_learns_from),
        REAL_SERVER_TEST(test_learns_not_from),
        REAL_SERVER_TEST(test_learns_not_from_conflicts),
        REAL_SERVER_TEST(test_c028_refresh),
        REAL_SERVER_TEST(test_c028_expiry),
    };
    return cmocka_run_group_tests_name("neighbours", tests, NULL, NULL);
}
