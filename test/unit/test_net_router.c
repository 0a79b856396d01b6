/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routers' advertisements (RFC 4861 6.1.2, 6.3.4), the addresses that are made of them (RFC 4862 5.5.3)
 * and asking for them (RFC 7559), over simulated hours.
 */
#include "frames6.h"

#include <string.h>

#define HOUR    (3600ull * SECOND)
#define FOREVER 0xffffffffu

static const address6 SLAAC = {0x20, 0x01, 0x0d, 0xb8, 0,    7,    0,    0,
                               0x50, 0x54, 0,    0xff, 0xfe, 0x12, 0x34, 0x56};
static const address6 PREFIX = {0x20, 0x01, 0x0d, 0xb8, 0, 7};
static const address6 SECOND_ROUTER = {0xfe, 0x80, [15] = 9};

/* What a router advertises. */
struct ra {
    int hop_limit, lifetime;
    uint32_t retrans, mtu; /* 0: no such option */
    bool with_prefix;
    const uint8_t *prefix;
    uint8_t prefix_length, flags;
    uint32_t valid, preferred;
};

static const struct ra PLAIN = {.lifetime = 1800,
                                .with_prefix = true,
                                .prefix = PREFIX,
                                .prefix_length = 64,
                                .flags = 0xc0,
                                .valid = 86400,
                                .preferred = 14400};

static void put32(uint8_t *at, uint32_t value)
{
    set16(at, value >> 16);
    set16(at + 2, value & 0xffff);
}

static struct packet6 advertised(const struct ra *ra)
{
    uint8_t rest[100] = {(uint8_t)ra->hop_limit, 0, (uint8_t)(ra->lifetime >> 8),
                         (uint8_t)ra->lifetime};
    size_t len = 12;
    put32(rest + 8, ra->retrans);
    if (ra->mtu) {
        rest[len] = 5;
        rest[len + 1] = 1;
        put32(rest + len + 4, ra->mtu);
        len += 8;
    }
    if (ra->with_prefix) {
        uint8_t *option = rest + len;
        option[0] = 3;
        option[1] = 4;
        option[2] = ra->prefix_length;
        option[3] = ra->flags;
        put32(option + 4, ra->valid);
        put32(option + 8, ra->preferred);
        memcpy(option + 16, ra->prefix, 16);
        len += 32;
    }
    struct packet6 p = message6(134, 0, rest, len);
    p.hop_limit = 255;
    p.src = PEER_LINK;
    packet6_to_group(&p, ALL_NODES);
    return p;
}

static void taken(const struct ra *ra)
{
    struct packet6 p = advertised(ra);
    dropped6(&p, CONSUMED_ND_ROUTER);
}

static void start(void)
{
    struct netif_config config = CONFIG6;
    config.ip6_auto = true;
    frames_start(&config);
    while (next_made(NULL, START) != VERDICT_NONE)
        continue;
}

/* All that is due up to a time is done. */
static void pass_until(uint64_t time)
{
    while (next_made(NULL, time) != VERDICT_NONE)
        continue;
    nif.now = time;
}

static void answers(const uint8_t *ip, bool yes)
{
    struct packet6 ping = echo6();
    ping.dst = ip;
    if (yes)
        echoed6(&ping);
    else
        dropped6(&ping, DROP_IPV6_NOT_OURS);
}

static enum ipv6_address_state state_of(const uint8_t *ip)
{
    for (int i = 0; i < IPV6_ADDRESSES_MAX; i++)
        if (nif.ipv6.addresses[i].state != IPV6_NONE &&
            memcmp(&nif.ipv6.addresses[i].ip, ip, 16) == 0)
            return (enum ipv6_address_state)nif.ipv6.addresses[i].state;
    return IPV6_NONE;
}

/* RFC 4861 6.1.2, one by one; none of them changes anything. */
static void test_c115_validation(void **state)
{
    (void)state;
    start();
    struct packet6 good = advertised(&PLAIN), p = good;
    for (p.hop_limit = 0; p.hop_limit < 255; p.hop_limit += 2)
        dropped6(&p, DROP_ND_HOP_LIMIT);
    p = good;
    p.src = PEER_IP6;
    dropped6(&p, DROP_ND_SOURCE);
    p = good;
    p.checksum = 0x1111;
    dropped6(&p, DROP_ICMP_CHECKSUM);
    p = good;
    p.payload[1] = 1;
    dropped6(&p, DROP_ND_CODE);
    for (p = good; p.len > 16; p.len--)
        if (p.len < good.len)
            dropped6(&p, DROP_ND_LENGTH);
    for (p.len = 8; p.len < 16; p.len++)
        dropped6(&p, DROP_ND_LENGTH);
    p = good;
    p.payload[17] = 0;
    dropped6(&p, DROP_ND_LENGTH);
    p.payload[17] = 5;
    dropped6(&p, DROP_ND_LENGTH);
    p = good;
    chain6_fragment(&p.chain, 0, false, 1);
    dropped6(&p, DROP_ND_FRAGMENT);
    p = good;
    p.src = NO_IP6;
    dropped6(&p, DROP_IPV6_SOURCE_UNSPECIFIED);
    assert_int_equal(state_of(SLAAC), IPV6_NONE);
    dropped6(&good, CONSUMED_ND_ROUTER);
    assert_int_equal(state_of(SLAAC), IPV6_PREFERRED);
}

/* In a VLAN it is another network's router; a priority tag makes no other network. */
static void test_c230_vlan(void **state)
{
    (void)state;
    static const uint8_t tag[] = {0x81, 0x00, 0x00, 0x07}, priority[] = {0x81, 0x00, 0xc0, 0x00};
    struct wire w;
    start();
    struct packet6 p = advertised(&PLAIN);
    wire_packet6(&w, &p);
    wire_tag(&w, tag, 4);
    expect_drop(&w, DROP_ND_VLAN);
    assert_int_equal(state_of(SLAAC), IPV6_NONE);
    wire_packet6(&w, &p);
    wire_tag(&w, priority, 4);
    expect_drop(&w, CONSUMED_ND_ROUTER);
    assert_int_equal(state_of(SLAAC), IPV6_PREFERRED);
}

/* RFC 4862 5.5.3 a to d: prefixes of which no address is made. */
static void test_c116_ignored(void **state)
{
    (void)state;
    static const address6 link = {0xfe, 0x80};
    start();
    struct ra ra = PLAIN;
    ra.flags = 0x80;
    taken(&ra);
    ra = PLAIN;
    ra.prefix = link;
    taken(&ra);
    ra = PLAIN;
    ra.preferred = ra.valid + 1;
    taken(&ra);
    ra = PLAIN;
    ra.valid = ra.preferred = 0;
    taken(&ra);
    for (ra = PLAIN, ra.prefix_length = 0; ra.prefix_length < 129; ra.prefix_length++)
        if (ra.prefix_length != 64)
            taken(&ra);
    for (int i = 2; i < IPV6_ADDRESSES_MAX; i++)
        assert_int_equal(nif.ipv6.addresses[i].state, IPV6_NONE);
    answers(SLAAC, false);
    answers(OUR_IP6, true);
    ra = PLAIN; /* without L the address is made all the same */
    ra.flags = 0x40;
    taken(&ra);
    answers(SLAAC, true);
}

/* RFC 4862 5.5.4: deprecated it answers, invalid it does not, at once. */
static void test_c171_lifetimes(void **state)
{
    (void)state;
    start();
    taken(&PLAIN);
    pass_until(START + 14400ull * SECOND - 1);
    assert_int_equal(state_of(SLAAC), IPV6_PREFERRED);
    pass_until(START + 14400ull * SECOND);
    assert_int_equal(state_of(SLAAC), IPV6_DEPRECATED);
    answers(SLAAC, true);
    pass_until(START + 86400ull * SECOND - 1);
    answers(SLAAC, true);
    pass_until(START + 86400ull * SECOND);
    answers(SLAAC, false);
    assert_int_equal(state_of(SLAAC), IPV6_NONE);
    answers(OUR_IP6, true);
    taken(&PLAIN); /* and it comes back */
    answers(SLAAC, true);
}

static void test_c116_for_ever(void **state)
{
    (void)state;
    struct ra ra = PLAIN;
    start();
    ra.valid = ra.preferred = FOREVER;
    taken(&ra);
    pass_until(START + 1000000 * HOUR);
    assert_int_equal(state_of(SLAAC), IPV6_PREFERRED);
}

/* The valid lifetime is this long before, then this is advertised, then it is this long. */
static void two_hours(uint32_t before, uint32_t now_advertised, uint32_t after)
{
    struct ra ra = PLAIN;
    start();
    ra.valid = before;
    ra.preferred = before < 600 ? before : 600;
    taken(&ra);
    pass_until(START + SECOND);
    ra.valid = now_advertised;
    ra.preferred = now_advertised < 600 ? now_advertised : 600;
    taken(&ra);
    pass_until(START + (1 + (uint64_t)after) * SECOND - 1);
    answers(SLAAC, true);
    pass_until(START + (1 + (uint64_t)after) * SECOND);
    answers(SLAAC, false);
}

/* RFC 4862 5.5.3 e. */
static void test_c116_two_hours(void **state)
{
    (void)state;
    two_hours(86401, 7201, 7201);  /* more than two hours */
    two_hours(1001, 1500, 1500);   /* more than what is left */
    two_hours(1001, 90000, 90000); /* both */
    two_hours(3601, 60, 3600);     /* less than two hours are left: not believed */
    two_hours(7201, 0, 7200);      /* exactly two hours are left: not believed */
    two_hours(7203, 60, 7200);     /* more were left: two hours */
    two_hours(86401, 0, 7200);
    two_hours(86401, 7200, 7200);
    two_hours(FOREVER, 5, 7200);
}

/* The preferred lifetime is always reset, be it to nothing, or from nothing. */
static void test_c116_preferred(void **state)
{
    (void)state;
    struct ra ra = PLAIN;
    start();
    taken(&ra);
    ra.preferred = 0;
    ra.valid = 60; /* that is not believed */
    taken(&ra);
    pass_until(nif.now + SECOND);
    assert_int_equal(state_of(SLAAC), IPV6_DEPRECATED);
    answers(SLAAC, true);
    ra.preferred = ra.valid = 100;
    taken(&ra);
    assert_int_equal(state_of(SLAAC), IPV6_PREFERRED);
}

/* A typed address stays what it is. */
static void test_c116_typed(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    config.ip6_auto = true;
    memcpy(&config.ip6[0].address, SLAAC, 16);
    frames_start(&config);
    struct ra ra = PLAIN;
    ra.valid = ra.preferred = 1;
    taken(&ra);
    pass_until(START + 10 * HOUR);
    assert_int_equal(state_of(SLAAC), IPV6_PREFERRED);
}

/* Without `auto` a router's MTU and hop limit count, its prefixes do not. */
static void test_c116_not_auto(void **state)
{
    (void)state;
    struct ra ra = PLAIN;
    ra.hop_limit = 33;
    taken(&ra);
    answers(SLAAC, false);
    assert_int_equal(nif.ipv6.hop_limit, 33);
}

/* More prefixes than there is room for: the first ones stay. */
static void test_c116_many(void **state)
{
    (void)state;
    start();
    struct ra ra = PLAIN;
    for (uint8_t i = 0; i < 50; i++) {
        address6 prefix = {0x20, 0x01, 0x0d, 0xb8, 1, i};
        ra.prefix = prefix;
        taken(&ra);
        pass_until(nif.now + SECOND);
    }
    answers(OUR_IP6, true);
    answers(OUR_LINK, true);
    for (uint8_t i = 0; i < 50; i++) {
        address6 ip = {0x20, 0x01, 0x0d, 0xb8, 1, i};
        memcpy(ip + 8, SLAAC + 8, 8);
        answers(ip, i < IPV6_ADDRESSES_MAX - 2);
    }
}

/* An address made here is optimistic: it answers at once, and its duplicate takes it away for good. */
static void test_c112_duplicate(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    config.ip6_auto = true;
    config.dad = 1;
    frames6_start(&config);
    taken(&PLAIN);
    assert_int_equal(state_of(SLAAC), IPV6_OPTIMISTIC);
    answers(SLAAC, true);
    uint8_t rest[20] = {0x20};
    memcpy(rest + 4, SLAAC, 16);
    struct packet6 p = message6(136, 0, rest, sizeof rest);
    p.hop_limit = 255;
    packet6_to_group(&p, ALL_NODES);
    dropped6(&p, DROP_ND_DUPLICATE);
    answers(SLAAC, false);
    answers(OUR_LINK, true);
    taken(&PLAIN);
    answers(SLAAC, false);
}

/* RFC 4861 6.3.4. */
static void test_c166_parameters(void **state)
{
    (void)state;
    struct ra ra = {.lifetime = 1800};
    struct packet6 p = echo6(), reply = echo6_reply(&p);
    start();
    taken(&ra); /* zeros: nothing is said */
    expect6(&p, REPLY_ICMP6_ECHO, &reply);
    ra.hop_limit = 17;
    ra.retrans = 2500;
    taken(&ra);
    reply.hop_limit = 17;
    expect6(&p, REPLY_ICMP6_ECHO, &reply);
    assert_int_equal(nif.ipv6.retrans, 2500000);
    nif.config.ttl_typed = true;
    ra.hop_limit = 18;
    taken(&ra);
    expect6(&p, REPLY_ICMP6_ECHO, &reply);
    static const uint32_t mtus[] = {1280, 1279, 1500, 1501, 1400, 0x10000 + 1300, 0xffffffff};
    static const uint16_t then[] = {1280, 1280, 1500, 1500, 1400, 1400, 1400};
    for (size_t i = 0; i < COUNT(mtus); i++) {
        ra.mtu = mtus[i];
        taken(&ra);
        assert_int_equal(nif.ipv6.mtu, then[i]);
    }
}

static bool is_known(const uint8_t *router)
{
    for (int i = 0; i < IPV6_ROUTERS_MAX; i++)
        if (nif.ipv6.routers[i].end > nif.now && memcmp(&nif.ipv6.routers[i].ip, router, 16) == 0)
            return true;
    return false;
}

static void test_c167_routers(void **state)
{
    (void)state;
    struct ra ra = {.lifetime = 1800};
    start();
    struct packet6 one = advertised(&ra), two = one, none;
    two.src = SECOND_ROUTER;
    two.eth_src = OTHER_MAC;
    dropped6(&one, CONSUMED_ND_ROUTER);
    dropped6(&two, CONSUMED_ND_ROUTER);
    assert_true(is_known(PEER_LINK) && is_known(SECOND_ROUTER));
    ra.lifetime = 0;
    none = advertised(&ra);
    dropped6(&none, CONSUMED_ND_ROUTER);
    assert_true(!is_known(PEER_LINK) && is_known(SECOND_ROUTER));
    dropped6(&one, CONSUMED_ND_ROUTER);
    dropped6(&one, CONSUMED_ND_ROUTER); /* once only */
    nif.now += 1799 * SECOND;
    assert_true(is_known(PEER_LINK) && is_known(SECOND_ROUTER));
    nif.now += SECOND;
    assert_true(!is_known(PEER_LINK) && !is_known(SECOND_ROUTER));
    for (uint8_t i = 0; i < 20; i++) { /* a flood of routers */
        address6 ip = {0xfe, 0x80, [15] = (uint8_t)(i + 1)};
        one.src = ip;
        dropped6(&one, CONSUMED_ND_ROUTER);
    }
    assert_true(is_known(PEER_LINK));
}

/* RFC 4861 4.1: to all routers, from the link-local address, hop limit 255; with our MAC but from an
 * optimistic address (RFC 4429 3.2). */
static void solicitation_is(const struct wire *w, bool with_mac)
{
    static const uint8_t rest[12] = {[4] = 1, 1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    struct packet6 p = message6(133, 0, rest, with_mac ? 12 : 4);
    struct wire want;
    p.eth_src = OUR_MAC;
    p.src = OUR_LINK;
    p.hop_limit = 255;
    packet6_to_group(&p, ALL_ROUTERS);
    wire_packet6(&want, &p);
    wire_fill(&want, 0, FRAME_MIN);
    assert_int_equal(w->len, want.len);
    assert_memory_equal(w->octet, want.octet, want.len);
}

/* The next solicitation, and when. */
static uint64_t solicited(bool with_mac)
{
    struct wire w;
    enum verdict v;
    while ((v = next_made(&w, nif.now + 5000ull * SECOND)) != SENT_ND_ROUTER_SOLICITATION)
        assert_int_not_equal(v, VERDICT_NONE);
    solicitation_is(&w, with_mac);
    return nif.now;
}

static void backs_off(uint64_t from)
{
    uint64_t at = solicited(true), before = 0;
    assert_int_equal(at, from);
    for (int i = 0; i < 60; i++) {
        uint64_t next = solicited(true), interval = next - at;
        uint64_t low = before == 0 ? 3600000 : before * 19 / 10;
        uint64_t high = before == 0 ? 4400000 : before * 21 / 10 + 1;
        if (high > 3600ull * SECOND) { /* the longest, a tenth more or less */
            high = 3960ull * SECOND;
            low = low < 3240ull * SECOND ? low : 3240ull * SECOND;
        }
        assert_in_range(interval, low, high);
        before = interval;
        at = next;
    }
    assert_true(nif.now > from + 40 * HOUR);
}

static void test_c117_backs_off(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    config.ip6_auto = true;
    frames_start(&config);
    backs_off(START);
    uint64_t now = nif.now;
    net_link_up(&nif);
    backs_off(now);
    now = nif.now;
    net_announce(&nif);
    backs_off(now);
}

/* RFC 7559 2.1: a default router ends it, one that is none does not. */
static void test_c117_ends(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    struct ra ra = {.lifetime = 0};
    config.ip6_auto = true;
    frames_start(&config);
    solicited(true);
    taken(&ra);
    solicited(true);
    ra.lifetime = 1;
    taken(&ra);
    pass_until(nif.now + 100 * HOUR);
    expect_count(SENT_ND_ROUTER_SOLICITATION, 2);
    net_link_up(&nif);
    solicited(true);
}

/* First without our MAC, once more with it when the address is ours; then as before. */
static void test_c117_optimistic(void **state)
{
    (void)state;
    struct netif_config config = CONFIG6;
    config.ip6_auto = true;
    config.dad = 1;
    frames_start(&config);
    assert_int_equal(solicited(false), START);
    assert_int_equal(solicited(true), START + SECOND);
    assert_in_range(solicited(true), START + 4600000, START + 5400000);
    frames_start(&config); /* a router that has answered is not asked again */
    assert_int_equal(solicited(false), START);
    taken(&PLAIN);
    pass_until(START + 100 * HOUR);
    expect_count(SENT_ND_ROUTER_SOLICITATION, 1);
}

static void test_c117_not_auto(void **state)
{
    (void)state;
    pass_until(nif.now + 100 * HOUR);
    expect_count(SENT_ND_ROUTER_SOLICITATION, 0);
}

/* RFC 4861 6.1.1: a host discards them. */
static void test_c162_solicitations(void **state)
{
    (void)state;
    struct packet6 p = message6(133, 0, (const uint8_t[4]){0}, 4);
    p.hop_limit = 255;
    dropped6(&p, DROP_ICMP_TYPE);
    p.src = NO_IP6;
    dropped6(&p, DROP_IPV6_SOURCE_UNSPECIFIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST6(test_c115_validation), TEST6(test_c230_vlan),      TEST6(test_c116_ignored),
        TEST6(test_c171_lifetimes),  TEST6(test_c116_for_ever),  TEST6(test_c116_two_hours),
        TEST6(test_c116_preferred),  TEST6(test_c116_typed),     TEST6(test_c116_not_auto),
        TEST6(test_c116_many),       TEST6(test_c112_duplicate), TEST6(test_c166_parameters),
        TEST6(test_c167_routers),    TEST6(test_c117_backs_off), TEST6(test_c117_ends),
        TEST6(test_c117_optimistic), TEST6(test_c117_not_auto),  TEST6(test_c162_solicitations),
    };
    return cmocka_run_group_tests_name("routers", tests, NULL, NULL);
}
