/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP where every port is closed (RFC 9293 3.10.7.1): each segment but a reset is answered with the
 * reset that its sender will accept.
 */
#include "frames.h"

#include <string.h>

static uint8_t octets[1460];

static void reset(const struct tcp *t)
{
    struct wire in, out;
    struct tcp answer = tcp_reset(t);
    wire_tcp(&in, t);
    wire_tcp(&out, &answer);
    wire_fill(&out, 0, FRAME_MIN);
    frame_expect(&in, REPLY_TCP_RESET, &out, __FILE__, __LINE__);
}

static void dropped(const struct tcp *t, enum verdict want)
{
    struct wire in;
    wire_tcp(&in, t);
    frame_expect(&in, want, NULL, __FILE__, __LINE__);
}

/* As nmap sends it, octet by octet. */
static void test_c139_golden(void **state)
{
    (void)state;
    static const uint8_t syn[] = {
        0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x08, 0x00, /**/
        0x45, 0x00, 0x00, 0x2c, 0xbe, 0xef, 0x00, 0x00, 0x3a, 0x06, 0x78, 0x88, 0xc0, 0xa8,
        0x64, 0x01, 0xc0, 0xa8, 0x64, 0x02, /**/
        0xc3, 0x50, 0x00, 0x50, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0x60, 0x02,
        0x04, 0x00, 0x87, 0x31, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4,
    };
    static const uint8_t rst[60] = {
        0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x08, 0x00, /**/
        0x45, 0x00, 0x00, 0x28, 0x12, 0x34, 0x00, 0x00, 0x40, 0x06, 0x1f, 0x48, 0xc0, 0xa8,
        0x64, 0x02, 0xc0, 0xa8, 0x64, 0x01, /**/
        0x00, 0x50, 0xc3, 0x50, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x50, 0x14,
        0x00, 0x00, 0xa2, 0xdb, 0x00, 0x00,
    };
    struct wire in = {.len = 0}, out = {.len = 0};
    wire_copy(&in, syn, sizeof syn);
    wire_copy(&out, rst, sizeof rst);
    expect_reply(&in, REPLY_TCP_RESET, &out);
}

/* All eight flags in all combinations, with data and without. */
static void test_c139_c140_c141_every_flags(void **state)
{
    (void)state;
    for (int flags = 0; flags < 256; flags++) {
        struct tcp t = tcp_request(flags);
        t.data = octets;
        for (t.data_len = 0; t.data_len <= 5; t.data_len += 5) {
            if (flags & 0x04)
                dropped(&t, DROP_TCP_RESET);
            else
                reset(&t);
        }
    }
}

/* Sequence numbers are modulo 2^32, for each flag that takes one. */
static void test_c139_sequence_numbers(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {0,          1,          0x7fffffff, 0x80000000,
                                       0xfffffffe, 0xffffffff, 0xfffffffd, 0x00ffff00};
    static const int flags[] = {0x00, 0x01, 0x02, 0x03, 0x10, 0x12, 0x08, 0x20};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        for (size_t j = 0; j < COUNT(flags); j++) {
            struct tcp t = tcp_request(flags[j]);
            t.seq = numbers[i];
            t.ack = numbers[COUNT(numbers) - 1 - i];
            t.data = octets;
            for (t.data_len = 0; t.data_len < 4; t.data_len++)
                reset(&t);
        }
    }
}

/* Every length of data counts, options don't. */
static void test_c139_every_length(void **state)
{
    (void)state;
    static const uint8_t options[40] = {2, 4, 5, 0xb4, 4, 2, 8, 10};
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(i * 3);
    struct tcp t = tcp_request(0x02);
    t.data = octets;
    t.options = options;
    for (t.data_len = 0; t.data_len <= 1460; t.data_len++)
        reset(&t);
    for (t.options_len = 0; t.options_len <= 40; t.options_len += 4)
        for (t.data_len = 0; t.data_len < 3; t.data_len++)
            reset(&t);
}

/* IP options come along; the reserved bits and the urgent pointer don't. */
static void test_c139_headers(void **state)
{
    (void)state;
    static const uint8_t route[8] = {7, 7, 4};
    static const uint8_t filled[8] = {7, 7, 8, 192, 168, 100, 2};
    struct tcp t = tcp_request(0xe2);
    for (t.reserved = 0; t.reserved < 16; t.reserved++)
        reset(&t);
    struct wire in, out;
    t = tcp_request(0x02);
    t.ip.options = route;
    t.ip.options_len = 8;
    t.ip.tos = 0x28;
    struct tcp answer = tcp_reset(&t);
    answer.ip.options = filled;
    wire_tcp(&in, &t);
    wire_tcp(&out, &answer);
    wire_fill(&out, 0, FRAME_MIN);
    expect_reply(&in, REPLY_TCP_RESET, &out);
}

static void test_c139_every_port(void **state)
{
    (void)state;
    struct tcp t = tcp_request(0x02);
    for (t.dport = 0; t.dport <= 0xffff; t.dport += 257) {
        t.sport = 0xffff - t.dport;
        reset(&t);
    }
}

/* 0 to 19 octets, in a frame that ends there and in one that is padded. */
static void test_short(void **state)
{
    (void)state;
    for (int n = 0; n < 20; n++) {
        struct wire in;
        struct tcp t = tcp_request(0x02);
        t.ip.total_length = 20 + n;
        wire_tcp(&in, &t);
        wire_fill(&in, 0, FRAME_MIN);
        expect_drop(&in, DROP_TCP_SHORT);
        in.len = 34 + (size_t)n;
        expect_drop(&in, DROP_TCP_SHORT);
    }
}

/* Below 5 words it is no header, and it ends with the segment. */
static void test_every_data_offset(void **state)
{
    (void)state;
    struct tcp t = tcp_request(0x02);
    t.data = octets;
    for (t.data_len = 0; t.data_len <= 40; t.data_len++) {
        for (t.offset = 0; t.offset < 16; t.offset++) {
            if (t.offset < 5 || (size_t)t.offset * 4 > 20 + t.data_len) {
                dropped(&t, DROP_TCP_OFFSET);
                continue;
            }
            struct wire in, out;
            struct tcp answer = tcp_reset(&t);
            answer.ack = t.seq + 1 + (uint32_t)(20 + t.data_len - (size_t)t.offset * 4);
            wire_tcp(&in, &t);
            wire_tcp(&out, &answer);
            wire_fill(&out, 0, FRAME_MIN);
            expect_reply(&in, REPLY_TCP_RESET, &out);
        }
    }
}

static void test_c142_every_checksum(void **state)
{
    (void)state;
    struct wire w;
    struct tcp t = tcp_request(0x02);
    wire_tcp(&w, &t);
    int right = w.octet[50] << 8 | w.octet[51];
    for (t.checksum = 0; t.checksum <= 0xffff; t.checksum++) {
        if (t.checksum == right)
            reset(&t);
        else
            dropped(&t, DROP_TCP_CHECKSUM);
    }
}

/* Each bit; in the header's length it is that rule's business. */
static void test_c142_each_bit(void **state)
{
    (void)state;
    struct wire in;
    struct tcp t = tcp_request(0x02);
    t.data = octets;
    for (t.data_len = 0; t.data_len <= 3; t.data_len++) {
        wire_tcp(&in, &t);
        for (size_t bit = 34 * 8; bit < in.len * 8; bit++) {
            if (bit >= 46 * 8 && bit < 46 * 8 + 4)
                continue;
            in.octet[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
            expect_drop(&in, DROP_TCP_CHECKSUM);
            in.octet[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        }
    }
}

/* The pseudo-header counts: a segment made for another address of ours. */
static void test_c142_pseudo_header(void **state)
{
    (void)state;
    struct wire in;
    nif.config.vip[0] = 0xcb007107;
    nif.config.vip_count = 1;
    struct tcp t = tcp_request(0x02);
    t.ip.src = 0xc6336401; /* outside our subnet, or we would have to ask where it is */
    wire_tcp(&in, &t);
    t.checksum = in.octet[50] << 8 | in.octet[51];
    t.ip.dst = 0xcb007107;
    dropped(&t, DROP_TCP_CHECKSUM);
    t.checksum = AUTO;
    reset(&t); /* from that address */
}

/* To many, or from them, or in a frame to all: silence (RFC 1122 4.2.3.10). */
static void test_c142_broadcast(void **state)
{
    (void)state;
    for (int on = 0; on <= 1; on++) {
        nif.config.broadcast = on;
        struct tcp t = tcp_request(0x02);
        t.ip.dst = 0xc0a864ff;
        dropped(&t, DROP_IPV4_BROADCAST);
        t.ip.dst = 0xffffffff;
        dropped(&t, DROP_IPV4_BROADCAST);
        t.ip.dst = 0xe0000001;
        dropped(&t, DROP_IPV4_MULTICAST);
        t = tcp_request(0x02);
        t.ip.eth_dst = BROADCAST_MAC;
        dropped(&t, DROP_IPV4_LINK_BROADCAST);
        t = tcp_request(0x02);
        t.ip.src = 0xc0a864ff;
        dropped(&t, DROP_IPV4_SOURCE_BROADCAST);
        t.ip.src = 0xe0000001;
        dropped(&t, DROP_IPV4_SOURCE_GROUP);
    }
}

/* A checksum that comes to 0 stays 0: unlike UDP's it means nothing else. */
static void test_c139_checksum_of_zero(void **state)
{
    (void)state;
    unsigned zeros = 0;
    struct tcp t = tcp_request(0x10);
    t.ack = 0;
    for (uint32_t i = 0; i <= 0xffff; i++) {
        struct wire out;
        t.ack = i;
        struct tcp answer = tcp_reset(&t);
        wire_tcp(&out, &answer);
        zeros += out.octet[50] == 0 && out.octet[51] == 0;
        reset(&t);
    }
    assert_in_range(zeros, 1, 2);
}

/* The reset is short, however long the segment. Only many options can make it longer than a small
 * MTU. */
static void test_c139_mtu(void **state)
{
    (void)state;
    static const uint8_t options[40]; /* they end with the first */
    struct tcp t = tcp_request(0x02);
    t.data = octets;
    for (nif.mtu = 68; nif.mtu < 1500; nif.mtu += 100) {
        for (t.data_len = nif.mtu - 40u; t.data_len <= sizeof octets; t.data_len += 50)
            reset(&t);
    }
    nif.mtu = 68;
    t.ip.options = options;
    for (t.ip.options_len = 0; t.ip.options_len <= 40; t.ip.options_len += 4) {
        for (t.data_len = 0; t.data_len <= 100; t.data_len += 50) {
            if (t.ip.options_len <= 28)
                reset(&t);
            else
                dropped(&t, DROP_IPV4_MTU);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c139_golden),
        TEST(test_c139_c140_c141_every_flags),
        TEST(test_c139_sequence_numbers),
        TEST(test_c139_every_length),
        TEST(test_c139_headers),
        TEST(test_c139_every_port),
        TEST(test_short),
        TEST(test_every_data_offset),
        TEST(test_c142_every_checksum),
        TEST(test_c142_each_bit),
        TEST(test_c142_pseudo_header),
        TEST(test_c142_broadcast),
        TEST(test_c139_checksum_of_zero),
        TEST(test_c139_mtu),
    };
    return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
