/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ethernet (RFC 894, RFC 1122 2.3.3): which frames are ours, which are answered, and that answers
 * have Ethernet's least length. Two frames stand here octet by octet, to judge the builders too.
 */
#include "frames.h"

#include "net/eth.h"

#include <stdbool.h>
#include <string.h>

static void test_c001_golden_frames(void **state)
{
    (void)state;
    static const uint8_t who_has[] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x08, 0x06, /**/
        0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01,                                     /**/
        0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0xc0, 0xa8, 0x64, 0x01,                         /**/
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc0, 0xa8, 0x64, 0x02,
    };
    static const uint8_t is_at[60] = {
        0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x08, 0x06, /**/
        0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02,                                     /**/
        0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0xc0, 0xa8, 0x64, 0x02,                         /**/
        0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0xc0, 0xa8, 0x64, 0x01,
    };
    static const uint8_t echo[] = {
        0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x08, 0x00, /**/
        0x45, 0xb8, 0x00, 0x1e, 0xbe, 0xef, 0x40, 0x00, 0x40, 0x01, 0x31, 0xe3, 0xc0, 0xa8,
        0x64, 0x01, 0xc0, 0xa8, 0x64, 0x02, /**/
        0x08, 0x00, 0xd4, 0xb9, 0x77, 0x77, 0x00, 0x01, 0xab, 0xcd,
    };
    static const uint8_t echo_reply[60] = {
        0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x08, 0x00, /**/
        0x45, 0xb8, 0x00, 0x1e, 0x12, 0x34, 0x40, 0x00, 0x40, 0x01, 0xde, 0x9e, 0xc0, 0xa8,
        0x64, 0x02, 0xc0, 0xa8, 0x64, 0x01, /**/
        0x00, 0x00, 0xdc, 0xb9, 0x77, 0x77, 0x00, 0x01, 0xab, 0xcd,
    };
    struct wire in = {.len = 0}, out = {.len = 0};
    wire_copy(&in, who_has, sizeof who_has);
    wire_copy(&out, is_at, sizeof is_at);
    expect_reply(&in, REPLY_ARP, &out);

    in.len = out.len = 0;
    wire_copy(&in, echo, sizeof echo);
    wire_copy(&out, echo_reply, sizeof echo_reply);
    expect_reply(&in, REPLY_ICMP_ECHO, &out);
}

/* RFC 1042 encapsulation, which RFC 1122 2.3.3 leaves to us: silence. */
static void test_c002_rfc1042(void **state)
{
    (void)state;
    static const uint8_t snap[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00};
    struct wire ping, in = {.len = 0};
    struct ping p = ping_request();
    wire_ping(&ping, &p);
    wire_copy(&in, ping.octet, 12);
    wire_put(&in, 2, (uint32_t)(ping.len - 12 + sizeof snap));
    wire_copy(&in, snap, sizeof snap);
    wire_copy(&in, ping.octet + 12, ping.len - 12);
    expect_drop(&in, DROP_ETH_LENGTH);
}

/* The padding is zeros up to 60 octets and no part of the packet (ping_reply says so). */
static void test_c003_answers_are_padded(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.data_len = 0; p.data_len <= 30; p.data_len++) /* 42 to 72 octets */
        ping_answered(&p);
    struct arp a = arp_request();
    arp_answered(&a);
}

/* Whatever follows the packet is neither read nor sent back. */
static void test_c004_trailer_is_ignored(void **state)
{
    (void)state;
    static const uint8_t trailer[] = {0x00, 0xff, 0x5a};
    struct wire in, out;
    for (size_t i = 0; i < COUNT(trailer); i++) {
        struct ping p = ping_request();
        for (p.data_len = 0; p.data_len <= 20; p.data_len++) {
            struct ping reply = ping_reply(&p);
            wire_ping(&in, &p);
            for (size_t len = in.len; len <= in.len + 100; len += len < 60 ? 1 : 40) {
                struct wire longer = in;
                wire_fill(&longer, trailer[i], len);
                reply.id = (uint16_t)(nif.ip_id + 1);
                wire_ping(&out, &reply);
                wire_fill(&out, 0, FRAME_MIN);
                expect_reply(&longer, REPLY_ICMP_ECHO, &out);
            }
        }
        struct arp a = arp_request(), reply = arp_reply(&a);
        wire_arp(&in, &a);
        wire_arp(&out, &reply);
        wire_fill(&out, 0, FRAME_MIN);
        while (in.len < 100) {
            wire_fill(&in, trailer[i], in.len + 1);
            expect_reply(&in, REPLY_ARP, &out);
        }
    }
}

static void test_c005_for_another_mac(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 48; bit++) {
        uint8_t mac[6];
        memcpy(mac, OUR_MAC, 6);
        mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct ping p = ping_request();
        struct arp a = arp_request();
        p.eth_dst = a.eth_dst = mac;
        if (bit == 0) { /* the group bit: multicast reaches us, and may carry ARP */
            ping_dropped(&p, DROP_IPV4_LINK_BROADCAST);
            arp_answered(&a);
        } else {
            ping_dropped(&p, DROP_ETH_NOT_OURS);
            arp_dropped(&a, DROP_ETH_NOT_OURS);
        }
    }
    struct ping p = ping_request();
    p.eth_dst = ZERO_MAC;
    ping_dropped(&p, DROP_ETH_NOT_OURS);
}

/* Every first octet: an odd one is a group, which is no source. */
static void test_c006_source_is_a_group(void **state)
{
    (void)state;
    uint8_t mac[6];
    memcpy(mac, PEER_MAC, 6);
    for (unsigned first = 0; first < 256; first++) {
        mac[0] = (uint8_t)first;
        struct ping p = ping_request();
        struct arp a = arp_request();
        p.eth_src = a.eth_src = mac;
        if (first & 1) {
            ping_dropped(&p, DROP_ETH_SOURCE_GROUP);
            arp_dropped(&a, DROP_ETH_SOURCE_GROUP);
        } else {
            ping_answered(&p);
            arp_answered(&a);
        }
    }
    struct ping p = ping_request();
    p.eth_src = BROADCAST_MAC;
    ping_dropped(&p, DROP_ETH_SOURCE_GROUP);
}

static void test_c007_shorter_than_the_header(void **state)
{
    (void)state;
    struct wire in;
    struct ping p = ping_request();
    wire_ping(&in, &p);
    for (in.len = 0; in.len < 14; in.len++)
        expect_drop(&in, DROP_ETH_SHORT);
    expect_drop(&in, DROP_IPV4_SHORT); /* 14 octets are a header, and nothing in it */
}

/* All types but two, over what would be a sound ping: among them LLDP, PAUSE, IPv6. Behind the two
 * VLAN tags stands another type, here a length; see test_net_vlan.c. */
static void test_c008_every_type(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.ethertype = 0; p.ethertype <= 0xffff; p.ethertype++) {
        if (p.ethertype < 0x0600 || p.ethertype == 0x8100 || p.ethertype == 0x88a8)
            ping_dropped(&p, DROP_ETH_LENGTH);
        else if (p.ethertype == 0x0806)
            ping_dropped(&p, DROP_ARP_HARDWARE);
        else if (p.ethertype != 0x0800)
            ping_dropped(&p, DROP_ETH_TYPE);
        else
            ping_answered(&p);
    }
}

/* The answer's source is ours and its destination the asker's, whatever the request was sent to. */
static void test_answer_goes_to_the_source(void **state)
{
    (void)state;
    struct ping p = ping_request();
    p.eth_src = OTHER_MAC;
    ping_answered(&p);
    p.eth_src = ZERO_MAC;
    ping_answered(&p);
}

/* Whatever the header was before, all of it is known after a frame for us, and only then used. */
static void test_pull_sets_all(void **state)
{
    (void)state;
    struct wire w;
    struct ping p = ping_request();
    wire_ping(&w, &p);
    struct frame f = {.data = w.octet, .len = (uint16_t)w.len, .cap = (uint16_t)w.len};
    struct cursor c = {f.data, f.len, &f};
    struct eth_header e;
    memset(&e, 0xa5, sizeof e);
    e.group = true;
    assert_int_equal(eth_pull(&nif, &c, &e), VERDICT_NONE);
    assert_memory_equal(&e.peer, PEER_MAC, 6);
    assert_false(e.group);
    assert_int_equal(e.tag_count, 0);
    assert_int_equal(be16(e.type), 0x0800);
    assert_int_equal(c.left, w.len - 14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c001_golden_frames),           TEST(test_c002_rfc1042),
        TEST(test_c003_answers_are_padded),      TEST(test_c004_trailer_is_ignored),
        TEST(test_c005_for_another_mac),         TEST(test_c006_source_is_a_group),
        TEST(test_c007_shorter_than_the_header), TEST(test_c008_every_type),
        TEST(test_answer_goes_to_the_source),    TEST(test_pull_sets_all),
    };
    return cmocka_run_group_tests_name("ethernet", tests, NULL, NULL);
}
