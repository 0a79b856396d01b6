/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for the driver and the loop.
 *
 * Always: every frame comes back exactly once, by its verdict or released; a drop changes nothing;
 * what ends is counted once; what is due gets done.
 */
#include "driver.h"
#include "answers.h"
#include "holding.h"
#include "script.h"

#include <string.h>

#define START      5000000u /* microseconds: some time after the boot */
#define TICKS_MOST 72       /* frames at once of our own accord, and one call more */

_Static_assert(SERVE_ECHO == SERVICE_ECHO && SERVE_DISCARD == SERVICE_DISCARD &&
                   SERVE_STAMP == SERVICE_STAMP && SERVE_TIMESTAMP == SERVICE_TIMESTAMP,
               "the same bits");

struct netif nif;
struct judge judge;

static void configure(struct netif_config *config, const struct host *us)
{
    *config = (struct netif_config){
        .ip = us->ip,
        .prefix = us->prefix,
        .gateway = us->gateway,
        .probe = us->probe,
        .never_announce = us->never_announce,
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

void driver_start(const struct host *us)
{
    struct netif_config config;
    mac_t mac;
    memcpy(&mac, us->mac, sizeof mac);
    configure(&config, us);
    slots_clear();
    hops_start();
    judge_start(&judge, us, START);
    net_init(&nif, &config, &mac, us->mtu, us->held_max, START);
    if (us->wall != 0)
        net_set_wall_clock(&nif, us->wall * 1000000, (uint16_t)us->wall_error);
}

void driver_take_back(unsigned flags)
{
    if (flags & STEP_LAZY)
        return;
    slots_take(&nif);
    if (nif.held > judge.us->held_max)
        wrong("too many frames are held", NULL, 0);
}

/* Does what is due, in these spare frames, as the loop does. How many requests for neighbours it made. */
static unsigned do_what_is_due(struct call *call, struct slot *spare)
{
    static const uint8_t octets[64];
    unsigned requests = 0;
    for (int i = 0; net_due(&nif) <= nif.now; i++) {
        struct slot *s = &spare[requests];
        slot_fill(s, octets, 0, sizeof octets, i % 2);
        if (i > TICKS_MOST)
            wrong("what is due never gets done", NULL, 0);
        enum verdict v = net_tick(&nif, &s->frame);
        if (v == VERDICT_NONE)
            slot_check_unchanged(s);
        else
            slot_check_answer(s);
        call->ends += v != VERDICT_NONE;
        if (v == SENT_ARP_REQUEST) {
            requests++;
            continue;
        }
        if (v == SENT_ARP_PROBE || v == SENT_ARP_ANNOUNCEMENT)
            check_sent(&judge, v == SENT_ARP_PROBE, s->frame.data, s->frame.len);
        else if (v != VERDICT_NONE)
            wrong("a verdict that is none of net_tick()'s", NULL, 0);
        slot_free(s);
    }
    return requests;
}

static void tick(void)
{
    static struct slot spare[TICKS_MOST + 2];
    struct call call;
    uint32_t ip = judge.ip;
    call_begin(&call);
    unsigned requests = do_what_is_due(&call, spare);
    check_claim(&judge);
    slots_look(&nif);
    answers_judge_waiting(&call, NULL);
    holding_judge_tick(&call, ip);
    for (unsigned i = 0; i < requests; i++) {
        hop_judge_request(&judge, spare[i].frame.data, spare[i].frame.len);
        slot_free(&spare[i]);
    }
    hops_judge_tick(&judge);
    call_end(&call);
}

void driver_wait(uint64_t us, unsigned flags)
{
    nif.now += us;
    judge_time(&judge, nif.now);
    if (!(flags & STEP_NO_SPARE))
        tick();
    driver_take_back(flags);
}

/* News has been told to the core: answers that wait may have been given up, nothing else. */
static void judge_news(struct call *call)
{
    slots_look(&nif);
    answers_judge_waiting(call, NULL);
    hops_judge_given_up(judge.ip == 0 ? SLOTS_MOST : 0);
    call_end(call);
}

void driver_link_up(void)
{
    struct call call;
    call_begin(&call);
    net_link_up(&nif);
    judge_link_up(&judge);
    judge_news(&call);
    if (judge.ip != 0)
        return;
    if (hops_waiting() > 0)
        wrong("an answer waits, though we have no address", NULL, 0);
    hops_forget();
}

void driver_announce(void)
{
    struct call call;
    call_begin(&call);
    net_announce(&nif);
    judge_announce(&judge);
    judge_news(&call);
}

void driver_set_mtu(uint16_t mtu)
{
    struct call call;
    call_begin(&call);
    net_set_mtu(&nif, mtu);
    judge.mtu = mtu;
    judge_news(&call);
}

void driver_set_wall_clock(uint64_t offset, uint16_t error)
{
    struct call call;
    call_begin(&call);
    net_set_wall_clock(&nif, offset, error);
    judge_wall_clock(&judge, offset, error);
    judge_news(&call);
}

void driver_end(void)
{
    static const unsigned waits[] = {120, 1, 1, 1, 1};
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        driver_wait(waits[i] * 1000000u, 0);
    for (const struct slot *s = slots; s < slots + slots_used; s++)
        if (s->place != BACK)
            slot_wrong("a frame that never came back", s);
    slots_clear();
}
