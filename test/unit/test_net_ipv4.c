/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IPv4 header (RFC 791, RFC 1122 3.2.1): every field over its whole range where that is
 * feasible, with the header's checksum right, so that the field's own check has to decide.
 */
#include "frames.h"

#include "net/reassembly.h"

#include <stdbool.h>

static const uint8_t NOPS[40] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};

static void test_c032_every_version(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.version = 0; p.version < 16; p.version++) {
        if (p.version == 4)
            ping_answered(&p);
        else
            ping_dropped(&p, DROP_IPV4_VERSION);
    }
}

/* Below 5 words it is no header. From 5 on it is one, with options, here no-operations. */
static void test_c033_every_header_length(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.ihl = 0; p.ihl < 5; p.ihl++)
        ping_dropped(&p, DROP_IPV4_IHL);
    p.ihl = AUTO;
    p.options = NOPS;
    for (p.options_len = 0; p.options_len <= 40; p.options_len += 4)
        ping_answered(&p);
}

/* Cut within the header, the checksum right over what it claims to be. */
static void test_c034_header_longer_than_the_frame(void **state)
{
    (void)state;
    struct wire in;
    struct ping p = ping_request();
    p.options = NOPS;
    for (p.options_len = 0; p.options_len <= 40; p.options_len += 4) {
        size_t end = 34 + p.options_len;
        wire_ping(&in, &p);
        for (in.len = 14; in.len < 34; in.len++)
            expect_drop(&in, DROP_IPV4_SHORT);
        for (in.len = 34; in.len < end; in.len++)
            expect_drop(&in, DROP_IPV4_HEADER_CUT);
        wire_set16(&in, 16, (uint16_t)(20 + p.options_len));
        wire_set16(&in, 24, 0);
        wire_set16(&in, 24, (uint16_t)~plain_sum(in.octet + 14, end - 14));
        in.len = end;
        expect_drop(&in, DROP_ICMP_SHORT); /* the header just fits */
    }
}

/* Every total length: below the header, the packet cut, the packet, its padding, past the frame. */
static void test_c035_c036_every_total_length(void **state)
{
    (void)state;
    for (size_t options = 0; options <= 40; options += 20) {
        struct ping p = ping_request();
        p.options = NOPS;
        p.options_len = options;
        int header = 20 + (int)options;
        int whole = header + 8 + (int)p.data_len;
        for (p.total_length = 0; p.total_length <= 0xffff; p.total_length++) {
            if (p.total_length < header)
                ping_dropped(&p, DROP_IPV4_LENGTH_LOW);
            else if (p.total_length > whole)
                ping_dropped(&p, DROP_IPV4_LENGTH_HIGH);
            else if (p.total_length < header + 8)
                ping_dropped(&p, DROP_ICMP_SHORT);
            else if (p.total_length < whole)
                ping_dropped(&p, DROP_ICMP_CHECKSUM);
            else
                ping_answered(&p);
        }
    }
}

static void test_c036_every_truncation(void **state)
{
    (void)state;
    struct wire in;
    struct ping p = ping_request();
    wire_ping(&in, &p);
    size_t whole = in.len;
    for (in.len = 34; in.len < whole; in.len++)
        expect_drop(&in, DROP_IPV4_LENGTH_HIGH);
}

/* Each of the header's bits, 160 and with options up to 480, flipped and the checksum left alone.
 */
static void test_c037_each_header_bit(void **state)
{
    (void)state;
    struct wire in;
    struct ping p = ping_request();
    p.options = NOPS;
    for (p.options_len = 0; p.options_len <= 40; p.options_len += 20) {
        wire_ping(&in, &p);
        for (unsigned bit = 0; bit < (20 + p.options_len) * 8; bit++) {
            in.octet[14 + bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
            expect_drop(&in, bit < 4                     ? DROP_IPV4_VERSION
                             : (in.octet[14] & 0x0f) < 5 ? DROP_IPV4_IHL
                                                         : DROP_IPV4_CHECKSUM);
            in.octet[14 + bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        }
    }
}

static void test_c037_every_checksum(void **state)
{
    (void)state;
    struct wire in;
    struct ping p = ping_request();
    wire_ping(&in, &p);
    int right = in.octet[24] << 8 | in.octet[25];
    for (p.ip_checksum = 0; p.ip_checksum <= 0xffff; p.ip_checksum++) {
        if (p.ip_checksum == right)
            ping_answered(&p);
        else
            ping_dropped(&p, DROP_IPV4_CHECKSUM);
    }
}

/* Each identification, so that the answer's header checksum takes every value. */
static void test_c037_every_checksum_of_the_answer(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (unsigned i = 0; i <= 0xffff; i++)
        ping_answered(&p);
}

static void test_c038_c152_not_for_us(void **state)
{
    (void)state;
    static const uint32_t others[] = {PEER_IP, OTHER_IP, 0x08080808, 0, 0x00010203};
    struct ping p = ping_request();
    for (unsigned bit = 0; bit < 32; bit++) {
        p.dst = OUR_IP ^ 1u << bit;
        ping_dropped(&p, p.dst == 0xc0a86400  ? DROP_IPV4_BROADCAST /* bit 1 makes it one */
                         : p.dst >> 24 >= 224 ? DROP_IPV4_MULTICAST /* and bit 29 */
                                              : DROP_IPV4_NOT_OURS);
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        p.dst = others[i];
        ping_dropped(&p, DROP_IPV4_NOT_OURS);
    }
}

/* What no single other host can have as its address; next to it what one can. */
static void test_c039_to_c044_source(void **state)
{
    (void)state;
    static const struct {
        uint32_t src;
        enum verdict verdict;
    } cases[] = {
        {0x00000000, DROP_IPV4_SOURCE_ZERO}, /* c043 */
        {0x00000001, DROP_IPV4_SOURCE_ZERO},
        {0x00010203, DROP_IPV4_SOURCE_ZERO},
        {0x00ffffff, DROP_IPV4_SOURCE_ZERO},
        {0x01000000, REPLY_ICMP_ECHO},
        {0x7effffff, REPLY_ICMP_ECHO},
        {0x7f000000, DROP_IPV4_SOURCE_LOOPBACK}, /* c042 */
        {0x7f000001, DROP_IPV4_SOURCE_LOOPBACK},
        {0x7fffffff, DROP_IPV4_SOURCE_LOOPBACK},
        {0x80000000, REPLY_ICMP_ECHO},
        {0xdfffffff, REPLY_ICMP_ECHO},
        {0xe0000000, DROP_IPV4_SOURCE_GROUP}, /* c041 */
        {0xe0000001, DROP_IPV4_SOURCE_GROUP},
        {0xefffffff, DROP_IPV4_SOURCE_GROUP},
        {0xf0000000, DROP_IPV4_SOURCE_GROUP},
        {0xf0000001, DROP_IPV4_SOURCE_GROUP},
        {0xfffffffe, DROP_IPV4_SOURCE_GROUP},
        {0xffffffff, DROP_IPV4_SOURCE_GROUP},     /* c039 */
        {0xc0a864ff, DROP_IPV4_SOURCE_BROADCAST}, /* c040 */
        {0xc0a86400, DROP_IPV4_SOURCE_BROADCAST},
        {0xc0a864fe, REPLY_ICMP_ECHO},
        {0xc0a86401, REPLY_ICMP_ECHO},
        {0xc0a863ff, REPLY_ICMP_ECHO}, /* a broadcast address elsewhere, but who knows */
        {0xc0a86500, REPLY_ICMP_ECHO},
        {OUR_IP, DROP_IPV4_SOURCE_OWN}, /* c044, "land" */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ping p = ping_request();
        p.src = cases[i].src;
        if (cases[i].verdict == REPLY_ICMP_ECHO)
            ping_answered(&p);
        else
            ping_dropped(&p, cases[i].verdict);
    }
}

static void test_c042_destination_is_loopback(void **state)
{
    (void)state;
    static const uint32_t loopback[] = {0x7f000000, 0x7f000001, 0x7fffffff};
    struct ping p = ping_request();
    for (size_t i = 0; i < COUNT(loopback); i++) {
        p.dst = loopback[i];
        ping_dropped(&p, DROP_IPV4_NOT_OURS);
    }
}

/* The source of every answer is the one address that is ours (the answer's exact octets say so). */
static void test_c045_c072_source_of_answers(void **state)
{
    (void)state;
    static const uint32_t ours[] = {OUR_IP, 0x0a000001, 0xc6336402, 0x01000001, 0xdfffff01};
    struct ping p = ping_request();
    for (size_t i = 0; i < COUNT(ours); i++) {
        use_ip(ours[i], 24);
        p.dst = ours[i];
        ping_answered(&p);
        p.dst = OTHER_IP;
        ping_dropped(&p, DROP_IPV4_NOT_OURS);
    }
}

static void test_c046_every_ttl(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.ttl = 0; p.ttl < 256; p.ttl++)
        ping_answered(&p);
}

static void test_c047_own_ttl(void **state)
{
    (void)state;
    for (unsigned ttl = 1; ttl < 256; ttl++) {
        struct ping p = ping_request();
        nif.config.ttl = (uint8_t)ttl;
        p.ttl = 255 - (int)ttl;
        ping_answered(&p);
    }
}

static void test_c048_link_broadcast(void **state)
{
    (void)state;
    struct ping p = ping_request();
    p.eth_dst = BROADCAST_MAC;
    ping_dropped(&p, DROP_IPV4_LINK_BROADCAST);
    p.eth_dst = MULTICAST_MAC;
    ping_dropped(&p, DROP_IPV4_LINK_BROADCAST);
}

static void test_c049_every_tos(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.tos = 0; p.tos < 256; p.tos++)
        ping_answered(&p);
}

/* The time of the only datagram that is held runs out: the frame comes back. */
static void frame_is_given_up(struct frame *f)
{
    struct frame unused = {.data = NULL};
    bool send;
    nif.now += REASSEMBLY_TIMEOUT_US;
    nif.claim.announcements_left = 0;
    assert_int_equal(net_tick(&nif, &unused), VERDICT_NONE);
    assert_ptr_equal(net_released(&nif, &send), f);
    assert_null(net_released(&nif, &send));
}

/*
 * All flags and offsets over 64 octets of payload: a fragment is kept, or ends beyond 65,535
 * octets, and everything else is answered. Whatever is kept comes back when it is given up.
 */
static void test_every_flags_and_offset(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.flags_offset = 0; p.flags_offset <= 0xffff; p.flags_offset++) {
        if ((p.flags_offset & 0x3fff) == 0) { /* neither more fragments, nor an offset */
            ping_answered(&p);
        } else if (20 + (p.flags_offset & 0x1fff) * 8 + 64 > 65535) {
            ping_dropped(&p, DROP_FRAGMENT_BEYOND);
        } else {
            struct wire w;
            bool send = true;
            wire_ping(&w, &p);
            nif.config.icmp_rate = 0; /* given up in silence */
            struct frame f = {.data = w.octet, .len = (uint16_t)w.len, .cap = sizeof w.octet};
            hold_at_most(8);
            assert_int_equal(net_input(&nif, &f), HELD_FRAGMENT);
            assert_null(net_released(&nif, &send));
            frame_is_given_up(&f);
        }
    }
}

static void test_c066_identifications(void **state)
{
    (void)state;
    static const int ids[] = {0, 1, 0x1234, 0xffff};
    struct ping p = ping_request();
    nif.ip_id = 0xfffe; /* and round */
    for (size_t i = 0; i < COUNT(ids); i++) {
        p.id = ids[i];
        ping_answered(&p);
    }
    assert_int_equal(nif.ip_id, 2);
}

/* The reserved bit is ignored, and 0 in the answer (RFC 791 3.1: "must be zero"). */
static void test_c067_reserved_flag(void **state)
{
    (void)state;
    struct ping p = ping_request();
    p.flags_offset = 0x8000;
    ping_answered(&p);
    p.flags_offset = 0xc000;
    ping_answered(&p);
}

/* With or without "don't fragment", which comes back as it was. */
static void test_c068_dont_fragment(void **state)
{
    (void)state;
    struct ping p = ping_request();
    p.flags_offset = 0x4000;
    ping_answered(&p);
    p.flags_offset = 0;
    ping_answered(&p);
}

/* No answer is longer than the MTU: the reply to a longer ping is truncated to that, its checksum
 * made anew (RFC 1122 3.2.2.6, 3.3.3). */
static void test_c064_c068_mtu(void **state)
{
    (void)state;
    static const uint16_t mtus[] = {68, 69, 576, 1280, 1400, 1500};
    static const uint8_t nops[40] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                     1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    uint8_t data[1900];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + (i >> 8));
    struct ping p = ping_request();
    p.data = data;
    p.options = nops;
    for (size_t i = 0; i < COUNT(mtus); i++) {
        nif.mtu = mtus[i];
        for (p.options_len = 0; p.options_len <= 40; p.options_len += 20) {
            size_t most = mtus[i] - 28u - p.options_len;
            p.flags_offset = p.options_len == 0 ? 0x4000 : 0;
            p.data_len = most;
            ping_answered(&p);
            for (p.data_len++; p.data_len <= sizeof data; p.data_len += 1 + p.data_len / 16) {
                struct ping reply = ping_reply(&p);
                reply.data_len = most;
                ping_expect(&p, REPLY_ICMP_ECHO, &reply, __FILE__, __LINE__);
            }
        }
    }
}

/* Truncated or not, what was damaged on the way is not answered. */
static void test_c064_damaged(void **state)
{
    (void)state;
    static uint8_t data[600];
    struct ping p = ping_request();
    nif.mtu = 576;
    p.data = data;
    p.data_len = sizeof data;
    p.icmp_checksum = 0x1234;
    ping_dropped(&p, DROP_ICMP_CHECKSUM);
}

/* Fragments are answered as they came, so none may be longer than the MTU. */
static void test_c064_fragments(void **state)
{
    (void)state;
    static uint8_t data[600];
    static const int offsets[] = {0x2000, 0x2005, 0x0005};
    struct ping p = ping_request();
    nif.mtu = 576;
    p.data = data;
    for (size_t i = 0; i < COUNT(offsets); i++) {
        p.flags_offset = offsets[i];
        for (p.data_len = 549; p.data_len <= sizeof data; p.data_len++)
            ping_dropped(&p, DROP_IPV4_MTU);
    }
    p.data_len = sizeof data;
    p.protocol = 6; /* though the answer would be a short one */
    ping_dropped(&p, DROP_IPV4_MTU);
}

static void test_c073_every_broadcast(void **state)
{
    (void)state;
    static const uint32_t groups[] = {0xc0a864ff, 0xc0a86400, 0xffffffff, 0xe0000001,
                                      0xe0000000, 0xefffffff, 0xf0000001, 0xfffffffe};
    static const uint8_t *const macs[] = {OUR_MAC, BROADCAST_MAC, MULTICAST_MAC};
    struct ping p = ping_request();
    for (size_t i = 0; i < COUNT(groups); i++) {
        for (size_t j = 0; j < COUNT(macs); j++) {
            p.dst = groups[i];
            p.eth_dst = macs[j];
            ping_dropped(&p, i < 3 ? DROP_IPV4_BROADCAST : DROP_IPV4_MULTICAST);
        }
    }
}

/* All but three are reported as unknown; those three find no header of theirs in a ping. */
static void test_c085_every_protocol(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.protocol = 0; p.protocol < 256; p.protocol++) {
        struct wire in, out;
        wire_ping(&in, &p);
        wire_icmp_error(&out, &in, 3, 2, 0);
        nif.now += SECOND; /* the rate limit is for other tests */
        if (p.protocol == 1)
            ping_answered(&p);
        else if (p.protocol == 6)
            ping_dropped(&p, DROP_TCP_OFFSET);
        else if (p.protocol == 17)
            ping_dropped(&p, DROP_UDP_LENGTH);
        else
            expect_reply(&in, REPLY_ICMP_PROTOCOL_UNREACHABLE, &out);
    }
}

/* Every prefix: its two broadcast addresses, one beyond each, and the hosts next to them. */
static void test_every_prefix(void **state)
{
    (void)state;
    const uint32_t ours = 0x0a55aa56; /* both bits in every part, so that it is never a broadcast */
    for (unsigned prefix = 1; prefix <= 30; prefix++) {
        uint32_t network = 0, broadcast = 0;
        for (unsigned bit = 0; bit < 32; bit++) { /* from the left */
            uint32_t mask = 0x80000000u >> bit;
            network |= bit < prefix ? ours & mask : 0;
            broadcast |= bit < prefix ? ours & mask : mask;
        }
        use_ip(ours, prefix);
        assert_int_equal(nif.prefix, prefix);
        const struct {
            uint32_t ip;
            bool silent;
        } cases[] = {
            {broadcast, true},    {network, true},        {broadcast - 1, false},
            {network + 1, false}, {broadcast + 1, false}, {network - 1, false},
        };
        for (size_t i = 0; i < COUNT(cases); i++) {
            uint32_t ip = cases[i].ip;
            if (ip == 0) /* nobody's address, whatever the prefix */
                continue;
            bool host = ip >> 24 != 0 && ip >> 24 != 127 && ip >> 24 < 224;
            struct ping p = ping_request();
            p.dst = ip;
            if (cases[i].silent)
                ping_dropped(&p, DROP_IPV4_BROADCAST);
            else if (ip != ours && ip >> 24 < 224)
                ping_dropped(&p, DROP_IPV4_NOT_OURS);
            p.dst = ours;
            p.src = ip;
            if (cases[i].silent && host)
                ping_dropped(&p, DROP_IPV4_SOURCE_BROADCAST);
            else if (host && ip != ours)
                ping_answered(&p);
        }
    }
}

/* RFC 3021: a subnet of two, or of one, has no broadcast address. */
static void test_small_subnets(void **state)
{
    (void)state;
    for (uint8_t prefix = 31; prefix <= 32; prefix++) {
        for (uint32_t ours = OUR_IP; ours <= OTHER_IP; ours++) {
            use_ip(ours, prefix);
            for (uint32_t low = 0; low < 256; low++) {
                struct ping p = ping_request();
                p.dst = ours;
                p.src = 0xc0a86400 | low;
                if (p.src == ours)
                    continue;
                ping_answered(&p);
                p.dst = p.src;
                p.src = PEER_IP;
                ping_dropped(&p, DROP_IPV4_NOT_OURS);
            }
            struct ping p = ping_request();
            p.dst = 0xffffffff;
            ping_dropped(&p, DROP_IPV4_BROADCAST);
        }
    }
}

static void test_no_address(void **state)
{
    (void)state;
    static const uint32_t addresses[] = {OUR_IP, PEER_IP, 0, 0xc0a864fe};
    struct ping p = ping_request();
    for (uint8_t prefix = 0; prefix <= 32; prefix += 8) {
        use_ip(0, prefix);
        for (size_t i = 0; i < COUNT(addresses); i++) {
            p.dst = addresses[i];
            ping_dropped(&p, DROP_IPV4_NOT_OURS);
        }
        p.dst = 0xffffffff;
        ping_dropped(&p, DROP_IPV4_BROADCAST);
        p.dst = 0xe0000001;
        ping_dropped(&p, DROP_IPV4_MULTICAST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c032_every_version),
        TEST(test_c033_every_header_length),
        TEST(test_c034_header_longer_than_the_frame),
        TEST(test_c035_c036_every_total_length),
        TEST(test_c036_every_truncation),
        TEST(test_c037_each_header_bit),
        TEST(test_c037_every_checksum),
        TEST(test_c037_every_checksum_of_the_answer),
        TEST(test_c038_c152_not_for_us),
        TEST(test_c039_to_c044_source),
        TEST(test_c042_destination_is_loopback),
        TEST(test_c045_c072_source_of_answers),
        TEST(test_c046_every_ttl),
        TEST(test_c047_own_ttl),
        TEST(test_c048_link_broadcast),
        TEST(test_c049_every_tos),
        TEST(test_every_flags_and_offset),
        TEST(test_c066_identifications),
        TEST(test_c067_reserved_flag),
        TEST(test_c068_dont_fragment),
        TEST(test_c064_c068_mtu),
        TEST(test_c064_damaged),
        TEST(test_c064_fragments),
        TEST(test_c073_every_broadcast),
        TEST(test_c085_every_protocol),
        TEST(test_every_prefix),
        TEST(test_small_subnets),
        TEST(test_no_address),
    };
    return cmocka_run_group_tests_name("ipv4", tests, NULL, NULL);
}
