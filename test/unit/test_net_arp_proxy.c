/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses that are ours in part: virtual ones, which are silent in ARP, and those that we are proxy
 * of, which are answered in nothing else.
 */
#include "frames.h"

#include <stdbool.h>
#include <string.h>

static void test_c030_virtual_addresses(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    const uint32_t vips[] = {0xcb007107, OTHER_IP, 0x0a000001};
    memcpy(config.vip, vips, sizeof vips);
    config.vip_count = COUNT(vips);
    for (unsigned round = 0; round < 3; round++) {
        frames_start(&config);
        for (size_t i = 0; i < COUNT(vips); i++) {
            struct arp a = arp_request();
            struct ping p = ping_request();
            a.tpa = vips[i];
            arp_dropped(&a, DROP_ARP_NOT_OURS);
            a.spa = 0;
            arp_dropped(&a, DROP_ARP_NOT_OURS);
            a.spa = vips[i]; /* the director's: no conflict */
            arp_dropped(&a, DROP_ARP_NOT_OURS);
            p.dst = vips[i];
            p.src = 0xc6336401; /* outside our subnet, or we would have to ask where it is */
            ping_answered(&p);  /* from that address */
            p.eth_dst = BROADCAST_MAC;
            ping_dropped(&p, DROP_IPV4_LINK_BROADCAST);
            p = ping_request();
            p.src = vips[i];
            ping_dropped(&p, DROP_IPV4_SOURCE_OWN);
        }
        struct ping p = ping_request();
        p.dst = 0x0a000002;
        ping_dropped(&p, DROP_IPV4_NOT_OURS);
        config.ip = round == 0 ? 0 : OUR_IP; /* with them alone, then while we probe for another */
        config.probe = true;
    }
}

/* Proxy for listed prefixes: never for a probe, nor for the asker's own address. */
static void test_c029_proxy(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.proxy[0] = (struct ipv4_network){0x0a010000, 0xffff0000};
    config.proxy[1] = (struct ipv4_network){0xc0a86410, 0xfffffffc};
    config.proxy_count = 2;
    frames_start(&config);
    static const struct {
        uint32_t spa, tpa;
        bool answered;
    } cases[] = {
        {PEER_IP, 0x0a010000, true},     {PEER_IP, 0x0a01ffff, true},
        {PEER_IP, 0x0a010203, true},     {PEER_IP, 0x0a00ffff, false},
        {PEER_IP, 0x0a020000, false},    {PEER_IP, 0xc0a86410, true},
        {PEER_IP, 0xc0a86413, true},     {PEER_IP, 0xc0a86414, false},
        {PEER_IP, 0xc0a8640f, false},    {0, 0x0a010203, false},
        {0x0a010203, 0x0a010203, false}, {0x0a010204, 0x0a010203, true},
        {PEER_IP, OUR_IP, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arp a = arp_request();
        a.spa = cases[i].spa;
        a.tpa = cases[i].tpa;
        if (cases[i].answered)
            arp_answered(&a);
        else
            arp_dropped(&a, DROP_ARP_NOT_OURS);
    }
    struct ping p = ping_request(); /* we say where it is, and don't have it */
    p.dst = 0x0a010203;
    ping_dropped(&p, DROP_IPV4_NOT_OURS);
}

/* A prefix of everything: still no broadcast address, no group, no virtual one and not the gateway
 * (RFC 1027). */
static void test_c029_proxy_of_all(void **state)
{
    (void)state;
    static const uint32_t silent[] = {0,          0x00010203, 0x7f000001, 0xe0000001, 0xffffffff,
                                      0xf0000001, 0xc0a864ff, 0xc0a86400, 0xcb007107, 0xc0a864fe};
    static const uint32_t answered[] = {0x01000000, 0x08080808, OTHER_IP, 0xdfffffff};
    struct netif_config config = DEFAULT_CONFIG;
    config.proxy_count = 1; /* 0.0.0.0/0 */
    config.gateway = 0xc0a864fe;
    config.vip[0] = 0xcb007107;
    config.vip_count = 1;
    frames_start(&config);
    struct arp a = arp_request();
    for (size_t i = 0; i < COUNT(silent); i++) {
        a.tpa = silent[i];
        arp_dropped(&a, DROP_ARP_NOT_OURS);
    }
    for (size_t i = 0; i < COUNT(answered); i++) {
        a.tpa = answered[i];
        arp_answered(&a);
    }
}

/* Nor for our own address before it is in use, nor for what is no host's in the subnet that it will
 * be in (RFC 5227 2.1.1). */
static void test_c029_proxy_while_probing(void **state)
{
    (void)state;
    static const uint32_t silent[] = {OUR_IP, 0xc0a864ff, 0xc0a86400};
    struct netif_config config = DEFAULT_CONFIG;
    config.proxy[0] = (struct ipv4_network){0xc0a86400, 0xffffff00};
    config.proxy_count = 1;
    config.probe = true;
    frames_start(&config);
    struct arp a = arp_ours(BROADCAST_MAC, 1, 0, OUR_IP);
    struct wire probe, announcement;
    wire_arp(&probe, &a);
    wire_fill(&probe, 0, FRAME_MIN);
    a.spa = OUR_IP;
    wire_arp(&announcement, &a);
    wire_fill(&announcement, 0, FRAME_MIN);
    a = arp_request();
    for (unsigned probes = 0; probes <= 3; probes++) {
        for (size_t i = 0; i < COUNT(silent); i++) {
            a.tpa = silent[i];
            arp_dropped(&a, DROP_ARP_NOT_OURS);
        }
        a.tpa = OTHER_IP;
        arp_answered(&a);
        a.spa = 0xc0a864ff;
        arp_dropped(&a, DROP_ARP_SENDER_IP);
        a.spa = PEER_IP;
        if (probes < 3)
            expect_tick(net_due(&nif), SENT_ARP_PROBE, &probe);
    }
    a.tpa = OUR_IP;
    arp_dropped(&a, DROP_ARP_NOT_OURS);
    expect_tick(net_due(&nif), SENT_ARP_ANNOUNCEMENT, &announcement);
    arp_answered(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c030_virtual_addresses),
        TEST(test_c029_proxy),
        TEST(test_c029_proxy_of_all),
        TEST(test_c029_proxy_while_probing),
    };
    return cmocka_run_group_tests_name("arp proxy", tests, NULL, NULL);
}
