/* SPDX-License-Identifier: BSD-2-Clause */
#include "real_server.h"

const uint8_t DIRECTOR_MAC[6] = {0x52, 0x54, 0, 0, 0, 0x99};
const uint8_t NEW_MAC[6] = {2, 0, 0, 0, 0, 9};
const struct tags UNTAGGED;

int real_server_setup(void **state)
{
    frames_setup(state);
    nif.claim.announcements_left = 0; /* those are for other tests */
    nif.config.vip[0] = VIP;
    nif.config.vip_count = 1;
    frame_pool_start();
    return 0;
}

int real_server_teardown(void **state)
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

struct ping vip_ping(uint32_t client)
{
    struct ping p = ping_request();
    p.eth_src = DIRECTOR_MAC;
    p.src = client;
    p.dst = VIP;
    return p;
}

enum verdict give_ping(const struct ping *p, const struct tags *tags)
{
    struct wire w;
    wire_ping(&w, p);
    wire_tag(&w, tags->octet, tags->len);
    return pool_give(&w);
}

void expect_pong(const struct ping *p, unsigned id, const uint8_t *mac, const struct tags *tags)
{
    struct ping reply = ping_reply(p);
    struct wire w;
    reply.id = (int)id;
    reply.eth_dst = mac;
    wire_ping(&w, &reply);
    wire_tag(&w, tags->octet, tags->len);
    wire_fill(&w, 0, FRAME_MIN);
    sent_only(&w);
}

void answered_at_once(uint32_t client, const uint8_t *mac)
{
    struct ping p = vip_ping(client);
    assert_int_equal(give_ping(&p, &UNTAGGED), REPLY_ICMP_ECHO);
    expect_pong(&p, nif.ip_id, mac, &UNTAGGED);
}

void answer_held(uint32_t client)
{
    struct ping p = vip_ping(client);
    assert_int_equal(give_ping(&p, &UNTAGGED), HELD_ANSWER);
    assert_int_equal(sent_count, 0);
}

void expect_arp_request(uint32_t ip, const uint8_t *mac, const struct tags *tags)
{
    struct wire w;
    struct arp a = arp_ours(mac, 1, OUR_IP, ip);
    wire_arp(&w, &a);
    wire_tag(&w, tags->octet, tags->len);
    wire_fill(&w, 0, FRAME_MIN);
    assert_int_equal(net_due(&nif), nif.now);
    expect_tick(nif.now, SENT_ARP_REQUEST, &w);
}

struct arp arp_says(uint32_t ip, const uint8_t *mac, int op)
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

enum verdict give_arp(const struct arp *a, const struct tags *tags)
{
    struct wire w;
    wire_arp(&w, a);
    wire_tag(&w, tags->octet, tags->len);
    return pool_give(&w);
}

void arp_reply_of(uint32_t ip, const uint8_t *mac)
{
    struct arp a = arp_says(ip, mac, 2);
    assert_int_equal(give_arp(&a, &UNTAGGED), CONSUMED_ARP_REPLY);
}

void make_known(uint32_t client, const uint8_t *mac)
{
    answer_held(client);
    expect_arp_request(client, BROADCAST_MAC, &UNTAGGED);
    arp_reply_of(client, mac);
    assert_int_equal(sent_count, 1);
    sent_count = 0;
}

void nothing_due(void)
{
    assert_true(net_due(&nif) == NEVER);
    expect_no_tick(nif.now);
}
