/* SPDX-License-Identifier: BSD-2-Clause */
/* How long the core waits for the fragments of a datagram (RFC 1122 3.3.2), and whom it tells. */
#include "fragments.h"

/* So long from the first piece that came, whatever came since (RFC 1122 3.3.2). */
static void test_c061_time_out(void **state)
{
    (void)state;
    const uint64_t start = nif.now;
    assert_true(net_due(&nif) == UINT64_MAX);
    use_ping(117);
    give_piece(40, 40);
    assert_int_equal(net_due(&nif), start + TIMEOUT);
    nif.now = start + 59 * SECOND;
    give_piece(80, 45);
    assert_int_equal(net_due(&nif), start + TIMEOUT);
    request.ip.id = 7;
    give_piece(40, 40);
    assert_int_equal(net_due(&nif), start + TIMEOUT);
    tick_at(start + TIMEOUT - 1);
    assert_int_equal(nif.held, 3);
    tick_at(start + TIMEOUT);
    assert_int_equal(nif.held, 1);
    assert_int_equal(net_due(&nif), start + TIMEOUT + 59 * SECOND);
    tick_at(start + TIMEOUT + 59 * SECOND);
    assert_int_equal(nif.held, 0);
    assert_true(net_due(&nif) == UINT64_MAX);
    expect_count(DROP_FRAGMENT_TIMEOUT, 2);
    expect_silence(); /* the first piece never came */
}

/* Time Exceeded, code 1, about the first piece: byte by byte, the others silent. */
static void test_c061_time_exceeded(void **state)
{
    (void)state;
    static const size_t firsts[] = {8, 40, 520, 528, 1480};
    static const uint8_t tag[4] = {0x81, 0, 0x20, 9};
    for (size_t i = 0; i < COUNT(firsts); i++) {
        for (int tagged = 0; tagged <= 1; tagged++) {
            struct wire first, error;
            use_udp(7, 5000);
            wire_piece(&first, &request, 0, firsts[i]);
            wire_icmp_error(&error, &first, 11, 1, 0);
            if (tagged) {
                wire_tag(&first, tag, 4);
                size_t len = 14 + (size_t)(error.octet[16] << 8 | error.octet[17]);
                error.len = len;
                wire_tag(&error, tag, 4);
                wire_fill(&error, 0, FRAME_MIN);
                give_tagged(tag, 4, 2960, 1480);
                give_tagged(tag, 4, 4440, 568);
            } else {
                give_piece(2960, 1480);
                give_piece(4440, 568);
            }
            assert_int_equal(pool_give(&first), HELD_FRAGMENT);
            expect_silence();
            tick_at(nif.now + TIMEOUT);
            sent_only(&error);
        }
    }
    expect_count(REPLY_ICMP_TIME_EXCEEDED, 2 * COUNT(firsts));
}

/* No word from an address that was given up meanwhile; one that is back has its say. */
static void test_c061_address_given_up(void **state)
{
    (void)state;
    for (int back = 0; back <= 1; back++) {
        use_ip(OUR_IP, 24);
        use_ping(117);
        give_piece(0, 40);
        use_ip(0, 0);
        if (back)
            use_ip(OUR_IP, 24);
        tick_at(nif.now + TIMEOUT);
        assert_int_equal(sent_count, back);
        expect_count(DROP_FRAGMENT_TIMEOUT, 1);
        sent_count = 0;
    }
}

/* Never about an ICMP error (RFC 1122 3.2.2); about a ping, yes. */
static void test_c088_no_time_exceeded_about_errors(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        use_ping(117);
        request.payload[0] = (uint8_t)type;
        give_piece(0, 40);
        tick_at(nif.now + TIMEOUT);
        bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
        assert_int_equal(sent_count, !error);
        sent_count = 0;
    }
    expect_count(DROP_FRAGMENT_TIMEOUT, 5);
}

/* ... nor is it taken for one what only begins like it: a datagram from a port 0x03xx. */
static void test_c061_time_exceeded_about_udp(void **state)
{
    (void)state;
    static const uint8_t types[] = {3, 4, 5, 11, 12};
    for (size_t i = 0; i < COUNT(types); i++) {
        use_udp(7, 117);
        request.payload[0] = types[i];
        give_piece(0, 40);
        tick_at(nif.now + TIMEOUT);
        assert_int_equal(sent_count, 1);
        sent_count = 0;
    }
}

/* All at once, from a time before: limited like any error. */
static void test_c094_time_exceeded_is_limited(void **state)
{
    (void)state;
    nif.config.icmp_burst = 10;
    for (int id = 0; id < 25; id++)
        give_first_of(id);
    tick_at(nif.now + TIMEOUT + 5 * SECOND);
    assert_int_equal(sent_count, 10);
    expect_count(REPLY_ICMP_TIME_EXCEEDED, 10);
    expect_count(DROP_FRAGMENT_TIMEOUT, 15);
    assert_int_equal(nif.held, 0);
}

/* The loop that sends what is due ends: after a tick nothing is due any more. */
static void test_due_is_done(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 2000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        use_ping(117);
        request.ip.id = (int)(random >> 40 & 0x3f);
        give_piece(random >> 60 & 1 ? 40 : 0, 40);
        tick_at(nif.now + (random >> 50 & 15) * SECOND);
        assert_true(net_due(&nif) > nif.now);
        sent_count = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRAGMENT_TEST(test_c061_time_out),
        FRAGMENT_TEST(test_c061_time_exceeded),
        FRAGMENT_TEST(test_c061_address_given_up),
        FRAGMENT_TEST(test_c088_no_time_exceeded_about_errors),
        FRAGMENT_TEST(test_c061_time_exceeded_about_udp),
        FRAGMENT_TEST(test_c094_time_exceeded_is_limited),
        FRAGMENT_TEST(test_due_is_done),
    };
    return cmocka_run_group_tests_name("reassembly: time-out", tests, NULL, NULL);
}
