/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for the driver and the loop of main.c.
 *
 * Always: every frame comes back exactly once, by its verdict or released; a drop changes nothing;
 * one counter at least goes up; what is due gets done.
 */
#include "driver.h"
#include "holding.h"
#include "neighbours.h"
#include "play.h"
#include "script.h"

#include <string.h>

#define START      5000000u /* microseconds: some time after the boot */
#define TICKS_MOST 72       /* frames at once of our own accord, and one call more */

_Static_assert(SERVE_ECHO == SERVICE_ECHO && SERVE_DISCARD == SERVICE_DISCARD &&
                   SERVE_STAMP == SERVICE_STAMP && SERVE_TIMESTAMP == SERVICE_TIMESTAMP,
               "the same bits");

struct netif nif;
struct judge judge;

_Static_assert(TICKS_MOST <= REQUESTS_MOST, "room for all of them");

static void configure(struct netif_config *config, const struct host *us)
{
    *config = (struct netif_config){
        .ip = us->ip,
        .prefix = us->prefix,
        .gateway = us->gateway,
        .probe = us->probe,
        .announce_us = us->announce * 1000000,
        .ttl = us->ttl,
        .services = us->services,
        .stamp_port = us->stamp_port,
        .broadcast = us->broadcast,
        .icmp_rate = us->icmp_rate,
        .icmp_burst = us->icmp_burst,
        .vip = {us->vip},
        .vip_count = us->vip != 0,
        .proxy = {{us->proxy, 0xfff00000}},
        .proxy_count = us->proxy != 0,
        .vlan = {us->vlan},
        .vlan_count = us->vlan != 0 && us->vlan != 4095,
        .any_vlan = us->vlan == 0,
    };
}

/* A frame that the core has made of its own accord. */
static void judge_sent(enum verdict v, const struct slot *spare, struct request *request)
{
    const struct frame *f = &spare->frame;
    slot_check_answer(spare);
    if (v == SENT_ARP_PROBE || v == SENT_ARP_ANNOUNCEMENT) {
        check_sent(&judge, v == SENT_ARP_PROBE, f->data, f->len);
        return;
    }
    if (v != SENT_ARP_REQUEST)
        wrong("a verdict that is none of net_tick()'s", NULL, 0);
    *request = (struct request){.len = f->len};
    memcpy(request->octets, f->data, f->len < ETH_LEAST ? f->len : ETH_LEAST);
}

/* Does what is due, as main.c does. */
static void tick(void)
{
    static struct request requests[REQUESTS_MOST];
    uint8_t octets[64] = {0};
    uint64_t replies = play_replies();
    uint32_t ip = judge.ip;
    size_t n = 0;
    for (int i = 0; net_due(&nif) <= nif.now; i++) {
        struct slot spare;
        slot_fill(&spare, octets, 0, sizeof octets, i % 2);
        if (i > TICKS_MOST)
            wrong("what is due never gets done", NULL, 0);
        enum verdict v = net_tick(&nif, &spare.frame);
        if (v == VERDICT_NONE) {
            slot_check_unchanged(&spare);
        } else {
            judge_sent(v, &spare, &requests[n]);
            n += v == SENT_ARP_REQUEST;
        }
        slot_free(&spare);
    }
    check_claim(&judge);
    play_release();
    FOR_EACH_HELD(s)
    replies += s->released && s->sent && !s->kept;
    /* Whether what is over was answered before we had an address or after does not show. */
    judge.lost |= ip != judge.ip && slots_held() > 0;
    if (!judge.lost)
        holding_judge_tick(&judge);
    if (!judge.lost) {
        neighbours_judge_tick(&judge, requests, n);
        kept_judge(&judge, true);
    }
    play_check_counted(replies);
    play_settle();
}

void driver_start(const struct host *us)
{
    struct netif_config config;
    mac_t mac;
    memcpy(&mac, us->mac, sizeof mac);
    configure(&config, us);
    slots_clear();
    kept_clear();
    neighbours_start();
    left_over = false;
    judge_start(&judge, us, START);
    net_init(&nif, &config, &mac, us->mtu, us->held_max, START);
    nif.wall_known = us->wall != 0;
    nif.wall_offset = us->wall * 1000000;
}

void driver_wait(uint64_t us, unsigned flags)
{
    if (judge.lost)
        return;
    if (judge.us->vip != 0 && judge.us->ip != 0)
        play_tidy();
    nif.now += us;
    judge_time(&judge, nif.now);
    if (!(flags & STEP_NO_SPARE))
        tick();
}

void driver_link_up(void)
{
    if (judge.lost)
        return;
    play_tidy();
    net_link_up(&nif);
    judge_link_up(&judge);
    if (judge.ip == 0)
        neighbours_forget();
    left_over = true;
    play_tidy();
    play_check_counted(play_replies());
}

/* Where the judge is lost nothing is judged but that all frames come back. */
static void drain(uint64_t us)
{
    uint8_t octets[64] = {0};
    if (!judge.lost)
        return;
    nif.now += us;
    while (net_due(&nif) <= nif.now) {
        struct slot spare;
        slot_fill(&spare, octets, 0, sizeof octets, false);
        net_tick(&nif, &spare.frame);
        slot_free(&spare);
    }
    play_release();
    play_settle();
}

void driver_end(void)
{
    static const unsigned waits[] = {120, 1, 1, 1, 1};
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        driver_wait(waits[i] * 1000000u, 0);
        drain(waits[i] * 1000000u);
    }
    for (const struct slot *s = slots; s < slots + slots_used; s++)
        if (s->place != BACK)
            wrong("a frame that never came back", slot_request(s), s->given.len);
    slots_clear();
}
