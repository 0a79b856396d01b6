/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragmented datagrams (RFC 791 3.2, RFC 1122 3.3.2): which fragments belong together, in any order,
 * and what becomes of those that do not fit.
 */
#include "fragments.h"

#include <stdbool.h>
#include <string.h>

/* `ping -s 2000` to `ping -s 65507`, over links of any MTU; UDP echo alike. */
static void test_c056_in_order(void **state)
{
    (void)state;
    static const size_t sizes[] = {1473, 2000, 2001, 4000, 9000, 65506, 65507};
    static const size_t mtus[] = {1500, 576, 1006};
    struct cut cuts[128];
    for (size_t i = 0; i < COUNT(sizes); i++) {
        for (size_t j = 0; j < COUNT(mtus); j++) {
            use_ping(sizes[i]);
            size_t count = cut_by_mtu(cuts, mtus[j]);
            give_all(cuts, count);
            expect_answer(cuts, count);
            use_udp(7, sizes[i]);
            give_all(cuts, count);
            expect_answer(cuts, count);
        }
    }
    expect_count(REPLY_ICMP_ECHO, COUNT(sizes) * COUNT(mtus));
    expect_count(REPLY_UDP_ECHO, COUNT(sizes) * COUNT(mtus));
}

/* From both ends to the middle, backwards, first the odd ones. */
static void test_c057_orders_of_a_large_one(void **state)
{
    (void)state;
    struct cut cuts[128];
    use_ping(65507);
    size_t n = cut_by_mtu(cuts, 1500);
    for (int order = 0; order < 4; order++) {
        for (size_t i = 0; i < n; i++) {
            size_t at = order == 0   ? n - 1 - i
                        : order == 1 ? (i % 2 ? n - 1 - i / 2 : i / 2)
                        : order == 2 ? (2 * i < n ? 2 * i : 2 * (i - (n + 1) / 2) + 1)
                                     : i * 17 % n;
            expect_silence();
            assert_int_equal(give_piece(cuts[at].offset, cuts[at].len), HELD_FRAGMENT);
        }
        expect_answer(cuts, n);
    }
}

/* Four numbers below four from one below 256. Whether each is among them. */
static bool order_of_four(size_t *order, size_t number)
{
    unsigned all = 0;
    for (size_t i = 0; i < 4; i++) {
        order[i] = number >> 2 * i & 3;
        all |= 1u << order[i];
    }
    return all == 15;
}

/* All 24 orders of four pieces, the last one odd; after each, the same number is free again. */
static void test_c057_every_order_of_four(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 8}, {48, 64}, {112, 13}};
    for (size_t a = 0; a < 256; a++) {
        size_t order[4];
        if (!order_of_four(order, a))
            continue;
        for (int udp = 0; udp <= 1; udp++) {
            if (udp)
                use_udp(7, 117);
            else
                use_ping(117);
            for (size_t i = 0; i < 4; i++) {
                expect_silence();
                assert_int_equal(give_piece(cuts[order[i]].offset, cuts[order[i]].len),
                                 HELD_FRAGMENT);
            }
            expect_answer(cuts, 4);
            assert_int_equal(nif.held, 0);
        }
    }
    expect_count(REPLY_ICMP_ECHO, 24);
    expect_count(REPLY_UDP_ECHO, 24);
    expect_count(HELD_FRAGMENT, 24 * 4 * 2);
}

/* One piece more than once: passed over, and nothing is lost. */
static void test_c058_duplicates(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 8}, {48, 64}, {112, 13}};
    for (size_t a = 0; a < 256; a++) {
        size_t order[4];
        if (!order_of_four(order, a))
            continue;
        use_ping(117);
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(give_piece(cuts[order[i]].offset, cuts[order[i]].len), HELD_FRAGMENT);
            for (size_t j = 0; j <= i && i < 3; j++) {
                expect_silence();
                assert_int_equal(give_piece(cuts[order[j]].offset, cuts[order[j]].len),
                                 DROP_FRAGMENT_DUPLICATE);
            }
        }
        expect_answer(cuts, 4);
    }
    expect_count(REPLY_ICMP_ECHO, 24);
}

/* Two of three pieces are there; a third that does not fit ends it: none of it is answered. */
static void test_c059_overlaps(void **state)
{
    (void)state;
    static const struct {
        struct cut held[2];
        size_t held_len; /* of the datagram that they are of */
        struct cut next;
        size_t next_len;
    } cases[] = {
        {{{0, 16}, {32, 16}}, 100, {8, 8}, 100},   /* inside the first */
        {{{0, 16}, {32, 16}}, 100, {8, 16}, 100},  /* over the first's end */
        {{{0, 16}, {32, 16}}, 100, {24, 16}, 100}, /* over the second's start */
        {{{0, 16}, {32, 16}}, 100, {0, 8}, 100},   /* the first's start alone */
        {{{0, 16}, {32, 16}}, 100, {0, 24}, 100},  /* and more than the first */
        {{{0, 16}, {32, 16}}, 100, {32, 8}, 100},  /* the second's start alone */
        {{{0, 16}, {32, 16}}, 100, {40, 8}, 100},  /* inside the last */
        {{{0, 16}, {32, 16}}, 100, {40, 16}, 100}, /* over the last's end */
        {{{0, 16}, {32, 16}}, 100, {16, 24}, 100}, /* the gap and more */
        {{{0, 16}, {32, 16}}, 100, {8, 32}, 100},  /* over both */
        {{{0, 16}, {32, 16}}, 100, {0, 48}, 100},  /* all at once */
        {{{0, 16}, {32, 16}}, 100, {32, 16}, 48},  /* the same, but as the end */
        {{{0, 16}, {32, 16}}, 100, {16, 8}, 24},   /* an end before what is there */
        {{{0, 16}, {32, 16}}, 100, {16, 16}, 32},  /* just before */
        {{{0, 16}, {32, 16}}, 48, {32, 16}, 100},  /* the end again, but not as such */
        {{{0, 16}, {32, 16}}, 48, {48, 16}, 100},  /* behind the end */
        {{{0, 16}, {32, 16}}, 48, {48, 16}, 64},   /* a second end */
        {{{0, 16}, {32, 16}}, 48, {32, 8}, 40},    /* an earlier end */
        {{{0, 16}, {32, 16}}, 48, {32, 15}, 47},   /* by one octet */
        {{{0, 16}, {32, 16}}, 48, {16, 13}, 29},   /* in the gap */
        {{{0, 16}, {32, 16}}, 48, {16, 16}, 32},   /* all of the gap, as the end */
        {{{0, 16}, {32, 13}}, 45, {32, 14}, 46},   /* longer by one octet */
        {{{16, 16}, {32, 16}}, 100, {8, 16}, 100}, /* over the start of all that is there */
        {{{24, 16}, {40, 16}}, 100, {8, 16}, 24},  /* an end before all of it */
        {{{16, 16}, {32, 16}}, 48, {0, 24}, 100},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int swapped = 0; swapped <= 1; swapped++) {
            use_ping(200);
            request.len = cases[i].held_len;
            give_piece(cases[i].held[swapped].offset, cases[i].held[swapped].len);
            give_piece(cases[i].held[!swapped].offset, cases[i].held[!swapped].len);
            assert_int_equal(nif.held, 2);
            request.len = cases[i].next_len;
            if (give_piece(cases[i].next.offset, cases[i].next.len) != DROP_FRAGMENT_OVERLAP)
                fail_msg("case %zu", i);
            assert_int_equal(nif.held, 0);
            expect_silence();
        }
    }
    expect_count(DROP_FRAGMENT_OVERLAP, 2 * COUNT(cases));
    expect_count(REPLY_ICMP_ECHO, 0);
}

/* What comes after an overlap is a datagram of its own, and the next whole one is answered. */
static void test_c059_after_an_overlap(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    use_ping(117);
    give_piece(0, 40);
    assert_int_equal(give_piece(32, 16), DROP_FRAGMENT_OVERLAP);
    give_all(cuts, 2);
    expect_answer(cuts, 2);
}

/* The "ping of death": beyond what a total length can say, counted with the fragment's own header
 * and with the first one's. */
static void test_c060_beyond(void **state)
{
    (void)state;
    static const uint8_t nops[40] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                     1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct wire w;
    for (size_t options = 0; options <= 40; options += 4) {
        use_ping(0);
        request.ip.options = nops;
        request.ip.options_len = options;
        request.len = 65536;
        for (size_t end = 65504; end <= 65536; end++) {
            for (size_t offset = end / 8 * 8 - 64; offset < end; offset += 8) {
                request.len = end;
                wire_piece(&w, &request, offset, end - offset);
                hold_at_most(8);
                if (20 + options + end > 65535) {
                    assert_int_equal(pool_give(&w), DROP_FRAGMENT_BEYOND);
                } else {
                    assert_int_equal(pool_give(&w), HELD_FRAGMENT);
                    tick_at(nif.now + TIMEOUT);
                }
            }
        }
    }
    expect_silence();
}

static void test_c060_beyond_with_the_first_header(void **state)
{
    (void)state;
    static const uint8_t nops[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct cut cuts[128];
    use_ping(65507);
    size_t count = cut_by_mtu(cuts, 1500);
    request.ip.options = nops;
    request.ip.options_len = 8;
    cuts[0].len -= 8;
    cuts[1].offset -= 8;
    cuts[1].len = 8;
    give_piece(cuts[0].offset, cuts[0].len);
    request.ip.options_len = 0;
    give_all(cuts + 1, 1);
    for (size_t i = 2; i <= count; i++)
        give_piece(1480 * (i - 1), i == count ? request.len - 1480 * (i - 1) : 1480);
    expect_silence();
    expect_count(DROP_FRAGMENT_BEYOND, 1);
    assert_int_equal(nif.held, 0);
}

/* Units of eight octets, and at least one octet: all but the last. */
static void test_lengths(void **state)
{
    (void)state;
    use_ping(200);
    for (size_t len = 0; len <= 64; len++) {
        for (size_t offset = 0; offset <= 8; offset += 8) {
            enum verdict want = len % 8 || len == 0 ? DROP_FRAGMENT_LENGTH : HELD_FRAGMENT;
            assert_int_equal(give_piece(offset, len), want);
            tick_at(nif.now + TIMEOUT);
        }
        struct wire w;
        struct ip ip = request.ip;
        ip.flags_offset = 2; /* the last one, anywhere */
        wire_ip(&w, &ip, len);
        wire_copy(&w, request.payload, len);
        assert_int_equal(pool_give(&w), len == 0 ? DROP_FRAGMENT_LENGTH : HELD_FRAGMENT);
        tick_at(nif.now + TIMEOUT);
        sent_count = 0;
    }
}

/* Two VLANs are two networks: the same addresses and number there are another datagram. */
static void test_c031_vlans_apart(void **state)
{
    (void)state;
    static const uint8_t tags[5][8] = {{0x81, 0, 0, 5, 0x81, 0, 0, 6},
                                       {0x81, 0, 0, 6, 0x81, 0, 0, 5},
                                       {0x81, 0, 0, 5, 0x81, 0, 0, 7}};
    use_ping(37);
    assert_int_equal(give_piece(0, 40), HELD_FRAGMENT);
    give_tagged(tags[0], 4, 0, 40);
    give_tagged(tags[1], 4, 0, 40);
    give_tagged(tags[0], 8, 0, 40);
    give_tagged(tags[1], 8, 0, 40);
    give_tagged(tags[2], 8, 0, 40);
    assert_int_equal(nif.held, 6);
    expect_silence();
    give_tagged(tags[1], 8, 40, 5);
    assert_int_equal(sent_count, 2);
    sent_count = 0;
    give_tagged(tags[0], 4, 40, 5);
    assert_int_equal(sent_count, 2);
    assert_int_equal(sent[0].octet[15], 5);
    assert_int_equal(sent[1].octet[15], 5);
    sent_count = 0;
    assert_int_equal(nif.held, 4);
    nif.config.icmp_rate = 0;
}

/* Source, destination, number and protocol: each tells datagrams apart (RFC 791 3.2). */
static void test_interleaved(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 48}, {48, 48}, {96, 29}};
    nif.config.vip[0] = 0xcb007107;
    nif.config.vip_count = 1;
    for (size_t i = 0; i < 3; i++) {
        for (int key = 0; key < 5; key++) {
            expect_silence();
            use_ping(117);
            if (key == 4) {
                use_udp(7, 117);
                set16(request.payload + 6, 0);
                set16(reply.payload + 6, 0);
            }
            /* outside our subnet, or we would have to ask where it is */
            request.ip.src = key == 1 ? 0xc6336402 : 0xc6336401;
            if (key == 2)
                request.ip.dst = 0xcb007107;
            if (key == 3)
                request.ip.id ^= 0x8000;
            assert_int_equal(give_piece(cuts[i].offset, cuts[i].len), HELD_FRAGMENT);
            if (i == 2)
                expect_answer(cuts, 3);
            else
                assert_int_equal(nif.held, 5 * i + (size_t)key + 1);
        }
    }
}

/* A plain account of one datagram: which octets are there, and in which pieces. */
struct account {
    struct {
        size_t offset, len;
        bool more;
    } piece[64];
    size_t count, total;
    uint64_t since;
};

/* What the piece is to the account, by RFC 791 and RFC 5722, and notes it there. */
static enum verdict account_for(struct account *a, size_t offset, size_t len, bool more,
                                bool *whole)
{
    size_t received = len;
    *whole = false;
    for (size_t i = 0; i < a->count; i++)
        if (a->piece[i].offset == offset && a->piece[i].len == len && a->piece[i].more == more)
            return DROP_FRAGMENT_DUPLICATE;
    bool bad = a->total && (!more || offset + len > a->total);
    for (size_t i = 0; i < a->count; i++) {
        size_t start = a->piece[i].offset, end = start + a->piece[i].len;
        bad = bad || (offset < end && start < offset + len) || (!more && start > offset);
        received += a->piece[i].len;
    }
    if (bad) {
        a->count = a->total = 0;
        return DROP_FRAGMENT_OVERLAP;
    }
    a->piece[a->count].offset = offset;
    a->piece[a->count].len = len;
    a->piece[a->count++].more = more;
    if (!more)
        a->total = offset + len;
    if (received == a->total) {
        *whole = true;
        a->count = a->total = 0;
    }
    return HELD_FRAGMENT;
}

/* Random pieces of a few datagrams at random times, each verdict foretold. */
static void test_c057_c058_c059_random(void **state)
{
    (void)state;
    static struct account accounts[4];
    uint64_t random = 20240607, whole_count = 0;
    memset(accounts, 0, sizeof accounts);
    nif.config.icmp_rate = 0;
    for (unsigned round = 0; round < 200000; round++) {
        struct wire w;
        bool whole;
        random = random * 6364136223846793005u + 1442695040888963407u;
        unsigned id = random >> 33 & 3;
        size_t offset = (random >> 35 & 3) * 8, len = (1 + (random >> 38 & 1)) * 8;
        bool more = (random >> 41 & 7) > 1;
        if (!more)
            len -= random >> 45 & 7;
        if (offset == 0 && !more)
            more = true, len = 8;
        use_ping(117);
        struct ip ip = request.ip;
        ip.id = (int)id;
        ip.flags_offset = (int)(offset / 8) | (more ? 0x2000 : 0);
        wire_ip(&w, &ip, len);
        wire_copy(&w, request.payload + offset, len);
        struct account *a = &accounts[id];
        if (a->count == 0)
            a->since = nif.now;
        enum verdict want = account_for(a, offset, len, more, &whole);
        uint64_t done = nif.verdicts[REPLY_ICMP_ECHO] + nif.verdicts[DROP_ICMP_CHECKSUM];
        assert_int_equal(pool_give(&w), want);
        done = nif.verdicts[REPLY_ICMP_ECHO] + nif.verdicts[DROP_ICMP_CHECKSUM] - done;
        assert_int_equal(done, whole);
        whole_count += whole;
        size_t held = 0;
        for (size_t i = 0; i < COUNT(accounts); i++)
            held += accounts[i].count;
        assert_int_equal(nif.held, held);
        if (round % 16 == 15) {
            tick_at(nif.now + (random >> 48) % 40 * SECOND);
            for (size_t i = 0; i < COUNT(accounts); i++)
                if (accounts[i].count > 0 && nif.now - accounts[i].since >= TIMEOUT)
                    accounts[i].count = accounts[i].total = 0;
        }
    }
    assert_true(whole_count > 1000);
    assert_true(nif.verdicts[DROP_FRAGMENT_TIMEOUT] > 100);
    expect_silence();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRAGMENT_TEST(test_c056_in_order),
        FRAGMENT_TEST(test_c057_orders_of_a_large_one),
        FRAGMENT_TEST(test_c057_every_order_of_four),
        FRAGMENT_TEST(test_c058_duplicates),
        FRAGMENT_TEST(test_c059_overlaps),
        FRAGMENT_TEST(test_c059_after_an_overlap),
        FRAGMENT_TEST(test_c060_beyond),
        FRAGMENT_TEST(test_c060_beyond_with_the_first_header),
        FRAGMENT_TEST(test_lengths),
        FRAGMENT_TEST(test_c031_vlans_apart),
        FRAGMENT_TEST(test_interleaved),
        FRAGMENT_TEST(test_c057_c058_c059_random),
    };
    return cmocka_run_group_tests_name("reassembly", tests, NULL, NULL);
}
