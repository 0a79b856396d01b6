/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many fragments the core holds: no more than the limit, the oldest datagram makes room, and
 * every frame comes back once.
 */
#include "fragments.h"

#include "net/reassembly.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* No more than the limit: the oldest datagram goes. */
static void test_c063_limit(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    for (uint16_t limit = 2; limit < 20; limit++) {
        hold_at_most(limit);
        uint64_t given_up = nif.verdicts[DROP_FRAGMENT_GIVEN_UP];
        for (int id = 0; id < 100; id++) {
            give_first_of(id);
            nif.now++;
            assert_in_range(nif.held, 1, limit);
            expect_count(DROP_FRAGMENT_GIVEN_UP,
                         given_up + (id < limit ? 0 : (unsigned)(id - limit + 1)));
        }
        expect_silence();
        request.ip.id = 99; /* the youngest is there still, and a whole ping is answered */
        give_piece(40, 85);
        expect_answer(cuts, 2);
        use_ping(117);
        request.ip.id = 1000;
        give_all(cuts, 2);
        expect_answer(cuts, 2);
        nif.config.icmp_rate = 0;
        tick_at(nif.now + 2 * TIMEOUT);
        nif.config.icmp_rate = 1000;
    }
}

/* A datagram of more pieces than may be held never becomes whole, and does no harm. */
static void test_c063_too_many_pieces(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    hold_at_most(4);
    for (int round = 0; round < 10; round++) {
        use_ping(8 * 20);
        for (size_t offset = 0; offset < request.len; offset += 8) {
            give_piece(offset, 8);
            assert_in_range(nif.held, 1, 4);
        }
        expect_silence();
        use_ping(117);
        request.ip.id = 1;
        give_all(cuts, 2);
        expect_answer(cuts, 2);
    }
    nif.config.icmp_rate = 0;
}

/* The table of datagrams is full: the oldest goes, wherever it stands. */
static void test_c063_datagrams(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    for (int id = 0; id < REASSEMBLY_DATAGRAMS_MAX; id++) {
        give_first_of(id);
        nif.now += 1000;
    }
    expect_count(DROP_FRAGMENT_GIVEN_UP, 0);
    use_ping(117);
    request.ip.id = 0; /* completes, and so is no longer the oldest */
    give_piece(40, 85);
    expect_answer(cuts, 2);
    give_first_of(5000);
    expect_count(DROP_FRAGMENT_GIVEN_UP, 0);
    nif.now += 1000;
    give_first_of(5001); /* instead of 1 */
    expect_count(DROP_FRAGMENT_GIVEN_UP, 1);
    assert_int_equal(nif.held, REASSEMBLY_DATAGRAMS_MAX);
    expect_silence();
    use_ping(117);
    request.ip.id = 2;
    give_piece(40, 85);
    expect_answer(cuts, 2);
    request.ip.id = 1;
    give_piece(40, 85); /* the first half is gone */
    expect_silence();
    nif.config.icmp_rate = 0;
}

/* As many as there are entries, and not one more. */
static void test_c063_largest_limit(void **state)
{
    (void)state;
    static const uint16_t limits[] = {511, 512, 513, 65535};
    for (size_t j = 0; j < COUNT(limits); j++) {
        hold_at_most(limits[j]);
        use_ping(8 * 1000);
        for (size_t i = 0; i < 1400; i++) {
            give_piece(i % 900 * 8, 8);
            assert_in_range(nif.held, 1, limits[j] < 512 ? limits[j] : 512);
        }
        expect_silence();
        nif.config.icmp_rate = 0;
        tick_at(nif.now + 2 * TIMEOUT);
    }
}

/* Whatever the memory held before. */
static void test_init(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    memset(&nif.reassembly, 0xa5, sizeof nif.reassembly);
    hold_at_most(8);
    assert_true(net_due(&nif) == UINT64_MAX);
    collect();
    expect_silence();
    for (int id = 0; id < 100; id++) {
        use_ping(117);
        request.ip.id = id;
        give_all(cuts, 2);
        expect_answer(cuts, 2);
    }
}

/* It writes nothing but what has to be known at the start: which fragments and datagrams are free. */
static void test_init_alone(void **state)
{
    (void)state;
    static struct netif expected;
    memset(&nif, 0xa5, sizeof nif);
    memset(&expected, 0xa5, sizeof expected);
    reassembly_init(&nif.reassembly);
    expected.reassembly.unused = 1;
    for (unsigned i = 0; i < REASSEMBLY_FRAGMENTS_MAX; i++)
        expected.reassembly.fragments[i].next =
            (uint16_t)(i + 1 < REASSEMBLY_FRAGMENTS_MAX ? i + 2 : 0);
    for (unsigned i = 0; i < REASSEMBLY_DATAGRAMS_MAX; i++)
        expected.reassembly.datagrams[i].first = 0;
    assert_memory_equal(&nif, &expected, sizeof nif);
    frames_setup(NULL);
}

/* What lies behind the table of datagrams, where the fragments are, is no datagram: not a whole
 * one, nor the one of that key. */
static void test_end_of_the_table(void **state)
{
    (void)state;
    struct reassembly *r = &nif.reassembly;
    struct datagram_key key;
    struct wire w;
    struct frame f;
    const struct eth_header e = {.tag_count = 0};
    bool is_answer;
    use_ping(117);
    wire_piece(&w, &request, 0, 40);
    uint8_t *memory = frame_make(&f, &w, w.len);
    struct cursor c = {f.data + 34, 40, &f};
    memset(&r->fragments[1], 1, 16 * sizeof r->fragments[1]); /* free, but for the first */
    r->unused = 1;
    r->fragments[0].next = 0;
    memset(&r->fragments[0], 1, offsetof(struct fragment, next));
    assert_null(reassembly_whole(r));
    memcpy(&key, r->datagrams + REASSEMBLY_DATAGRAMS_MAX, sizeof key);
    assert_int_equal(reassembly_input(&nif, &c, &key, &e, f.data + 14, 0, true), HELD_FRAGMENT);
    assert_int_equal(r->datagrams[0].first, 1);
    reassembly_release(&nif, &r->datagrams[0]);
    assert_ptr_equal(net_released(&nif, &is_answer), &f);
    free(memory);
    frames_setup(NULL);
    nif.claim.announcements_left = 0;
}

/* The first entry of the table is free, and is not taken for the oldest datagram. */
static void test_c063_oldest_behind_a_free_entry(void **state)
{
    (void)state;
    hold_at_most(4);
    give_first_of(1);
    nif.now++;
    give_first_of(2);
    use_ping(117);
    request.ip.id = 1;
    give_piece(40, 85); /* whole */
    sent_count = 0;
    request.ip.id = 2;
    for (size_t offset = 48; offset < 72; offset += 8)
        assert_int_equal(give_piece(offset, 8), HELD_FRAGMENT);
    assert_int_equal(nif.held, 4);
    expect_count(DROP_FRAGMENT_GIVEN_UP, 0);
    assert_int_equal(give_piece(72, 8), HELD_FRAGMENT);
    expect_count(DROP_FRAGMENT_GIVEN_UP, 1);
    assert_int_equal(nif.held, 1);
}

static void test_c063_none_at_all(void **state)
{
    (void)state;
    hold_at_most(0);
    use_ping(117);
    assert_int_equal(give_piece(0, 40), DROP_FRAGMENT_GIVEN_UP);
    assert_int_equal(give_piece(40, 85), DROP_FRAGMENT_GIVEN_UP);
    expect_silence();
    struct ping p = ping_request();
    ping_answered(&p);
}

/* A flood of first pieces from everywhere; a whole ping in between is answered. */
static void test_c063_flood(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    for (unsigned i = 0; i < 5000; i++) {
        give_first_of((int)(i & 0xffff));
        nif.now += 10;
        if (i % 100 == 99) {
            use_ping(117);
            request.ip.src = OTHER_IP;
            give_all(cuts, 2);
            expect_answer(cuts, 2);
        }
    }
    nif.config.icmp_rate = 0;
}

/* What is not kept costs nobody's place: not the oldest's, although the limit is reached. */
static void test_c063_dropped_at_the_limit(void **state)
{
    (void)state;
    struct wire w;
    hold_at_most(4);
    give_first_of(1);
    use_ping(117);
    request.ip.id = 2;
    for (unsigned at = 0; at < 24; at += 8) {
        wire_piece(&w, &request, at, 8);
        assert_int_equal(pool_give(&w), HELD_FRAGMENT);
    }
    wire_piece(&w, &request, 8, 8);
    assert_int_equal(pool_give(&w), DROP_FRAGMENT_DUPLICATE);
    assert_int_equal(nif.verdicts[DROP_FRAGMENT_GIVEN_UP], 0);
    assert_int_equal(nif.held, 4);
    wire_piece(&w, &request, 0, 16);
    assert_int_equal(pool_give(&w), DROP_FRAGMENT_OVERLAP);
    assert_int_equal(nif.verdicts[DROP_FRAGMENT_GIVEN_UP], 0);
    assert_int_equal(nif.held, 1);
    nif.config.icmp_rate = 0;
}

/* The caller is late in taking frames back: no harm, whatever comes. */
static void test_caller_is_late(void **state)
{
    (void)state;
    struct wire w;
    hold_at_most(4);
    for (unsigned i = 0; i < 3000; i++) {
        use_ping(117);
        request.ip.id = (int)(i / 3 % 2);
        static const struct cut mix[] = {{0, 40}, {40, 40}, {32, 16}, {80, 45}, {40, 40}};
        wire_piece(&w, &request, mix[i % 5].offset, mix[i % 5].len);
        give_only(&w);
        if (i % 600 == 599)
            collect();
    }
    collect();
    tick_at(nif.now + 2 * TIMEOUT);
    sent_count = 0;
    /* The one that hurt: a datagram up to the limit, released by a fragment that overlaps. */
    hold_at_most(4);
    use_ping(117);
    for (unsigned at = 0; at < 32; at += 8) {
        wire_piece(&w, &request, at, 8);
        give_only(&w);
    }
    wire_piece(&w, &request, 0, 16);
    assert_int_equal(give_only(&w), DROP_FRAGMENT_OVERLAP);
    wire_piece(&w, &request, 0, 16);
    assert_int_equal(give_only(&w), DROP_FRAGMENT_GIVEN_UP);
    collect();
    assert_int_equal(pool_give(&w), HELD_FRAGMENT);
    nif.config.icmp_rate = 0;
}

/* So late that every entry is taken: what comes then is dropped. */
static void test_caller_is_very_late(void **state)
{
    (void)state;
    unsigned held = 0;
    nif.config.icmp_rate = 0;
    hold_at_most(500);
    for (int id = 0; id < 600; id++) {
        struct wire w;
        use_ping(117);
        request.ip.id = id;
        wire_piece(&w, &request, 0, 40);
        enum verdict v = give_only(&w);
        assert_int_equal(v, held <= 500 ? HELD_FRAGMENT : DROP_FRAGMENT_GIVEN_UP);
        held += v == HELD_FRAGMENT;
    }
    collect();
    assert_in_range(nif.held, 1, REASSEMBLY_DATAGRAMS_MAX);
}

/* The same with everything that there is: tags, services, few places, errors on. No frame is lost
 * and none comes twice; collect() says so. */
static void test_leaks(void **state)
{
    (void)state;
    uint64_t random = 42;
    hold_at_most(24);
    nif.config.vip[0] = 0xcb007107;
    nif.config.vip_count = 1;
    for (unsigned round = 0; round < 100000; round++) {
        static const int ports[] = {7, 9, 862, 33434};
        struct wire w;
        random = random * 6364136223846793005u + 1442695040888963407u;
        if (random >> 63)
            use_udp(ports[random >> 33 & 3], 117);
        else
            use_ping(117);
        if (random >> 63)
            set16(request.payload + 6, 0);
        size_t piece = (random >> 35) % 5;
        request.ip.id = (int)(random >> 40 & 3);
        wire_piece(&w, &request, piece * 24, piece == 4 ? 125 - 96 : 24);
        static const uint8_t tags[8] = {0x88, 0xa8, 0, 5, 0x81, 0, 0, 6};
        if ((random >> 50 & 7) == 0)
            wire_tag(&w, tags, random >> 53 & 1 ? 8 : 4);
        pool_give(&w);
        if ((random >> 54 & 15) == 0)
            tick_at(nif.now + (random >> 58) * SECOND);
        assert_in_range(nif.held, 0, 24);
        sent_count = 0;
    }
    static const enum verdict seen[] = {
        REPLY_ICMP_ECHO,          REPLY_UDP_ECHO,          CONSUMED_UDP_DISCARD,
        REPLY_ICMP_TIME_EXCEEDED, DROP_FRAGMENT_TIMEOUT,   REPLY_ICMP_PORT_UNREACHABLE,
        DROP_FRAGMENT_GIVEN_UP,   DROP_FRAGMENT_DUPLICATE,
    };
    for (size_t i = 0; i < COUNT(seen); i++)
        if (nif.verdicts[seen[i]] < 20)
            fail_msg("%s: only %lu", verdict_name(seen[i]), (unsigned long)nif.verdicts[seen[i]]);
    nif.config.icmp_rate = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRAGMENT_TEST(test_c063_limit),
        FRAGMENT_TEST(test_c063_too_many_pieces),
        FRAGMENT_TEST(test_c063_datagrams),
        FRAGMENT_TEST(test_c063_largest_limit),
        FRAGMENT_TEST(test_init),
        FRAGMENT_TEST(test_init_alone),
        FRAGMENT_TEST(test_end_of_the_table),
        FRAGMENT_TEST(test_c063_oldest_behind_a_free_entry),
        FRAGMENT_TEST(test_c063_none_at_all),
        FRAGMENT_TEST(test_c063_flood),
        FRAGMENT_TEST(test_c063_dropped_at_the_limit),
        FRAGMENT_TEST(test_caller_is_late),
        FRAGMENT_TEST(test_caller_is_very_late),
        FRAGMENT_TEST(test_leaks),
    };
    return cmocka_run_group_tests_name("reassembly: limits", tests, NULL, NULL);
}
