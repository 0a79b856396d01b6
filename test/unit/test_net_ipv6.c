/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv6's header (RFC 8200 3), and echo over it (RFC 4443 4.2): the exact octets of each answer. */
#include "frames6.h"

#include <stdlib.h>
#include <string.h>

/* Written out by hand from RFC 8200 3 and RFC 4443 4.1, the checksums by other means than this suite's. */
static void test_c095_golden(void **state)
{
    (void)state;
    static const uint8_t request[] = {
        0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x86, 0xdd, /**/
        0x60, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x3a, 0x3f,                                     /**/
        0x20, 0x01, 0x0d, 0xb8, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
        0,    1, /**/
        0x20, 0x01, 0x0d, 0xb8, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
        0,    2, /**/
        0x80, 0x00, 0xa9, 0xa7, 0x12, 0x34, 0x00, 0x01, 0x68, 0x69,
    };
    static const uint8_t reply[64] = {
        0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x86, 0xdd, /**/
        0x60, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x3a, 0x40,                                     /**/
        0x20, 0x01, 0x0d, 0xb8, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
        0,    2, /**/
        0x20, 0x01, 0x0d, 0xb8, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
        0,    1, /**/
        0x81, 0x00, 0xa8, 0xa7, 0x12, 0x34, 0x00, 0x01, 0x68, 0x69,
    };
    struct wire in = {.len = 0}, out = {.len = 0};
    wire_copy(&in, request, sizeof request);
    wire_copy(&out, reply, sizeof reply);
    expect_reply(&in, REPLY_ICMP6_ECHO, &out);
}

/* Nothing is cut, and nothing is changed. */
static void test_c095_every_length(void **state)
{
    (void)state;
    uint8_t rest[1456];
    for (size_t i = 0; i < sizeof rest; i++)
        rest[i] = (uint8_t)(i * 7 + (i >> 8));
    for (size_t len = 4; len <= sizeof rest; len++) {
        struct packet6 p = message6(128, 0, rest, len);
        echoed6(&p);
    }
}

static void test_c095_to_each_address(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    p.dst = OUR_LINK;
    p.src = PEER_LINK;
    echoed6(&p);
    p.src = PEER_IP6;
    echoed6(&p);
    p.dst = OTHER_IP6;
    dropped6(&p, DROP_IPV6_NOT_OURS);
}

static void test_c095_code(void **state)
{
    (void)state;
    struct packet6 p = message6(128, 7, (const uint8_t *)"abcdefgh", 8);
    echoed6(&p); /* RFC 4443 4.1 gives the code no meaning in a request */
}

/* All values of the checksum that is right for the data: the answer's is a full computation's. */
static void checksums(const uint8_t *group)
{
    for (unsigned word = 0; word <= 0xffff; word++) {
        uint8_t rest[6] = {0x12, 0x34, 0, 1, (uint8_t)(word >> 8), (uint8_t)word};
        struct packet6 p = message6(128, 0, rest, sizeof rest);
        if (group)
            packet6_to_group(&p, group);
        struct packet6 reply = echo6_reply(&p);
        if (group)
            reply.src = OUR_IP6;
        expect6(&p, REPLY_ICMP6_ECHO, &reply);
    }
}

static void test_c231_every_checksum(void **state)
{
    (void)state;
    checksums(NULL);
}

static void test_c231_every_checksum_to_a_group(void **state)
{
    (void)state;
    checksums(ALL_NODES);
}

/* 0 and 0xffff are one number (RFC 1071): a request may have either, an answer has no 0xffff. */
static void test_c231_zero(void **state)
{
    (void)state;
    for (unsigned word = 0; word <= 0xffff; word++) {
        uint8_t rest[6] = {0, 0, 0, 0, (uint8_t)(word >> 8), (uint8_t)word};
        struct packet6 p = message6(128, 0, rest, sizeof rest);
        struct wire w;
        wire_packet6(&w, &p);
        if (get16(w.octet + 56) != 0)
            continue;
        p.checksum = 0xffff;
        echoed6(&p);
        return;
    }
    fail();
}

static void test_c100_each_bit(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    struct wire w;
    wire_packet6(&w, &p);
    for (size_t bit = 54 * 8; bit < w.len * 8; bit++) {
        w.octet[bit / 8] ^= (uint8_t)(1 << bit % 8);
        expect_drop(&w, DROP_ICMP_CHECKSUM);
        w.octet[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 38 * 8; bit < 54 * 8;
         bit++) { /* of the destination: not ours, or not that sum */
        w.octet[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct frame f;
        uint8_t *memory = frame_make(&f, &w, w.len);
        assert_false(verdict_replies(net_input(&nif, &f)));
        free(memory);
        w.octet[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

/* RFC 4443 4.2, RFC 4291 2.7: from a unicast address of ours, of the scope of the request's source. */
static void test_c096_groups(void **state)
{
    (void)state;
    static const uint8_t *const groups[] = {ALL_NODES, OUR_LINK_GROUP, OUR_GROUP};
    for (size_t i = 0; i < COUNT(groups); i++) {
        struct packet6 p = echo6(), reply;
        packet6_to_group(&p, groups[i]);
        reply = echo6_reply(&p);
        reply.src = OUR_IP6;
        expect6(&p, REPLY_ICMP6_ECHO, &reply);
        p.src = PEER_LINK;
        reply = echo6_reply(&p);
        reply.src = OUR_LINK;
        expect6(&p, REPLY_ICMP6_ECHO, &reply);
    }
}

/* Groups that we are in no more than anybody: all routers, MLD's, other scopes, other hosts'. */
static void test_c118_other_groups(void **state)
{
    (void)state;
    static const address6 groups[] = {
        {0xff, 0x02, [15] = 2},
        {0xff, 0x02, [15] = 0x16},
        {0xff, 0x01, [15] = 1},
        {0xff, 0x00, [15] = 1},
        {0xff, 0x05, [15] = 1},
        {0xff, 0x0e, [15] = 1},
        {0xff, 0x12, [15] = 1},
        {0xff, 0x02},
        {0xff, 0x02, [11] = 1, 0xff, 0, 0, 3},
        {0xff, 0x02, [11] = 1, 0xfe, 0, 0, 2},
        {0xff, 0x02, [15] = 0xfb},
    };
    for (size_t i = 0; i < COUNT(groups); i++) {
        struct packet6 p = echo6();
        packet6_to_group(&p, groups[i]);
        dropped6(&p, DROP_IPV6_MULTICAST);
    }
}

/* RFC 6085: the frame's address does not say whether the packet is for many. */
static void test_c228_group_in_a_unicast_frame(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    p.dst = ALL_NODES;
    struct packet6 reply = echo6_reply(&p);
    reply.src = OUR_IP6;
    expect6(&p, REPLY_ICMP6_ECHO, &reply);
    p = echo6();
    p.eth_dst = MULTICAST_MAC;
    reply = echo6_reply(&p);
    expect6(&p, REPLY_ICMP6_ECHO, &reply);
    p.eth_dst = BROADCAST_MAC;
    expect6(&p, REPLY_ICMP6_ECHO, &reply);
}

static void test_c174_sources(void **state)
{
    (void)state;
    static const struct {
        address6 src;
        enum verdict want;
    } cases[] = {
        {{0}, DROP_IPV6_SOURCE_UNSPECIFIED},
        {{[15] = 1}, DROP_IPV6_SOURCE_LOOPBACK},
        {{0xff, 0x02, [15] = 1}, DROP_IPV6_SOURCE_GROUP},
        {{0xff, 0x0e, [15] = 9}, DROP_IPV6_SOURCE_GROUP},
        {{[10] = 0xff, 0xff, 192, 0, 2, 1}, DROP_IPV6_SOURCE_IPV4},
        {{0x20, 0x01, 0x0d, 0xb8, [15] = 2}, DROP_IPV6_SOURCE_OWN},
        {{0xfe, 0x80, [8] = 0x50, 0x54, 0, 0xff, 0xfe, 0x12, 0x34, 0x56}, DROP_IPV6_SOURCE_OWN},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct packet6 p = echo6();
        p.src = cases[i].src;
        dropped6(&p, cases[i].want);
        p = udp6(7);
        p.src = cases[i].src;
        dropped6(&p, cases[i].want);
        p = tcp6(2);
        p.src = cases[i].src;
        dropped6(&p, cases[i].want);
    }
    static const address6 near[] = {{[15] = 2}, {[10] = 0xff, 0xfe, 1, 1, 1, 1}, {0xfe, 0xff}};
    for (size_t i = 0; i < COUNT(near); i++) {
        struct packet6 p = echo6();
        p.src = near[i];
        echoed6(&p);
    }
}

static void test_c174_destinations(void **state)
{
    (void)state;
    static const address6 nobody[] = {{0}, {[15] = 1}, {[10] = 0xff, 0xff, 192, 168, 100, 2}};
    for (size_t i = 0; i < COUNT(nobody); i++) {
        struct packet6 p = echo6();
        p.dst = nobody[i];
        dropped6(&p, DROP_IPV6_NOT_OURS);
    }
}

static void test_c153_hop_limits(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    for (p.hop_limit = 0; p.hop_limit < 256; p.hop_limit++)
        echoed6(&p);
}

static void test_c177_traffic_class_and_flow(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    for (p.traffic_class = 0; p.traffic_class < 256; p.traffic_class++) {
        p.flow = p.traffic_class * 4099;
        echoed6(&p);
    }
}

static void test_versions(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    for (p.version = 0; p.version < 16; p.version++)
        if (p.version != 6)
            dropped6(&p, DROP_IPV6_VERSION);
}

/* What is behind the payload length is padding, and what is missing is a packet that was cut. */
static void test_c106_lengths(void **state)
{
    (void)state;
    struct wire in, out;
    struct packet6 p = echo6(), reply = echo6_reply(&p);
    wire_packet6(&in, &p);
    wire_packet6(&out, &reply);
    for (int i = 0; i < 8; i++) {
        wire_put(&in, 1, 0x77);
        expect_reply(&in, REPLY_ICMP6_ECHO, &out);
    }
    p.payload_length = (int)p.len + 1;
    dropped6(&p, DROP_IPV6_LENGTH);
    p.payload_length = 0xffff;
    dropped6(&p, DROP_IPV6_LENGTH);
    for (p.payload_length = 0; p.payload_length < 8; p.payload_length++)
        dropped6(&p, DROP_ICMP_SHORT);
    dropped6(&p, DROP_ICMP_CHECKSUM);
}

static void test_truncations(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    struct wire w;
    wire_packet6(&w, &p);
    for (size_t whole = w.len, len = 14; len < whole; len++) {
        w.len = len;
        expect_drop(&w, len < 54 ? DROP_IPV6_SHORT : DROP_IPV6_LENGTH);
    }
}

static void test_c106_no_next_header(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    p.protocol = 59;
    dropped6(&p, DROP_IPV6_NO_NEXT);
    p.len = 0;
    dropped6(&p, DROP_IPV6_NO_NEXT);
}

/* RFC 4443 2.4 a, b; RFC 4861 6.1.1, 8.1; RFC 2710 and RFC 9777: for routers, or not asked for. */
static void test_c097_types(void **state)
{
    (void)state;
    for (int type = 0; type < 256; type++) {
        struct packet6 p = message6(type, 0, (const uint8_t *)"0123456789012345678901234567", 28);
        p.hop_limit = 255;
        if (type == 128 || type == 130 || (type >= 134 && type <= 136))
            continue; /* other tests' */
        dropped6(&p, type == 129                 ? DROP_ICMP_ECHO_REPLY
                     : type < 128 || type == 137 ? DROP_ICMP_ERROR
                                                 : DROP_ICMP_TYPE);
    }
}

/* An interface without IPv6, or with too small an MTU for it (RFC 8200 5). */
static void test_no_ipv6(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    struct packet6 p = echo6();
    mac_t mac;
    memcpy(&mac, OUR_MAC, sizeof mac);
    config.ip6_none = true;
    frames6_start(&config);
    dropped6(&p, DROP_ETH_TYPE);
    net_link_up(&nif);
    net_announce(&nif);
    assert_true(net_due(&nif) == UINT64_MAX);
    net_init(&nif, &CONFIG6, &mac, 1279, 16, START);
    assert_true(net_due(&nif) == UINT64_MAX);
    dropped6(&p, DROP_ETH_TYPE);
    net_link_up(&nif);
    assert_true(net_due(&nif) == UINT64_MAX);
    dropped6(&p, DROP_ETH_TYPE);
    net_init(&nif, &CONFIG6, &mac, 1280, 16, START);
    echoed6(&p);
}

/* An MTU that is smaller than the request: no part goes back. */
static void test_c161_mtu(void **state)
{
    (void)state;
    uint8_t rest[1456] = {0};
    struct packet6 p = message6(128, 0, rest, 1236);
    net_set_mtu(&nif, 1280);
    echoed6(&p);
    p = message6(128, 0, rest, 1237);
    dropped6(&p, DROP_IPV6_MTU);
    net_set_mtu(&nif, 1281);
    echoed6(&p);
}

static void test_vlans(void **state)
{
    (void)state;
    static const uint8_t tags[] = {0x88, 0xa8, 0xb1, 0x23, 0x81, 0x00, 0x45, 0x67};
    struct packet6 p = echo6(), reply = echo6_reply(&p);
    for (size_t len = 4; len <= 8; len += 4) {
        struct wire in, out;
        wire_packet6(&in, &p);
        wire_packet6(&out, &reply);
        wire_tag(&in, tags, len);
        wire_tag(&out, tags, len);
        expect_reply(&in, REPLY_ICMP6_ECHO, &out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST6(test_c095_golden),
        TEST6(test_c095_every_length),
        TEST6(test_c095_to_each_address),
        TEST6(test_c095_code),
        TEST6(test_c231_every_checksum),
        TEST6(test_c231_every_checksum_to_a_group),
        TEST6(test_c231_zero),
        TEST6(test_c100_each_bit),
        TEST6(test_c096_groups),
        TEST6(test_c118_other_groups),
        TEST6(test_c228_group_in_a_unicast_frame),
        TEST6(test_c174_sources),
        TEST6(test_c174_destinations),
        TEST6(test_c153_hop_limits),
        TEST6(test_c177_traffic_class_and_flow),
        TEST6(test_versions),
        TEST6(test_c106_lengths),
        TEST6(test_truncations),
        TEST6(test_c106_no_next_header),
        TEST6(test_c097_types),
        TEST6(test_no_ipv6),
        TEST6(test_c161_mtu),
        TEST6(test_vlans),
    };
    return cmocka_run_group_tests_name("IPv6", tests, NULL, NULL);
}
