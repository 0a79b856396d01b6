/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDP (RFC 768, RFC 1122 4.1) and its echo (RFC 862) and discard (RFC 863) services: whether a
 * datagram is sound, and that no two reflectors ever talk to each other.
 */
#include "frames.h"

#include <string.h>

static uint8_t octets[1480];

static void answered(const struct udp *u)
{
    struct wire in, out;
    struct udp reply = udp_reply(u);
    wire_udp(&in, u);
    wire_udp(&out, &reply);
    wire_fill(&out, 0, FRAME_MIN);
    expect_reply(&in, REPLY_UDP_ECHO, &out);
}

static void dropped(const struct udp *u, enum verdict want)
{
    struct wire in;
    wire_udp(&in, u);
    frame_expect(&in, want, NULL, __FILE__, __LINE__);
}

static void port_unreachable(const struct udp *u)
{
    struct wire in, out;
    wire_udp(&in, u);
    wire_icmp_error(&out, &in, 3, 3, 0);
    nif.now += SECOND;
    expect_reply(&in, REPLY_ICMP_PORT_UNREACHABLE, &out);
}

/* The same data, whatever its length, and a checksum that still holds. */
static void test_c124_every_length(void **state)
{
    (void)state;
    struct udp u = udp_request(7);
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(i * 7 + (i >> 8));
    u.data = octets;
    for (u.data_len = 0; u.data_len <= 1472; u.data_len++)
        answered(&u);
}

static void test_c124_golden(void **state)
{
    (void)state;
    static const uint8_t request[] = {
        0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x08, 0x00, /**/
        0x45, 0x00, 0x00, 0x1e, 0xbe, 0xef, 0x00, 0x00, 0x40, 0x11, 0x72, 0x8b, 0xc0, 0xa8,
        0x64, 0x01, 0xc0, 0xa8, 0x64, 0x02, /**/
        0xc3, 0x50, 0x00, 0x07, 0x00, 0x0a, 0x8a, 0xc4, 0x68, 0x69,
    };
    static const uint8_t reply[60] = {
        0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x08, 0x00, /**/
        0x45, 0x00, 0x00, 0x1e, 0x12, 0x34, 0x00, 0x00, 0x40, 0x11, 0x1f, 0x47, 0xc0, 0xa8,
        0x64, 0x02, 0xc0, 0xa8, 0x64, 0x01, /**/
        0x00, 0x07, 0xc3, 0x50, 0x00, 0x0a, 0x8a, 0xc4, 0x68, 0x69,
    };
    struct wire in = {.len = 0}, out = {.len = 0};
    wire_copy(&in, request, sizeof request);
    wire_copy(&out, reply, sizeof reply);
    expect_reply(&in, REPLY_UDP_ECHO, &out);
}

/* What is longer than the MTU does not go back: a part of it would not be what was sent. It is the
 * datagram that counts, not what the packet holds behind it. */
static void test_c124_mtu(void **state)
{
    (void)state;
    static const uint8_t options[40]; /* they end with the first */
    static const uint16_t mtus[] = {68, 576, 1280, 1500};
    static uint8_t data[1900];
    for (size_t i = 0; i < COUNT(mtus); i++) {
        struct udp u = udp_request(7);
        nif.mtu = mtus[i];
        u.data = data;
        u.ip.options = options;
        for (u.ip.options_len = 0; u.ip.options_len <= 40; u.ip.options_len += 20) {
            size_t most = mtus[i] - 28u - u.ip.options_len;
            u.data_len = most;
            answered(&u);
            for (u.data_len++; u.data_len <= sizeof data; u.data_len += 1 + u.data_len / 16)
                dropped(&u, DROP_IPV4_MTU);
        }
        struct wire in, out;
        struct udp shorter = udp_request(7), reply;
        shorter.data = data;
        shorter.data_len = mtus[i] - 28u;
        reply = udp_reply(&shorter);
        shorter.length = (int)shorter.data_len + 8;
        shorter.data_len += 100;
        shorter.checksum = reply.checksum = 0;
        wire_udp(&in, &shorter);
        wire_udp(&out, &reply);
        expect_reply(&in, REPLY_UDP_ECHO, &out);
    }
}

/* Options, type of service, time to live, "don't fragment": as with any answer. */
static void test_c124_header(void **state)
{
    (void)state;
    static const uint8_t nops[40] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                     1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct udp u = udp_request(7);
    u.ip.options = nops;
    u.ip.tos = 0xb8;
    u.ip.ttl = 1;
    u.ip.flags_offset = 0x4000;
    for (u.ip.options_len = 0; u.ip.options_len <= 40; u.ip.options_len += 4)
        answered(&u);
}

static void test_c125_from_the_address_that_was_asked(void **state)
{
    (void)state;
    nif.config.vip[0] = 0xcb007107;
    nif.config.vip_count = 1;
    struct udp u = udp_request(7);
    u.ip.src = 0xc6336401; /* outside our subnet, or we would have to ask where it is */
    u.ip.dst = 0xcb007107;
    answered(&u);
}

/* None was made: not looked at, and 0 in the answer. */
static void test_c122_no_checksum(void **state)
{
    (void)state;
    struct udp u = udp_request(7);
    u.checksum = 0;
    for (u.data_len = 0; u.data_len <= 56; u.data_len++)
        answered(&u);
}

static void test_c122_every_checksum(void **state)
{
    (void)state;
    struct wire w;
    struct udp u = udp_request(7);
    u.data_len = 7;
    wire_udp(&w, &u);
    int right = w.octet[40] << 8 | w.octet[41];
    for (u.checksum = 1; u.checksum <= 0xffff; u.checksum++) {
        if (u.checksum == right)
            answered(&u);
        else
            dropped(&u, DROP_UDP_CHECKSUM);
    }
}

/* One that comes to 0 is sent as 0xffff: every sum there is, among them that one. */
static void test_c122_zero_is_sent_as_all_ones(void **state)
{
    (void)state;
    uint8_t data[2];
    struct udp u = udp_request(7);
    u.data = data;
    u.data_len = 2;
    unsigned ones = 0;
    for (unsigned i = 0; i <= 0xffff; i++) {
        struct wire w;
        data[0] = (uint8_t)(i >> 8);
        data[1] = (uint8_t)i;
        wire_udp(&w, &u);
        ones += w.octet[40] == 0xff && w.octet[41] == 0xff;
        answered(&u);
    }
    assert_in_range(ones, 1, 2);
}

/* Each bit of the datagram, and of the addresses that the pseudo-header has. */
static void test_c122_each_bit(void **state)
{
    (void)state;
    struct wire in;
    struct udp u = udp_request(7);
    for (u.data_len = 0; u.data_len <= 9; u.data_len++) {
        wire_udp(&in, &u);
        for (size_t bit = 34 * 8; bit < in.len * 8; bit++) {
            if (bit >= 38 * 8 && bit < 40 * 8) /* the length: the next tests */
                continue;
            in.octet[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
            expect_drop(&in, DROP_UDP_CHECKSUM);
            in.octet[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        }
    }
    nif.config.vip[0] = OUR_IP ^ 0x0100; /* made for one address, sent to the other */
    nif.config.vip_count = 1;
    struct udp other = udp_request(7);
    other.ip.dst = OUR_IP ^ 0x0100;
    wire_udp(&in, &u);
    u.checksum = in.octet[40] << 8 | in.octet[41];
    other.checksum = u.checksum;
    other.data_len = u.data_len;
    dropped(&other, DROP_UDP_CHECKSUM);
}

/* Below 8 and beyond the packet it is no length; in between the rest is passed over. */
static void test_c123_every_length_field(void **state)
{
    (void)state;
    struct udp u = udp_request(7);
    u.data_len = 40;
    for (u.length = 0; u.length <= 0xffff; u.length++) {
        struct wire in, out;
        wire_udp(&in, &u);
        if (u.length < 8 || u.length > 48) {
            expect_drop(&in, DROP_UDP_LENGTH);
        } else { /* the answer ends with the datagram */
            struct udp shorter = u, reply;
            shorter.data_len = (size_t)u.length - 8;
            reply = udp_reply(&shorter);
            wire_udp(&out, &reply);
            wire_fill(&out, 0, FRAME_MIN);
            expect_reply(&in, REPLY_UDP_ECHO, &out);
        }
    }
}

/* 0 to 7 octets, also where the frame is padded. */
static void test_c123_short(void **state)
{
    (void)state;
    for (int n = 0; n < 8; n++) {
        struct wire in;
        struct udp u = udp_request(7);
        u.data_len = 0;
        u.ip.total_length = 20 + n;
        wire_udp(&in, &u);
        wire_fill(&in, 0, FRAME_MIN);
        expect_drop(&in, DROP_UDP_SHORT);
        in.len = 34 + (size_t)n;
        expect_drop(&in, DROP_UDP_SHORT);
    }
}

/* What Ethernet pads is not in the answer. */
static void test_c123_padding(void **state)
{
    (void)state;
    struct udp u = udp_request(7);
    for (u.data_len = 0; u.data_len < 18; u.data_len++) {
        struct wire in, out;
        struct udp reply = udp_reply(&u);
        wire_udp(&in, &u);
        wire_fill(&in, 0x5a, FRAME_MIN + 4);
        wire_udp(&out, &reply);
        wire_fill(&out, 0, FRAME_MIN);
        expect_reply(&in, REPLY_UDP_ECHO, &out);
    }
}

/* Every port that an answer could come back from, to each service that sends back what it gets. */
static void test_c126_loop_guard(void **state)
{
    (void)state;
    static const int services[] = {7, 862};
    for (size_t i = 0; i < COUNT(services); i++) {
        struct udp u = udp_request(services[i]);
        for (u.sport = 0; u.sport <= 0xffff; u.sport += i == 0 ? 1 : 0x111) {
            bool loops = u.sport == 0 || u.sport == 7 || u.sport == 13 || u.sport == 17 ||
                         u.sport == 19 || u.sport == 37 || u.sport == 862;
            if (loops)
                dropped(&u, DROP_UDP_LOOP);
            else if (i == 0)
                answered(&u);
        }
        static const int guarded[] = {0, 7, 13, 17, 19, 37, 862};
        for (size_t j = 0; j < COUNT(guarded); j++) {
            u.sport = guarded[j];
            dropped(&u, DROP_UDP_LOOP);
        }
    }
    nif.config.stamp_port = 4862;
    struct udp u = udp_request(7);
    u.sport = 4862;
    dropped(&u, DROP_UDP_LOOP);
    u.sport = 862; /* somebody else's reflector is there still */
    dropped(&u, DROP_UDP_LOOP);
}

/* The reflector on a port of its own refuses that port too, and so does what is on another's port;
 * a service that is off here may run where the datagram comes from. */
static void test_c126_loop_guard_of_stamp(void **state)
{
    (void)state;
    static const int guarded[] = {0, 7, 13, 17, 19, 37, 862};
    static const int ports[] = {4862, 7, 9, 862};
    for (size_t i = 0; i < COUNT(ports); i++) {
        struct udp u = udp_request(ports[i]);
        u.data_len = 13;
        nif.config.stamp_port = (uint16_t)ports[i];
        nif.config.services = SERVICE_STAMP;
        for (size_t j = 0; j < COUNT(guarded); j++) {
            u.sport = guarded[j];
            dropped(&u, DROP_UDP_LOOP);
        }
        u.sport = ports[i];
        dropped(&u, DROP_UDP_LOOP);
        u.sport = ports[i] == 9 ? 10 : 9; /* discard never answers */
        dropped(&u, DROP_STAMP_SHORT);
    }
}

/* Who sends nothing back needs no guard: discard takes it, and a closed port is reported, as an
 * ICMP error can't come back (RFC 1122 3.2.2). */
static void test_c126_loops_to_others(void **state)
{
    (void)state;
    static const int sources[] = {0, 7, 9, 13, 17, 19, 37, 862, 4862};
    nif.config.stamp_port = 4862;
    for (size_t i = 0; i < COUNT(sources); i++) {
        struct udp u = udp_request(9);
        u.sport = sources[i];
        dropped(&u, CONSUMED_UDP_DISCARD);
        u.dport = 862; /* the reflector is elsewhere */
        port_unreachable(&u);
        u.dport = sources[i];
        if (u.dport != 7 && u.dport != 9 && u.dport != 4862)
            port_unreachable(&u);
    }
}

/* Damaged comes before looped. */
static void test_c126_damaged(void **state)
{
    (void)state;
    struct udp u = udp_request(7);
    u.sport = 7;
    u.checksum = 0x1234;
    dropped(&u, DROP_UDP_CHECKSUM);
    u.checksum = AUTO;
    u.length = 7;
    dropped(&u, DROP_UDP_LENGTH);
}

/* To many: never, switched on or not. */
static void test_c126_broadcast(void **state)
{
    (void)state;
    struct udp u = udp_request(7);
    for (int on = 0; on <= 1; on++) {
        nif.config.broadcast = on;
        u.ip.dst = 0xc0a864ff;
        dropped(&u, DROP_IPV4_BROADCAST);
        u.ip.dst = 0xffffffff;
        dropped(&u, DROP_IPV4_BROADCAST);
    }
}

static void test_c127_discard(void **state)
{
    (void)state;
    struct udp u = udp_request(9);
    for (u.data_len = 0; u.data_len <= 56; u.data_len++)
        dropped(&u, CONSUMED_UDP_DISCARD);
    u = udp_request(9);
    u.checksum = 1;
    dropped(&u, DROP_UDP_CHECKSUM);
}

/* A service that is off is a closed port, and the others stay. */
static void test_services_switched(void **state)
{
    (void)state;
    for (unsigned services = 0; services < 16; services++) {
        nif.config.services = (uint8_t)services;
        struct udp u = udp_request(7);
        if (services & SERVICE_ECHO)
            answered(&u);
        else
            port_unreachable(&u);
        u.dport = 9;
        if (services & SERVICE_DISCARD)
            dropped(&u, CONSUMED_UDP_DISCARD);
        else
            port_unreachable(&u);
        u.dport = 862;
        u.data_len = 13;
        if (services & SERVICE_STAMP)
            dropped(&u, DROP_STAMP_SHORT);
        else
            port_unreachable(&u);
    }
}

/* STAMP comes before the service whose port it was put on, which has its port back without it. */
static void test_stamp_comes_first(void **state)
{
    (void)state;
    for (int port = 7; port <= 9; port += 2) {
        struct udp u = udp_request(port);
        u.data_len = 13;
        nif.config.stamp_port = (uint16_t)port;
        nif.config.services = SERVICE_ECHO | SERVICE_DISCARD | SERVICE_STAMP;
        dropped(&u, DROP_STAMP_SHORT);
        nif.config.services = SERVICE_ECHO | SERVICE_DISCARD;
        if (port == 7)
            answered(&u);
        else
            dropped(&u, CONSUMED_UDP_DISCARD);
        nif.config.services = SERVICE_STAMP;
        u.dport = 862;
        port_unreachable(&u);
    }
}

/* What is only taken may be longer than what we can send. */
static void test_c127_discard_and_mtu(void **state)
{
    (void)state;
    struct udp u = udp_request(9);
    nif.mtu = 68;
    for (u.data_len = 40; u.data_len <= 56; u.data_len++)
        dropped(&u, CONSUMED_UDP_DISCARD);
    u.data_len = 41;
    u.dport = 7;
    dropped(&u, DROP_IPV4_MTU);
}

/* Closed like any other; it is as a source that it means nothing. */
static void test_port_0(void **state)
{
    (void)state;
    struct udp u = udp_request(0);
    port_unreachable(&u);
    u.sport = 0;
    port_unreachable(&u);
    u.dport = 7;
    dropped(&u, DROP_UDP_LOOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c124_every_length),
        TEST(test_c124_golden),
        TEST(test_c124_mtu),
        TEST(test_c124_header),
        TEST(test_c125_from_the_address_that_was_asked),
        TEST(test_c122_no_checksum),
        TEST(test_c122_every_checksum),
        TEST(test_c122_zero_is_sent_as_all_ones),
        TEST(test_c122_each_bit),
        TEST(test_c123_every_length_field),
        TEST(test_c123_short),
        TEST(test_c123_padding),
        TEST(test_c126_loop_guard),
        TEST(test_c126_loop_guard_of_stamp),
        TEST(test_c126_loops_to_others),
        TEST(test_c126_damaged),
        TEST(test_c126_broadcast),
        TEST(test_c127_discard),
        TEST(test_services_switched),
        TEST(test_stamp_comes_first),
        TEST(test_c127_discard_and_mtu),
        TEST(test_port_0),
    };
    return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
