/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP (RFC 792, RFC 1122 3.2.2): an echo request is answered with the same identifier, sequence
 * number and data and a checksum that verifies; everything else is silence.
 */
#include "frames.h"

#include <string.h>

/* Every length, odd ones too, with octets that tell each place from the others. */
static void test_c069_every_length(void **state)
{
    (void)state;
    static uint8_t data[1472];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + (i >> 8));
    struct ping p = ping_request();
    p.data = data;
    for (p.data_len = 0; p.data_len <= sizeof data; p.data_len++)
        ping_answered(&p);
    memset(data, 0xff, sizeof data); /* carries in every word */
    for (p.data_len = sizeof data - 9; p.data_len <= sizeof data; p.data_len++)
        ping_answered(&p);
}

static void test_c069_identifier_and_sequence(void **state)
{
    (void)state;
    static const int values[] = {0, 1, 0x00ff, 0xff00, 0x1234, 0x7fff, 0x8000, 0xffff};
    struct ping p = ping_request();
    for (size_t i = 0; i < COUNT(values); i++) {
        for (size_t j = 0; j < COUNT(values); j++) {
            p.ident = values[i];
            p.sequence = values[j];
            p.data_len = 2 + i; /* keeps the answer's checksum off 0x0000 and 0xffff */
            ping_answered(&p);
        }
    }
}

/*
 * A ping of eight octets with this checksum, which is right for it. The answer is all fixed but its
 * checksum, which must verify; it is the one that RFC 1071 computes, where 0x0000 and 0xffff stand
 * for the same sum unless all is zero.
 */
static void answer_verifies(struct ping *p, uint16_t checksum)
{
    struct wire in, out;
    p->data_len = 0;
    p->icmp_checksum = checksum;
    wire_ping(&in, p);
    assert_int_equal(plain_sum(in.octet + 34, 8), 0xffff);

    struct ping reply = ping_reply(p);
    wire_ping(&out, &reply);
    if (out.octet[36] == 0 && out.octet[37] == 0)
        wire_set16(&out, 36, 0xffff);
    assert_int_equal(plain_sum(out.octet + 34, 8), 0xffff);
    wire_fill(&out, 0, FRAME_MIN);
    expect_reply(&in, REPLY_ICMP_ECHO, &out);
}

/* All 65,536 checksums that a request may carry, among them RFC 1624's corner. */
static void test_c070_every_checksum(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (unsigned checksum = 0; checksum <= 0xffff; checksum++) {
        /* 0x0800, identifier and checksum must come to 0xffff, by ones' complement. */
        unsigned ident = (0xffffu - 0x0800 + 0xffff - checksum) % 0xffff;
        p.sequence = 0;
        p.ident = (int)ident;
        answer_verifies(&p, (uint16_t)checksum);
        p.sequence = 0xffff; /* ones' complement's other zero */
        answer_verifies(&p, (uint16_t)checksum);
    }
}

/* The answer's message is all zeros but for its checksum, which 0x0000 would not satisfy. */
static void test_c070_all_zero(void **state)
{
    (void)state;
    static const uint8_t zeros[64];
    struct ping p = ping_request();
    p.ident = p.sequence = 0;
    p.data = zeros;
    for (p.data_len = 0; p.data_len <= sizeof zeros; p.data_len++) {
        struct wire in;
        wire_ping(&in, &p);
        assert_int_equal(in.octet[36] << 8 | in.octet[37], 0xf7ff);
        ping_answered(&p); /* with 0xffff, says the builder */
    }
}

static void test_c071_every_checksum_but_one(void **state)
{
    (void)state;
    struct wire in;
    struct ping p = ping_request();
    wire_ping(&in, &p);
    int right = in.octet[36] << 8 | in.octet[37];
    for (p.icmp_checksum = 0; p.icmp_checksum <= 0xffff; p.icmp_checksum++) {
        if (p.icmp_checksum == right)
            ping_answered(&p);
        else
            ping_dropped(&p, DROP_ICMP_CHECKSUM);
    }
}

static void test_c071_each_bit(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.data_len = 0; p.data_len <= 56; p.data_len += 7) {
        struct wire in;
        wire_ping(&in, &p);
        for (size_t bit = 34 * 8; bit < in.len * 8; bit++) {
            in.octet[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
            expect_drop(&in, DROP_ICMP_CHECKSUM);
            in.octet[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        }
    }
}

/* Any code is answered, and comes back: RFC 792 knows only 0 here, so it says nothing else. */
static void test_c074_every_code(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.code = 0; p.code < 256; p.code++)
        ping_answered(&p);
}

/* 0 to 7 octets of message, in a frame that ends there and in one that is padded. */
static void test_c075_short(void **state)
{
    (void)state;
    struct ping p = ping_request();
    p.data_len = 0;
    for (int octets = 0; octets < 8; octets++) {
        struct wire in;
        p.total_length = 20 + octets;
        wire_ping(&in, &p);
        in.len = 34 + (size_t)octets;
        expect_drop(&in, DROP_ICMP_SHORT);
        wire_fill(&in, 0, FRAME_MIN);
        expect_drop(&in, DROP_ICMP_SHORT);
    }
}

/* All types, each with every code that could mean something. */
static void test_c076_to_c082_every_type(void **state)
{
    (void)state;
    struct ping p = ping_request();
    for (p.type = 0; p.type < 256; p.type++) {
        for (p.code = 0; p.code < 17; p.code++) {
            switch (p.type) {
            case 8:
                ping_answered(&p);
                break;
            case 0: /* c077 */
                ping_dropped(&p, DROP_ICMP_ECHO_REPLY);
                break;
            case 3: /* c077: errors */
            case 4: /* c080: source quench (RFC 6633) */
            case 5: /* c081: redirect */
            case 11:
            case 12:
                ping_dropped(&p, DROP_ICMP_ERROR);
                break;
            default: /* 10: c082, 13: c083, 15 and 16: c078, 17: c079 */
                ping_dropped(&p, DROP_ICMP_TYPE);
            }
        }
    }
}

/* An error or a reply that is damaged is that first, and no less silent. */
static void test_c077_damaged(void **state)
{
    (void)state;
    struct ping p = ping_request();
    p.icmp_checksum = 0x1234;
    for (p.type = 0; p.type < 256; p.type++)
        ping_dropped(&p, DROP_ICMP_CHECKSUM);
}

/* 20 octets: originate stays, receive and transmit are now, in milliseconds since midnight UT. */
static void timestamp(uint32_t now, int code)
{
    static const uint8_t times[12] = {0x11, 0x22, 0x33, 0x44, 9, 9, 9, 9, 9, 9, 9, 9};
    uint8_t answer[12];
    struct ping p = ping_request();
    p.type = 13;
    p.code = code;
    p.data = times;
    p.data_len = sizeof times;
    struct ping reply = ping_reply(&p);
    memcpy(answer, times, 4);
    for (int i = 0; i < 4; i++)
        answer[4 + i] = answer[8 + i] = (uint8_t)(now >> (24 - 8 * i));
    reply.type = 14;
    reply.data = answer;
    ping_expect(&p, REPLY_ICMP_TIMESTAMP, &reply, __FILE__, __LINE__);
}

static void test_c083_timestamp(void **state)
{
    (void)state;
    const uint64_t day = 86400ull * SECOND;
    nif.config.services = SERVICE_TIMESTAMP;
    for (uint64_t ms = 0; ms < 86400000; ms += 7654321) {
        nif.now = 123456789;
        nif.wall_known = true;
        nif.wall_offset = 20000 * day + ms * 1000 - nif.now;
        timestamp((uint32_t)ms, 0);
        nif.now += 999;
        timestamp((uint32_t)ms, 0);
        nif.now += 1;
        timestamp((uint32_t)ms + 1, 0);
    }
    nif.wall_known = true;
    nif.wall_offset = 20001 * day - nif.now - 1;
    timestamp(86399999, 0);
    nif.now += 1;
    timestamp(0, 0); /* midnight */
    for (int code = 0; code < 256; code++)
        timestamp(0, code); /* comes back as it came */
}

/* Time since the start, told by the high bit: nobody has set the clock (RFC 792). */
static void test_c083_no_time_of_day(void **state)
{
    (void)state;
    nif.config.services = SERVICE_TIMESTAMP;
    nif.now = 86399999999;
    timestamp(0x80000000u | 86399999, 0);
    nif.now += 1;
    timestamp(0x80000000u, 0);
    nif.now = 5000ull * SECOND;
    timestamp(0x80000000u | 5000000, 0);
}

static void test_c084_timestamp_length(void **state)
{
    (void)state;
    struct ping p = ping_request();
    nif.config.services = SERVICE_TIMESTAMP;
    p.type = 13;
    for (p.data_len = 0; p.data_len <= 56; p.data_len++)
        if (p.data_len != 12)
            ping_dropped(&p, DROP_ICMP_LENGTH);
}

/* With all options it is as long as 80 octets, for which a small MTU has no room. */
static void test_c083_small_mtu(void **state)
{
    (void)state;
    static const uint8_t options[40]; /* they end with the first */
    struct ping p = ping_request();
    nif.config.services = SERVICE_TIMESTAMP;
    p.type = 13;
    p.data_len = 12;
    p.options = options;
    p.options_len = sizeof options;
    nif.mtu = 79;
    ping_dropped(&p, DROP_IPV4_MTU);
    nif.mtu = 68;
    ping_dropped(&p, DROP_IPV4_MTU);
    nif.now = 5000ull * SECOND;
    timestamp(0x80000000u | 5000000, 0); /* without options it is 40 octets */
}

/* Only where it is switched on, and to us alone (RFC 1122 3.2.2.8 lets us). */
static void test_c083_switched_off(void **state)
{
    (void)state;
    struct ping p = ping_request();
    p.type = 13;
    p.data_len = 12;
    nif.config.services = 0xff & ~SERVICE_TIMESTAMP;
    ping_dropped(&p, DROP_ICMP_TYPE);
    nif.config.services = SERVICE_TIMESTAMP;
    nif.config.broadcast = true;
    p.dst = 0xc0a864ff;
    ping_dropped(&p, DROP_ICMP_TYPE);
    p.type = 14; /* a reply that nobody asked for */
    p.dst = OUR_IP;
    ping_dropped(&p, DROP_ICMP_TYPE);
}

/* A ping to all: answered from our own addresses, IP and Ethernet (RFC 1122 3.2.2.6). */
static void test_c073_broadcast(void **state)
{
    (void)state;
    static const uint32_t all[] = {0xc0a864ff, 0xc0a86400, 0xffffffff};
    static const uint8_t *const macs[] = {BROADCAST_MAC, OUR_MAC, MULTICAST_MAC};
    nif.config.broadcast = true;
    for (size_t i = 0; i < COUNT(all); i++) {
        for (size_t j = 0; j < COUNT(macs); j++) {
            struct ping p = ping_request(), reply;
            p.dst = all[i];
            p.eth_dst = macs[j];
            reply = ping_reply(&p);
            reply.src = OUR_IP;
            ping_expect(&p, REPLY_ICMP_ECHO, &reply, __FILE__, __LINE__);
        }
    }
    struct ping p = ping_request();
    p.dst = 0xe0000001;
    ping_dropped(&p, DROP_IPV4_MULTICAST);
    p.dst = 0xc0a863ff;
    ping_dropped(&p, DROP_IPV4_NOT_OURS);
    p.dst = 0xc0a864ff;
    p.flags_offset = 0x2000;
    ping_dropped(&p, DROP_IPV4_BROADCAST); /* in one piece */
}

/* Without an address there is none to answer from, virtual ones or not. */
static void test_c073_no_address(void **state)
{
    (void)state;
    struct ping p = ping_request();
    p.dst = 0xffffffff;
    nif.config.broadcast = true;
    nif.config.vip[0] = OUR_IP;
    nif.config.vip_count = 1;
    use_ip(0, 0);
    ping_dropped(&p, DROP_IPV4_BROADCAST);
}

/* The record route of a ping to all shows where the answer comes from. */
static void test_c052_broadcast(void **state)
{
    (void)state;
    static const uint8_t options[8] = {7, 7, 4}, filled[8] = {7, 7, 8, 192, 168, 100, 2};
    struct ping p = ping_request(), reply;
    nif.config.broadcast = true;
    p.dst = 0xffffffff;
    p.options = options;
    p.options_len = sizeof options;
    reply = ping_reply(&p);
    reply.src = OUR_IP;
    reply.options = filled;
    ping_expect(&p, REPLY_ICMP_ECHO, &reply, __FILE__, __LINE__);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c069_every_length),
        TEST(test_c069_identifier_and_sequence),
        TEST(test_c070_every_checksum),
        TEST(test_c070_all_zero),
        TEST(test_c071_every_checksum_but_one),
        TEST(test_c071_each_bit),
        TEST(test_c074_every_code),
        TEST(test_c075_short),
        TEST(test_c076_to_c082_every_type),
        TEST(test_c077_damaged),
        TEST(test_c083_timestamp),
        TEST(test_c083_small_mtu),
        TEST(test_c083_no_time_of_day),
        TEST(test_c084_timestamp_length),
        TEST(test_c083_switched_off),
        TEST(test_c073_broadcast),
        TEST(test_c073_no_address),
        TEST(test_c052_broadcast),
    };
    return cmocka_run_group_tests_name("icmp", tests, NULL, NULL);
}
