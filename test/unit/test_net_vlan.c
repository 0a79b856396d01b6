/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VLAN tags (IEEE 802.1Q): an answer carries the tags of its request, and only the VLANs that we
 * are in are answered.
 */
#include "frames.h"

#include <string.h>

/* A tag as it goes over the wire. */
#define TAG(tpid, tci)                                                                             \
    (uint8_t)((tpid) >> 8), (uint8_t)((tpid)&255), (uint8_t)((tci) >> 8), (uint8_t)((tci)&255)

static void tagged(const struct ping *p, const uint8_t *tags, size_t len, enum verdict want)
{
    struct wire in, out;
    struct ping reply = ping_reply(p);
    wire_ping(&in, p);
    wire_tag(&in, tags, len);
    wire_ping(&out, &reply);
    wire_tag(&out, tags, len);
    wire_fill(&out, 0, FRAME_MIN);
    frame_expect(&in, want, want == REPLY_ICMP_ECHO ? &out : NULL, __FILE__, __LINE__);
}

/* All priorities and identifiers with either tag; 4095 is reserved. */
static void test_c031_every_tag(void **state)
{
    (void)state;
    struct ping p = ping_request();
    p.data_len = 2;
    for (unsigned tci = 0; tci <= 0xffff; tci++) {
        uint8_t c_tag[] = {TAG(0x8100, tci)}, s_tag[] = {TAG(0x88a8, tci)};
        enum verdict want = (tci & 0xfff) == 0xfff ? DROP_ETH_VLAN : REPLY_ICMP_ECHO;
        tagged(&p, c_tag, sizeof c_tag, want);
        tagged(&p, s_tag, sizeof s_tag, want);
    }
}

/* Every length at which padding matters: Ethernet's least length counts the tags. */
static void test_c031_padding(void **state)
{
    (void)state;
    static const uint8_t two[] = {TAG(0x88a8, 0x2064), TAG(0x8100, 0xe00a)};
    struct ping p = ping_request();
    for (p.data_len = 0; p.data_len <= 30; p.data_len++) {
        tagged(&p, two, 4, REPLY_ICMP_ECHO);
        tagged(&p, two, 8, REPLY_ICMP_ECHO);
    }
}

static void test_c031_arp(void **state)
{
    (void)state;
    static const uint8_t tags[] = {TAG(0x8100, 0x0007), TAG(0x8100, 0x0008)};
    for (size_t len = 4; len <= sizeof tags; len += 4) {
        struct wire in, out;
        struct arp a = arp_request(), reply = arp_reply(&a);
        wire_arp(&in, &a);
        wire_tag(&in, tags, len);
        wire_arp(&out, &reply);
        wire_tag(&out, tags, len);
        wire_fill(&out, 0, FRAME_MIN);
        expect_reply(&in, REPLY_ARP, &out);
    }
}

/* An error begins further in front: the tags move along. */
static void test_c031_icmp_error(void **state)
{
    (void)state;
    static const uint8_t tags[] = {TAG(0x88a8, 0xb123), TAG(0x8100, 0x4567)};
    static uint8_t data[1400];
    struct udp u = udp_request(33434);
    u.data = data;
    for (u.data_len = 0; u.data_len <= sizeof data; u.data_len += 100) {
        for (size_t len = 4; len <= sizeof tags; len += 4) {
            struct wire in, out;
            wire_udp(&in, &u);
            wire_icmp_error(&out, &in, 3, 3, 0);
            wire_tag(&in, tags, len);
            wire_tag(&out, tags, len);
            expect_reply(&in, REPLY_ICMP_PORT_UNREACHABLE, &out);
        }
    }
}

static void test_c031_more_than_two_tags(void **state)
{
    (void)state;
    static const uint8_t tags[] = {TAG(0x88a8, 1), TAG(0x88a8, 2), TAG(0x8100, 3), TAG(0x8100, 4)};
    struct ping p = ping_request();
    tagged(&p, tags, 8, REPLY_ICMP_ECHO);
    tagged(&p, tags, 12, DROP_ETH_TAGS);
    tagged(&p, tags, 16, DROP_ETH_TAGS);
}

static void test_c031_some_vlans(void **state)
{
    (void)state;
    static const uint16_t ours[] = {1, 7, 4094};
    struct netif_config config = DEFAULT_CONFIG;
    config.any_vlan = false;
    memcpy(config.vlan, ours, sizeof ours);
    config.vlan_count = COUNT(ours);
    config.vlan[COUNT(ours)] = 9; /* behind the end of the list */
    frames_start(&config);
    struct ping p = ping_request();
    ping_answered(&p); /* without a tag */
    for (unsigned vid = 0; vid < 4096; vid++) {
        uint8_t tags[] = {TAG(0x8100, 0xe000 | vid), TAG(0x8100, 99)};
        bool in = vid == 0 || vid == 1 || vid == 7 || vid == 4094;
        tagged(&p, tags, 4, in ? REPLY_ICMP_ECHO : DROP_ETH_VLAN);
        if (vid != 0) /* the outer one decides */
            tagged(&p, tags, 8, in ? REPLY_ICMP_ECHO : DROP_ETH_VLAN);
    }
}

/* A tag without an identifier is as good as none: the next one decides. */
static void test_c031_priority_tag(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.any_vlan = false;
    frames_start(&config); /* in no VLAN */
    struct ping p = ping_request();
    static const uint8_t zeros[] = {TAG(0x8100, 0xa000), TAG(0x8100, 0)};
    static const uint8_t other[] = {TAG(0x8100, 0xa000), TAG(0x8100, 5)};
    ping_answered(&p);
    tagged(&p, zeros, 4, REPLY_ICMP_ECHO);
    tagged(&p, zeros, 8, REPLY_ICMP_ECHO);
    tagged(&p, other, 8, DROP_ETH_VLAN);
    tagged(&p, other + 4, 4, DROP_ETH_VLAN);
    config.vlan[0] = 5;
    config.vlan_count = 1;
    frames_start(&config);
    tagged(&p, other, 8, REPLY_ICMP_ECHO);
    tagged(&p, other + 4, 4, REPLY_ICMP_ECHO);
}

static void test_c031_truncated(void **state)
{
    (void)state;
    static const uint8_t tags[] = {TAG(0x88a8, 1), TAG(0x8100, 2), TAG(0x8100, 3)};
    struct wire in;
    struct ping p = ping_request();
    wire_ping(&in, &p);
    wire_tag(&in, tags, 8);
    for (in.len = 0; in.len < 22; in.len++)
        expect_drop(&in, DROP_ETH_SHORT);
    expect_drop(&in, DROP_IPV4_SHORT);
    wire_ping(&in, &p);
    wire_tag(&in, tags, 12);
    for (in.len = 14; in.len < 26; in.len++)
        expect_drop(&in, DROP_ETH_SHORT);
    expect_drop(&in, DROP_ETH_TAGS);
}

/* Behind a tag the rules for types are the same; 0x9100 and 0x9200 are no standard's tags. */
static void test_c031_types(void **state)
{
    (void)state;
    struct ping p = ping_request();
    uint8_t tag[] = {TAG(0x8100, 5)};
    for (p.ethertype = 0; p.ethertype <= 0xffff; p.ethertype += 5) {
        if (p.ethertype != 0x0800 && p.ethertype != 0x0806 && p.ethertype != 0x8100 &&
            p.ethertype != 0x88a8)
            tagged(&p, tag, 4, p.ethertype < 0x0600 ? DROP_ETH_LENGTH : DROP_ETH_TYPE);
    }
    p = ping_request();
    static const uint16_t no_tags[] = {0x9100, 0x9200, 0x8101, 0x80ff, 0x88a7, 0x88a9};
    for (size_t i = 0; i < COUNT(no_tags); i++) {
        uint8_t tags[] = {TAG(no_tags[i], 5)};
        tagged(&p, tags, 4, DROP_ETH_TYPE);
    }
}

/* Whom the frame is for and from comes first. */
static void test_c031_addresses(void **state)
{
    (void)state;
    static const uint8_t tag[] = {TAG(0x8100, 0xfff)};
    struct ping p = ping_request();
    p.eth_dst = OTHER_MAC;
    tagged(&p, tag, 4, DROP_ETH_NOT_OURS);
    p.eth_src = MULTICAST_MAC;
    tagged(&p, tag, 4, DROP_ETH_SOURCE_GROUP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c031_every_tag),
        TEST(test_c031_padding),
        TEST(test_c031_arp),
        TEST(test_c031_icmp_error),
        TEST(test_c031_more_than_two_tags),
        TEST(test_c031_some_vlans),
        TEST(test_c031_priority_tag),
        TEST(test_c031_truncated),
        TEST(test_c031_types),
        TEST(test_c031_addresses),
    };
    return cmocka_run_group_tests_name("vlan", tests, NULL, NULL);
}
