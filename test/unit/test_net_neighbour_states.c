/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The states of a neighbour (RFC 4861 7.3.2) as events lead from one to the next, and when the next
 * request is due. An entry is asked about when it is used, so its state changes only then.
 */
#include "net/neighbour.h"

#include "real_server.h" /* its nif would shadow a parameter in the header above */

#include <stdbool.h>
#include <string.h>

static const struct neighbour *entry(uint32_t ip)
{
    static const struct neighbour none = {.state = NEIGHBOUR_NONE};
    const struct ip_address address = ip_from_ipv4(ip);
    for (size_t i = 0; i < NEIGHBOURS_MAX; i++) {
        const struct neighbour *n = &nif.neighbours.neighbours[i];
        if (n->state != NEIGHBOUR_NONE && memcmp(&n->ip, &address, sizeof address) == 0)
            return n;
    }
    return &none;
}

static void peer_is(enum neighbour_state state)
{
    assert_int_equal(entry(PEER_IP)->state, state);
    assert_true(neighbour_is_known(entry(PEER_IP)) == (state > NEIGHBOUR_INCOMPLETE));
}

static void mac_is(const uint8_t *mac)
{
    assert_memory_equal(&entry(PEER_IP)->mac, mac, 6);
}

/* An answer of the virtual address goes to the peer at once. */
static void use(void)
{
    answered_at_once(PEER_IP, PEER_MAC);
}

/* The peer in one of its states, REACHABLE 30 s ago, or a minute ago if it is to be asked for. */
static void peer_to_be(enum neighbour_state state)
{
    if (state == NEIGHBOUR_NONE)
        return;
    if (state == NEIGHBOUR_INCOMPLETE) {
        answer_held(PEER_IP);
    } else {
        make_known(PEER_IP, PEER_MAC);
        nif.now += 30 * SECOND;
    }
    if (state >= NEIGHBOUR_STALE) {
        use();
        if (state == NEIGHBOUR_STALE)
            expect_arp_request(PEER_IP, PEER_MAC, &UNTAGGED);
    }
    peer_is(state);
}

static void test_c030_from_incomplete_to_reachable(void **state)
{
    (void)state;
    peer_is(NEIGHBOUR_NONE);
    answer_held(PEER_IP);
    peer_is(NEIGHBOUR_INCOMPLETE);
    mac_is(ZERO_MAC);
    assert_int_equal(entry(PEER_IP)->used, nif.now);
    expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
    peer_is(NEIGHBOUR_INCOMPLETE);
    nif.now += 2 * SECOND;
    arp_reply_of(PEER_IP, PEER_MAC);
    peer_is(NEIGHBOUR_REACHABLE);
    mac_is(PEER_MAC);
    assert_int_equal(entry(PEER_IP)->confirmed, nif.now);
    sent_count = 0;
}

/* After three requests there is no entry any more. */
static void test_c027_from_incomplete_to_none(void **state)
{
    (void)state;
    answer_held(PEER_IP);
    for (int i = 0; i < 3; i++) {
        expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        peer_is(NEIGHBOUR_INCOMPLETE);
        nif.now += SECOND;
    }
    expect_no_tick(nif.now);
    peer_is(NEIGHBOUR_NONE);
    nothing_due();
    collect();
}

/* It is not asked for longer, nor taken for one that was heard, as it is used meanwhile: even in the
 * first minute of the clock, in which nothing was heard long ago. */
static void test_c027_used_while_incomplete(void **state)
{
    (void)state;
    static const uint64_t begins[] = {0, 30 * SECOND, 58 * SECOND, START};
    for (size_t i = 0; i < COUNT(begins); i++) {
        for (unsigned tenth = 0; tenth < 30; tenth++) {
            nif.now = begins[i] + tenth * (SECOND / 10);
            answer_held(PEER_IP);
            peer_is(NEIGHBOUR_INCOMPLETE);
            if (tenth % 10 == 0)
                expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
            else
                expect_no_tick(nif.now);
        }
        expect_no_tick(begins[i] + 3 * SECOND);
        peer_is(NEIGHBOUR_NONE);
        collect();
    }
}

/* Used after 30 s it is STALE, and as it is used it is in PROBE at once, until the request is sent. */
static void test_c028_from_reachable_to_probe(void **state)
{
    (void)state;
    make_known(PEER_IP, PEER_MAC);
    uint64_t known = nif.now;
    nif.now = known + 30 * SECOND - 1;
    use();
    peer_is(NEIGHBOUR_REACHABLE);
    nothing_due();
    nif.now = known + 30 * SECOND;
    use();
    peer_is(NEIGHBOUR_PROBE);
    mac_is(PEER_MAC);
    expect_arp_request(PEER_IP, PEER_MAC, &UNTAGGED);
    peer_is(NEIGHBOUR_STALE);
    nothing_due();
}

/* In STALE it is asked about again no sooner than a second after the last request. */
static void test_c028_from_stale_to_probe(void **state)
{
    (void)state;
    peer_to_be(NEIGHBOUR_STALE);
    uint64_t asked = nif.now;
    nif.now = asked + SECOND - 1;
    use();
    peer_is(NEIGHBOUR_STALE);
    nothing_due();
    nif.now = asked + SECOND;
    use();
    peer_is(NEIGHBOUR_PROBE);
    use();
    peer_is(NEIGHBOUR_PROBE);
    expect_arp_request(PEER_IP, PEER_MAC, &UNTAGGED);
    peer_is(NEIGHBOUR_STALE);
}

/* Whatever it says of itself makes it REACHABLE, in any state, for the next 30 s; and no request is
 * due then. */
static void test_c028_heard(void **state)
{
    for (int op = 1; op <= 2; op++)
        for (enum neighbour_state from = NEIGHBOUR_INCOMPLETE; from <= NEIGHBOUR_PROBE; from++) {
            real_server_setup(state);
            peer_to_be(from);
            nif.now += SECOND / 2;
            struct arp a = arp_says(PEER_IP, NEW_MAC, op);
            give_arp(&a, &UNTAGGED);
            sent_count = 0;
            peer_is(NEIGHBOUR_REACHABLE);
            mac_is(NEW_MAC);
            nothing_due();
            nif.now += 30 * SECOND - 1;
            answered_at_once(PEER_IP, NEW_MAC);
            peer_is(NEIGHBOUR_REACHABLE);
            assert_int_equal(real_server_teardown(state), 0);
        }
}

/* A minute after it was heard it is not believed, whatever state it is in: all hosts are asked. */
static void test_c028_expired(void **state)
{
    for (enum neighbour_state from = NEIGHBOUR_REACHABLE; from <= NEIGHBOUR_PROBE; from++) {
        real_server_setup(state);
        peer_to_be(from);
        uint64_t known = entry(PEER_IP)->confirmed;
        nif.now = known + 60 * SECOND - 1;
        use();
        nif.now = known + 60 * SECOND;
        answer_held(PEER_IP);
        peer_is(NEIGHBOUR_INCOMPLETE);
        mac_is(ZERO_MAC);
        expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        for (int i = 0; i < 2; i++) { /* as many requests as for one that was never known */
            nif.now += SECOND;
            expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        }
        expect_no_tick(nif.now + SECOND);
        peer_is(NEIGHBOUR_NONE);
        collect();
    }
}

/* The earliest of all requests is due, whichever neighbour it is about. */
static void test_due_is_the_earliest(void **state)
{
    (void)state;
    uint64_t first = nif.now;
    for (int round = 0; round < 2; round++) {
        answer_held(PEER_IP);
        expect_arp_request(PEER_IP, BROADCAST_MAC, &UNTAGGED);
        nif.now += SECOND / 4;
        answer_held(OTHER_IP);
        expect_arp_request(OTHER_IP, BROADCAST_MAC, &UNTAGGED);
        assert_int_equal(net_due(&nif), first + SECOND);
        arp_reply_of(PEER_IP, PEER_MAC);
        assert_int_equal(net_due(&nif), first + SECOND + SECOND / 4);
        arp_reply_of(OTHER_IP, OTHER_MAC);
        nothing_due();
        sent_count = 0;
        nif.now = first += 100 * SECOND;
    }
}

/* Puts behind the full table, where the verdicts are counted, what would be a neighbour there. */
static void put_behind_table(const struct neighbour *n)
{
    const size_t from =
        offsetof(struct neighbour, tags); /* the count and the due time come first */
    uint8_t *end = (uint8_t *)(nif.neighbours.neighbours + NEIGHBOURS_MAX);
    assert_ptr_equal(end + from, nif.verdicts);
    memcpy(nif.verdicts, (const uint8_t *)n + from, sizeof *n - from);
}

/* What lies behind a full table is no neighbour: not asked, not forgotten, not waited for. */
static void test_end_of_the_table(void **state)
{
    (void)state;
    struct neighbour n = {.state = NEIGHBOUR_INCOMPLETE, .requests_left = 3, .retry_after = START};
    struct frame f = {.data = (uint8_t[FRAME_MIN]){0}, .cap = FRAME_MIN};
    for (unsigned i = 0; i < NEIGHBOURS_MAX; i++)
        make_known(0xc0a86410 + i, PEER_MAC);
    nif.now += 2 * SECOND;
    put_behind_table(&n);
    arp_reply_of(0xc0a86410, PEER_MAC);
    assert_true(net_due(&nif) == NEVER);
    assert_null(neighbour_to_ask(&nif));
    memcpy(&n.ip, nif.neighbours.neighbours + NEIGHBOURS_MAX, sizeof n.ip);
    assert_false(neighbour_learn(&nif, &n.ip, &n.tags, &nif.mac));
    for (unsigned i = 0; i < NEIGHBOURS_MAX / 2; i++)
        answer_held(0xc0a86490 + i); /* half of the table, and not one less */
    memset(nif.verdicts, 0, sizeof nif.verdicts);
    frame_list_add(&n.waiting, &f);
    put_behind_table(&n);
    for (unsigned i = 0; i < NEIGHBOURS_MAX / 2; i++)
        assert_true(neighbour_make_room(&nif));
    assert_false(neighbour_make_room(&nif));
    neighbour_forget_all(&nif);
    collect();
    assert_int_equal(nif.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REAL_SERVER_TEST(test_c030_from_incomplete_to_reachable),
        REAL_SERVER_TEST(test_c027_from_incomplete_to_none),
        REAL_SERVER_TEST(test_c027_used_while_incomplete),
        REAL_SERVER_TEST(test_c028_from_reachable_to_probe),
        REAL_SERVER_TEST(test_c028_from_stale_to_probe),
        REAL_SERVER_TEST(test_c028_heard),
        REAL_SERVER_TEST(test_c028_expired),
        REAL_SERVER_TEST(test_due_is_the_earliest),
        REAL_SERVER_TEST(test_end_of_the_table),
    };
    return cmocka_run_group_tests_name("neighbours: states", tests, NULL, NULL);
}
