/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answers to datagrams that came in fragments: each fragment goes back in its own frame, with
 * its own headers, and each protocol checks the datagram as a whole.
 */
#include "fragments.h"

#include <string.h>

/* Each piece by its own way: its own MAC, its own type of service, our one time to live and
 * identification. */
static void test_c065_each_its_own_header(void **state)
{
    (void)state;
    static const uint8_t *const macs[] = {PEER_MAC, OTHER_MAC, ZERO_MAC};
    static const struct cut cuts[] = {{0, 40}, {40, 40}, {80, 45}};
    nif.config.ttl = 17;
    for (int round = 0; round < 3; round++) {
        uint16_t before = nif.ip_id;
        use_ping(117);
        struct ip ip = request.ip;
        for (size_t i = 0; i < 3; i++) {
            size_t at = (i + (size_t)round) % 3;
            struct wire w;
            request.ip = ip;
            request.ip.eth_src = macs[at];
            request.ip.tos = (int)(at * 4);
            request.ip.ttl = (int)at;
            request.ip.flags_offset = at == 1 ? 0x4000 : at == 2 ? 0x8000 : 0;
            wire_piece(&w, &request, cuts[at].offset, cuts[at].len);
            assert_int_equal(pool_give(&w), HELD_FRAGMENT);
        }
        assert_int_equal(nif.ip_id, (uint16_t)(before + 1));
        assert_int_equal(sent_count, 3);
        for (size_t i = 0; i < 3; i++) {
            struct wire w;
            reply.ip = ip_reply(&ip);
            reply.ip.id = nif.ip_id;
            reply.ip.eth_dst = macs[i];
            reply.ip.tos = (int)(i * 4);
            reply.ip.flags_offset = i == 1 ? 0x4000 : 0;
            wire_piece(&w, &reply, cuts[i].offset, cuts[i].len);
            wire_fill(&w, 0, FRAME_MIN);
            assert_int_equal(sent[i].len, w.len);
            assert_memory_equal(sent[i].octet, w.octet, w.len);
        }
        sent_count = 0;
    }
}

/* Options go back in the fragment that they came in. */
static void test_options(void **state)
{
    (void)state;
    static const uint8_t route[8] = {7, 7, 4}, filled[8] = {7, 7, 8, 192, 168, 100, 2};
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    use_ping(117);
    for (size_t with = 0; with < 2; with++) {
        for (size_t i = 0; i < 2; i++) {
            request.ip.options = route;
            request.ip.options_len = i == with ? sizeof route : 0;
            assert_int_equal(give_piece(cuts[i].offset, cuts[i].len), HELD_FRAGMENT);
        }
        assert_int_equal(sent_count, 2);
        for (size_t i = 0; i < 2; i++) {
            struct wire w;
            reply.ip = ip_reply(&request.ip);
            reply.ip.id = nif.ip_id;
            reply.ip.options = filled;
            reply.ip.options_len = i == with ? sizeof filled : 0;
            wire_piece(&w, &reply, cuts[i].offset, cuts[i].len);
            wire_fill(&w, 0, FRAME_MIN);
            assert_int_equal(sent[i].len, w.len);
            assert_memory_equal(sent[i].octet, w.octet, w.len);
        }
        sent_count = 0;
    }
}

/* Each with its own tags back; the priority may differ. */
static void test_c031_tagged(void **state)
{
    (void)state;
    static const uint8_t tags[2][8] = {{0x88, 0xa8, 0x20, 5, 0x81, 0, 0x40, 6},
                                       {0x88, 0xa8, 0x60, 5, 0x81, 0, 0xe0, 6}};
    static const struct cut cuts[] = {{0, 40}, {40, 5}};
    for (size_t len = 4; len <= 8; len += 4) {
        use_ping(37);
        give_tagged(tags[0], len, 0, 40);
        give_tagged(tags[1], len, 40, 5);
        assert_int_equal(sent_count, 2);
        for (size_t i = 0; i < 2; i++) {
            struct wire w;
            reply.ip = ip_reply(&request.ip);
            reply.ip.id = nif.ip_id;
            wire_piece(&w, &reply, cuts[i].offset, cuts[i].len);
            wire_tag(&w, tags[i], len);
            wire_fill(&w, 0, FRAME_MIN);
            assert_int_equal(sent[i].len, w.len);
            assert_memory_equal(sent[i].octet, w.octet, w.len);
        }
        sent_count = 0;
    }
}

/* One bit wrong in any of the pieces. */
static void test_c071_c122_damaged(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 40}, {80, 45}};
    for (size_t octet = 0; octet < 125; octet += 4) {
        use_ping(117);
        request.payload[octet] ^= 0x10;
        give_all(cuts, 3);
        use_udp(7, 117);
        if (octet == 4)
            continue; /* UDP's length: the next test */
        request.payload[octet] ^= 0x10;
        give_all(cuts, 3);
    }
    expect_silence();
    expect_count(DROP_ICMP_CHECKSUM, 32);
    expect_count(DROP_UDP_CHECKSUM, 31);
}

static void test_c123_udp_length(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 40}, {80, 45}};
    for (unsigned length = 0; length <= 200; length++) {
        use_udp(7, 117);
        set16(request.payload + 4, length);
        set16(request.payload + 6, 0);
        give_all(cuts, 3);
        if (length == 125)
            assert_int_equal(sent_count, 3);
        else
            expect_silence();
        sent_count = 0;
    }
    expect_count(DROP_UDP_LENGTH, 200);
}

/* Without a checksum, and with one that is 0xffff for 0. */
static void test_c122_udp_checksums(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    use_udp(7, 117);
    set16(request.payload + 6, 0);
    set16(reply.payload + 6, 0);
    give_all(cuts, 2);
    expect_answer(cuts, 2);
    use_udp(7, 117);
    unsigned checksum = (unsigned)request.payload[6] << 8 | request.payload[7];
    unsigned word = (unsigned)request.payload[60] << 8 | request.payload[61];
    set16(request.payload + 6, 0xffff);
    set16(request.payload + 60, (word + checksum) % 0xffff);
    memcpy(reply.payload + 4, request.payload + 4, 121);
    give_all(cuts, 2);
    expect_answer(cuts, 2);
}

/* The error is about the first piece, as it came; the others go back to receive. */
static void test_c086_closed_port(void **state)
{
    (void)state;
    struct cut cuts[8];
    use_udp(33434, 5000);
    size_t count = cut_by_mtu(cuts, 1500);
    struct wire first, error;
    wire_piece(&first, &request, 0, 1480);
    wire_icmp_error(&error, &first, 3, 3, 0);
    for (size_t i = count; i-- > 0;)
        assert_int_equal(give_piece(cuts[i].offset, cuts[i].len), HELD_FRAGMENT);
    sent_only(&error);
    expect_count(REPLY_ICMP_PORT_UNREACHABLE, 1);

    request.ip.protocol = 99;
    nif.now += SECOND;
    wire_piece(&first, &request, 0, 1480);
    wire_icmp_error(&error, &first, 3, 2, 0);
    give_all(cuts, count);
    sent_only(&error);
    nif.config.icmp_rate = 0;
    give_all(cuts, count);
    expect_silence();
    expect_count(DROP_IPV4_PROTOCOL, 1);
}

static void test_c127_discard(void **state)
{
    (void)state;
    struct cut cuts[8];
    use_udp(9, 5000);
    give_all(cuts, cut_by_mtu(cuts, 1500));
    expect_silence();
    expect_count(CONSUMED_UDP_DISCARD, 1);
    assert_int_equal(nif.held, 0);
}

/* A segment in two pieces: the reset is one packet. */
static void test_c139_tcp(void **state)
{
    (void)state;
    struct wire w, answer;
    struct tcp t = tcp_request(0x02), reset;
    t.data = reply.payload;
    t.data_len = 1001;
    wire_tcp(&w, &t);
    request.ip = t.ip;
    request.len = 1021;
    memcpy(request.payload, w.octet + 34, 1021);
    reset = tcp_reset(&t);
    wire_tcp(&answer, &reset);
    wire_fill(&answer, 0, FRAME_MIN);
    give_piece(512, 509);
    give_piece(0, 512);
    sent_only(&answer);
    request.payload[700] ^= 1;
    give_piece(0, 512);
    give_piece(512, 509);
    expect_silence();
    expect_count(DROP_TCP_CHECKSUM, 1);
}

/* A timestamp request is 20 octets, which nobody has to cut. */
static void test_c084_timestamp(void **state)
{
    (void)state;
    nif.config.services = SERVICE_TIMESTAMP;
    for (size_t len = 17; len <= 24; len++) {
        use_ping(len - 8);
        set16(request.payload, 0x0d00);
        set16(request.payload + 2, 0);
        set16(request.payload + 2, (uint16_t)~plain_sum(request.payload, len));
        sent_count = 0;
        give_piece(0, 16);
        give_piece(16, len - 16);
        assert_int_equal(sent_count, len == 20);
    }
    expect_silence();
    expect_count(REPLY_ICMP_TIMESTAMP, 1);
    expect_count(DROP_ICMP_LENGTH, 7);
}

/* Reflected in its pieces; received at the moment it became whole, sent when it is. */
static void test_c129_stamp(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 56}, {56, 80}, {136, 8 + 301 - 136}};
    for (int round = 0; round < 3; round++) {
        use_udp(862, 301);
        nif.wall_known = true;
        nif.wall_offset = 1700000000000000ull - nif.now;
        nif.wall_error = 0x0102;
        frame_transmit = nif.now + SECOND / 2;
        uint8_t *in = request.payload + 8, *out = reply.payload + 8;
        memset(in + 44, 0, 301 - 44);
        memset(in + 44, round == 0 ? 0 : 0x80, 1); /* a TLV over all three pieces */
        in[45] = round == 1 ? 1 : 77;
        set16(in + 46, round == 2 ? 254 : 253);
        set16(request.payload + 6, 0);
        unsigned sum = transport_sum(PEER_IP, OUR_IP, 17, request.payload, request.len);
        set16(request.payload + 6, ~sum & 0xffff);
        memcpy(out, in, 301);
        static const uint8_t now[8] = {0xe8, 0xfe, 0x6f, 0x80};
        static const uint8_t then[8] = {0xe8, 0xfe, 0x6f, 0x80, 0x80};
        memcpy(out + 4, then, 8);
        out[12] = 1, out[13] = 2;
        memcpy(out + 16, now, 8);
        memcpy(out + 24, in, 14);
        memset(out + 38, 0, 6);
        out[40] = 63;
        out[44] = round == 0 ? 0 : round == 1 ? 0 : 0xc0;
        set16(reply.payload + 6, 0);
        sum = transport_sum(PEER_IP, OUR_IP, 17, reply.payload, reply.len);
        set16(reply.payload + 6, ~sum & 0xffff);
        give_all(cuts, 3);
        uint8_t ttl = nif.config.ttl;
        nif.config.ttl = 255;
        expect_answer(cuts, 3);
        nif.config.ttl = ttl;
    }
}

/* Too little of a STAMP packet in the first piece, or in all of them, to be one. */
static void test_c136_stamp_short(void **state)
{
    (void)state;
    static const size_t rooms[] = {0, 14, 21, 22, 23, 24, 29, 30, 1000};
    for (size_t size = 9; size < 200; size += 5) {
        use_udp(862, size);
        set16(request.payload + 6, 0);
        for (size_t first = 8; first < request.len && first <= 56; first += 8)
            for (size_t i = 0; i < COUNT(rooms); i++) {
                sent_count = 0;
                room = rooms[i];
                nif.now +=
                    SECOND / 1000; /* answers that are longer than their requests are limited */
                give_piece(0, first);
                give_piece(first, request.len - first);
                size_t buffer = (first < 26 ? 26 : first) + room; /* of the first one's payload */
                size_t most = buffer < 56 ? buffer / 8 * 8 : 56;  /* that is gathered there */
                most = most < first ? first : most;
                bool whole = request.len <= most; /* then it is a request like any other */
                bool twamp = size >= 14 && (buffer >= 8 + 41 || size >= 41);
                assert_int_equal(sent_count, whole ? twamp : most >= 8 + 44 ? 2 : 0);
            }
    }
    sent_count = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRAGMENT_TEST(test_c065_each_its_own_header),
        FRAGMENT_TEST(test_options),
        FRAGMENT_TEST(test_c031_tagged),
        FRAGMENT_TEST(test_c071_c122_damaged),
        FRAGMENT_TEST(test_c123_udp_length),
        FRAGMENT_TEST(test_c122_udp_checksums),
        FRAGMENT_TEST(test_c086_closed_port),
        FRAGMENT_TEST(test_c127_discard),
        FRAGMENT_TEST(test_c139_tcp),
        FRAGMENT_TEST(test_c084_timestamp),
        FRAGMENT_TEST(test_c129_stamp),
        FRAGMENT_TEST(test_c136_stamp_short),
    };
    return cmocka_run_group_tests_name("IPv4 datagrams", tests, NULL, NULL);
}
