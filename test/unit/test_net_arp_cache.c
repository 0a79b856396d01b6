/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the answers of a virtual address go (a real server behind a director), on a clock that the
 * test turns: to which neighbour, how it is asked for, and what becomes of what waits for it.
 */
#include "frame_pool.h"

#include "net/reassembly.h"

#include <string.h>

#define START   (5000ull * SECOND) /* of frames_start() */
#define NEVER   UINT64_MAX
#define VIP     0xcb007107u /* 203.0.113.7 */
#define GATEWAY 0xc0a864feu /* 192.168.100.254 */
#define FAR     0xc6336401u /* 198.51.100.1 */

static const uint8_t DIRECTOR_MAC[6] = {0x52, 0x54, 0, 0, 0, 0x99};
static const uint8_t NEW_MAC[6] = {2, 0, 0, 0, 0, 9};

static enum verdict give(const struct wire *w)
{
    enum verdict v = pool_input(w);
    collect();
    return v;
}

static int setup(void **state)
{
    frames_setup(state);
    nif.claim.announcements_left = 0; /* those are for other tests */
    nif.config.vip[0] = VIP;
    nif.config.vip_count = 1;
    frame_pool_start();
    return 0;
}

/* In time everything comes back. */
static int teardown(void **state)
{
    (void)state;
    while (net_due(&nif) != NEVER) {
        uint8_t octet[64];
        struct frame f = {.data = octet, .cap = sizeof octet};
        if (net_due(&nif) > nif.now)
            nif.now = net_due(&nif);
        net_tick(&nif, &f);
        collect();
    }
    return nif.held;
}

#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- clients ------------------------------------------------------------------------------------
 */

struct tags {
    uint8_t octet[8];
    size_t len;
};

static const struct tags UNTAGGED;

/* A ping to the virtual address that the director has handed on. */
static struct ping vip_ping(uint32_t client)
{
    struct ping p = ping_request();
    p.eth_src = DIRECTOR_MAC;
    p.src = client;
    p.dst = VIP;
    return p;
}

static enum verdict give_ping(const struct ping *p, const struct tags *tags)
{
    struct wire w;
    wire_ping(&w, p);
    wire_tag(&w, tags->octet, tags->len);
    return give(&w);
}

/* The only frame that was sent is the answer to p, made when ip_id became this, to mac. */
static void expect_pong(const struct ping *p, unsigned id, const uint8_t *mac,
                        const struct tags *tags)
{
    struct ping reply = ping_reply(p);
    struct wire w;
    reply.id = (int)id;
    reply.eth_dst = mac;
    wire_ping(&w, &reply);
    wire_tag(&w, tags->octet, tags->len);
    wire_fill(&w, 0, FRAME_MIN);
    assert_int_equal(sent_count, 1);
    assert_int_equal(sent[0].len, w.len);
    assert_memory_equal(sent[0].octet, w.octet, w.len);
    sent_count = 0;
}

static void answered_at_once(uint32_t client, const uint8_t *mac)
{
    struct ping p = vip_ping(client);
    assert_int_equal(give_ping(&p, &UNTAGGED), REPLY_ICMP_ECHO);
    expect_pong(&p, nif.ip_id, mac, &UNTAGGED);
}

static void held(uint32_t client)
{
    struct ping p = vip_ping(client);
    assert_int_equal(give_ping(&p, &UNTAGGED), HELD_ANSWER);
    assert_int_equal(sent_count, 0);
}

/* The request for an address, made now, to mac. */
static void expect_request(uint32_t ip, const uint8_t *mac, const struct tags *tags)
{
    struct wire w;
    struct arp a = {
        .eth_dst = mac,
        .eth_src = OUR_MAC,
        .hrd = 1,
        .pro = 0x0800,
        .hln = 6,
        .pln = 4,
        .op = 1,
        .sha = OUR_MAC,
        .spa = OUR_IP,
        .tha = ZERO_MAC,
        .tpa = ip,
    };
    wire_arp(&w, &a);
    wire_tag(&w, tags->octet, tags->len);
    wire_fill(&w, 0, FRAME_MIN);
    assert_int_equal(net_due(&nif), nif.now);
    expect_tick(nif.now, SENT_ARP_REQUEST, &w);
}

/* What a neighbour says of itself: op 2 to us, or op 1 for somebody else. */
static struct arp says(uint32_t ip, const uint8_t *mac, int op)
{
    struct arp a = arp_request();
    a.eth_src = a.sha = mac;
    a.spa = ip;
    a.op = op;
    if (op == 2) {
        a.eth_dst = a.tha = OUR_MAC;
        a.tpa = OUR_IP;
    } else {
        a.tpa = 0xc0a86463;
    }
    return a;
}

static enum verdict give_arp(const struct arp *a, const struct tags *tags)
{
    struct wire w;
    wire_arp(&w, a);
    wire_tag(&w, tags->octet, tags->len);
    return give(&w);
}

static void reply_of(uint32_t ip, const uint8_t *mac)
{
    struct arp a = says(ip, mac, 2);
    assert_int_equal(give_arp(&a, &UNTAGGED), CONSUMED_ARP_REPLY);
}

/* Asks for the client and lets it answer. */
static void make_known(uint32_t client, const uint8_t *mac)
{
    held(client);
    expect_request(client, BROADCAST_MAC, &UNTAGGED);
    reply_of(client, mac);
    assert_int_equal(sent_count, 1);
    sent_count = 0;
}

static void nothing_due(void)
{
    assert_true(net_due(&nif) == NEVER);
    expect_no_tick(nif.now);
}

static void at(uint64_t now)
{
    nif.now = now;
}

static void expect_count(enum verdict v, uint64_t count)
{
    if (nif.verdicts[v] != count)
        fail_msg("%s: %lu, expected %lu", verdict_name(v), (unsigned long)nif.verdicts[v],
                 (unsigned long)count);
}

/* --- the way of one answer ----------------------------------------------------------------------
 */

/* Held, asked for, sent, and from then on sent at once; the answer counts when it is sent. */
static void test_c030_first_answer(void **state)
{
    (void)state;
    struct ping p = vip_ping(PEER_IP);
    nothing_due();
    assert_int_equal(give_ping(&p, &UNTAGGED), HELD_ANSWER);
    unsigned id = nif.ip_id;
    expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    assert_int_equal(net_due(&nif), nif.now + SECOND);
    at(nif.now + 700);
    expect_count(REPLY_ICMP_ECHO, 0);
    assert_int_equal(sent_count, 0);
    reply_of(PEER_IP, PEER_MAC);
    expect_pong(&p, id, PEER_MAC, &UNTAGGED);
    expect_count(REPLY_ICMP_ECHO, 1);
    expect_count(HELD_ANSWER, 1);
    nothing_due();
    for (int i = 0; i < 100; i++)
        answered_at_once(PEER_IP, PEER_MAC);
    nothing_due();
    expect_count(REPLY_ICMP_ECHO, 101);
    expect_count(SENT_ARP_REQUEST, 1);
    assert_int_equal(returned_count, 0);
}

/* The request has the tags of the packet, priority and all; who is known in one VLAN is not in
 * another, and a priority is none. */
static void test_tagged(void **state)
{
    (void)state;
    static const struct tags ways[] = {
        {{0}, 0},
        {{0x81, 0, 0x60, 5}, 4},
        {{0x88, 0xa8, 0xa0, 5, 0x81, 0, 0x20, 6}, 8},
        {{0x88, 0xa8, 0, 6, 0x81, 0, 0, 5}, 8},
    };
    static const struct tags priority = {{0x81, 0, 0xe0, 5}, 4}, none = {{0x81, 0, 0xe0, 0}, 4};
    struct ping p = vip_ping(PEER_IP);
    struct arp a = says(PEER_IP, PEER_MAC, 2);
    for (size_t i = 0; i < COUNT(ways); i++) {
        assert_int_equal(give_ping(&p, &ways[i]), HELD_ANSWER);
        unsigned id = nif.ip_id;
        expect_request(PEER_IP, BROADCAST_MAC, &ways[i]);
        for (size_t j = 0; j < COUNT(ways); j++)
            if (j > i)
                assert_int_equal(give_arp(&a, &ways[j]), DROP_ARP_NOT_REQUEST);
        assert_int_equal(sent_count, 0);
        assert_int_equal(give_arp(&a, &ways[i]), CONSUMED_ARP_REPLY);
        expect_pong(&p, id, PEER_MAC, &ways[i]);
    }
    assert_int_equal(give_ping(&p, &priority), REPLY_ICMP_ECHO);
    expect_pong(&p, nif.ip_id, PEER_MAC, &priority);
    assert_int_equal(give_ping(&p, &none), REPLY_ICMP_ECHO);
    expect_pong(&p, nif.ip_id, PEER_MAC, &none);
}

/* Three times, a second apart, then it is given up; whoever comes later is asked for anew. */
static void test_c027_nobody_answers(void **state)
{
    (void)state;
    for (int round = 1; round <= 2; round++) {
        held(PEER_IP);
        uint64_t begin = nif.now;
        for (int i = 0; i < 3; i++) {
            at(begin + (uint64_t)i * SECOND);
            expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
            expect_no_tick(nif.now + SECOND - 1);
        }
        assert_int_equal(nif.held, 1);
        assert_int_equal(net_due(&nif), begin + 3 * SECOND);
        expect_no_tick(begin + 3 * SECOND);
        collect();
        assert_int_equal(nif.held, 0);
        nothing_due();
        assert_int_equal(returned_count, round);
        expect_count(DROP_ARP_NO_REPLY, (uint64_t)round);
        struct arp late = says(PEER_IP, PEER_MAC, 2);
        assert_int_equal(give_arp(&late, &UNTAGGED), DROP_ARP_NOT_REQUEST);
    }
    assert_int_equal(sent_count, 0);
    expect_count(REPLY_ICMP_ECHO, 0);
}

/* RFC 1122 2.3.2.2: the latest one is kept. RFC 1122 2.3.2.1: no flood of requests. */
static void test_c027_flood(void **state)
{
    (void)state;
    struct ping p = vip_ping(PEER_IP);
    for (int i = 0; i < 1000; i++) {
        p.sequence = i;
        at(START + (uint64_t)i * 1000);
        assert_int_equal(give_ping(&p, &UNTAGGED), HELD_ANSWER);
        assert_int_equal(nif.held, 1);
        if (i == 0)
            expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        else
            expect_no_tick(nif.now);
    }
    expect_count(DROP_ARP_NO_REPLY, 999);
    assert_int_equal(returned_count, 999);
    reply_of(PEER_IP, PEER_MAC);
    expect_pong(&p, nif.ip_id, PEER_MAC, &UNTAGGED);
    expect_count(REPLY_ICMP_ECHO, 1);
    expect_count(SENT_ARP_REQUEST, 1);
}

/* --- what is learned ----------------------------------------------------------------------------
 */

/* RFC 826: from any packet, whatever it is for; one for us is answered besides. */
static void test_learns_from(void **state)
{
    (void)state;
    struct arp gratuitous = says(PEER_IP, NEW_MAC, 1), for_us = says(PEER_IP, PEER_MAC, 1);
    gratuitous.tpa = PEER_IP;
    for_us.tpa = OUR_IP;
    held(PEER_IP);
    assert_int_equal(give_arp(&for_us, &UNTAGGED), REPLY_ARP);
    assert_int_equal(sent_count, 2); /* the answer to it, and the one that waited */
    assert_memory_equal(sent[1].octet, PEER_MAC, 6);
    sent_count = 0;
    nothing_due();
    assert_int_equal(give_arp(&gratuitous, &UNTAGGED), DROP_ARP_NOT_OURS);
    answered_at_once(PEER_IP, NEW_MAC); /* RFC 1122 2.3.2.1: the new one is learned */
    gratuitous = says(PEER_IP, OTHER_MAC, 2);
    gratuitous.tpa = PEER_IP;
    gratuitous.eth_dst = gratuitous.tha = BROADCAST_MAC;
    assert_int_equal(give_arp(&gratuitous, &UNTAGGED), CONSUMED_ARP_REPLY);
    answered_at_once(PEER_IP, OTHER_MAC);
    struct arp other = says(PEER_IP, PEER_MAC, 1);
    assert_int_equal(give_arp(&other, &UNTAGGED), DROP_ARP_NOT_OURS);
    answered_at_once(PEER_IP, PEER_MAC);
}

/* Not from what is no ARP packet of a neighbour, nor of neighbours that nobody needs. */
static void test_learns_not_from(void **state)
{
    (void)state;
    static const uint8_t group[6] = {1, 0, 0x5e, 0, 0, 1};
    held(PEER_IP);
    expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    struct arp bad[6];
    for (size_t i = 0; i < COUNT(bad); i++)
        bad[i] = says(PEER_IP, PEER_MAC, 2);
    bad[0].sha = group;
    bad[1].hrd = 6;
    bad[2].pln = 16;
    bad[3].spa = 0;
    bad[4].spa = OTHER_IP;
    bad[5].sha = OUR_MAC;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_not_equal(give_arp(&bad[i], &UNTAGGED), CONSUMED_ARP_REPLY);
        assert_int_equal(nif.held, 1);
    }
    struct arp flooded = says(PEER_IP, PEER_MAC, 2);
    flooded.eth_dst = OTHER_MAC;
    assert_int_equal(give_arp(&flooded, &UNTAGGED), DROP_ETH_NOT_OURS);
    assert_int_equal(sent_count, 0);
    held(OTHER_IP);
    assert_int_equal(nif.held, 2);
}

/* A packet from our own address is a conflict and no neighbour's. */
static void test_learns_not_from_conflicts(void **state)
{
    (void)state;
    make_known(PEER_IP, PEER_MAC);
    struct arp rival = says(OUR_IP, OTHER_MAC, 2);
    assert_int_equal(give_arp(&rival, &UNTAGGED), REPLY_ARP_DEFENCE);
    sent_count = 0;
    answered_at_once(PEER_IP, PEER_MAC);
}

/* --- ageing -------------------------------------------------------------------------------------
 */

/* One that is used is asked after 30 s, itself alone, once a second, and no answer waits. */
static void test_c028_refresh(void **state)
{
    (void)state;
    make_known(PEER_IP, PEER_MAC);
    uint64_t known = nif.now;
    at(known + 30 * SECOND - 1);
    answered_at_once(PEER_IP, PEER_MAC);
    nothing_due();
    for (unsigned i = 0; i < 30; i++) {
        at(known + (30 + i) * SECOND);
        answered_at_once(PEER_IP, PEER_MAC);
        expect_request(PEER_IP, PEER_MAC, &UNTAGGED);
        nothing_due();
        at(nif.now + SECOND - 1);
        answered_at_once(PEER_IP, PEER_MAC);
        nothing_due();
    }
    at(known + 59 * SECOND + SECOND / 2);
    reply_of(PEER_IP, NEW_MAC); /* at last */
    known = nif.now;
    at(known + 30 * SECOND - 1);
    answered_at_once(PEER_IP, NEW_MAC);
    nothing_due();
    at(known + 30 * SECOND);
    answered_at_once(PEER_IP, NEW_MAC);
    expect_request(PEER_IP, NEW_MAC, &UNTAGGED);
}

/* One that is not used is not asked, and after a minute it is not believed. */
static void test_c028_expiry(void **state)
{
    (void)state;
    make_known(PEER_IP, PEER_MAC);
    uint64_t known = nif.now;
    at(known + 59 * SECOND);
    nothing_due();
    at(known + 60 * SECOND - 1);
    answered_at_once(PEER_IP, PEER_MAC);
    expect_request(PEER_IP, PEER_MAC, &UNTAGGED);
    uint64_t asked = nif.now;
    at(known + 60 * SECOND);
    held(PEER_IP);
    assert_int_equal(net_due(&nif), asked + SECOND); /* not twice within a second */
    at(asked + SECOND);
    expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    reply_of(PEER_IP, OTHER_MAC);
    assert_int_equal(sent_count, 1);
    assert_memory_equal(sent[0].octet, OTHER_MAC, 6);
    sent_count = 0;
    known = nif.now;
    at(known + 61 * SECOND);
    nothing_due();
    held(PEER_IP);
    expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
}

/* --- limits -------------------------------------------------------------------------------------
 */

#define ROOM  64 /* for neighbours */
#define SHARE 32 /* of it, for those that are asked for */

static uint32_t client(unsigned i)
{
    return 0xc0a8640a + i;
}

static const uint8_t *client_mac(unsigned i)
{
    static uint8_t macs[2 * ROOM][6];
    memcpy(macs[i], (uint8_t[]){2, 0, 0, 0, 1, (uint8_t)i}, 6);
    return macs[i];
}

static void answered_directly(unsigned i)
{
    answered_at_once(client(i), client_mac(i));
}

/* A share of the table is neighbours that are being asked for: the next one's answer goes back,
 * until one of them is known or given up. */
static void test_c027_too_many(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SHARE; i++)
        held(client(i));
    for (unsigned second = 0; second < 3; second++) {
        answered_at_once(client(SHARE), DIRECTOR_MAC);
        for (unsigned i = 0; i < SHARE; i++)
            expect_request(client(i), BROADCAST_MAC, &UNTAGGED);
        answered_at_once(client(SHARE), DIRECTOR_MAC);
        at(nif.now + SECOND - 1);
        answered_at_once(client(SHARE), DIRECTOR_MAC);
        at(nif.now + 1);
    }
    reply_of(client(5), client_mac(5));
    sent_count = 0;
    held(client(SHARE));
    answered_at_once(client(SHARE + 1), DIRECTOR_MAC);
    expect_request(client(SHARE), BROADCAST_MAC, &UNTAGGED); /* and the others are given up */
    collect();
    expect_count(DROP_ARP_NO_REPLY, SHARE - 1);
    for (unsigned i = SHARE + 1; i < 2 * SHARE; i++)
        held(client(i));
    answered_at_once(client(2 * SHARE), DIRECTOR_MAC);
    answered_directly(5);
}

/* The table is full of neighbours that were asked for within a second, so all of them stay. */
static void test_c027_full(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROOM; i++)
        make_known(client(i), client_mac(i));
    at(nif.now + SECOND - 1);
    answered_at_once(client(ROOM), DIRECTOR_MAC);
    at(nif.now + 1);
    make_known(client(ROOM), client_mac(ROOM));
    for (unsigned i = 1; i <= ROOM; i++)
        answered_directly(i);
    held(client(0)); /* of those used at one time the first was displaced */
}

/* Who is being asked for stays, though it is late for the next request: an answer waits. */
static void test_c027_late(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SHARE - 1; i++)
        held(client(i));
    at(nif.now + 1);
    for (unsigned i = SHARE - 1; i < ROOM; i++) {
        held(client(i));
        reply_of(client(i), client_mac(i));
        sent_count = 0;
    }
    at(nif.now + 5 * SECOND);
    held(client(ROOM));
    assert_int_equal(nif.held, SHARE);
    for (unsigned i = 0; i < SHARE - 1; i++)
        reply_of(client(i), client_mac(i));
    assert_int_equal(sent_count, SHARE - 1);
    sent_count = 0;
    assert_int_equal(returned_count, 0);
}

/* Who is used stays, though others were known later. */
static void test_least_recently_used(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROOM; i++) {
        at(nif.now + 1);
        make_known(client(i), client_mac(i));
    }
    at(nif.now + 2 * SECOND);
    for (unsigned i = 0; i < ROOM; i++)
        if (i != 7)
            answered_directly(i);
    make_known(client(ROOM), client_mac(ROOM));
    for (unsigned i = 0; i <= ROOM; i++)
        if (i != 7)
            answered_directly(i);
    nothing_due();
    at(nif.now + 2 * SECOND);
    held(client(7));
}

/* Each VLAN has its gateway. Where there are more than there is room for, others have some too. */
static void test_gateways_of_many_vlans(void **state)
{
    (void)state;
    struct ping p = vip_ping(FAR);
    struct arp a = says(GATEWAY, NEW_MAC, 2);
    nif.config.gateway = GATEWAY;
    for (uint8_t vid = 1; vid <= ROOM; vid++) {
        struct tags tags = {{0x81, 0, 0, vid}, 4};
        assert_int_equal(give_ping(&p, &tags), HELD_ANSWER);
        assert_int_equal(give_arp(&a, &tags), CONSUMED_ARP_REPLY);
        sent_count = 0;
    }
    at(nif.now + 2 * SECOND);
    make_known(client(0), client_mac(0));
    held(FAR);
    reply_of(GATEWAY, NEW_MAC);
    sent_count = 0;
    answered_at_once(FAR, NEW_MAC);
    answered_directly(0);
}

/* Does what is due. Nobody is asked for more than once a second (RFC 1122 2.3.2.1). Of those who
 * are, the gateway and the first few clients answer. */
static void answer_requests(uint64_t *asked, unsigned clients)
{
    uint8_t octet[64] = {0};
    struct frame f = {.data = octet, .cap = sizeof octet};
    while (net_due(&nif) <= nif.now) {
        if (net_tick(&nif, &f) == VERDICT_NONE)
            continue;
        uint8_t last = octet[41];
        assert_true(asked[last] == 0 || nif.now - asked[last] >= SECOND);
        asked[last] = nif.now;
        if (last == (uint8_t)GATEWAY)
            reply_of(GATEWAY, NEW_MAC);
        else if (last < (uint8_t)client(clients))
            reply_of(client(last - client(0) % 256), client_mac(last - client(0) % 256));
    }
    collect();
    sent_count = 0;
}

/* Twenty clients are in touch all the time, as is one behind the gateway: for minutes no answer
 * of theirs waits or goes back, but each one's first. */
static void test_many_clients(void **state)
{
    (void)state;
    uint64_t asked[256] = {0};
    nif.config.gateway = GATEWAY;
    for (unsigned turn = 0; turn < 4000; turn++) {
        at(nif.now + SECOND / 20);
        for (unsigned i = 0; i < 20; i++)
            turn ? answered_directly(i) : held(client(i));
        turn ? answered_at_once(FAR, NEW_MAC) : held(FAR);
        answer_requests(asked, 20);
    }
    expect_count(HELD_ANSWER, 21);
}

/* Meanwhile somebody pings in the name of hosts that there are not, twenty and two hundred a
 * second. */
static void test_c027_made_up_clients(void **state)
{
    (void)state;
    for (unsigned rate = 1; rate <= 10; rate += 9) {
        uint64_t asked[256] = {0};
        unsigned made_up = 0;
        setup(state);
        nif.config.gateway = GATEWAY;
        for (unsigned turn = 0; turn < 4000; turn++) {
            at(nif.now + SECOND / 20);
            for (unsigned i = 0; i < rate; i++) {
                struct ping p = vip_ping(client(20 + made_up++ % 200));
                give_ping(&p, &UNTAGGED);
            }
            sent_count = 0;
            for (unsigned i = 0; i < 20; i++)
                turn ? answered_directly(i) : held(client(i));
            turn ? answered_at_once(FAR, NEW_MAC) : held(FAR);
            answer_requests(asked, 20);
        }
        if (rate == 1)
            assert_int_equal(teardown(state), 0);
    }
}

/* No more is held than may be: the answer goes back; but the neighbour is asked for. */
static void test_held_max(void **state)
{
    (void)state;
    nif.held_max = 2;
    held(client(0));
    held(client(1));
    answered_at_once(client(2), DIRECTOR_MAC);
    answered_at_once(client(1), DIRECTOR_MAC);
    for (unsigned i = 0; i < 3; i++)
        expect_request(client(i), BROADCAST_MAC, &UNTAGGED);
    reply_of(client(2), client_mac(2));
    answered_at_once(client(2), client_mac(2));
    reply_of(client(0), client_mac(0));
    assert_int_equal(sent_count, 1);
    sent_count = 0;
    held(client(3));
}

/* A piece of a ping to our own address: its whole is not more than so many. */
static enum verdict give_piece(uint32_t dst, uint32_t src, int offset, bool more)
{
    struct ping p = vip_ping(src);
    p.dst = dst;
    p.flags_offset = offset / 8 | (more ? 0x2000 : 0);
    return give_ping(&p, &UNTAGGED);
}

/* Fragments find room where answers wait for a neighbour; what has a way goes first. */
static void test_c063_fragments_come_first(void **state)
{
    (void)state;
    nif.held_max = 3;
    for (unsigned i = 0; i < 3; i++)
        held(client(i));
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(give_piece(OUR_IP, PEER_IP, 64 * (int)i, true), HELD_FRAGMENT);
        expect_count(DROP_ARP_NO_REPLY, i + 1);
        assert_int_equal(nif.held, 3);
    }
    expect_count(DROP_FRAGMENT_GIVEN_UP, 0);
    assert_int_equal(give_piece(OUR_IP, PEER_IP, 192, true), HELD_FRAGMENT);
    expect_count(DROP_FRAGMENT_GIVEN_UP, 1);
}

/* --- which neighbour ----------------------------------------------------------------------------
 */

static void test_c030_next_hop(void **state)
{
    enum hop { CLIENT, TO_GATEWAY, BACK };
    static const struct {
        uint32_t ip;
        unsigned prefix;
        uint32_t gateway, client;
        enum hop hop;
    } cases[] = {
        {OUR_IP, 24, 0, 0xc0a86401, CLIENT},
        {OUR_IP, 24, GATEWAY, 0xc0a86401, CLIENT},
        {OUR_IP, 24, GATEWAY, GATEWAY, CLIENT},
        {OUR_IP, 24, 0, 0xc0a86501, BACK},
        {OUR_IP, 24, GATEWAY, 0xc0a86501, TO_GATEWAY},
        {OUR_IP, 24, GATEWAY, 0xc0a863ff, TO_GATEWAY},
        {OUR_IP, 24, GATEWAY, FAR, TO_GATEWAY},
        {OUR_IP, 31, 0xc0a86403, 0xc0a86403, CLIENT},
        {OUR_IP, 31, 0xc0a86403, 0xc0a86401, TO_GATEWAY},
        {OUR_IP, 31, 0xc0a86403, 0xc0a86404, TO_GATEWAY},
        {OUR_IP, 32, GATEWAY, 0xc0a86403, TO_GATEWAY},
        {OUR_IP, 32, 0, 0xc0a86403, BACK},
        {OUR_IP, 0, GATEWAY, FAR, CLIENT},
        {OUR_IP, 1, GATEWAY, 0x08080808, TO_GATEWAY},
        {OUR_IP, 1, GATEWAY, 0x80000001, CLIENT},
        {0, 0, GATEWAY, PEER_IP, BACK},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t hop = cases[i].hop == CLIENT ? cases[i].client : cases[i].gateway;
        setup(state);
        use_ip(cases[i].ip, cases[i].prefix);
        nif.claim.announcements_left = 0;
        nif.config.gateway = cases[i].gateway;
        if (cases[i].hop == BACK) {
            answered_at_once(cases[i].client, DIRECTOR_MAC);
            nothing_due();
            continue;
        }
        held(cases[i].client);
        expect_request(hop, BROADCAST_MAC, &UNTAGGED);
        reply_of(hop, NEW_MAC);
        assert_int_equal(sent_count, 1);
        sent_count = 0;
        answered_at_once(cases[i].client, NEW_MAC);
    }
}

/* All who are behind it share the gateway. */
static void test_gateway_is_one_neighbour(void **state)
{
    (void)state;
    nif.config.gateway = GATEWAY;
    make_known(GATEWAY, NEW_MAC);
    for (unsigned i = 0; i < 100; i++)
        answered_at_once(FAR + i, NEW_MAC);
    nothing_due();
}

/* What comes for our own address goes back as it came, from near and far. */
static void test_own_address_asks_nobody(void **state)
{
    (void)state;
    nif.config.gateway = GATEWAY;
    struct ping near = ping_request(), far = ping_request();
    far.src = FAR;
    ping_answered(&near);
    ping_answered(&far);
    nothing_due();
}

static void test_while_probing(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.probe = true;
    config.vip[0] = VIP;
    config.vip_count = 1;
    frames_start(&config);
    answered_at_once(PEER_IP, DIRECTOR_MAC);
    expect_count(SENT_ARP_REQUEST, 0);
    nif.claim.ip = 0;
    nif.claim.probing = false;
}

/* Without an address nobody can be asked: who is known is forgotten, and what waits is given up. */
static void test_link_up(void **state)
{
    (void)state;
    struct netif_config config = nif.config;
    make_known(PEER_IP, PEER_MAC);
    held(OTHER_IP);
    net_link_up(&nif); /* with no probes the address stays in use, and all else is as it was */
    nif.claim.announcements_left = 0;
    answered_at_once(PEER_IP, PEER_MAC);
    expect_request(OTHER_IP, BROADCAST_MAC, &UNTAGGED);
    reply_of(OTHER_IP, OTHER_MAC);
    sent_count = 0;
    assert_int_equal(nif.held, 0);

    config.probe = true;
    frames_start(&config);
    while (nif.ip == 0 || net_due(&nif) != NEVER) {
        uint8_t octet[64];
        struct frame f = {.data = octet, .cap = sizeof octet};
        at(net_due(&nif));
        net_tick(&nif, &f);
    }
    make_known(PEER_IP, PEER_MAC);
    held(OTHER_IP);
    net_link_up(&nif);
    collect();
    assert_int_equal(nif.held, 0);
    assert_int_equal(returned_count, 1);
    expect_count(DROP_ARP_NO_REPLY, 1);
    assert_true(net_due(&nif) == nif.claim.due);
    answered_at_once(PEER_IP, DIRECTOR_MAC);
    while (nif.ip == 0) {
        uint8_t octet[64];
        struct frame f = {.data = octet, .cap = sizeof octet};
        at(net_due(&nif));
        assert_int_not_equal(net_tick(&nif, &f), SENT_ARP_REQUEST);
    }
    held(PEER_IP);
}

/* --- every kind of answer -----------------------------------------------------------------------
 */

static void test_all_answers(void **state)
{
    static const struct {
        int dport; /* 0: a TCP segment, -1: an unknown protocol */
        enum verdict want;
    } cases[] = {
        {7, REPLY_UDP_ECHO},
        {862, REPLY_STAMP},
        {33434, REPLY_ICMP_PORT_UNREACHABLE},
        {0, REPLY_TCP_RESET},
        {-1, REPLY_ICMP_PROTOCOL_UNREACHABLE},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct wire w;
        setup(state);
        if (cases[i].dport > 0) {
            struct udp u = udp_request(cases[i].dport);
            u.ip.src = PEER_IP;
            u.ip.dst = VIP;
            wire_udp(&w, &u);
        } else if (cases[i].dport == 0) {
            struct tcp t = tcp_request(0x02);
            t.ip.dst = VIP;
            wire_tcp(&w, &t);
        } else {
            struct ip ip = ip_request(132);
            ip.dst = VIP;
            wire_ip(&w, &ip, 8);
            wire_fill(&w, 1, w.len + 8);
        }
        assert_int_equal(give(&w), HELD_ANSWER);
        expect_count(cases[i].want, 0);
        expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        reply_of(PEER_IP, NEW_MAC);
        expect_count(cases[i].want, 1);
        assert_int_equal(sent_count, 1);
        struct wire first = sent[0];
        assert_memory_equal(first.octet, NEW_MAC, 6);
        sent_count = 0;
        nif.ip_id--; /* the same again, answered at once, has the same octets */
        assert_int_equal(give(&w), cases[i].want);
        assert_int_equal(sent[0].len, first.len);
        assert_memory_equal(sent[0].octet, first.octet, first.len);
        sent_count = 0;
        assert_int_equal(teardown(state), 0);
    }
}

/* A time as STAMP sends it (RFC 5905 6). */
static uint64_t ntp(const uint8_t *octet)
{
    uint64_t time = 0;
    for (int i = 0; i < 8; i++)
        time = time << 8 | octet[i];
    return time;
}

/* A test packet of 56 octets, whose answer has to wait. */
static void held_stamp(void)
{
    struct wire w;
    struct udp u = udp_request(862);
    u.ip.src = PEER_IP;
    u.ip.dst = VIP;
    wire_udp(&w, &u);
    assert_int_equal(give(&w), HELD_ANSWER);
}

/* A STAMP answer that had to wait says when it left. */
static void test_waiting_stamp(void **state)
{
    (void)state;
    held_stamp();
    expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    nif.now += SECOND;
    frame_transmit = nif.now + SECOND / 2;
    reply_of(PEER_IP, NEW_MAC);
    assert_int_equal(sent_count, 1);
    const uint8_t *udp = sent[0].octet + 34, *stamp = udp + 8;
    assert_int_equal(ntp(stamp + 4) - ntp(stamp + 16), 0x180000000);
    assert_int_equal(transport_sum(VIP, PEER_IP, 17, udp, 8 + 56), 0xffff);
    sent_count = 0;
}

/* One that is given up leaves nothing to be written to in its buffer: see collect(). */
static void test_waiting_stamp_given_up(void **state)
{
    held_stamp();
    assert_int_equal(teardown(state), 0);
    expect_count(DROP_ARP_NO_REPLY, 1);
}

/* All fragments of an answer wait together, and go to one place though they came from two. */
static void test_fragments_wait_together(void **state)
{
    (void)state;
    static uint8_t data[128];
    struct udp u = udp_request(7);
    u.ip.dst = VIP;
    u.data = data;
    u.data_len = sizeof data;
    struct wire whole, piece[2];
    wire_udp(&whole, &u);
    for (int i = 0; i < 2; i++) {
        struct ip ip = u.ip;
        ip.eth_src = i ? OTHER_MAC : DIRECTOR_MAC;
        ip.flags_offset = i ? 72 / 8 : 0x2000;
        wire_ip(&piece[i], &ip, i ? 64 : 72);
        wire_copy(&piece[i], whole.octet + 34 + (i ? 72 : 0), i ? 64 : 72);
    }
    for (int round = 0; round < 3; round++) {
        bool known = round == 1;
        for (int i = 0; i < 2; i++)
            assert_int_equal(give(&piece[i]), HELD_FRAGMENT);
        if (!known) {
            assert_int_equal(sent_count, 0);
            assert_int_equal(nif.held, 2);
            expect_count(REPLY_UDP_ECHO, (uint64_t)round);
            expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        }
        if (round == 0)
            reply_of(PEER_IP, NEW_MAC);
        if (round < 2) {
            assert_int_equal(sent_count, 2);
            expect_count(REPLY_UDP_ECHO, (uint64_t)round + 1);
            for (int i = 0; i < 2; i++) {
                assert_memory_equal(sent[i].octet, NEW_MAC, 6);
                assert_int_equal(sent[i].octet[20] << 8 | sent[i].octet[21], i ? 9 : 0x2000);
            }
            assert_int_equal(nif.held, 0);
            nothing_due();
        }
        sent_count = 0;
        at(nif.now + (round == 1 ? 61 * SECOND : 1));
    }
    /* given up together too, by an answer that comes later */
    held(PEER_IP);
    assert_int_equal(nif.held, 1);
    assert_int_equal(returned_count, 2);
    expect_count(DROP_ARP_NO_REPLY, 1);
}

/* Of a datagram in fragments whose answer is one frame, that one waits and the others are free. */
static void test_what_is_no_answer_does_not_wait(void **state)
{
    (void)state;
    static uint8_t data[100];
    struct tcp t = tcp_request(0x02);
    struct wire whole, piece;
    t.ip.dst = VIP;
    t.data = data;
    t.data_len = 60;
    wire_tcp(&whole, &t);
    for (unsigned i = 0; i < 2; i++) {
        struct ip ip = t.ip;
        ip.flags_offset = i ? 56 / 8 : 0x2000;
        wire_ip(&piece, &ip, i ? 24 : 56);
        wire_copy(&piece, whole.octet + 34 + 56 * i, i ? 24 : 56);
        assert_int_equal(give(&piece), HELD_FRAGMENT);
    }
    assert_int_equal(nif.held, 1);
    assert_int_equal(returned_count, 1);
    expect_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    reply_of(PEER_IP, NEW_MAC);
    assert_int_equal(sent_count, 1);
    assert_memory_equal(sent[0].octet, NEW_MAC, 6);
    expect_count(REPLY_TCP_RESET, 1);
}

/* Time Exceeded about a datagram for the virtual address goes the same way. */
static void test_c061_time_exceeded(void **state)
{
    (void)state;
    assert_int_equal(give_piece(VIP, PEER_IP, 0, true), HELD_FRAGMENT);
    expect_no_tick(nif.now + REASSEMBLY_TIMEOUT_US - 1);
    at(nif.now + 1);
    struct wire w;
    struct arp a = says(OUR_IP, OUR_MAC, 1);
    a.eth_dst = BROADCAST_MAC;
    a.spa = OUR_IP;
    a.tpa = PEER_IP;
    a.tha = ZERO_MAC;
    wire_arp(&w, &a);
    wire_fill(&w, 0, FRAME_MIN);
    expect_tick(nif.now, SENT_ARP_REQUEST, &w);
    expect_count(REPLY_ICMP_TIME_EXCEEDED, 0);
    reply_of(PEER_IP, NEW_MAC);
    expect_count(REPLY_ICMP_TIME_EXCEEDED, 1);
    assert_int_equal(sent_count, 1);
    assert_memory_equal(sent[0].octet, NEW_MAC, 6);
    assert_int_equal(sent[0].octet[34] << 8 | sent[0].octet[35], 0x0b01);
    sent_count = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CACHE_TEST(test_c030_first_answer),
        CACHE_TEST(test_tagged),
        CACHE_TEST(test_c027_nobody_answers),
        CACHE_TEST(test_c027_flood),
        CACHE_TEST(test_learns_from),
        CACHE_TEST(test_learns_not_from),
        CACHE_TEST(test_learns_not_from_conflicts),
        CACHE_TEST(test_c028_refresh),
        CACHE_TEST(test_c028_expiry),
        CACHE_TEST(test_c027_too_many),
        CACHE_TEST(test_c027_full),
        CACHE_TEST(test_c027_late),
        CACHE_TEST(test_least_recently_used),
        CACHE_TEST(test_gateways_of_many_vlans),
        CACHE_TEST(test_many_clients),
        CACHE_TEST(test_c027_made_up_clients),
        CACHE_TEST(test_held_max),
        CACHE_TEST(test_c063_fragments_come_first),
        CACHE_TEST(test_c030_next_hop),
        CACHE_TEST(test_gateway_is_one_neighbour),
        CACHE_TEST(test_own_address_asks_nobody),
        CACHE_TEST(test_while_probing),
        CACHE_TEST(test_link_up),
        CACHE_TEST(test_all_answers),
        CACHE_TEST(test_waiting_stamp),
        CACHE_TEST(test_waiting_stamp_given_up),
        CACHE_TEST(test_fragments_wait_together),
        CACHE_TEST(test_what_is_no_answer_does_not_wait),
        CACHE_TEST(test_c061_time_exceeded),
    };
    return cmocka_run_group_tests_name("ARP cache", tests, NULL, NULL);
}
