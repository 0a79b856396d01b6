/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the machine tells the network core, besides frames: a new MTU, the time of day, a link that
 * comes up; and an interface that is told never to announce its address.
 */
#include "frames.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NEVER UINT64_MAX

static struct netif before;

static void remember(void)
{
    memcpy(&before, &nif, sizeof nif);
}

/* --- the MTU ------------------------------------------------------------------------------------
 */

/* A ping whose reply was cut to the old MTU comes back whole with the new one, and the other way. */
static void test_mtu(void **state)
{
    (void)state;
    static const uint16_t mtus[] = {1500, 68, 1400, 576, 1501};
    static uint8_t data[1473];
    struct ping p = ping_request();
    memset(data, 0x42, sizeof data);
    p.data = data;
    for (size_t i = 0; i < COUNT(mtus); i++) {
        net_set_mtu(&nif, mtus[i]);
        struct ping reply;
        for (p.data_len = mtus[i] - 29u; p.data_len <= mtus[i] - 27u; p.data_len++) {
            if (p.data_len > sizeof data)
                continue;
            reply = ping_reply(&p);
            if (p.data_len > mtus[i] - 28u)
                reply.data_len = mtus[i] - 28u;
            ping_expect(&p, REPLY_ICMP_ECHO, &reply, __FILE__, __LINE__);
        }
    }
}

/* The largest MTU there is counts as it is, and nothing else changes. */
static void test_mtu_alone(void **state)
{
    (void)state;
    static const uint16_t mtus[] = {68, 1500, 9000, 65535};
    for (size_t i = 0; i < COUNT(mtus); i++) {
        remember();
        before.mtu = mtus[i];
        net_set_mtu(&nif, mtus[i]);
        assert_memory_equal(&nif, &before, sizeof nif);
    }
}

/* --- the time of day ----------------------------------------------------------------------------
 */

/* Known from then on, with its error; and nothing else changes. */
static void test_wall_clock_alone(void **state)
{
    (void)state;
    static const uint64_t offsets[] = {0, 1, 1700000000000000u, UINT64_MAX};
    static const uint16_t errors[] = {0x0001, 0x3f01, 0x8102, 0xffff};
    assert_false(nif.wall_known);
    for (size_t i = 0; i < COUNT(offsets); i++) {
        remember();
        before.wall_known = true;
        before.wall_offset = offsets[i];
        before.wall_error = errors[i];
        before.wall_told = nif.now;
        net_set_wall_clock(&nif, offsets[i], errors[i]);
        assert_memory_equal(&nif, &before, sizeof nif);
    }
}

/* A STAMP answer's error estimate, and its receive time in seconds since 1900. */
static unsigned stamp_error_at(uint32_t *seconds)
{
    struct udp u = udp_request(862);
    struct wire w;
    struct frame f;
    wire_udp(&w, &u);
    uint8_t *memory = frame_make(&f, &w, w.len);
    assert_int_equal(net_input(&nif, &f), REPLY_STAMP);
    const uint8_t *stamp = f.data + 42;
    unsigned error = get16(stamp + 12);
    *seconds = (uint32_t)get16(stamp + 16) << 16 | get16(stamp + 18);
    free(memory);
    return error;
}

static unsigned stamp_error(void)
{
    uint32_t seconds;
    return stamp_error_at(&seconds);
}

static void stamp_tells(uint32_t seconds, unsigned error)
{
    uint32_t told;
    assert_int_equal(stamp_error_at(&told), error);
    assert_int_equal(told, seconds);
}

/* Until it is told the time since the start is, which counts as unknown; it may be told again. */
static void test_wall_clock(void **state)
{
    (void)state;
    const uint32_t from_1900 = 2208988800u;
    stamp_tells(from_1900 + 5000, 0x3f01);
    net_set_wall_clock(&nif, 1700000000ull * SECOND, 0x8a05);
    stamp_tells(from_1900 + 1700005000, 0x8a05);
    nif.now += 10 * SECOND;
    stamp_tells(from_1900 + 1700005010, 0x8a05);
    net_set_wall_clock(&nif, 1600000000ull * SECOND, 0x0102);
    stamp_tells(from_1900 + 1600005010, 0x0102);
}

/* An error estimate in 2^-32 s: multiplier times 2^scale. */
static double estimated(unsigned error)
{
    assert_true(error >> 8 < 64 && (error & 255) > 0);
    return (double)(error & 255) * (double)(1ull << (error >> 8));
}

/* A clock that strays: what it says grows from when it was told, and is never too little; to the
 * end of the scale, whatever it was at first (RFC 4656 4.1.2). */
static void test_wall_clock_drift(void **state)
{
    (void)state;
    static const uint16_t errors[] = {0x0001, 0x0c80, 0x1441, 0x1aff, 0x3f01};
    for (size_t i = 0; i < COUNT(errors); i++) {
        nif.now = 5000ull * SECOND;
        net_set_wall_clock(&nif, 1700000000ull * SECOND, errors[i]);
        net_set_wall_drift(&nif, 500);
        stamp_tells(2208988800u + 1700005000, errors[i]);
        double first = estimated(errors[i]), unit = first / (errors[i] & 255);
        for (uint64_t us = 1; us < 1ull << 50; us *= 3) {
            nif.now = 5000ull * SECOND + us;
            double least = first + (double)us * 500e-6 * 4294.967296;
            double told = estimated(stamp_error());
            assert_true(told >= least && told <= 1.5 * least + 2 * unit);
        }
    }
    net_set_wall_clock(&nif, 0, 0x3fff);
    nif.now += SECOND;
    assert_int_equal(stamp_error(), 0x3fff);
}

/* --- never announce ----------------------------------------------------------------------------
 */

/* Nothing is due, and nothing is sent, for a day. */
static void silent(void)
{
    assert_true(net_due(&nif) == NEVER);
    for (unsigned hours = 0; hours < 24; hours++) {
        expect_no_tick(nif.now);
        expect_no_tick(nif.now + 3600ull * SECOND);
    }
    assert_true(net_due(&nif) == NEVER);
    expect_count(SENT_ARP_ANNOUNCEMENT, 0);
}

/* Neither at the start, nor on a new link, nor when the machine has moved, nor every now and then;
 * but it answers. */
static void test_never_announce(void **state)
{
    (void)state;
    static const uint32_t periods[] = {0, 1, SECOND, 3600 * SECOND};
    struct netif_config config = DEFAULT_CONFIG;
    struct arp a = arp_request();
    config.never_announce = true;
    for (size_t i = 0; i < COUNT(periods); i++) {
        config.announce_us = periods[i];
        frames_start(&config);
        silent();
        net_link_up(&nif);
        silent();
        net_announce(&nif);
        silent();
        arp_answered(&a);
        silent();
    }
}

/* An address that is probed for is still probed for, and then in use without a word. */
static void test_never_announce_after_probes(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.never_announce = config.probe = true;
    config.announce_us = SECOND;
    frames_start(&config);
    for (int start = 0; start < 2; start++) {
        uint64_t probes = nif.verdicts[SENT_ARP_PROBE];
        while (nif.ip == 0) {
            uint8_t octet[FRAME_MIN];
            struct frame f = {.data = octet, .cap = sizeof octet};
            nif.now = net_due(&nif);
            net_tick(&nif, &f);
        }
        expect_count(SENT_ARP_PROBE, probes + 3);
        silent();
        net_link_up(&nif);
    }
}

/* Another host that claims the address is told so all the same. */
static void test_never_announce_defends(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.never_announce = true;
    frames_start(&config);
    struct arp rival = arp_request(), defence;
    rival.spa = OUR_IP;
    defence = rival;
    defence.eth_dst = BROADCAST_MAC;
    defence.eth_src = defence.sha = OUR_MAC;
    arp_expect(&rival, REPLY_ARP_DEFENCE, &defence, __FILE__, __LINE__);
    silent();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_mtu),
        TEST(test_mtu_alone),
        TEST(test_wall_clock_alone),
        TEST(test_wall_clock),
        TEST(test_wall_clock_drift),
        TEST(test_never_announce),
        TEST(test_never_announce_after_probes),
        TEST(test_never_announce_defends),
    };
    return cmocka_run_group_tests_name("interface", tests, NULL, NULL);
}
