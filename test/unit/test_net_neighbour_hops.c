/* SPDX-License-Identifier: BSD-2-Clause */
/* Which neighbour an answer is handed to: the client, the gateway, or whoever brought the request. */
#include "real_server.h"

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
        real_server_setup(state);
        use_ip(cases[i].ip, cases[i].prefix);
        nif.claim.announcements_left = 0;
        nif.config.gateway = cases[i].gateway;
        if (cases[i].hop == BACK) {
            answered_at_once(cases[i].client, DIRECTOR_MAC);
            nothing_due();
            continue;
        }
        answer_held(cases[i].client);
        expect_arp_request(hop, BROADCAST_MAC, &UNTAGGED);
        arp_reply_of(hop, NEW_MAC);
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
    answer_held(OTHER_IP);
    net_link_up(&nif); /* with no probes the address stays in use, and all else is as it was */
    nif.claim.announcements_left = 0;
    answered_at_once(PEER_IP, PEER_MAC);
    expect_arp_request(OTHER_IP, BROADCAST_MAC, &UNTAGGED);
    arp_reply_of(OTHER_IP, OTHER_MAC);
    sent_count = 0;
    assert_int_equal(nif.held, 0);

    config.probe = true;
    frames_start(&config);
    while (nif.ip == 0 || net_due(&nif) != NEVER) {
        uint8_t octet[64];
        struct frame f = {.data = octet, .cap = sizeof octet};
        nif.now = net_due(&nif);
        net_tick(&nif, &f);
    }
    make_known(PEER_IP, PEER_MAC);
    answer_held(OTHER_IP);
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
        nif.now = net_due(&nif);
        assert_int_not_equal(net_tick(&nif, &f), SENT_ARP_REQUEST);
    }
    answer_held(PEER_IP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REAL_SERVER_TEST(test_c030_next_hop),
        REAL_SERVER_TEST(test_gateway_is_one_neighbour),
        REAL_SERVER_TEST(test_own_address_asks_nobody),
        REAL_SERVER_TEST(test_while_probing),
        REAL_SERVER_TEST(test_link_up),
    };
    return cmocka_run_group_tests_name("neighbours: next hops", tests, NULL, NULL);
}
