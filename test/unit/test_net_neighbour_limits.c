/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many neighbours there may be, how many are asked for at once, and which makes room for another:
 * nobody who invents addresses takes another client's place.
 */
#include "real_server.h"

#include <string.h>

#define ROOM  64 /* for neighbours */
#define SHARE 32 /* of it, for those that are asked for */

static uint32_t client(unsigned i)
{
    return 0xc0a8640a + i;
}

static const uint8_t *client_mac(unsigned i)
{
    static uint8_t macs[2 * ROOM][6];
    memcpy(macs[i], (uint8_t[]){2, 0, 0, 0, 1, (uint8_t)i}, 6);
    return macs[i];
}

static void answered_directly(unsigned i)
{
    answered_at_once(client(i), client_mac(i));
}

/* A share of the table is neighbours that are being asked for: the next one's answer goes back,
 * until one of them is known or given up. */
static void test_c027_too_many(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SHARE; i++)
        answer_held(client(i));
    for (unsigned second = 0; second < 3; second++) {
        answered_at_once(client(SHARE), DIRECTOR_MAC);
        for (unsigned i = 0; i < SHARE; i++)
            expect_arp_request(client(i), BROADCAST_MAC, &UNTAGGED);
        answered_at_once(client(SHARE), DIRECTOR_MAC);
        nif.now += SECOND - 1;
        answered_at_once(client(SHARE), DIRECTOR_MAC);
        nif.now += 1;
    }
    arp_reply_of(client(5), client_mac(5));
    sent_count = 0;
    answer_held(client(SHARE));
    answered_at_once(client(SHARE + 1), DIRECTOR_MAC);
    expect_arp_request(client(SHARE), BROADCAST_MAC, &UNTAGGED); /* and the others are given up */
    collect();
    expect_count(DROP_ARP_NO_REPLY, SHARE - 1);
    for (unsigned i = SHARE + 1; i < 2 * SHARE; i++)
        answer_held(client(i));
    answered_at_once(client(2 * SHARE), DIRECTOR_MAC);
    answered_directly(5);
}

/* The table is full of neighbours that were asked for within a second, so all of them stay. */
static void test_c027_full(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROOM; i++)
        make_known(client(i), client_mac(i));
    nif.now += SECOND - 1;
    answered_at_once(client(ROOM), DIRECTOR_MAC);
    nif.now += 1;
    make_known(client(ROOM), client_mac(ROOM));
    for (unsigned i = 1; i <= ROOM; i++)
        answered_directly(i);
    answer_held(client(0)); /* of those used at one time the first was displaced */
}

/* Who is being asked for stays, though it is late for the next request: an answer waits. */
static void test_c027_late(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SHARE - 1; i++)
        answer_held(client(i));
    nif.now += 1;
    for (unsigned i = SHARE - 1; i < ROOM; i++) {
        answer_held(client(i));
        arp_reply_of(client(i), client_mac(i));
        sent_count = 0;
    }
    nif.now += 5 * SECOND;
    answer_held(client(ROOM));
    assert_int_equal(nif.held, SHARE);
    for (unsigned i = 0; i < SHARE - 1; i++)
        arp_reply_of(client(i), client_mac(i));
    assert_int_equal(sent_count, SHARE - 1);
    sent_count = 0;
    assert_int_equal(returned_count, 0);
}

/* Who is used stays, though others were known later. */
static void test_least_recently_used(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROOM; i++) {
        nif.now += 1;
        make_known(client(i), client_mac(i));
    }
    nif.now += 2 * SECOND;
    for (unsigned i = 0; i < ROOM; i++)
        if (i != 7)
            answered_directly(i);
    make_known(client(ROOM), client_mac(ROOM));
    for (unsigned i = 0; i <= ROOM; i++)
        if (i != 7)
            answered_directly(i);
    nothing_due();
    nif.now += 2 * SECOND;
    answer_held(client(7));
}

/* The gateway is a neighbour like any other: as long as it is used, it stays, although more others
 * come and go than there is room for; and once it is not, it goes like them. */
static void test_gateway_in_use_stays(void **state)
{
    (void)state;
    nif.config.gateway = GATEWAY;
    answer_held(FAR);
    expect_arp_request(GATEWAY, BROADCAST_MAC, &UNTAGGED);
    arp_reply_of(GATEWAY, NEW_MAC);
    sent_count = 0;
    for (unsigned i = 0; i < 2 * ROOM; i++) {
        nif.now += SECOND / 10;
        make_known(client(i), client_mac(i));
        if (i % 8 == 0)
            answered_at_once(FAR, NEW_MAC);
    }
    expect_count(SENT_ARP_REQUEST, 2 * ROOM + 1); /* the gateway was asked for once */
    for (unsigned i = 0; i < ROOM; i++) {
        nif.now += SECOND / 10;
        make_known(client(i), client_mac(i)); /* it had to go */
    }
    answer_held(FAR);
}

/* Each VLAN has its gateway. Where there are more than there is room for, others have some too. */
static void test_gateways_of_many_vlans(void **state)
{
    (void)state;
    struct ping p = vip_ping(FAR);
    struct arp a = arp_says(GATEWAY, NEW_MAC, 2);
    nif.config.gateway = GATEWAY;
    for (uint8_t vid = 1; vid <= ROOM; vid++) {
        struct tags tags = {{0x81, 0, 0, vid}, 4};
        assert_int_equal(give_ping(&p, &tags), HELD_ANSWER);
        assert_int_equal(give_arp(&a, &tags), CONSUMED_ARP_REPLY);
        sent_count = 0;
    }
    nif.now += 2 * SECOND;
    make_known(client(0), client_mac(0));
    answer_held(FAR);
    arp_reply_of(GATEWAY, NEW_MAC);
    sent_count = 0;
    answered_at_once(FAR, NEW_MAC);
    answered_directly(0);
}

/* Does what is due. Nobody is asked for more than once a second (RFC 1122 2.3.2.1). Of those who
 * are, the gateway and the first few clients answer. */
static void answer_requests(uint64_t *asked, unsigned clients)
{
    uint8_t octet[64] = {0};
    struct frame f = {.data = octet, .cap = sizeof octet};
    while (net_due(&nif) <= nif.now) {
        if (net_tick(&nif, &f) == VERDICT_NONE)
            continue;
        uint8_t last = octet[41];
        assert_true(asked[last] == 0 || nif.now - asked[last] >= SECOND);
        asked[last] = nif.now;
        if (last == (uint8_t)GATEWAY)
            arp_reply_of(GATEWAY, NEW_MAC);
        else if (last < (uint8_t)client(clients))
            arp_reply_of(client(last - client(0) % 256), client_mac(last - client(0) % 256));
    }
    collect();
    sent_count = 0;
}

/* Twenty clients are in touch all the time, as is one behind the gateway: for minutes no answer
 * of theirs waits or goes back, but each one's first. */
static void test_many_clients(void **state)
{
    (void)state;
    uint64_t asked[256] = {0};
    nif.config.gateway = GATEWAY;
    for (unsigned turn = 0; turn < 4000; turn++) {
        nif.now += SECOND / 20;
        for (unsigned i = 0; i < 20; i++)
            turn ? answered_directly(i) : answer_held(client(i));
        turn ? answered_at_once(FAR, NEW_MAC) : answer_held(FAR);
        answer_requests(asked, 20);
    }
    expect_count(HELD_ANSWER, 21);
}

/* Meanwhile somebody pings in the name of hosts that there are not, twenty and two hundred a
 * second. */
static void test_c027_made_up_clients(void **state)
{
    (void)state;
    for (unsigned rate = 1; rate <= 10; rate += 9) {
        uint64_t asked[256] = {0};
        unsigned made_up = 0;
        real_server_setup(state);
        nif.config.gateway = GATEWAY;
        for (unsigned turn = 0; turn < 4000; turn++) {
            nif.now += SECOND / 20;
            for (unsigned i = 0; i < rate; i++) {
                struct ping p = vip_ping(client(20 + made_up++ % 200));
                give_ping(&p, &UNTAGGED);
            }
            sent_count = 0;
            for (unsigned i = 0; i < 20; i++)
                turn ? answered_directly(i) : answer_held(client(i));
            turn ? answered_at_once(FAR, NEW_MAC) : answer_held(FAR);
            answer_requests(asked, 20);
        }
        if (rate == 1)
            assert_int_equal(real_server_teardown(state), 0);
    }
}

/* No more is held than may be: the answer goes back; but the neighbour is asked for. */
static void test_held_max(void **state)
{
    (void)state;
    nif.held_max = 2;
    answer_held(client(0));
    answer_held(client(1));
    answered_at_once(client(2), DIRECTOR_MAC);
    answered_at_once(client(1), DIRECTOR_MAC);
    for (unsigned i = 0; i < 3; i++)
        expect_arp_request(client(i), BROADCAST_MAC, &UNTAGGED);
    arp_reply_of(client(2), client_mac(2));
    answered_at_once(client(2), client_mac(2));
    arp_reply_of(client(0), client_mac(0));
    assert_int_equal(sent_count, 1);
    sent_count = 0;
    answer_held(client(3));
}

/* A first or middle piece of a ping to our own address, which is held until the rest has come. */
static enum verdict give_piece(int offset)
{
    struct ping p = vip_ping(PEER_IP);
    p.dst = OUR_IP;
    p.flags_offset = offset / 8 | 0x2000;
    return give_ping(&p, &UNTAGGED);
}

/* Fragments find room where answers wait for a neighbour; what has a way goes first. */
static void test_c063_fragments_come_first(void **state)
{
    (void)state;
    nif.held_max = 3;
    for (unsigned i = 0; i < 3; i++)
        answer_held(client(i));
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(give_piece(64 * (int)i), HELD_FRAGMENT);
        expect_count(DROP_ARP_NO_REPLY, i + 1);
        assert_int_equal(nif.held, 3);
    }
    expect_count(DROP_FRAGMENT_GIVEN_UP, 0);
    assert_int_equal(give_piece(192), HELD_FRAGMENT);
    expect_count(DROP_FRAGMENT_GIVEN_UP, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REAL_SERVER_TEST(test_c027_too_many),
        REAL_SERVER_TEST(test_c027_full),
        REAL_SERVER_TEST(test_c027_late),
        REAL_SERVER_TEST(test_least_recently_used),
        REAL_SERVER_TEST(test_gateway_in_use_stays),
        REAL_SERVER_TEST(test_gateways_of_many_vlans),
        REAL_SERVER_TEST(test_many_clients),
        REAL_SERVER_TEST(test_c027_made_up_clients),
        REAL_SERVER_TEST(test_held_max),
        REAL_SERVER_TEST(test_c063_fragments_come_first),
    };
    return cmocka_run_group_tests_name("neighbours: limits", tests, NULL, NULL);
}
