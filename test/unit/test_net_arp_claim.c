/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Claiming an address (RFC 5227) on a clock that the test turns: announcements, probes, conflicts
 * and defence.
 */
#include "frames.h"

#include "net/arp_claim.h"

#include <string.h>

#define NEVER UINT64_MAX

/* A probe (spa 0) or an announcement is what is sent at this time. */
static void sent(uint64_t now, enum verdict want, int op, uint32_t spa)
{
    struct wire w;
    struct arp a = arp_ours(BROADCAST_MAC, op, spa, OUR_IP);
    wire_arp(&w, &a);
    wire_fill(&w, 0, FRAME_MIN);
    expect_tick(now, want, &w);
}

/* As a request and as a reply, one right after the other. */
static void announced(uint64_t now)
{
    assert_int_equal(net_due(&nif), now);
    expect_no_tick(now - 1);
    sent(now, SENT_ARP_ANNOUNCEMENT, 1, OUR_IP);
    assert_int_equal(net_due(&nif), now);
    sent(now, SENT_ARP_ANNOUNCEMENT, 2, OUR_IP);
}

static void quiet(void)
{
    assert_true(net_due(&nif) == NEVER);
    expect_no_tick(nif.now + 100000ull * SECOND);
}

static void start_probing(void)
{
    struct netif_config config = DEFAULT_CONFIG;
    config.probe = true;
    frames_start(&config);
}

/* The probe that is due comes then and not before. Returns when. */
static uint64_t probed(uint64_t from, uint64_t to)
{
    uint64_t due = net_due(&nif);
    assert_in_range(due, from, to);
    if (due > nif.now)
        expect_no_tick(due - 1);
    sent(due, SENT_ARP_PROBE, 1, 0);
    return due;
}

static uint64_t probed_three_times(uint64_t from)
{
    uint64_t at = probed(from, from + SECOND - 1);
    at = probed(at + SECOND, at + 2 * SECOND - 1);
    return probed(at + SECOND, at + 2 * SECOND - 1);
}

/* Neither ping nor who-has: the address is not in use. */
static void not_in_use(void)
{
    struct ping p = ping_request();
    struct arp a = arp_request();
    a.spa = PEER_IP;
    ping_dropped(&p, DROP_IPV4_NOT_OURS);
    arp_dropped(&a, DROP_ARP_NOT_OURS);
}

static void in_use(void)
{
    struct ping p = ping_request();
    struct arp a = arp_request();
    ping_answered(&p);
    arp_answered(&a);
}

/* In use at once, announced at once and once more; then never again (RFC 5227 2.3). */
static void test_c021_announcements(void **state)
{
    (void)state;
    in_use();
    announced(START);
    announced(START + 2 * SECOND);
    quiet();
    in_use();
}

static void test_c021_repeated(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.announce_us = 30 * SECOND;
    frames_start(&config);
    announced(START);
    announced(START + 2 * SECOND);
    for (unsigned i = 1; i < 20; i++)
        announced(START + 2 * SECOND + i * 30ull * SECOND);
}

/* A clock that jumped: no burst of those that were missed. */
static void test_c021_late(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.announce_us = 1 * SECOND;
    frames_start(&config);
    sent(START + 100 * SECOND, SENT_ARP_ANNOUNCEMENT, 1, OUR_IP);
    sent(START + 100 * SECOND, SENT_ARP_ANNOUNCEMENT, 2, OUR_IP);
    expect_no_tick(START + 100 * SECOND);
    announced(START + 102 * SECOND);
    sent(START + 900 * SECOND, SENT_ARP_ANNOUNCEMENT, 1, OUR_IP);
    sent(START + 900 * SECOND, SENT_ARP_ANNOUNCEMENT, 2, OUR_IP);
    expect_no_tick(START + 900 * SECOND);
    announced(START + 901 * SECOND);
}

static void test_c021_no_address(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.ip = 0;
    config.probe = true;
    config.announce_us = SECOND;
    frames_start(&config);
    quiet();
    net_link_up(&nif);
    quiet();
    not_in_use();
    struct arp a = arp_request();
    a.spa = 0;
    a.tpa = 0;
    arp_dropped(&a, DROP_ARP_NOT_OURS); /* nobody claims 0.0.0.0, and so no conflict */
}

/* RFC 5227 2.1: a link that comes up is probed on from the start, whether we probe or not. */
static void test_c019_link_up(void **state)
{
    (void)state;
    start_probing();
    uint64_t at = probed_three_times(START);
    nif.now = at + SECOND;
    net_link_up(&nif);
    for (unsigned round = 0; round < 3; round++) {
        not_in_use();
        at = probed_three_times(nif.now);
        not_in_use();
        announced(at + 2 * SECOND);
        in_use();
        if (round > 0)
            announced(at + 4 * SECOND); /* else in the middle of them */
        nif.now += 10 * SECOND;
        net_link_up(&nif);
    }
}

/* On the other side is a network in which somebody else has the address by now. */
static void test_c020_conflict_after_link_up(void **state)
{
    (void)state;
    struct arp a = arp_request();
    a.spa = OUR_IP;
    start_probing();
    announced(probed_three_times(START) + 2 * SECOND);
    net_link_up(&nif);
    sent(net_due(&nif), SENT_ARP_PROBE, 1, 0);
    arp_dropped(&a, DROP_ARP_CONFLICT);
    not_in_use();
    expect_no_tick(nif.now + 60 * SECOND - 1);
}

/* An address that is given up is silent at once. */
static void test_c021_given_up(void **state)
{
    (void)state;
    use_ip(0, 0);
    quiet();
    not_in_use();
}

/* A link that comes up, or a machine that has moved, in the middle of a round and after it. */
static void announces_again(void (*event)(struct netif *nif))
{
    announced(nif.now);
    nif.now += SECOND;
    uint64_t now = nif.now;
    event(&nif);
    announced(now);
    announced(now + 2 * SECOND);
    quiet();
    nif.now += 1000 * SECOND;
    now = nif.now;
    event(&nif);
    sent(now, SENT_ARP_ANNOUNCEMENT, 1, OUR_IP);
    event(&nif); /* between the two halves of an announcement */
    announced(now);
    announced(now + 2 * SECOND);
    quiet();
}

static void test_c021_link_up(void **state)
{
    (void)state;
    announces_again(net_link_up);
}

/* Whether we probe or not. While we do there is nothing to announce. */
static void test_c021_moved(void **state)
{
    (void)state;
    announces_again(net_announce);
    start_probing();
    uint64_t at = probed_three_times(START);
    uint64_t due = net_due(&nif);
    net_announce(&nif);
    assert_int_equal(net_due(&nif), due);
    not_in_use();
    expect_no_tick(at + 2 * SECOND - 1);
    nif.now = due;
    announces_again(net_announce);
}

/* Three probes, the first within a second, 1 s to 2 s apart; in use 2 s after the last. */
static void test_c019_probing(void **state)
{
    (void)state;
    start_probing();
    assert_int_equal(nif.ip, 0);
    not_in_use();
    uint64_t at = probed_three_times(START);
    not_in_use();
    assert_int_equal(net_due(&nif), at + 2 * SECOND);
    expect_no_tick(at + 2 * SECOND - 1);
    not_in_use();
    announced(at + 2 * SECOND);
    in_use();
    announced(at + 4 * SECOND);
    quiet();
    assert_int_equal(nif.prefix, 24);
    assert_int_equal(nif.broadcast, 0xc0a864ff);
    assert_int_equal(nif.verdicts[SENT_ARP_PROBE], 3);
    assert_int_equal(nif.claim.conflicts, 0);
}

/* Neighbours that start together don't probe together: the waits cover their ranges. */
static void test_c019_random_waits(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.probe = true;
    unsigned first[10] = {0}, second[10] = {0};
    for (unsigned i = 0; i < 1000; i++) {
        mac_t mac = {{0x52, 0x54, 0, 0x12, (uint8_t)(i >> 8), (uint8_t)i}};
        uint8_t spare[60];
        struct frame f = {.data = spare, .cap = sizeof spare};
        net_init(&nif, &config, &mac, 1500, 0, START);
        uint64_t due = net_due(&nif);
        assert_in_range(due, START, START + SECOND - 1);
        first[(due - START) / (SECOND / 10)]++;
        nif.now = due;
        assert_int_equal(net_tick(&nif, &f), SENT_ARP_PROBE);
        uint64_t next = net_due(&nif) - due;
        assert_in_range(next, SECOND, 2 * SECOND - 1);
        second[(next - SECOND) / (SECOND / 10)]++;
    }
    for (unsigned i = 0; i < 10; i++) {
        assert_in_range(first[i], 50, 150);
        assert_in_range(second[i], 50, 150);
    }
}

/* While we probe, whoever has the address or asks for it himself has it: silence for a minute, then
 * another try. */
static void test_c020_conflict_while_probing(void **state)
{
    (void)state;
    static const struct {
        int op;
        uint32_t spa, tpa;
    } cases[] = {
        {1, OUR_IP, PEER_IP}, {2, OUR_IP, PEER_IP}, {1, OUR_IP, OUR_IP},
        {2, OUR_IP, OUR_IP},  {1, 0, OUR_IP}, /* his probe */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (unsigned probes = 0; probes <= 3; probes++) {
            start_probing();
            for (unsigned j = 0; j < probes; j++)
                sent(net_due(&nif), SENT_ARP_PROBE, 1, 0);
            struct arp a = arp_request();
            a.op = cases[i].op;
            a.spa = cases[i].spa;
            a.tpa = cases[i].tpa;
            arp_dropped(&a, DROP_ARP_CONFLICT);
            assert_int_equal(nif.claim.conflicts, 1);
            assert_memory_equal(&nif.claim.rival, PEER_MAC, 6);
            not_in_use();
            uint64_t again = nif.now + 60 * SECOND;
            expect_no_tick(again - 1);
            uint64_t at = probed_three_times(again);
            announced(at + 2 * SECOND);
            in_use();
        }
    }
}

/* Two that back off together come back at different times. */
static void test_c020_random_return(void **state)
{
    (void)state;
    struct arp a = arp_request();
    struct netif_config config = DEFAULT_CONFIG;
    config.probe = true;
    a.spa = OUR_IP;
    uint64_t last = 0;
    for (uint8_t i = 0; i < 20; i++) {
        mac_t mac = {{0x52, 0x54, 0, 0x12, 0x34, i}};
        struct wire w;
        wire_arp(&w, &a);
        struct frame f = {.data = w.octet, .len = (uint16_t)w.len, .cap = sizeof w.octet};
        net_init(&nif, &config, &mac, 1500, 0, START);
        assert_int_equal(net_input(&nif, &f), DROP_ARP_CONFLICT);
        assert_in_range(net_due(&nif), START + 60 * SECOND, START + 61 * SECOND - 1);
        assert_true(net_due(&nif) != last);
        last = net_due(&nif);
    }
}

/* Not our business while we probe: others' addresses, and our own frames come back. */
static void test_c020_no_conflict(void **state)
{
    (void)state;
    start_probing();
    uint64_t due = net_due(&nif);
    struct arp a = arp_ours(BROADCAST_MAC, 1, 0, OUR_IP);
    arp_dropped(&a, DROP_ARP_OWN);
    a = arp_ours(BROADCAST_MAC, 2, OUR_IP, OUR_IP);
    arp_dropped(&a, DROP_ARP_OWN);
    a = arp_request(); /* asks for our address, but has one himself */
    arp_dropped(&a, DROP_ARP_NOT_OURS);
    a.op = 2;
    a.spa = 0; /* no probe: those are requests */
    arp_dropped(&a, DROP_ARP_NOT_REQUEST);
    a = arp_request();
    a.spa = 0;
    a.tpa = OTHER_IP; /* a probe for another address */
    arp_dropped(&a, DROP_ARP_NOT_OURS);
    assert_int_equal(nif.claim.conflicts, 0);
    assert_int_equal(net_due(&nif), due);
}

/* In use, a probe for it is a question like another, and is answered. */
static void test_c018_probe_for_ours(void **state)
{
    (void)state;
    struct arp a = arp_request();
    a.spa = 0;
    arp_answered(&a);
    assert_int_equal(nif.claim.conflicts, 0);
}

static struct arp claim_of(const uint8_t *rival, int op)
{
    struct arp a = arp_request();
    a.eth_src = a.sha = rival;
    a.op = op;
    a.spa = OUR_IP;
    a.tpa = PEER_IP;
    return a;
}

static void defended(const struct arp *a)
{
    struct arp answer = arp_ours(BROADCAST_MAC, 1, OUR_IP, OUR_IP);
    arp_expect(a, REPLY_ARP_DEFENCE, &answer, __FILE__, __LINE__);
}

/* The first conflict is met with an announcement to all, the next only 10 s later. */
static void test_c022_defence(void **state)
{
    (void)state;
    struct arp a = claim_of(PEER_MAC, 1), b = claim_of(OTHER_MAC, 2);
    defended(&a);
    assert_memory_equal(&nif.claim.rival, PEER_MAC, 6);
    arp_dropped(&b, DROP_ARP_CONFLICT);
    assert_memory_equal(&nif.claim.rival, OTHER_MAC, 6);
    nif.now += 10 * SECOND - 1;
    arp_dropped(&a, DROP_ARP_CONFLICT);
    nif.now += 1;
    b.eth_dst = OUR_MAC; /* sent to us alone: the defence is to all */
    defended(&b);
    nif.now += 9 * SECOND;
    arp_dropped(&a, DROP_ARP_CONFLICT);
    nif.now += SECOND;
    defended(&a);
    assert_int_equal(nif.claim.conflicts, 6);
    in_use();
}

/* The first one is met whenever it comes, also right after the start of the clock. */
static void test_c022_early_defence(void **state)
{
    (void)state;
    struct arp a = claim_of(PEER_MAC, 1);
    nif.now = 5 * SECOND;
    defended(&a);
    arp_dropped(&a, DROP_ARP_CONFLICT);
}

/* A thousand conflicts a second for a minute: seven answers. */
static void test_c023_storm(void **state)
{
    (void)state;
    struct arp a = claim_of(PEER_MAC, 2);
    struct wire w;
    wire_arp(&w, &a);
    for (unsigned i = 0; i <= 60000; i++) {
        struct wire copy = w;
        struct frame f = {.data = copy.octet, .len = (uint16_t)copy.len, .cap = 2048};
        net_input(&nif, &f);
        nif.now += SECOND / 1000;
    }
    assert_int_equal(nif.verdicts[REPLY_ARP_DEFENCE], 7);
    assert_int_equal(nif.verdicts[DROP_ARP_CONFLICT], 60001 - 7);
    assert_int_equal(nif.claim.conflicts, 60001);
}

/* On the VLAN that the conflict came from. */
static void test_c022_defence_with_a_tag(void **state)
{
    (void)state;
    static const uint8_t tag[] = {0x81, 0, 0x60, 5};
    struct wire in, out;
    struct arp a = claim_of(PEER_MAC, 1), answer = arp_ours(BROADCAST_MAC, 1, OUR_IP, OUR_IP);
    wire_arp(&in, &a);
    wire_tag(&in, tag, 4);
    wire_arp(&out, &answer);
    wire_tag(&out, tag, 4);
    wire_fill(&out, 0, FRAME_MIN);
    expect_reply(&in, REPLY_ARP_DEFENCE, &out);
}

static void test_c022_own_frame(void **state)
{
    (void)state;
    struct arp a = claim_of(OUR_MAC, 1);
    arp_dropped(&a, DROP_ARP_OWN);
    a = arp_ours(BROADCAST_MAC, 1, OUR_IP, OUR_IP);
    arp_dropped(&a, DROP_ARP_OWN);
    assert_int_equal(nif.claim.conflicts, 0);
}

/* A direct-server-return real server answers at its virtual address, and is silent about it. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c021_announcements),
        TEST(test_c021_repeated),
        TEST(test_c021_late),
        TEST(test_c021_no_address),
        TEST(test_c021_given_up),
        TEST(test_c021_link_up),
        TEST(test_c021_moved),
        TEST(test_c019_probing),
        TEST(test_c019_link_up),
        TEST(test_c020_conflict_after_link_up),
        TEST(test_c019_random_waits),
        TEST(test_c020_conflict_while_probing),
        TEST(test_c020_random_return),
        TEST(test_c020_no_conflict),
        TEST(test_c018_probe_for_ours),
        TEST(test_c022_defence),
        TEST(test_c022_early_defence),
        TEST(test_c023_storm),
        TEST(test_c022_defence_with_a_tag),
        TEST(test_c022_own_frame),
    };
    return cmocka_run_group_tests_name("arp claim", tests, NULL, NULL);
}
