/* SPDX-License-Identifier: BSD-2-Clause */
/* Multicast Listener Discovery (RFC 9777, RFC 2710): reports of our groups, and answers to queries. */
#include "frames6.h"

#include <string.h>

static const uint8_t ROUTER_ALERT[6] = {5, 2, 0, 0, 1, 0};

/* A query of this length from a router: 24 octets are version 1, 28 version 2. */
static struct packet6 query(unsigned delay, const uint8_t *group, size_t len)
{
    uint8_t rest[64] = {(uint8_t)(delay >> 8), (uint8_t)delay, 0, 0};
    memcpy(rest + 4, group, 16);
    rest[20] = 2; /* version 2's robustness, and 125 s */
    rest[21] = 125;
    struct packet6 p = message6(130, 0, rest, len - 4);
    p.hop_limit = 1;
    p.src = PEER_LINK;
    chain6_add(&p.chain, 0, ROUTER_ALERT, sizeof ROUTER_ALERT);
    packet6_to_group(&p, memcmp(group, NO_IP6, 16) == 0 ? ALL_NODES : group);
    return p;
}

/* A report of ours to a group. */
static void report(struct wire *w, const uint8_t *src, const uint8_t *dst, int type,
                   const uint8_t *rest, size_t len)
{
    struct packet6 p = message6(type, 0, rest, len);
    p.eth_src = OUR_MAC;
    p.hop_limit = 1;
    p.src = src;
    packet6_to_group(&p, dst);
    chain6_add(&p.chain, 0, ROUTER_ALERT, sizeof ROUTER_ALERT);
    wire_packet6(w, &p);
    wire_fill(w, 0, FRAME_MIN);
}

/* RFC 9777 5.2: all our groups with records of a type. */
static void report_2(struct wire *w, const uint8_t *src, uint8_t type, const uint8_t *const *groups,
                     size_t count)
{
    uint8_t rest[200] = {0, 0, 0, (uint8_t)count};
    for (size_t i = 0; i < count; i++) {
        rest[4 + 20 * i] = type;
        memcpy(rest + 8 + 20 * i, groups[i], 16);
    }
    report(w, src, ALL_MLD, 143, rest, 4 + 20 * count);
}

static const uint8_t *const both[] = {OUR_LINK_GROUP, OUR_GROUP};

static void wire_is(const struct wire *got, const struct wire *want)
{
    assert_int_equal(got->len, want->len);
    assert_memory_equal(got->octet, want->octet, want->len);
}

/* The next frame is this one; it comes within a time, and not before. Returns when. */
static uint64_t made_within(const struct wire *want, uint64_t from, uint64_t to)
{
    struct wire w;
    assert_int_equal(next_made(&w, to), SENT_MLD_REPORT);
    assert_in_range(nif.now, from, to);
    wire_is(&w, want);
    return nif.now;
}

static void silent(void)
{
    assert_int_equal(next_made(NULL, nif.now + 10000ull * SECOND), VERDICT_NONE);
}

#define taken(p) dropped6(p, CONSUMED_MLD_QUERY)

static void answer_of_version_2(struct wire *w)
{
    report_2(w, OUR_LINK, 2, both, 2);
}

static void test_c173_general_query(void **state)
{
    (void)state;
    static const unsigned delays[] = {0, 1, 1000, 10000, 0x7fff};
    struct wire w;
    answer_of_version_2(&w);
    for (size_t i = 0; i < COUNT(delays); i++) {
        struct packet6 p = query(delays[i], NO_IP6, 28);
        uint64_t before = nif.now;
        taken(&p);
        made_within(&w, before, before + delays[i] * 1000ull);
        silent();
        nif.now += SECOND;
    }
}

/* RFC 9777 5.1.3, at random within the delay: far beyond the largest number that is no fraction. */
static void test_c173_floating_point(void **state)
{
    (void)state;
    struct wire w;
    bool late = false;
    answer_of_version_2(&w);
    for (int i = 0; i < 40; i++) {
        struct packet6 p = query(0x8000 | 2 << 12 | 0x234, NO_IP6, 28);
        uint64_t before = nif.now, most = (0x1234ull << 5) * 1000;
        taken(&p);
        uint64_t at = made_within(&w, before, before + most);
        late |= at - before > most * 3 / 4;
        nif.now += SECOND;
    }
    assert_true(late);
}

/* A query for a group of ours; for another nothing is due (RFC 9777 6.3). */
static void test_c173_group_query(void **state)
{
    (void)state;
    static const address6 other = {0xff, 0x02, [11] = 1, 0xff, 0, 0, 3};
    struct wire w, got;
    answer_of_version_2(&w);
    struct packet6 p = query(100, OUR_GROUP, 28);
    taken(&p);
    assert_int_equal(next_made(&got, nif.now + SECOND / 10), SENT_MLD_REPORT);
    p = query(100, other, 28);
    p.dst = ALL_NODES;
    taken(&p);
    silent();
    p = query(100, ALL_NODES, 28);
    taken(&p);
    silent();
}

/* RFC 9777 6.2: not from a router on this link. RFC 9777 8.1: lengths of no version. */
static void test_c173_unsound(void **state)
{
    (void)state;
    struct packet6 p = query(0, NO_IP6, 28);
    for (p.hop_limit = 0; p.hop_limit < 256; p.hop_limit++)
        if (p.hop_limit != 1)
            dropped6(&p, DROP_MLD_NOT_LOCAL);
    p = query(0, NO_IP6, 28);
    p.src = PEER_IP6;
    dropped6(&p, DROP_MLD_NOT_LOCAL);
    p.src = NO_IP6;
    dropped6(&p, DROP_IPV6_SOURCE_UNSPECIFIED);
    p = query(0, NO_IP6, 28);
    p.chain.len = 0;
    dropped6(&p, DROP_MLD_NOT_LOCAL);
    chain6_add(&p.chain, 60, ROUTER_ALERT, sizeof ROUTER_ALERT); /* no hop-by-hop option there */
    dropped6(&p, DROP_MLD_NOT_LOCAL);
    for (size_t len = 8; len < 28; len++) {
        p = query(0, NO_IP6, len);
        if (len != 24)
            dropped6(&p, DROP_MLD_LENGTH);
    }
    p = query(0, NO_IP6, 28);
    p.checksum = 0x1234;
    dropped6(&p, DROP_ICMP_CHECKSUM);
    silent();
    p = query(0, NO_IP6, 44); /* one source, and more */
    taken(&p);
    p = query(0, NO_IP6, 28);
    p.dst = OUR_LINK; /* RFC 9777 5.1.15 */
    taken(&p);
}

/* The sooner of two answers is sent, once (RFC 9777 6.2). */
static void test_c173_two_queries(void **state)
{
    (void)state;
    struct wire w;
    answer_of_version_2(&w);
    struct packet6 p = query(30000, NO_IP6, 28);
    taken(&p);
    p = query(0, NO_IP6, 28);
    taken(&p);
    made_within(&w, nif.now, nif.now);
    silent();
}

/* RFC 2710 3, RFC 9777 8.2: a report for each group, to the group, as long as such a querier is
 * there; its delay is a plain number. */
static void test_c173_version_1(void **state)
{
    (void)state;
    struct wire link, typed, w;
    uint8_t rest[20] = {0};
    memcpy(rest + 4, OUR_LINK_GROUP, 16);
    report(&link, OUR_LINK, OUR_LINK_GROUP, 131, rest, sizeof rest);
    memcpy(rest + 4, OUR_GROUP, 16);
    report(&typed, OUR_LINK, OUR_GROUP, 131, rest, sizeof rest);
    for (int i = 0; i < 20; i++) {
        struct packet6 p = query(0xffff, NO_IP6, 24);
        uint64_t before = nif.now;
        taken(&p);
        uint64_t at = made_within(&link, before, before + 0xffff * 1000ull);
        made_within(&typed, at, at);
        assert_int_equal(next_made(NULL, at), VERDICT_NONE);
        p = query(0, NO_IP6, 28); /* of version 2, from another router */
        nif.now = before + 259 * SECOND;
        taken(&p);
        made_within(&link, nif.now, nif.now);
        made_within(&typed, nif.now, nif.now);
        assert_int_equal(next_made(NULL, nif.now), VERDICT_NONE);
        nif.now = before + 261 * SECOND;
        taken(&p);
        report_2(&w, OUR_LINK, 2, both, 2);
        made_within(&w, nif.now, nif.now);
    }
}

/* The answer goes into the query's VLAN. */
static void test_c230_vlan(void **state)
{
    (void)state;
    static const uint8_t tag[] = {0x81, 0x00, 0x60, 0x07};
    struct wire in, w;
    struct packet6 p = query(0, NO_IP6, 28);
    wire_packet6(&in, &p);
    wire_tag(&in, tag, sizeof tag);
    expect_drop(&in, CONSUMED_MLD_QUERY);
    answer_of_version_2(&w);
    wire_tag(&w, tag, sizeof tag);
    made_within(&w, nif.now, nif.now);
    taken(&p);
    answer_of_version_2(&w);
    made_within(&w, nif.now, nif.now);
}

/* At the start from ::, repeated within a second, and all again once the address is ours. */
static void test_c172_start(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    struct wire w, got;
    unsigned from_none = 0, from_ours = 0;
    enum verdict v;
    config.dad = 1;
    config.ip6_count = 0;
    frames_start(&config);
    while ((v = next_made(&got, START + 100 * SECOND)) != VERDICT_NONE) {
        if (v != SENT_MLD_REPORT)
            continue;
        bool probed = nif.ipv6.addresses[0].state == IPV6_PREFERRED;
        report_2(&w, probed ? OUR_LINK : NO_IP6, 4, both, 1);
        wire_is(&got, &w);
        from_none += !probed;
        from_ours += probed;
        assert_in_range(nif.now, probed ? START + SECOND : START,
                        START + (probed ? 2 : 1) * SECOND);
    }
    assert_in_range(from_none, 1, 2);
    assert_int_equal(from_ours, 2);
}

static void test_c172_link_up_and_moved(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        unsigned reports = 0;
        uint64_t before = nif.now;
        struct wire w, got;
        enum verdict v;
        if (i == 0)
            net_link_up(&nif);
        else
            net_announce(&nif);
        report_2(&w, OUR_LINK, 4, both, 2);
        while ((v = next_made(&got, before + 100 * SECOND)) != VERDICT_NONE)
            if (v == SENT_MLD_REPORT) {
                wire_is(&got, &w);
                reports++;
            }
        assert_int_equal(reports, 2);
    }
}

/* An address that is given up: its group is left, unless another one is in it. */
static void test_c172_leaving(void **state)
{
    (void)state;
    static const address6 other_groups[] = {{0xff, 0x02, [11] = 1, 0xff, 0, 0, 9}, {0}};
    for (int shared = 0; shared < 2; shared++) {
        struct netif_config config = CONFIG6;
        config.dad = 1;
        config.ip6[0].address.word[3].wire = shared ? 0x56341200 : 0x09000000;
        frames_start(&config);
        struct wire w;
        while (next_made(&w, START + 100 * SECOND) != SENT_ND_PROBE || w.octet[78 - 1] == 0x56)
            if (shared && w.len >= 78 && w.octet[54] == 135 && w.octet[62] == 0x20)
                break;
        uint8_t target[20] = {0};
        memcpy(target + 4, w.octet + 62, 16);
        struct packet6 p = message6(136, 0, target, sizeof target);
        p.hop_limit = 255;
        packet6_to_group(&p, ALL_NODES);
        dropped6(&p, DROP_ND_DUPLICATE);
        uint8_t rest[44] = {0, 0, 0, shared ? 1 : 2, 4};
        memcpy(rest + 8, OUR_LINK_GROUP, 16);
        rest[24] = 3;
        memcpy(rest + 28, other_groups[0], 16);
        unsigned reports = 0;
        struct wire got, want;
        enum verdict v;
        while ((v = next_made(&got, START + 100 * SECOND)) != VERDICT_NONE) {
            if (v != SENT_MLD_REPORT)
                continue;
            bool ours = nif.ipv6.addresses[0].state == IPV6_PREFERRED;
            report(&want, ours ? OUR_LINK : NO_IP6, ALL_MLD, 143, rest, shared ? 24 : 44);
            if (reports++ < 2)
                wire_is(&got, &want);
        }
        assert_true(reports >= 2);
    }
}

/* A capture gets no report, but answers to queries. */
static void test_never_announce(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    struct wire w;
    config.never_announce = true;
    frames_start(&config);
    assert_true(net_due(&nif) == UINT64_MAX);
    net_announce(&nif);
    net_link_up(&nif);
    assert_true(net_due(&nif) == UINT64_MAX);
    struct packet6 p = query(1000, NO_IP6, 28);
    taken(&p);
    answer_of_version_2(&w);
    made_within(&w, START, START + SECOND);
    silent();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST6(test_c173_general_query),
        TEST6(test_c173_floating_point),
        TEST6(test_c173_group_query),
        TEST6(test_c173_unsound),
        TEST6(test_c173_two_queries),
        TEST6(test_c173_version_1),
        TEST6(test_c230_vlan),
        TEST6(test_c172_start),
        TEST6(test_c172_link_up_and_moved),
        TEST6(test_c172_leaving),
        TEST6(test_never_announce),
    };
    return cmocka_run_group_tests_name("MLD", tests, NULL, NULL);
}
