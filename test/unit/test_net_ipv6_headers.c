/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6's extension headers (RFC 8200 4), and the errors about them (RFC 4443 2.4, 3.4): which code,
 * pointing where, and when there is none.
 */
#include "frames6.h"

#include <string.h>

#define HOP_BY_HOP  0
#define ROUTING     43
#define DESTINATION 60

static const uint8_t PADN[6] = {1, 4};

/* A header with the option `type` behind an option of padding: so it is the header's fifth octet. */
static void add_option(struct packet6 *p, uint8_t header, uint8_t type)
{
    uint8_t body[6] = {1, 0, type, 2, 0, 0};
    chain6_add(&p->chain, header, body, sizeof body);
}

static void add_routing(struct packet6 *p, uint8_t type, uint8_t segments_left)
{
    uint8_t body[22] = {type, segments_left};
    chain6_add(&p->chain, ROUTING, body, sizeof body);
}

/* All chains of up to four headers: with a hop-by-hop header anywhere but in front the first such
 * one's Next Header is unrecognized (RFC 8200 4.1, 4.3). */
static void test_c176_any_order(void **state)
{
    (void)state;
    static const uint8_t types[] = {HOP_BY_HOP, ROUTING, DESTINATION, 44};
    for (unsigned code = 0; code < 4 * 5 * 5 * 5; code++) {
        struct packet6 p = echo6();
        size_t wrong = 0;
        for (unsigned rest = code; rest > 0; rest /= 5) {
            if (rest % 5 == 0)
                break;
            uint8_t type = types[rest % 5 - 1];
            if (type == HOP_BY_HOP && p.chain.len > 0 && wrong == 0)
                wrong = 40 + p.chain.link;
            if (type == ROUTING)
                add_routing(&p, 0, 0);
            else if (type == 44)
                chain6_fragment(&p.chain, 0, false, 0x01020304);
            else
                chain6_add(&p.chain, type, PADN, sizeof PADN);
        }
        nif.now += SECOND;
        if (wrong > 0)
            problem6(&p, 1, (uint32_t)wrong);
        else
            echoed6(&p);
    }
}

static void test_c176_any_number(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    for (int i = 0; i < 160; i++) {
        chain6_add(&p.chain, DESTINATION, PADN, sizeof PADN);
        echoed6(&p);
    }
}

/* Headers of each length that fits. */
static void test_c176_lengths(void **state)
{
    (void)state;
    for (size_t units = 1; units <= 170; units++) {
        uint8_t body[1362] = {0}; /* padding, octet by octet */
        struct packet6 p = echo6();
        chain6_add(&p.chain, units % 2 ? DESTINATION : HOP_BY_HOP, body, units * 8 - 2);
        echoed6(&p);
    }
}

/* RFC 8200 4.2: all types of options, in either header. 0, 1 are padding. */
static void test_c103_option_actions(void **state)
{
    (void)state;
    for (unsigned type = 2; type < 256; type++) {
        struct packet6 p = echo6(), group = echo6();
        uint8_t header = type % 2 ? DESTINATION : HOP_BY_HOP;
        add_option(&p, header, (uint8_t)type);
        add_option(&group, header, (uint8_t)type);
        packet6_to_group(&group, ALL_NODES);
        struct packet6 reply = echo6_reply(&group);
        reply.src = OUR_IP6;
        nif.now += SECOND;
        switch (type >> 6) {
        case 0:
            echoed6(&p);
            expect6(&group, REPLY_ICMP6_ECHO, &reply);
            break;
        case 1:
            dropped6(&p, DROP_IPV6_OPTION);
            dropped6(&group, DROP_IPV6_OPTION);
            break;
        case 2:
            problem6(&p, 2, 44);
            problem6(&group, 2, 44);
            break;
        default:
            problem6(&p, 2, 44);
            dropped6(&group, DROP_IPV6_OPTION);
        }
    }
}

/* The options are judged in their order, and those of the headers in theirs. */
static void test_c103_the_first_decides(void **state)
{
    (void)state;
    const uint8_t two[6] = {0x82, 0, 0x42, 0, 0, 0}, other[6] = {0x42, 0, 0x82, 0, 0, 0};
    struct packet6 p = echo6();
    chain6_add(&p.chain, DESTINATION, PADN, sizeof PADN);
    chain6_add(&p.chain, DESTINATION, two, sizeof two);
    problem6(&p, 2, 40 + 8 + 2);
    p = echo6();
    chain6_add(&p.chain, DESTINATION, other, sizeof other);
    dropped6(&p, DROP_IPV6_OPTION);
    p = echo6();
    add_routing(&p, 0, 1);
    chain6_add(&p.chain, DESTINATION, other, sizeof other);
    problem6(&p, 0, 42);
    p = echo6();
    add_option(&p, DESTINATION, 0x42);
    add_routing(&p, 0, 1);
    dropped6(&p, DROP_IPV6_OPTION);
}

/* An option that ends behind its header. */
static void test_c103_cut_options(void **state)
{
    (void)state;
    for (uint8_t at = 0; at < 6; at++)
        for (unsigned length = 0; length < 256; length++) {
            uint8_t body[6] = {0};
            struct packet6 p = echo6();
            body[at] = 1;
            if (at < 5)
                body[at + 1] = (uint8_t)length;
            chain6_add(&p.chain, DESTINATION, body, sizeof body);
            if (at < 5 && at + 2u + length <= 6)
                echoed6(&p);
            else
                dropped6(&p, DROP_IPV6_OPTION);
        }
}

/* RFC 8200 4.4, RFC 5095, RFC 8504 5.2. */
static void test_c107_routing(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        struct packet6 p = echo6();
        nif.now += SECOND;
        chain6_add(&p.chain, DESTINATION, PADN, sizeof PADN);
        add_routing(&p, (uint8_t)type, 0);
        echoed6(&p);
        p = echo6();
        chain6_add(&p.chain, DESTINATION, PADN, sizeof PADN);
        add_routing(&p, (uint8_t)type, type == 0 ? 1 : (uint8_t)type);
        problem6(&p, 0, 40 + 8 + 2);
        p = echo6();
        add_routing(&p, (uint8_t)type, 255);
        packet6_to_group(&p, ALL_NODES);
        dropped6(&p, DROP_IPV6_PROBLEM);
    }
}

/* RFC 8200 4: each number that we do not speak, in front and behind another header. */
static void test_c102_next_headers(void **state)
{
    (void)state;
    for (int next = 1; next < 256; next++) {
        if (next == 6 || next == 17 || next == 58 || next == 43 || next == 44 || next == 60 ||
            next == 59)
            continue;
        struct packet6 p = echo6();
        nif.now += SECOND;
        p.protocol = next;
        problem6(&p, 1, 6);
        chain6_add(&p.chain, HOP_BY_HOP, PADN, sizeof PADN);
        problem6(&p, 1, 40);
        add_routing(&p, 0, 0);
        problem6(&p, 1, 48);
        packet6_to_group(&p, ALL_NODES);
        dropped6(&p, DROP_IPV6_PROBLEM);
    }
    struct packet6 p = echo6();
    chain6_add(&p.chain, DESTINATION, PADN, sizeof PADN);
    p.protocol = 59;
    dropped6(&p, DROP_IPV6_NO_NEXT);
}

/* Cut anywhere in its headers: silence. */
static void test_cut_headers(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    chain6_add(&p.chain, HOP_BY_HOP, PADN, sizeof PADN);
    add_routing(&p, 0, 0);
    chain6_fragment(&p.chain, 0, false, 1);
    chain6_add(&p.chain, DESTINATION, PADN, sizeof PADN);
    for (p.payload_length = 0; p.payload_length < (int)p.chain.len; p.payload_length++)
        dropped6(&p, DROP_IPV6_HEADER_CUT);
    for (; p.payload_length < (int)p.chain.len + 8; p.payload_length++)
        dropped6(&p, DROP_ICMP_SHORT);
}

/* RFC 4443 2.4 e.1, e.2: wherever the fault is, the message behind it decides. */
static void test_c098_about_errors(void **state)
{
    (void)state;
    static const uint8_t rest[28];
    for (int type = 0; type < 256; type++) {
        bool error = type < 128 || type == 137;
        struct packet6 faults[4];
        for (size_t i = 0; i < COUNT(faults); i++) {
            faults[i] = message6(type, 0, rest, sizeof rest);
            nif.now += SECOND;
        }
        add_option(&faults[0], DESTINATION, 0x82);
        chain6_add(&faults[0].chain, DESTINATION, PADN, sizeof PADN);
        add_option(&faults[1], HOP_BY_HOP, 0xc2);
        add_routing(&faults[1], 0, 0);
        add_routing(&faults[2], 0, 1);
        chain6_fragment(&faults[2].chain, 0, false, 1);
        chain6_add(&faults[3].chain, DESTINATION, PADN, sizeof PADN);
        chain6_add(&faults[3].chain, HOP_BY_HOP, PADN, sizeof PADN);
        static const int codes[] = {2, 2, 0, 1}, pointers[] = {44, 44, 42, 40};
        for (size_t i = 0; i < COUNT(faults); i++) {
            if (error)
                dropped6(&faults[i], DROP_IPV6_PROBLEM);
            else
                problem6(&faults[i], codes[i], (uint32_t)pointers[i]);
        }
    }
}

/* e.3 to e.6. The exception is an option 10xxxxxx; not one 11xxxxxx, even in a group's frame only. */
static void test_c098_groups_and_sources(void **state)
{
    (void)state;
    struct packet6 p = echo6();
    p.eth_dst = MULTICAST_MAC;
    add_option(&p, DESTINATION, 0x82);
    problem6(&p, 2, 44);
    p = echo6();
    p.eth_dst = BROADCAST_MAC;
    add_option(&p, DESTINATION, 0xc2);
    dropped6(&p, DROP_IPV6_OPTION);
    p = echo6();
    p.eth_dst = MULTICAST_MAC;
    p.protocol = 200;
    dropped6(&p, DROP_IPV6_PROBLEM);
    p = udp6(33434);
    p.eth_dst = MULTICAST_MAC;
    dropped6(&p, DROP_UDP_PORT);
    p = udp6(33434);
    packet6_to_group(&p, ALL_NODES);
    dropped6(&p, DROP_IPV6_MULTICAST);

    p = echo6();
    p.src = NO_IP6;
    add_option(&p, DESTINATION, 0x82);
    dropped6(&p, DROP_IPV6_SOURCE_UNSPECIFIED);
    p.src = OUR_IP6;
    dropped6(&p, DROP_IPV6_SOURCE_OWN);
    p.src = OUR_LINK;
    dropped6(&p, DROP_IPV6_SOURCE_OWN);
    p.src = ALL_NODES;
    dropped6(&p, DROP_IPV6_SOURCE_GROUP);
}

/* RFC 4443 2.4 c: as much as fits into 1280 octets, headers and what the upper layer leaves too. */
static void test_c154_quotes(void **state)
{
    (void)state;
    static const uint8_t rest[1400];
    for (size_t len = 4; len <= sizeof rest; len += len > 1180 && len < 1200 ? 1 : 13) {
        struct packet6 p = message6(128, 0, rest, len);
        nif.now += SECOND;
        add_option(&p, DESTINATION, 0x82);
        problem6(&p, 2, 44);
        p = udp6(33434);
        p.len = 8 + len;
        set16(p.payload + 4, 8); /* UDP ends here, the packet does not */
        set16(p.payload + 6, 0);
        p.checksum = AUTO;
        struct packet6 sum = p;
        sum.len = 8;
        struct wire w;
        wire_packet6(&w, &sum);
        p.checksum = (int)get16(w.octet + 60);
        error6(&p, REPLY_ICMP_PORT_UNREACHABLE, 1, 4, 0);
    }
}

/* RFC 4443 2.4 f: 50 at once, then one for each token. */
static void test_c099_rate(void **state)
{
    (void)state;
    struct packet6 p = echo6(), udp = udp6(33434);
    p.protocol = 200;
    nif.now += 10 * SECOND;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 25; i++) {
            problem6(&p, 1, 6);
            error6(&udp, REPLY_ICMP_PORT_UNREACHABLE, 1, 4, 0);
        }
        dropped6(&p, DROP_IPV6_PROBLEM);
        dropped6(&udp, DROP_UDP_PORT);
        nif.now += SECOND / 1000;
        problem6(&p, 1, 6);
        dropped6(&p, DROP_IPV6_PROBLEM);
        nif.now += SECOND;
    }
    nif.config.icmp_rate = 0;
    dropped6(&p, DROP_IPV6_PROBLEM);
    dropped6(&udp, DROP_UDP_PORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST6(test_c176_any_order),
        TEST6(test_c176_any_number),
        TEST6(test_c176_lengths),
        TEST6(test_c103_option_actions),
        TEST6(test_c103_the_first_decides),
        TEST6(test_c103_cut_options),
        TEST6(test_c107_routing),
        TEST6(test_c102_next_headers),
        TEST6(test_cut_headers),
        TEST6(test_c098_about_errors),
        TEST6(test_c098_groups_and_sources),
        TEST6(test_c154_quotes),
        TEST6(test_c099_rate),
    };
    return cmocka_run_group_tests_name("IPv6 headers", tests, NULL, NULL);
}
