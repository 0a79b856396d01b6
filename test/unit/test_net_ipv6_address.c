/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our IPv6 addresses over time (RFC 4862 5.4, RFC 4429, RFC 7527): what is sent, what is answered
 * meanwhile, and what happens to one that another host has.
 */
#include "frames6.h"

#include <string.h>

static const uint8_t OPTION[8] = {2, 1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

static struct packet6 nd(int type, uint8_t flags, const uint8_t *target, const uint8_t *option)
{
    uint8_t rest[28] = {flags};
    memcpy(rest + 4, target, 16);
    if (option)
        memcpy(rest + 20, option, 8);
    struct packet6 p = message6(type, 0, rest, option ? 28 : 20);
    p.hop_limit = 255;
    return p;
}

/* The solicited-node group of one of ours. */
static const uint8_t *group_of(const uint8_t *ip)
{
    return memcmp(ip, OUR_LINK, 16) == 0 ? OUR_LINK_GROUP : OUR_GROUP;
}

/* Another host's probe, and its advertisement. */
static struct packet6 others_probe(const uint8_t *ip)
{
    struct packet6 p = nd(135, 0, ip, NULL);
    p.src = NO_IP6;
    packet6_to_group(&p, group_of(ip));
    return p;
}

static struct packet6 others_advertisement(const uint8_t *ip)
{
    struct packet6 p = nd(136, 0x20, ip, (const uint8_t[8]){2, 1, 0, 0, 0x5e, 0, 0x53, 1});
    packet6_to_group(&p, ALL_NODES);
    return p;
}

static void wire_is(const struct wire *got, const struct packet6 *want)
{
    struct wire w;
    wire_packet6(&w, want);
    assert_int_equal(got->len, w.len);
    assert_memory_equal(got->octet, w.octet, w.len);
}

/* The next frame but for reports. */
static enum verdict next(struct wire *w, uint64_t until)
{
    enum verdict v;
    do {
        v = next_made(w, until);
    } while (v == SENT_MLD_REPORT);
    return v;
}

/* RFC 4862 5.4.2, RFC 7527 4.1: from ::, to the group, with a nonce and no MAC. Which is put in. */
static void probe_is(const struct wire *w, const uint8_t *ip, uint8_t *nonce)
{
    struct packet6 p = nd(135, 0, ip, (const uint8_t[8]){14, 1});
    assert_int_equal(w->len, 14 + 40 + 32);
    memcpy(nonce, w->octet + 80, 6);
    memcpy(p.payload + 26, nonce, 6);
    p.eth_src = OUR_MAC;
    p.src = NO_IP6;
    packet6_to_group(&p, group_of(ip));
    wire_is(w, &p);
}

/* RFC 9131 6.1.2 to the routers, RFC 4861 7.2.6 to all nodes. */
static void advertisement_is(const struct wire *w, const uint8_t *ip, bool all)
{
    struct packet6 p = nd(136, all ? 0x20 : 0, ip, OPTION);
    p.eth_src = OUR_MAC;
    p.src = ip;
    packet6_to_group(&p, all ? ALL_NODES : ALL_ROUTERS);
    wire_is(w, &p);
}

static void start(unsigned dad, bool typed)
{
    struct netif_config config = CONFIG6;
    config.dad = (uint8_t)dad;
    config.ip6_count = typed;
    frames_start(&config);
}

/* Pings and solicitations for one of ours: silence, or the advertisement with O=1 or O=0. */
static void answers(const uint8_t *ip, bool answered, uint8_t override)
{
    struct packet6 ping = echo6();
    ping.dst = ip;
    struct packet6 ask = nd(135, 0, ip, (const uint8_t[8]){1, 1, 0, 0, 0x5e, 0, 0x53, 1});
    packet6_to_group(&ask, group_of(ip));
    struct packet6 tell = nd(136, 0x40 | override, ip, OPTION), a = answer6(&ask);
    packet6_payload(&a, tell.payload, tell.len);
    a.hop_limit = 255;
    a.src = ip;
    if (answered) {
        echoed6(&ping);
        expect6(&ask, REPLY_ND_ADVERTISEMENT, &a);
    } else {
        dropped6(&ping, DROP_IPV6_NOT_OURS);
        dropped6(&ask, DROP_ND_TARGET);
    }
}

/* RFC 4429: probed at once, used meanwhile with O=0, preferred RetransTimer after the last. */
static void test_c111_optimistic(void **state)
{
    (void)state;
    for (unsigned dad = 1; dad <= 3; dad++) {
        struct wire w;
        uint8_t nonce[6], before[6] = {0};
        start(dad, false);
        for (unsigned i = 0; i < dad; i++) {
            answers(OUR_LINK, true, 0);
            assert_int_equal(next(&w, START + 100 * SECOND), SENT_ND_PROBE);
            assert_int_equal(nif.now, START + i * SECOND);
            probe_is(&w, OUR_LINK, nonce);
            assert_memory_not_equal(nonce, before, 6); /* RFC 3971 5.3.2: each a new one */
            memcpy(before, nonce, 6);
        }
        answers(OUR_LINK, true, 0);
        assert_int_equal(next(&w, START + 100 * SECOND), SENT_ND_ADVERTISEMENT);
        assert_int_equal(nif.now, START + dad * SECOND);
        advertisement_is(&w, OUR_LINK, false);
        answers(OUR_LINK, true, 0x20);
        assert_int_equal(next(&w, START + 10000ull * SECOND), VERDICT_NONE);
    }
}

/* A typed one is silent until it is ours (RFC 4862 5.4), and its probe waits up to a second. */
static void test_c113_tentative(void **state)
{
    (void)state;
    struct wire w;
    uint8_t nonce[6];
    start(1, true);
    nif.ipv6.addresses[0].due = UINT64_MAX; /* the other one's are another test's */
    uint64_t probed = 0, announced = 0;
    enum verdict v;
    while ((v = next(&w, START + 100 * SECOND)) != VERDICT_NONE) {
        if (memcmp(w.octet + 62, OUR_IP6, 16) != 0)
            continue;
        if (v == SENT_ND_PROBE) {
            probe_is(&w, OUR_IP6, nonce);
            probed = nif.now;
            answers(OUR_IP6, false, 0);
        } else {
            advertisement_is(&w, OUR_IP6, false);
            announced = nif.now;
        }
    }
    assert_in_range(probed, START, START + SECOND);
    assert_int_equal(announced, probed + SECOND);
    answers(OUR_IP6, true, 0x20);
}

static void test_c111_switched_off(void **state)
{
    (void)state;
    struct wire w;
    start(0, true);
    answers(OUR_LINK, true, 0x20);
    answers(OUR_IP6, true, 0x20);
    assert_int_equal(next(&w, START), SENT_ND_ADVERTISEMENT);
    advertisement_is(&w, OUR_LINK, false);
    assert_int_equal(next(&w, START), SENT_ND_ADVERTISEMENT);
    advertisement_is(&w, OUR_IP6, false);
    assert_int_equal(next(&w, START + 10000ull * SECOND), VERDICT_NONE);
}

/* RFC 4862 5.4.3, 5.4.4: either message of another, at each moment until the end of the probing. */
static void test_c112_duplicate(void **state)
{
    (void)state;
    for (int what = 0; what < 2; what++)
        for (int when = 0; when < 3; when++) {
            struct packet6 p = what ? others_probe(OUR_IP6) : others_advertisement(OUR_IP6);
            struct wire w;
            start(2, true);
            nif.now = START + 100;
            for (int probes = 0; probes < when;)
                if (next(&w, START + 100 * SECOND) == SENT_ND_PROBE && w.octet[62] == 0x20)
                    probes++;
            dropped6(&p, DROP_ND_DUPLICATE);
            assert_int_equal(nif.ipv6.duplicates, 1);
            enum verdict v;
            while ((v = next(&w, START + 100 * SECOND)) != VERDICT_NONE)
                assert_int_equal(w.octet[62], 0xfe); /* of the other address only */
            answers(OUR_LINK, true, 0x20);
            struct packet6 ping = echo6();
            dropped6(&ping, DROP_IPV6_NOT_OURS);
        }
}

/* RFC 4862 5.4.5: no packet is sent from then on, and none is taken. */
static void test_c169_duplicate_of_the_link_local_address(void **state)
{
    (void)state;
    for (int what = 0; what < 2; what++) {
        struct packet6 p = what ? others_probe(OUR_LINK) : others_advertisement(OUR_LINK);
        struct netif_config config = CONFIG6;
        struct wire w;
        config.dad = 1;
        config.ip6_auto = true;
        frames_start(&config);
        assert_int_equal(next(&w, START), SENT_ND_PROBE);
        dropped6(&p, DROP_ND_DUPLICATE);
        assert_int_equal(next_made(&w, START + 100000ull * SECOND), VERDICT_NONE);
        assert_true(net_due(&nif) == UINT64_MAX);
        struct packet6 ping = echo6();
        dropped6(&ping, DROP_ETH_TYPE);
        net_announce(&nif);
        assert_true(net_due(&nif) == UINT64_MAX);
        net_link_up(&nif); /* another link, perhaps */
        answers(OUR_LINK, true, 0);
    }
}

/* In a VLAN it is another network's matter. */
static void test_c230_vlan(void **state)
{
    (void)state;
    static const uint8_t tag[] = {0x81, 0x00, 0x00, 0x07};
    struct wire w;
    struct packet6 p = others_probe(OUR_LINK);
    start(1, false);
    wire_packet6(&w, &p);
    wire_tag(&w, tag, 4);
    expect_drop(&w, DROP_ND_TARGET);
    p = others_advertisement(OUR_LINK);
    wire_packet6(&w, &p);
    wire_tag(&w, tag, 4);
    expect_drop(&w, DROP_ND_TARGET);
    answers(OUR_LINK, true, 0);
}

/* RFC 7527 4.1: our own probe is no conflict; three more with new nonces follow. */
static void test_c170_looped_back(void **state)
{
    (void)state;
    struct wire w;
    uint8_t nonce[6], other[6];
    start(1, false);
    assert_int_equal(next(&w, START), SENT_ND_PROBE);
    probe_is(&w, OUR_LINK, nonce);
    expect_drop(&w, DROP_ND_OWN);
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(next(&w, START + 100 * SECOND), SENT_ND_PROBE);
        assert_int_equal(nif.now, START + i * SECOND);
        probe_is(&w, OUR_LINK, other);
        assert_memory_not_equal(nonce, other, 6);
    }
    assert_int_equal(next(&w, START + 100 * SECOND), SENT_ND_ADVERTISEMENT);
    assert_int_equal(nif.now, START + 4 * SECOND);
    /* The same MAC, another nonce: two guests with one MAC find each other. */
    start(1, false);
    assert_int_equal(next(&w, START), SENT_ND_PROBE);
    struct packet6 p = others_probe(OUR_LINK);
    p.eth_src = OUR_MAC;
    dropped6(&p, DROP_ND_DUPLICATE);
}

static void test_c170_switched_off(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    struct wire w;
    config.dad = 1;
    config.no_nonce = true;
    frames_start(&config);
    assert_int_equal(next(&w, START), SENT_ND_PROBE);
    struct packet6 p = others_probe(OUR_LINK);
    p.eth_src = OUR_MAC;
    wire_is(&w, &p);
    expect_drop(&w, DROP_ND_DUPLICATE);
}

/* Once it is ours another's probe is answered, and its advertisement only counted. */
static void test_c112_after_detection(void **state)
{
    (void)state;
    struct packet6 p = others_advertisement(OUR_IP6);
    dropped6(&p, DROP_ND_CONFLICT);
    answers(OUR_IP6, true, 0x20);
    assert_int_equal(nif.ipv6.duplicates, 0);
}

/* RFC 4861 7.2.6: three, RetransTimer apart. */
static void announced_to_all(uint64_t from)
{
    struct wire w;
    unsigned counts[2] = {0, 0};
    enum verdict v;
    while ((v = next(&w, from + 100 * SECOND)) != VERDICT_NONE) {
        if (v != SENT_ND_ADVERTISEMENT)
            continue;
        bool typed = w.octet[62] == 0x20;
        advertisement_is(&w, typed ? OUR_IP6 : OUR_LINK, true);
        assert_in_range(nif.now - from, counts[typed] * SECOND, (counts[typed] + 2) * SECOND);
        counts[typed]++;
    }
    assert_int_equal(counts[0], 3);
    assert_int_equal(counts[1], 3);
}

static void test_c114_moved(void **state)
{
    (void)state;
    uint64_t from = nif.now += 100 * SECOND;
    net_announce(&nif);
    announced_to_all(from);
}

static void test_c114_link_up(void **state)
{
    (void)state;
    uint64_t from = nif.now += 100 * SECOND;
    net_link_up(&nif);
    announced_to_all(from);
    struct netif_config config = CONFIG6;
    config.dad = 1;
    frames6_start(&config);
    from = nif.now += 100 * SECOND;
    net_link_up(&nif);
    answers(OUR_LINK, true, 0);
    answers(OUR_IP6, false, 0);
    announced_to_all(from);
    answers(OUR_IP6, true, 0x20);
}

/* A capture: in use at once, and nothing is sent that nobody asked for. */
static void test_never_announce(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    config.dad = 3;
    config.ip6_auto = config.never_announce = true;
    frames_start(&config);
    answers(OUR_LINK, true, 0x20);
    answers(OUR_IP6, true, 0x20);
    net_announce(&nif);
    net_link_up(&nif);
    assert_true(net_due(&nif) == UINT64_MAX);
    answers(OUR_IP6, true, 0x20);
}

/* RFC 4291 appendix A: the universal bit is inverted, ff:fe put between. */
static void test_c121_eui64(void **state)
{
    (void)state;
    static const struct {
        mac_t mac;
        uint8_t iid[8];
    } cases[] = {
        {{{0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde}}, {0x36, 0x56, 0x78, 0xff, 0xfe, 0x9a, 0xbc, 0xde}},
        {{{0x02, 0, 0, 0, 0, 1}}, {0, 0, 0, 0xff, 0xfe, 0, 0, 1}}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        net_init(&nif, &CONFIG6, &cases[i].mac, 1500, 16, START);
        address6 own = {0xfe, 0x80};
        memcpy(own + 8, cases[i].iid, 8);
        assert_memory_equal(&nif.ipv6.addresses[0].ip, own, 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST6(test_c111_optimistic),
        TEST6(test_c113_tentative),
        TEST6(test_c111_switched_off),
        TEST6(test_c112_duplicate),
        TEST6(test_c169_duplicate_of_the_link_local_address),
        TEST6(test_c230_vlan),
        TEST6(test_c170_looped_back),
        TEST6(test_c170_switched_off),
        TEST6(test_c112_after_detection),
        TEST6(test_c114_moved),
        TEST6(test_c114_link_up),
        TEST6(test_never_announce),
        TEST6(test_c121_eui64),
    };
    return cmocka_run_group_tests_name("IPv6 addresses", tests, NULL, NULL);
}
