/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport headers that a sender has cut ("nmap -f"): the first fragment takes the octets that it
 * lacks from those behind it.
 */
#include "fragments.h"

#include <string.h>

/* Ethernet pads a short fragment; that is no part of it. */
static void test_padded_fragments(void **state)
{
    (void)state;
    struct cut cuts[] = {{0, 8}, {8, 8}, {16, 8}, {24, 1}};
    use_ping(17);
    for (size_t i = 0; i < 4; i++) {
        struct wire w;
        wire_piece(&w, &request, cuts[i].offset, cuts[i].len);
        wire_fill(&w, 0x5a, FRAME_MIN);
        assert_int_equal(pool_give(&w), HELD_FRAGMENT);
    }
    expect_answer(cuts, gather(cuts, 4, 24)); /* as many as the first one's buffer has room for */
}

/* The least there is: eight octets each, of every length, in buffers of every size. */
static void test_tiny_fragments(void **state)
{
    (void)state;
    struct cut cuts[64];
    for (size_t len = 1; len <= 200; len++) {
        room = len % 40;
        use_ping(len);
        size_t count = cut_by_mtu(cuts, 28);
        give_all(cuts, count);
        size_t most = (60 - 34 + room) / 8 * 8;
        expect_answer(cuts, gather(cuts, count, most < 56 ? most : 56));
    }
}

/* No larger than a packet may be. */
static void test_tiny_fragments_and_mtu(void **state)
{
    (void)state;
    struct cut cuts[64];
    room = 100;
    for (unsigned mtu = 68; mtu <= 100; mtu++) {
        nif.mtu = (uint16_t)mtu;
        use_ping(100);
        size_t count = cut_by_mtu(cuts, 28);
        give_all(cuts, count);
        size_t most = (mtu - 20) / 8 * 8;
        expect_answer(cuts, gather(cuts, count, most < 56 ? most : 56));
    }
}

/* The MTU becomes smaller when some of the datagram is here already. */
static void test_mtu_falls(void **state)
{
    (void)state;
    for (int udp = 0; udp < 2; udp++)
        for (unsigned first = 0; first < 2; first++) { /* which of the two comes first */
            struct cut cuts[] = {{0, 1000}, {1000, 504}};
            if (udp)
                use_udp(7, 1496);
            else
                use_ping(1496);
            give_piece(cuts[first].offset, cuts[first].len);
            nif.mtu = 1019;
            give_piece(cuts[!first].offset, cuts[!first].len);
            expect_silence();
            tick_at(nif.now + TIMEOUT); /* the longer one that came later was refused */
            expect_silence();
            nif.mtu = 1020;
            give_all(cuts, 2);
            expect_answer(cuts, 2);
        }
    expect_count(DROP_IPV4_MTU, 4);
}

/* An error quotes the first fragment as it came, not what was gathered behind it. */
static void test_c087_quote_of_a_tiny_fragment(void **state)
{
    (void)state;
    struct cut cuts[8];
    struct wire first, error;
    room = 100;
    use_udp(33434, 40);
    wire_piece(&first, &request, 0, 8);
    wire_icmp_error(&error, &first, 3, 3, 28);
    give_all(cuts, cut_by_mtu(cuts, 28));
    sent_only(&error);
}

/* What is missing of the first 56 octets comes from behind, wherever it was cut. */
static void test_gathering(void **state)
{
    (void)state;
    static const size_t lengths[] = {8, 16, 24, 40, 48, 56, 64};
    room = 100;
    for (size_t first = 0; first < COUNT(lengths); first++)
        for (size_t second = 0; second < COUNT(lengths); second++)
            for (size_t rest = 1; rest <= 72; rest++) {
                size_t at = lengths[first] + lengths[second];
                struct cut cuts[] = {
                    {0, lengths[first]}, {lengths[first], lengths[second]}, {at, rest}};
                use_ping(at + rest - 8);
                give_all(cuts, 3);
                expect_answer(cuts, gather(cuts, 3, 56));
            }
}

/* A record route that fills so many octets, a multiple of four, with an octet of each value behind
 * its free place; and how it goes back. */
static void record_route(uint8_t *asked, uint8_t *told, size_t len)
{
    static const uint8_t ours[] = {OUR_IP >> 24, OUR_IP >> 16 & 0xff, OUR_IP >> 8 & 0xff,
                                   OUR_IP & 0xff};
    for (size_t i = 0; i < len; i++)
        asked[i] = (uint8_t)(0x81 + i);
    asked[len - 1] = 0; /* the end of the list */
    asked[0] = 7;
    asked[1] = (uint8_t)(len - 1);
    asked[2] = 4;
    memcpy(told, asked, len);
    if (len < 8) /* no place for an address */
        return;
    told[2] = 8;
    memcpy(told + 3, ours, sizeof ours);
}

/* The headers of the fragments behind the first follow their payloads, whole, however long they and
 * the way are. */
static void test_gathering_with_options(void **state)
{
    (void)state;
    uint8_t asked[40], told[40];
    room = 100;
    for (size_t options = 4; options <= 40; options += 4)
        for (size_t first = 8; first <= 64; first += 8)
            for (size_t second = 8; second <= 64; second += 8) {
                struct cut cuts[] = {{0, first}, {first, second}, {first + second, 45}};
                use_ping(first + second + 45 - 8);
                record_route(asked, told, options);
                for (size_t i = 0; i < 3; i++) {
                    request.ip.options = asked;
                    request.ip.options_len = i ? options : 0;
                    assert_int_equal(give_piece(cuts[i].offset, cuts[i].len), HELD_FRAGMENT);
                }
                size_t count = gather(cuts, 3, 56);
                assert_int_equal(sent_count, count);
                reply.ip = ip_reply(&request.ip);
                reply.ip.id = nif.ip_id;
                for (size_t i = 0; i < count; i++) {
                    reply.ip.options = told;
                    reply.ip.options_len = i ? options : 0;
                    expect_piece(i, &cuts[i]);
                }
                sent_count = 0;
            }
}

/* A header may be cut anywhere ("nmap -f"): RFC 791 3.2 knows no least first fragment. */
static void test_header_in_pieces(void **state)
{
    (void)state;
    struct wire w;
    struct tcp t = tcp_request(0x02);
    t.data = request.payload;
    t.data_len = 40;
    wire_tcp(&w, &t);
    for (size_t step = 8; step <= 32; step += 8) {
        struct cut cuts[8];
        request.ip = t.ip;
        request.len = 60;
        memcpy(request.payload, w.octet + 34, 60);
        sent_count = 0;
        give_all(cuts, cut_by_mtu(cuts, 20 + step));
        assert_int_equal(sent_count, 1);
        assert_int_equal(sent[0].octet[47], 0x14); /* reset, acknowledgment */
    }
    expect_count(REPLY_TCP_RESET, 4);
    sent_count = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRAGMENT_TEST(test_padded_fragments),
        FRAGMENT_TEST(test_tiny_fragments),
        FRAGMENT_TEST(test_tiny_fragments_and_mtu),
        FRAGMENT_TEST(test_mtu_falls),
        FRAGMENT_TEST(test_c087_quote_of_a_tiny_fragment),
        FRAGMENT_TEST(test_gathering),
        FRAGMENT_TEST(test_gathering_with_options),
        FRAGMENT_TEST(test_header_in_pieces),
    };
    return cmocka_run_group_tests_name("IPv4 datagrams: headers in pieces", tests, NULL, NULL);
}
