/* SPDX-License-Identifier: BSD-2-Clause */
/* Neighbour solicitations (RFC 4861 7.1, 7.2): which are answered, and the octets of the answers. */
#include "frames6.h"

#include <string.h>

static const uint8_t SLLA[8] = {1, 1, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01};

/* A solicitation or an advertisement with options. */
static struct packet6 nd(int type, uint32_t flags, const uint8_t *target, const uint8_t *options,
                         size_t len)
{
    uint8_t rest[400] = {(uint8_t)(flags >> 24), (uint8_t)(flags >> 16), (uint8_t)(flags >> 8),
                         (uint8_t)flags};
    memcpy(rest + 4, target, 16);
    if (len > 0)
        memcpy(rest + 20, options, len);
    struct packet6 p = message6(type, 0, rest, 20 + len);
    p.hop_limit = 255;
    return p;
}

static struct packet6 solicitation(void)
{
    struct packet6 p = nd(135, 0, OUR_IP6, SLLA, sizeof SLLA);
    packet6_to_group(&p, OUR_GROUP);
    return p;
}

/* RFC 4862 5.4.2: whether the address is free. */
static struct packet6 probe(void)
{
    struct packet6 p = nd(135, 0, OUR_IP6, NULL, 0);
    p.src = NO_IP6;
    packet6_to_group(&p, OUR_GROUP);
    return p;
}

/* RFC 4861 7.2.4: hop limit 255, S and O but no R, the target with our MAC. */
static struct packet6 advertisement(const struct packet6 *p)
{
    uint8_t option[8] = {2, 1};
    memcpy(option + 2, OUR_MAC, 6);
    bool to_all = memcmp(p->src, NO_IP6, 16) == 0;
    struct packet6 a = answer6(p), made = nd(136, to_all ? 0x20000000 : 0x60000000, p->payload + 8,
                                             option, sizeof option);
    packet6_payload(&a, made.payload, made.len);
    a.hop_limit = 255;
    a.src = memcmp(p->payload + 8, OUR_LINK, 16) == 0 ? OUR_LINK : OUR_IP6;
    if (to_all)
        packet6_to_group(&a, ALL_NODES);
    return a;
}

#define advertised(p)                                                                              \
    do {                                                                                           \
        struct packet6 a_ = advertisement(p);                                                      \
        expect6(p, REPLY_ND_ADVERTISEMENT, &a_);                                                   \
    } while (0)

static void test_c109_answers(void **state)
{
    (void)state;
    struct packet6 p = solicitation();
    advertised(&p);
    p = nd(135, 0, OUR_IP6, NULL, 0); /* without an option the answer is longer */
    packet6_to_group(&p, OUR_GROUP);
    advertised(&p);
    p = nd(135, 0, OUR_IP6, SLLA, sizeof SLLA); /* unicast: is it still there? */
    advertised(&p);
    p = nd(135, 0, OUR_LINK, SLLA, sizeof SLLA);
    packet6_to_group(&p, OUR_LINK_GROUP);
    p.src = PEER_LINK;
    advertised(&p);
    packet6_to_group(&p, ALL_NODES); /* any destination of ours is valid (7.1.1) */
    advertised(&p);
}

/* Reserved fields and unknown options are ignored. */
static void test_c108_ignored(void **state)
{
    (void)state;
    uint8_t options[48] = {99, 2, [16] = 1, 1, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 253, 3};
    struct packet6 p = nd(135, 0xffffffff, OUR_IP6, options, sizeof options);
    packet6_to_group(&p, OUR_GROUP);
    advertised(&p);
}

static void test_c108_hop_limit(void **state)
{
    (void)state;
    struct packet6 p = solicitation();
    for (p.hop_limit = 0; p.hop_limit < 255; p.hop_limit++)
        dropped6(&p, DROP_ND_HOP_LIMIT);
}

static void test_c108_checksum(void **state)
{
    (void)state;
    struct packet6 p = solicitation();
    p.checksum = 0x1234;
    dropped6(&p, DROP_ICMP_CHECKSUM);
}

static void test_c108_code(void **state)
{
    (void)state;
    struct packet6 p = solicitation();
    for (int code = 1; code < 256; code++) {
        p.payload[1] = (uint8_t)code;
        dropped6(&p, DROP_ND_CODE);
    }
}

static void test_c108_length(void **state)
{
    (void)state;
    struct packet6 p = solicitation();
    for (p.len = 0; p.len < 32; p.len++) {
        if (p.len == 24)
            advertised(&p);
        else
            dropped6(&p, p.len < 8 ? DROP_ICMP_SHORT : DROP_ND_LENGTH);
    }
}

static void test_c108_options(void **state)
{
    (void)state;
    uint8_t options[24] = {99, 1, [8] = 14, 1, [16] = 1, 1};
    for (size_t at = 1; at < sizeof options; at += 8)
        for (unsigned length = 0; length < 256; length++) {
            uint8_t wrong[24];
            memcpy(wrong, options, sizeof wrong);
            wrong[at] = (uint8_t)length;
            struct packet6 p = nd(135, 0, OUR_IP6, wrong, sizeof wrong);
            if (length == 0 || at / 8 + length > 3)
                dropped6(&p, DROP_ND_LENGTH);
        }
}

static void test_c108_target(void **state)
{
    (void)state;
    struct packet6 p = nd(135, 0, ALL_NODES, SLLA, sizeof SLLA);
    dropped6(&p, DROP_ND_TARGET);
    p = nd(135, 0, OUR_GROUP, SLLA, sizeof SLLA);
    packet6_to_group(&p, OUR_GROUP);
    dropped6(&p, DROP_ND_TARGET);
}

/* The two rules about a sender without an address. */
static void test_c108_unspecified_source(void **state)
{
    (void)state;
    struct packet6 p = probe();
    p.dst = ALL_NODES;
    dropped6(&p, DROP_ND_SOURCE);
    p.dst = OUR_IP6;
    dropped6(&p, DROP_ND_SOURCE);
    p.dst = OUR_LINK_GROUP; /* of another address */
    dropped6(&p, DROP_ND_SOURCE);
    p = nd(135, 0, OUR_IP6, SLLA, sizeof SLLA);
    p.src = NO_IP6;
    packet6_to_group(&p, OUR_GROUP);
    dropped6(&p, DROP_ND_SOURCE);
}

static void test_c163_not_ours(void **state)
{
    (void)state;
    struct packet6 p = nd(135, 0, OTHER_IP6, SLLA, sizeof SLLA);
    dropped6(&p, DROP_ND_TARGET);
    static const address6 same_group = {0xfe, 0x80, [15] = 2};
    p = nd(135, 0, same_group, SLLA, sizeof SLLA);
    packet6_to_group(&p, OUR_GROUP);
    dropped6(&p, DROP_ND_TARGET);
}

/* To the address in the option, which is where the sender wants it; never to a group's. */
static void test_c164_where_to(void **state)
{
    (void)state;
    uint8_t option[8] = {1, 1};
    memcpy(option + 2, OTHER_MAC, 6);
    struct packet6 p = nd(135, 0, OUR_IP6, option, sizeof option), a = advertisement(&p);
    a.eth_dst = OTHER_MAC;
    expect6(&p, REPLY_ND_ADVERTISEMENT, &a);
    memcpy(option + 2, BROADCAST_MAC, 6);
    p = nd(135, 0, OUR_IP6, option, sizeof option);
    advertised(&p);
}

/* RFC 4861 7.2.4: another's probe for an address that is ours goes to all nodes, with S=0. */
static void test_c110_probe(void **state)
{
    (void)state;
    struct packet6 p = probe();
    advertised(&p);
    uint8_t nonce[8] = {14, 1, 1, 2, 3, 4, 5, 6};
    p = nd(135, 0, OUR_IP6, nonce, sizeof nonce);
    p.src = NO_IP6;
    packet6_to_group(&p, OUR_GROUP);
    advertised(&p);
    p.eth_src = OUR_MAC; /* a guest with our MAC and our address is told too */
    advertised(&p);
}

/* RFC 6980 5: an atomic fragment too. */
static void test_c119_fragments(void **state)
{
    (void)state;
    struct packet6 p = solicitation();
    chain6_fragment(&p.chain, 0, false, 1);
    dropped6(&p, DROP_ND_FRAGMENT);
    p = nd(136, 0, OTHER_IP6, NULL, 0);
    chain6_fragment(&p.chain, 0, false, 1);
    dropped6(&p, DROP_ND_FRAGMENT);
    p = solicitation(); /* other headers are no hindrance */
    chain6_add(&p.chain, 60, (const uint8_t[6]){1, 4}, 6);
    advertised(&p);
}

/* RFC 4861 7.1.2, one by one. */
static void test_c165_advertisements(void **state)
{
    (void)state;
    static const uint8_t option[8] = {2, 1, 0, 0, 0x5e, 0, 0x53, 1};
    struct packet6 good = nd(136, 0x20000000, OUR_IP6, option, sizeof option), p;
    packet6_to_group(&good, ALL_NODES);
    dropped6(&good, DROP_ND_CONFLICT); /* RFC 4862 5.4.4 is about tentative ones: it stays ours */
    struct packet6 ping = echo6();
    echoed6(&ping);
    p = good;
    p.hop_limit = 254;
    dropped6(&p, DROP_ND_HOP_LIMIT);
    p = good;
    p.checksum = 1;
    dropped6(&p, DROP_ICMP_CHECKSUM);
    p = good;
    p.payload[1] = 1;
    dropped6(&p, DROP_ND_CODE);
    p = good;
    p.len = 23;
    dropped6(&p, DROP_ND_LENGTH);
    p = good;
    p.payload[25] = 0;
    dropped6(&p, DROP_ND_LENGTH);
    p = good;
    p.payload[4] = 0x60; /* solicited, to a group */
    dropped6(&p, DROP_ND_SOURCE);
    p = nd(136, 0x20000000, ALL_NODES, option, sizeof option);
    dropped6(&p, DROP_ND_TARGET);
    p = nd(136, 0x60000000, OTHER_IP6, option, sizeof option);
    dropped6(&p, DROP_ND_TARGET); /* of nobody whom we have asked for */
    p = good;
    p.src = OUR_IP6; /* another host has our address, and says so */
    dropped6(&p, DROP_ND_CONFLICT);
    p.src = NO_IP6;
    dropped6(&p, DROP_IPV6_SOURCE_UNSPECIFIED);
}

/* Solicitations are answered in their VLAN; an advertisement there is about another network. */
static void test_c230_vlans(void **state)
{
    (void)state;
    static const uint8_t tag[] = {0x81, 0x00, 0x40, 0x07}, priority[] = {0x81, 0x00, 0xe0, 0x00};
    struct packet6 p = solicitation(), a = advertisement(&p);
    struct wire in, out;
    wire_packet6(&in, &p);
    wire_packet6(&out, &a);
    wire_tag(&in, tag, 4);
    wire_tag(&out, tag, 4);
    expect_reply(&in, REPLY_ND_ADVERTISEMENT, &out);
    p = nd(136, 0x20000000, OUR_IP6, NULL, 0);
    packet6_to_group(&p, ALL_NODES);
    wire_packet6(&in, &p);
    wire_tag(&in, tag, 4);
    expect_drop(&in, DROP_ND_TARGET);
    wire_packet6(&in, &p);
    wire_tag(&in, priority, 4); /* no other network (IEEE 802.1Q 9.6) */
    expect_drop(&in, DROP_ND_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST6(test_c109_answers),
        TEST6(test_c108_ignored),
        TEST6(test_c108_hop_limit),
        TEST6(test_c108_checksum),
        TEST6(test_c108_code),
        TEST6(test_c108_length),
        TEST6(test_c108_options),
        TEST6(test_c108_target),
        TEST6(test_c108_unspecified_source),
        TEST6(test_c163_not_ours),
        TEST6(test_c164_where_to),
        TEST6(test_c110_probe),
        TEST6(test_c119_fragments),
        TEST6(test_c165_advertisements),
        TEST6(test_c230_vlans),
    };
    return cmocka_run_group_tests_name("neighbour discovery", tests, NULL, NULL);
}
