/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP errors of our own (RFC 792, RFC 1122 3.2.2, RFC 1812 4.3): what they quote, how many of them
 * there are, and what none is ever sent about.
 */
#include "frames.h"

#include <string.h>

static uint8_t octets[1480];

/* A datagram to a closed port is reported, with so much of it (0: all, up to the limit). */
static void reported(const struct udp *u, size_t quoted)
{
    struct wire in, out;
    wire_udp(&in, u);
    wire_icmp_error(&out, &in, 3, 3, quoted);
    nif.now += SECOND; /* the bucket is full */
    expect_reply(&in, REPLY_ICMP_PORT_UNREACHABLE, &out);
}

static void fill_octets(void)
{
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(i * 5 + (i >> 8));
}

/* The whole packet up to 548 octets of it, unchanged; the frame's padding is no part. */
static void test_c086_c087_every_length(void **state)
{
    (void)state;
    struct udp u = udp_request(33434);
    fill_octets();
    u.data = octets;
    for (u.data_len = 0; u.data_len <= 1472; u.data_len++)
        reported(&u, 0);

    struct wire in, out;
    u.data_len = 0;
    wire_udp(&in, &u);
    wire_icmp_error(&out, &in, 3, 3, 0);
    wire_fill(&in, 0x5a, FRAME_MIN);
    nif.now += SECOND;
    expect_reply(&in, REPLY_ICMP_PORT_UNREACHABLE, &out);
    assert_int_equal(out.len, 14 + 20 + 8 + 28);
}

/* Golden: RFC 792's figure, octet by octet. */
static void test_c086_golden(void **state)
{
    (void)state;
    static const uint8_t probe[] = {
        0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x08, 0x00, /**/
        0x45, 0x00, 0x00, 0x1e, 0xbe, 0xef, 0x00, 0x00, 0x01, 0x11, 0xb1, 0x8b, 0xc0, 0xa8,
        0x64, 0x01, 0xc0, 0xa8, 0x64, 0x02, /**/
        0xc3, 0x50, 0x82, 0x9a, 0x00, 0x0a, 0x00, 0x00, 0xab, 0xcd,
    };
    static const uint8_t error[72] = {
        0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x08, 0x00, /**/
        0x45, 0x00, 0x00, 0x3a, 0x12, 0x34, 0x00, 0x00, 0x40, 0x01, 0x1f, 0x3b, 0xc0, 0xa8,
        0x64, 0x02, 0xc0, 0xa8, 0x64, 0x01,             /**/
        0x03, 0x03, 0x0b, 0x3a, 0x00, 0x00, 0x00, 0x00, /**/
        0x45, 0x00, 0x00, 0x1e, 0xbe, 0xef, 0x00, 0x00, 0x01, 0x11, 0xb1, 0x8b, 0xc0, 0xa8,
        0x64, 0x01, 0xc0, 0xa8, 0x64, 0x02, /**/
        0xc3, 0x50, 0x82, 0x9a, 0x00, 0x0a, 0x00, 0x00, 0xab, 0xcd,
    };
    struct wire in = {.len = 0}, out = {.len = 0};
    wire_copy(&in, probe, sizeof probe);
    wire_copy(&out, error, sizeof error);
    expect_reply(&in, REPLY_ICMP_PORT_UNREACHABLE, &out);
}

/* Options are quoted as they came, record route and all; the error itself has none. */
static void test_c087_options_are_quoted(void **state)
{
    (void)state;
    static const uint8_t options[40] = {7, 39, 4};
    struct udp u = udp_request(33434);
    fill_octets();
    u.data = octets;
    u.ip.options = options;
    for (u.ip.options_len = 0; u.ip.options_len <= 40; u.ip.options_len += 4) {
        if (u.ip.options_len == 0 || u.ip.options_len == 40) {
            for (u.data_len = 0; u.data_len <= 1000; u.data_len += 50)
                reported(&u, 0);
        }
    }
}

/* A small MTU leaves room for less, also where the packet did not keep to it. RFC 1122 3.2.2: "at
 * least the first 8 octets of the data": where options leave no room for those, and there is more,
 * there is no error. */
static void test_c087_small_mtu(void **state)
{
    (void)state;
    static const uint8_t options[40]; /* they end with the first */
    struct udp u = udp_request(33434);
    u.data = octets;
    for (unsigned mtu = 68; mtu <= 600; mtu++) {
        nif.mtu = (uint16_t)mtu;
        u.ip.options_len = 0;
        for (u.data_len = 0; u.data_len <= mtu + 99; u.data_len += u.data_len < 60 ? 1 : 40)
            reported(&u, 28 + u.data_len < mtu - 28 ? 0 : mtu - 28);
    }
    nif.mtu = 68; /* 40 octets of the packet can be quoted */
    u.ip.options = options;
    for (u.ip.options_len = 0; u.ip.options_len <= 40; u.ip.options_len += 4) {
        struct wire in;
        for (u.data_len = 0; u.data_len <= 60; u.data_len++) {
            if (28 + u.ip.options_len <= 40 || 28 + u.ip.options_len + u.data_len <= 40) {
                reported(&u, 28 + u.ip.options_len + u.data_len < 40 ? 0 : 40);
            } else {
                wire_udp(&in, &u);
                expect_drop(&in, DROP_UDP_PORT);
            }
        }
    }
}

/* A packet that can be quoted whole is reported, even where more of it would have had no room. */
static void test_c087_small_mtu_and_packet(void **state)
{
    (void)state;
    static const uint8_t options[40];
    struct ip ip = ip_request(132);
    nif.mtu = 68; /* 40 octets of the packet can be quoted */
    ip.options = options;
    for (ip.options_len = 0; ip.options_len <= 40; ip.options_len += 4)
        for (size_t payload = 0; payload <= 24; payload++) {
            struct wire in, out;
            size_t header = 20 + ip.options_len, total = header + payload;
            wire_ip(&in, &ip, payload);
            wire_fill(&in, 0x42, 14 + total);
            if (total <= 40 || header + 8 <= 40) {
                wire_icmp_error(&out, &in, 3, 2, total < 40 ? total : 40);
                nif.now += SECOND;
                expect_reply(&in, REPLY_ICMP_PROTOCOL_UNREACHABLE, &out);
            } else {
                expect_drop(&in, DROP_IPV4_PROTOCOL);
            }
        }
}

/* Whatever the packet's type of service, flags and time to live are, the error's are its own. */
static void test_c087_header(void **state)
{
    (void)state;
    struct udp u = udp_request(33434);
    for (u.ip.tos = 0; u.ip.tos < 256; u.ip.tos++) {
        u.ip.ttl = u.ip.tos;
        u.ip.flags_offset = u.ip.tos & 1 ? 0x4000 : u.ip.tos & 2 ? 0x8000 : 0;
        nif.config.ttl = (uint8_t)(u.ip.tos / 2 + 1);
        reported(&u, 0);
    }
}

/* Octets behind the datagram, but in the packet, are not quoted: the datagram ends before. */
static void test_c087_trailing_octets(void **state)
{
    (void)state;
    struct udp u = udp_request(33434);
    for (u.length = 8; u.length <= 8 + (int)u.data_len; u.length++)
        reported(&u, 20 + (size_t)u.length);
}

/* From the address that was asked. */
static void test_c087_source(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.vip[0] = 0xcb007107;
    config.vip_count = 1;
    frames_start(&config);
    struct udp u = udp_request(33434);
    u.ip.dst = 0xcb007107;
    u.ip.src = 0x08080808;
    reported(&u, 0);
}

/* What is reported is sound: a damaged datagram is silence. */
static void test_c086_damaged(void **state)
{
    (void)state;
    struct wire in;
    struct udp u = udp_request(33434);
    u.checksum = 0x1234;
    wire_udp(&in, &u);
    expect_drop(&in, DROP_UDP_CHECKSUM);
}

/* To every port, also that of a service that would answer a datagram. */
static void test_c086_every_source_port(void **state)
{
    (void)state;
    struct udp u = udp_request(33434);
    u.data_len = 3;
    for (u.sport = 0; u.sport <= 0xffff; u.sport++)
        reported(&u, 0);
}

/* Every port but the three services'. */
static void test_c086_every_port(void **state)
{
    (void)state;
    struct udp u = udp_request(0);
    u.data_len = 3;
    for (u.dport = 0; u.dport <= 0xffff; u.dport++)
        if (u.dport != 7 && u.dport != 9 && u.dport != 862)
            reported(&u, 0);
}

/* With any payload, also none at all. */
static void test_c085_unknown_protocol(void **state)
{
    (void)state;
    static const int protocols[] = {0, 2, 41, 47, 50, 58, 89, 132, 136, 255};
    for (size_t i = 0; i < COUNT(protocols); i++) {
        for (size_t len = 0; len <= sizeof octets; len += len < 20 ? 1 : 292) {
            struct wire in, out;
            struct ip ip = ip_request(protocols[i]);
            wire_ip(&in, &ip, len);
            wire_copy(&in, octets, len);
            wire_icmp_error(&out, &in, 3, 2, 0);
            nif.now += SECOND;
            expect_reply(&in, REPLY_ICMP_PROTOCOL_UNREACHABLE, &out);
        }
    }
}

/* A datagram to a closed port, and a packet of an unknown protocol. */
static void both(struct wire in[2], const struct ip *ip)
{
    struct udp u = udp_request(33434);
    u.ip = *ip;
    u.ip.protocol = 17;
    wire_udp(&in[0], &u);
    u.ip.protocol = 132;
    wire_udp(&in[1], &u);
}

/* RFC 1122 3.2.2: not about what came to many, by IP or by Ethernet. */
static void test_c089_c090_broadcast(void **state)
{
    (void)state;
    static const uint32_t many[] = {0xc0a864ff, 0xc0a86400, 0xffffffff, 0xe0000001, 0xf0000001};
    for (int on = 0; on <= 1; on++) {
        struct wire in[2];
        nif.config.broadcast = on;
        for (size_t i = 0; i < COUNT(many); i++) {
            struct ip ip = ip_request(17);
            ip.dst = many[i];
            for (int j = 0; j < 2; j++) {
                ip.eth_dst = j ? BROADCAST_MAC : OUR_MAC;
                both(in, &ip);
                expect_drop(&in[0], i < 3 ? DROP_IPV4_BROADCAST : DROP_IPV4_MULTICAST);
                expect_drop(&in[1], i < 3 ? DROP_IPV4_BROADCAST : DROP_IPV4_MULTICAST);
            }
        }
        struct ip ip = ip_request(17);
        ip.eth_dst = BROADCAST_MAC;
        both(in, &ip);
        expect_drop(&in[0], DROP_IPV4_LINK_BROADCAST);
        expect_drop(&in[1], DROP_IPV4_LINK_BROADCAST);
        ip.eth_dst = MULTICAST_MAC;
        both(in, &ip);
        expect_drop(&in[0], DROP_IPV4_LINK_BROADCAST);
        expect_drop(&in[1], DROP_IPV4_LINK_BROADCAST);
    }
}

/* ... nor to what is no single host. */
static void test_c093_sources(void **state)
{
    (void)state;
    static const struct {
        uint32_t src;
        enum verdict verdict;
    } cases[] = {
        {0, DROP_IPV4_SOURCE_ZERO},
        {0x7f000001, DROP_IPV4_SOURCE_LOOPBACK},
        {0xe0000001, DROP_IPV4_SOURCE_GROUP},
        {0xf0000001, DROP_IPV4_SOURCE_GROUP},
        {0xffffffff, DROP_IPV4_SOURCE_GROUP},
        {0xc0a864ff, DROP_IPV4_SOURCE_BROADCAST},
        {0xc0a86400, DROP_IPV4_SOURCE_BROADCAST},
        {OUR_IP, DROP_IPV4_SOURCE_OWN},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct wire in[2];
        struct ip ip = ip_request(17);
        ip.src = cases[i].src;
        both(in, &ip);
        expect_drop(&in[0], cases[i].verdict);
        expect_drop(&in[1], cases[i].verdict);
    }
}

/* ... nor about an ICMP error, nor about any other ICMP message. */
static void test_c088_no_error_about_icmp(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.type = 0; p.type < 256; p.type++) {
        struct wire w;
        wire_ping(&w, &p);
        struct frame f = {.data = w.octet, .len = (uint16_t)w.len, .cap = sizeof w.octet};
        enum verdict v = net_input(&nif, &f);
        assert_true(v == REPLY_ICMP_ECHO || !verdict_replies(v));
    }
}

/* How many of a sender's n datagrams to a closed port are reported now: the first ones. */
static unsigned reported_to(uint32_t sender, unsigned n)
{
    struct wire in;
    struct udp u = udp_request(33434);
    u.ip.src = sender;
    u.data_len = 1;
    wire_udp(&in, &u);
    unsigned count = 0;
    uint64_t before = nif.verdicts[REPLY_ICMP_PORT_UNREACHABLE];
    for (unsigned i = 0; i < n; i++) {
        uint8_t buffer[NET_HEAD_MIN + 64];
        memcpy(buffer + NET_HEAD_MIN, in.octet, in.len);
        struct frame f = {.data = buffer + NET_HEAD_MIN,
                          .len = (uint16_t)in.len,
                          .cap = 64,
                          .head = NET_HEAD_MIN};
        enum verdict v = net_input(&nif, &f);
        assert_true(v == REPLY_ICMP_PORT_UNREACHABLE || v == DROP_UDP_PORT);
        assert_true(v == DROP_UDP_PORT || i == count); /* first those that are, then none */
        count += v == REPLY_ICMP_PORT_UNREACHABLE;
    }
    assert_int_equal(nif.verdicts[REPLY_ICMP_PORT_UNREACHABLE], before + count);
    return count;
}

static unsigned reported_of(unsigned n)
{
    return reported_to(PEER_IP, n);
}

/* How many of 64 other senders are told still, when one has used up its errors. */
static unsigned told_beside_a_flood(void)
{
    unsigned told = 0;
    nif.config.icmp_burst = 1;
    assert_int_equal(reported_to(PEER_IP, 1000), 1);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t sender = 0x0a000001 + i * 0x01010101u;
        nif.now += 3600ull * SECOND;
        assert_int_equal(reported_to(PEER_IP, 1000), 1);
        told += reported_to(sender, 1);
    }
    return told;
}

/* A sender does not silence the others, but for the few that share its bucket; which those are
 * depends on the host and its start. */
static void test_c094_others_are_told(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    const mac_t mac = nif.mac;
    unsigned least = 64;
    for (uint64_t start = 0; start < 16 * SECOND; start += SECOND) {
        net_init(&nif, &config, &mac, 1500, 8, start);
        unsigned told = told_beside_a_flood();
        least = told < least ? told : least;
    }
    assert_in_range(least, 56, 64);
}

/* RFC 1812 4.3.2.8: so many at once, then at the rate; echo is not limited. */
static void test_c094_token_bucket(void **state)
{
    (void)state;
    static const struct {
        uint32_t rate, burst;
    } cases[] = {{1000, 50}, {1, 1}, {1, 10}, {10, 3}, {100000, 5}, {1000000, 1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct netif_config config = DEFAULT_CONFIG;
        config.icmp_rate = cases[i].rate;
        config.icmp_burst = cases[i].burst;
        frames_start(&config);
        uint64_t token = SECOND / cases[i].rate;
        assert_int_equal(reported_of(100), cases[i].burst);
        assert_int_equal(reported_of(1), 0);
        nif.now += token - 1;
        assert_int_equal(reported_of(2), 0);
        nif.now += 1;
        assert_int_equal(reported_of(2), 1);
        nif.now += 2 * token;
        assert_int_equal(reported_of(100), cases[i].burst < 2 ? cases[i].burst : 2);
        nif.now += 3600ull * SECOND; /* no more than the burst, however long it was quiet */
        assert_int_equal(reported_of(100), cases[i].burst);
        struct ping p = ping_request();
        ping_answered(&p);
    }
}

/* In the long run: a flood for ten seconds. */
static void test_c094_rate(void **state)
{
    (void)state;
    unsigned count = 0;
    for (unsigned i = 0; i < 50000; i++) {
        count += reported_of(1);
        nif.now += 200;
    }
    assert_in_range(count, 10000 + 49, 10000 + 50);
}

/* Both kinds take from the same bucket. */
static void test_c094_one_bucket(void **state)
{
    (void)state;
    struct wire in[2];
    struct ip ip = ip_request(17);
    both(in, &ip);
    nif.config.icmp_burst = 1;
    assert_int_equal(reported_of(1), 1);
    expect_drop(&in[1], DROP_IPV4_PROTOCOL);
    expect_drop(&in[0], DROP_UDP_PORT);
    nif.now += SECOND;
    struct wire out;
    wire_icmp_error(&out, &in[1], 3, 2, 0);
    expect_reply(&in[1], REPLY_ICMP_PROTOCOL_UNREACHABLE, &out);
    expect_drop(&in[0], DROP_UDP_PORT);
}

static void test_c094_none_at_all(void **state)
{
    (void)state;
    struct wire in[2];
    struct ip ip = ip_request(17);
    nif.config.icmp_rate = 0;
    both(in, &ip);
    expect_drop(&in[0], DROP_UDP_PORT);
    expect_drop(&in[1], DROP_IPV4_PROTOCOL);
    nif.config.icmp_rate = 1000;
    nif.config.icmp_burst = 0;
    expect_drop(&in[0], DROP_UDP_PORT);
    expect_drop(&in[1], DROP_IPV4_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c086_c087_every_length),
        TEST(test_c086_golden),
        TEST(test_c087_options_are_quoted),
        TEST(test_c087_small_mtu),
        TEST(test_c087_small_mtu_and_packet),
        TEST(test_c087_header),
        TEST(test_c087_trailing_octets),
        TEST(test_c087_source),
        TEST(test_c086_damaged),
        TEST(test_c086_every_source_port),
        TEST(test_c086_every_port),
        TEST(test_c085_unknown_protocol),
        TEST(test_c089_c090_broadcast),
        TEST(test_c093_sources),
        TEST(test_c088_no_error_about_icmp),
        TEST(test_c094_token_bucket),
        TEST(test_c094_rate),
        TEST(test_c094_others_are_told),
        TEST(test_c094_one_bucket),
        TEST(test_c094_none_at_all),
    };
    return cmocka_run_group_tests_name("icmp errors", tests, NULL, NULL);
}
