/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The STAMP Session-Reflector (RFC 8762, RFC 8972) and TWAMP Light's (RFC 5357): every field at its
 * place, counted in octets from the start of the UDP data, with times that the test chooses.
 */
#include "frames.h"

#include <string.h>

#define RECEIVED 1700000000123456ull /* microseconds since 1970 */
#define SENT     1700000000123999ull
#define ERROR    0x1234

/* Where a field is. */
enum { SEQUENCE = 0, TIME = 4, ESTIMATE = 12, SSID = 14, RECEIVE = 16, SENDER = 24, ZERO = 38 };
enum { SENDER_TTL = 40, ZEROS = 41, BASE = 44 };

static uint8_t request[1472];

static void put(uint8_t *at, unsigned octets, uint64_t value)
{
    while (octets-- > 0)
        *at++ = (uint8_t)(value >> 8 * octets);
}

/* RFC 5905 6: seconds since 1900 and 2^-32 of them. */
static uint64_t ntp(uint64_t us)
{
    return (us / SECOND + 2208988800u) << 32 | (us % SECOND << 32) / SECOND;
}

/* A request that has something everywhere, also where it must be zero. */
static struct udp test_packet(size_t size)
{
    struct udp u = udp_request(862);
    for (size_t i = 0; i < sizeof request; i++)
        request[i] = (uint8_t)(0x41 + i % 23); /* no TLV: those begin with bit 0 set */
    put(request + SEQUENCE, 4, 0x01020304);
    put(request + TIME, 8, 0xe90f1a2b3c4d5e6f);
    put(request + ESTIMATE, 2, 0xc567);
    put(request + SSID, 2, 0x89ab);
    u.data = request;
    u.data_len = size;
    nif.now = 77 * SECOND;
    nif.wall_known = true;
    nif.wall_offset = RECEIVED - nif.now;
    nif.wall_error = ERROR;
    frame_transmit = nif.now + (SENT - RECEIVED);
    return u;
}

/* RFC 8762 figure 5, RFC 5357 4.2.1; what lies behind goes back as it came. */
static struct udp reflected(const struct udp *u, uint8_t *data)
{
    struct udp reply = udp_reply(u);
    size_t size = u->data_len;
    uint64_t sent = nif.wall_offset + (frame_transmit ? frame_transmit : nif.now);
    memset(data, 0, 41);
    memcpy(data, u->data, size);
    put(data + TIME, 8, ntp(sent));
    put(data + ESTIMATE, 2, nif.wall_error);
    if (size < BASE)
        put(data + SSID, 2, 0);
    put(data + RECEIVE, 8, ntp(nif.wall_offset + nif.now));
    memcpy(data + SENDER, u->data, 14);
    put(data + ZERO, 2, 0);
    data[SENDER_TTL] = (uint8_t)u->ip.ttl;
    if (size >= BASE)
        put(data + ZEROS, 3, 0);
    reply.ip.ttl = 255;
    reply.checksum = AUTO;
    reply.data = data;
    reply.data_len = size < 41 ? 41 : size;
    return reply;
}

static void answered(const struct udp *u)
{
    uint8_t data[sizeof request];
    struct wire in, out;
    struct udp reply = reflected(u, data);
    wire_udp(&in, u);
    wire_udp(&out, &reply);
    wire_fill(&out, 0, FRAME_MIN);
    expect_reply(&in, REPLY_STAMP, &out);
}

/* The same where the TLVs of the answer, from octet 44 on, are these. */
static void tlvs(const uint8_t *in_tlvs, const uint8_t *out_tlvs, size_t size)
{
    uint8_t data[sizeof request];
    struct wire in, out;
    struct udp u = test_packet(BASE + size), reply;
    memcpy(request + BASE, in_tlvs, size);
    reply = reflected(&u, data);
    memcpy(data + BASE, out_tlvs, size);
    wire_udp(&in, &u);
    wire_udp(&out, &reply);
    wire_fill(&out, 0, FRAME_MIN);
    expect_reply(&in, REPLY_STAMP, &out);
}

static void short_of(const struct udp *u)
{
    struct wire in;
    wire_udp(&in, u);
    expect_drop(&in, DROP_STAMP_SHORT);
}

/* One by hand, so that reflected() is judged too. */
static void test_c128_golden(void **state)
{
    (void)state;
    static const uint8_t want[48] = {
        0x01,           0x02,           0x03,           0x04, /* sequence number */
        0xe8,           0xfe,           0x6f,           0x80,           0x1f, 0xbe,
        0x66,           0x01,                                 /* sent at .123999 */
        0x12,           0x34,           0x89,           0xab, /* our error estimate, the session's
                                                                 identifier */
        0xe8,           0xfe,           0x6f,           0x80,           0x1f, 0x9a,
        0xcf,           0xfa,                                 /* received at .123456 */
        0x01,           0x02,           0x03,           0x04, /* the sender's sequence number, time,
                                                                 error estimate */
        0xe9,           0x0f,           0x1a,           0x2b,           0x3c, 0x4d,
        0x5e,           0x6f,           0xc5,           0x67,           0x00, 0x00, /**/
        0x3f,           0x00,           0x00,           0x00, /* its time to live */
        0x41 + 44 % 23, 0x41 + 45 % 23, 0x41 + 46 % 23, 0x41 + 47 % 23,
    };
    struct wire in, out;
    struct udp u = test_packet(48), reply = udp_reply(&u);
    reply.ip.ttl = 255;
    reply.data = want;
    reply.data_len = sizeof want;
    wire_udp(&in, &u);
    wire_udp(&out, &reply);
    expect_reply(&in, REPLY_STAMP, &out);
}

/* The answer is as long as the request, and copies what is behind the base packet. */
static void test_c129_every_length(void **state)
{
    (void)state;
    for (size_t size = BASE; size <= sizeof request; size++) {
        struct udp u = test_packet(size);
        answered(&u);
    }
}

/* TWAMP Light: from 14 octets on, answered with 41, the rest zero (RFC 5357 4.2.1). */
static void test_c136_twamp_light(void **state)
{
    (void)state;
    for (size_t size = 14; size < BASE; size++) {
        struct udp u = test_packet(size);
        nif.config.icmp_burst = 1000; /* answers that are longer than their requests are limited */
        answered(&u);
        u.ip.ttl = 255;
        u.checksum = 0;
        answered(&u);
    }
    for (size_t size = 0; size < 14; size++) {
        struct udp u = test_packet(size);
        frame_room = 100;
        short_of(&u);
    }
}

/* A longer answer needs room in the buffer: all of it or none. */
static void test_c136_no_room(void **state)
{
    (void)state;
    for (size_t size = 14; size < 41; size++) {
        struct udp u = test_packet(size);
        for (frame_room = 0; frame_room < 41 - size; frame_room++)
            short_of(&u);
        answered(&u); /* with just enough */
    }
}

/* Nor may a packet be longer than the MTU: 20 and 8 octets of headers, 41 of the answer. */
static void test_c136_small_mtu(void **state)
{
    (void)state;
    for (size_t size = 14; size <= 41; size++) {
        struct udp u = test_packet(size);
        frame_room = 100;
        nif.mtu = 68;
        if (size < 41)
            short_of(&u);
        nif.mtu = 69;
        answered(&u);
    }
}

/* A request that is longer than the MTU does not go back, as its answer would be. */
static void test_c129_mtu(void **state)
{
    (void)state;
    for (size_t size = 41; size <= 1472; size += size < 50 ? 1 : 97) {
        struct wire in;
        struct udp u = test_packet(size);
        nif.mtu = (uint16_t)(size + 28);
        answered(&u);
        nif.mtu--;
        wire_udp(&in, &u);
        expect_drop(&in, DROP_IPV4_MTU);
    }
}

/* What pads the frame is no part of the request, and none of the answer. */
static void test_c136_padded_frame(void **state)
{
    (void)state;
    for (size_t size = 14; size < 18; size++) {
        uint8_t data[sizeof request];
        struct wire in, out;
        struct udp u = test_packet(size), reply = reflected(&u, data);
        wire_udp(&in, &u);
        wire_fill(&in, 0x5a, FRAME_MIN);
        wire_udp(&out, &reply);
        expect_reply(&in, REPLY_STAMP, &out);
    }
}

/* In a UDP datagram that ends before the packet, what follows is overwritten too. */
static void test_c136_trailing_octets(void **state)
{
    (void)state;
    uint8_t data[sizeof request];
    struct wire in, out;
    struct udp u = test_packet(30), shorter = test_packet(14), reply;
    u.length = 8 + 14;
    reply = reflected(&shorter, data);
    wire_udp(&in, &u);
    wire_udp(&out, &reply);
    expect_reply(&in, REPLY_STAMP, &out);
}

static void test_c130_c131_sequence(void **state)
{
    (void)state;
    for (uint64_t sequence = 0; sequence <= 0xffffffff; sequence = sequence * 3 + 1) {
        struct udp u = test_packet(BASE);
        put(request + SEQUENCE, 4, sequence);
        answered(&u);
        answered(&u); /* stateless: a repeated one again */
    }
}

static void test_c132_every_ttl(void **state)
{
    (void)state;
    struct udp u = test_packet(BASE);
    for (u.ip.ttl = 0; u.ip.ttl < 256; u.ip.ttl++)
        answered(&u);
    nif.config.ttl = 1; /* c138: whatever we send otherwise */
    u.ip.ttl = 7;
    answered(&u);
}

/* Both our times, on the wall's clock: across a second, with the least and the most fraction. */
static void test_c133_times(void **state)
{
    (void)state;
    static const uint64_t times[] = {
        0, 1, 999999, SECOND - 1, 2085978495ull * SECOND + 999999, RECEIVED, 1ull << 50};
    for (size_t i = 0; i < COUNT(times); i++) {
        for (uint64_t later = 0; later <= 3000000; later = later * 10 + 1) {
            struct udp u = test_packet(BASE);
            nif.now = times[i] + 1000;
            nif.wall_known = true;
            nif.wall_offset = 12345;
            frame_transmit = nif.now + later;
            answered(&u);
        }
    }
}

/* Not sent yet: the field is zero, so that a checksum over it is right at any time. */
static void test_c133_before_transmission(void **state)
{
    (void)state;
    for (size_t size = 14; size <= 60; size++) {
        struct udp u = test_packet(size);
        frame_transmit = 0;
        answered(&u);
    }
}

/* As many times as it takes for each checksum to come up, 0xffff for 0 (RFC 768). */
static void test_c122_every_checksum(void **state)
{
    (void)state;
    unsigned ones = 0;
    struct udp u = test_packet(BASE);
    for (unsigned i = 0; i <= 0xffff; i++) {
        uint8_t data[sizeof request];
        struct wire out;
        put(request + SSID, 2, i);
        struct udp reply = reflected(&u, data);
        wire_udp(&out, &reply);
        ones += out.octet[40] == 0xff && out.octet[41] == 0xff;
        answered(&u);
    }
    assert_in_range(ones, 1, 2);
    frame_transmit = 0; /* and before transmission */
    for (unsigned i = 0; i <= 0xffff; i++) {
        put(request + SSID, 2, i);
        answered(&u);
    }
}

/* Nobody has set the clock: not synchronised (S), NTP's format (Z), and a multiplier that is not 0
 * (RFC 4656 4.1.2). */
static void test_c134_unknown_clock(void **state)
{
    (void)state;
    assert_int_equal(nif.wall_error & 0xc000, 0);
    assert_int_not_equal(nif.wall_error & 0xff, 0);
    assert_false(nif.wall_known);
    uint16_t unknown = nif.wall_error;
    struct udp u = test_packet(BASE);
    nif.wall_error = unknown;
    nif.wall_known = false;
    nif.wall_offset = 0;
    answered(&u);
}

/* The sender's own estimate comes back, its format bit too; ours is ours. */
static void test_c131_error_estimates(void **state)
{
    (void)state;
    struct udp u = test_packet(BASE);
    for (unsigned i = 0; i <= 0xffff; i += 0x111) {
        put(request + ESTIMATE, 2, i);
        nif.wall_error = (uint16_t)(0xffff - i);
        answered(&u);
    }
}

/* "Must be zero" is sent as such and not looked at: all zeros, all ones. */
static void test_c135_must_be_zero(void **state)
{
    (void)state;
    struct udp u = test_packet(BASE);
    memset(request + RECEIVE, 0, BASE - RECEIVE);
    answered(&u);
    memset(request + RECEIVE, 0xff, BASE - RECEIVE);
    answered(&u);
}

static void test_c137_every_session(void **state)
{
    (void)state;
    struct udp u = test_packet(BASE);
    for (unsigned ssid = 0; ssid <= 0xffff; ssid += 0x101) {
        put(request + SSID, 2, ssid);
        answered(&u);
    }
}

/* RFC 8972 4: flags U 0x80, M 0x40, I 0x20; the sender sets U. */
static void test_c137_tlvs(void **state)
{
    (void)state;
    static const struct {
        uint8_t size, in[16], out[16];
    } cases[] = {
        /* extra padding is known, none of the others */
        {4, {0x80, 1, 0, 0}, {0, 1, 0, 0}},
        {8, {0x80, 1, 0, 4, 9, 9, 9, 9}, {0, 1, 0, 4, 9, 9, 9, 9}},
        {8, {0x80, 2, 0, 4, 9, 9, 9, 9}, {0x80, 2, 0, 4, 9, 9, 9, 9}},
        {4, {0x80, 0, 0, 0}, {0x80, 0, 0, 0}},
        {4, {0x80, 255, 0, 0}, {0x80, 255, 0, 0}},
        /* several, of any length */
        {13,
         {0x80, 4, 0, 1, 9, 0x80, 1, 0, 0, 0x80, 3, 0, 0},
         {0x80, 4, 0, 1, 9, 0, 1, 0, 0, 0x80, 3, 0, 0}},
        /* the reflector's flags are its own, the reserved ones zero */
        {4, {0xff, 1, 0, 0}, {0, 1, 0, 0}},
        {4, {0xff, 9, 0, 0}, {0x80, 9, 0, 0}},
        /* beyond the packet: malformed, and what follows goes back as it came */
        {4, {0x80, 1, 0, 1}, {0x40, 1, 0, 1}},
        {4, {0x80, 7, 0xff, 0xff}, {0xc0, 7, 0xff, 0xff}},
        {12,
         {0x80, 1, 0, 9, 0x80, 1, 0, 0, 0x80, 1, 0, 0},
         {0x40, 1, 0, 9, 0x80, 1, 0, 0, 0x80, 1, 0, 0}},
        {12,
         {0x80, 1, 0, 8, 0x80, 1, 0, 0, 0x80, 1, 0, 0},
         {0, 1, 0, 8, 0x80, 1, 0, 0, 0x80, 1, 0, 0}},
        /* too short for a TLV */
        {1, {0x80}, {0x80}},
        {3, {0x80, 1, 0}, {0x80, 1, 0}},
        {7, {0x80, 1, 0, 0, 0x80, 1, 0}, {0, 1, 0, 0, 0x80, 1, 0}},
        /* without U it is plain padding (RFC 8762 4.3), and so what follows */
        {8, {0, 1, 0, 0, 0x80, 1, 0, 0}, {0, 1, 0, 0, 0x80, 1, 0, 0}},
        {8, {0x40, 2, 0, 99, 0x80, 1, 0, 0}, {0x40, 2, 0, 99, 0x80, 1, 0, 0}},
        {16, {0}, {0}},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        tlvs(cases[i].in, cases[i].out, cases[i].size);
}

/* Every type there is, and every length about the end of the packet. */
static void test_c137_every_tlv(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        for (unsigned length = 0; length < 40; length++) {
            uint8_t in[24] = {0x80, (uint8_t)type, 0, (uint8_t)length}, out[24];
            memcpy(out, in, sizeof in);
            out[0] = (uint8_t)((type == 1 ? 0 : 0x80) | (length > 20 ? 0x40 : 0));
            tlvs(in, out, sizeof in);
        }
    }
}

/* An answer that is longer than its request is limited in number, one that is not never is. */
static void test_c136_twamp_light_is_limited(void **state)
{
    (void)state;
    struct udp shorter = test_packet(14), longer = test_packet(41);
    struct wire in, whole;
    wire_udp(&in, &shorter);
    wire_udp(&whole, &longer);
    nif.config.icmp_burst = 3;
    for (int i = 0; i < 10; i++) {
        uint8_t octet[NET_HEAD_MIN + 128];
        struct frame f = {.data = octet + NET_HEAD_MIN, .cap = 128, .head = NET_HEAD_MIN};
        memcpy(f.data, in.octet, in.len);
        f.len = (uint16_t)in.len;
        assert_int_equal(net_input(&nif, &f), i < 3 ? REPLY_STAMP : DROP_STAMP_LIMIT);
        if (i >= 3) /* unchanged */
            assert_memory_equal(f.data, in.octet, in.len);
        memcpy(f.data, whole.octet, whole.len);
        f.len = (uint16_t)whole.len;
        assert_int_equal(net_input(&nif, &f), REPLY_STAMP);
    }
}

/* In a request shorter than the base packet nothing is a TLV, whatever it looks like. */
static void test_c137_no_tlvs_in_twamp(void **state)
{
    (void)state;
    struct udp u = test_packet(43);
    put(request + 39, 4, 0x80010000);
    answered(&u);
}

static void test_c128_another_port(void **state)
{
    (void)state;
    static const int ports[] = {1, 7, 9, 4862, 49152, 65535}; /* whose service was there before */
    for (size_t i = 0; i < COUNT(ports); i++) {
        struct udp u = test_packet(BASE);
        nif.config.stamp_port = (uint16_t)ports[i];
        u.dport = ports[i];
        answered(&u);
        struct wire in, out;
        u.dport = 862;
        wire_udp(&in, &u);
        wire_icmp_error(&out, &in, 3, 3, 0);
        expect_reply(&in, REPLY_ICMP_PORT_UNREACHABLE, &out);
    }
}

/* Damaged, looping, or to many: as with any datagram. */
static void test_c126_unsound(void **state)
{
    (void)state;
    struct wire in;
    struct udp u = test_packet(BASE);
    u.checksum = 0x1234;
    wire_udp(&in, &u);
    expect_drop(&in, DROP_UDP_CHECKSUM);
    u = test_packet(BASE);
    u.sport = 862;
    wire_udp(&in, &u);
    expect_drop(&in, DROP_UDP_LOOP);
    u = test_packet(BASE);
    u.ip.dst = 0xc0a864ff;
    nif.config.broadcast = true;
    wire_udp(&in, &u);
    expect_drop(&in, DROP_IPV4_BROADCAST);
}

/* With options and tags the fields are further back; the time goes where they are. */
static void test_c133_options_and_tags(void **state)
{
    (void)state;
    static const uint8_t nops[40] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                     1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    static const uint8_t tags[8] = {0x88, 0xa8, 0, 1, 0x81, 0, 0, 2};
    for (size_t size = 14; size <= 60; size += 23) {
        uint8_t data[sizeof request];
        struct wire in, out;
        struct udp u = test_packet(size), reply;
        u.ip.options = nops;
        u.ip.options_len = sizeof nops;
        reply = reflected(&u, data);
        wire_udp(&in, &u);
        wire_tag(&in, tags, sizeof tags);
        wire_udp(&out, &reply);
        wire_tag(&out, tags, sizeof tags);
        expect_reply(&in, REPLY_STAMP, &out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c128_golden),
        TEST(test_c129_every_length),
        TEST(test_c136_twamp_light),
        TEST(test_c136_twamp_light_is_limited),
        TEST(test_c136_no_room),
        TEST(test_c136_small_mtu),
        TEST(test_c129_mtu),
        TEST(test_c136_padded_frame),
        TEST(test_c136_trailing_octets),
        TEST(test_c130_c131_sequence),
        TEST(test_c132_every_ttl),
        TEST(test_c133_times),
        TEST(test_c133_before_transmission),
        TEST(test_c122_every_checksum),
        TEST(test_c134_unknown_clock),
        TEST(test_c131_error_estimates),
        TEST(test_c135_must_be_zero),
        TEST(test_c137_every_session),
        TEST(test_c137_tlvs),
        TEST(test_c137_every_tlv),
        TEST(test_c137_no_tlvs_in_twamp),
        TEST(test_c128_another_port),
        TEST(test_c126_unsound),
        TEST(test_c133_options_and_tags),
    };
    return cmocka_run_group_tests_name("stamp", tests, NULL, NULL);
}
