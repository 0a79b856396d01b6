/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for the driver and the loop of main.c.
 *
 * Always: every frame comes back exactly once, by its verdict or released; a drop changes nothing;
 * one counter at least goes up; what is due gets done.
 */
#include "driver.h"
#include "holding.h"
#include "script.h"

#include <stdio.h>
#include <string.h>

#define START      5000000u /* microseconds: some time after the boot */
#define TICKS_MOST 8        /* frames at once of our own accord, and one call more */
#define STAMP_US   7        /* between net_input() and net_stamp() */

_Static_assert(SERVE_ECHO == SERVICE_ECHO && SERVE_DISCARD == SERVICE_DISCARD &&
                   SERVE_STAMP == SERVICE_STAMP && SERVE_TIMESTAMP == SERVICE_TIMESTAMP,
               "the same bits");

static struct netif nif;
static struct judge judge;
static bool left_over; /* releases of the last frame that nobody has taken back */

static void configure(struct netif_config *config, const struct host *us)
{
    *config = (struct netif_config){
        .ip = us->ip,
        .prefix = us->prefix,
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

/* The verdict that goes with an answer of this kind. */
static enum verdict verdict_of(enum kind kind)
{
    static const enum verdict verdicts[] = {
        [NOTHING] = VERDICT_NONE,
        [ARP_REPLY] = REPLY_ARP,
        [ARP_DEFENCE] = REPLY_ARP_DEFENCE,
        [ECHO_REPLY] = REPLY_ICMP_ECHO,
        [TIMESTAMP_REPLY] = REPLY_ICMP_TIMESTAMP,
        [PORT_ERROR] = REPLY_ICMP_PORT_UNREACHABLE,
        [PROTOCOL_ERROR] = REPLY_ICMP_PROTOCOL_UNREACHABLE,
        [TIME_ERROR] = REPLY_ICMP_TIME_EXCEEDED,
        [UDP_ECHO] = REPLY_UDP_ECHO,
        [STAMP_REPLY] = REPLY_STAMP,
        [RESET] = REPLY_TCP_RESET,
        [FRAGMENT] = HELD_FRAGMENT,
    };
    return verdicts[kind];
}

/* Asks for what the core has released; it is the judge's until settle(). */
static void release(void)
{
    struct frame *f;
    bool send;
    while ((f = net_released(&nif, &send))) {
        struct slot *s = slot_of(f);
        if (s->released)
            wrong("a frame released twice", slot_request(s), s->given.len);
        s->released = true;
        s->sent = send;
        if (send)
            slot_check_answer(s);
        else
            slot_check_unchanged(s);
    }
}

/* Takes back what was released. What was not has no excuse any more. */
static void settle(void)
{
    for (struct slot *s = slots + slots_back; s < slots + slots_used; s++) {
        s->excused = false;
        if (s->place == HELD && s->released)
            slot_free(s);
    }
    left_over = false;
}

/* Does what is due, as main.c does. */
static void tick(void)
{
    uint8_t octets[64] = {0};
    for (int i = 0; net_due(&nif) <= nif.now; i++) {
        struct slot spare;
        slot_fill(&spare, octets, 0, sizeof octets, i % 2);
        if (i > TICKS_MOST)
            wrong("what is due never gets done", NULL, 0);
        enum verdict v = net_tick(&nif, &spare.frame);
        if (v == VERDICT_NONE) {
            slot_check_unchanged(&spare);
        } else {
            if (v != SENT_ARP_PROBE && v != SENT_ARP_ANNOUNCEMENT)
                wrong("a verdict that is none of net_tick()'s", NULL, 0);
            slot_check_answer(&spare);
            check_sent(&judge, v == SENT_ARP_PROBE, spare.frame.data, spare.frame.len);
        }
        slot_free(&spare);
    }
    check_claim(&judge);
    release();
    holding_judge_tick(&judge);
    settle();
}

/* The core and the judge are not of one mind about a frame. */
_Noreturn static void disagree(const struct slot *s, enum verdict v, const struct expectation *e)
{
    static const char *const words[] = {[NEVER] = "never", [MAY] = "may", [MUST] = "must"};
    char text[200];
    snprintf(text, sizeof text, "%s %s be answered or held, the core says %s", e->why,
             words[e->answer], verdict_name(v));
    wrong(text, slot_request(s), s->given.len);
}

/* The core's answer, which lies in the slot. */
static void judge_answer(struct slot *s, enum verdict v, const struct expectation *e)
{
    if (e->answer == NEVER || v != verdict_of(e->kind))
        disagree(s, v, e);
    if (v == REPLY_STAMP) {
        judge.stamp = nif.now + STAMP_US;
        net_stamp(&nif, judge.stamp);
    }
    slot_check_answer(s);
    check_answer(&judge, e->kind, slot_request(s), s->frame.data, s->frame.len);
}

void driver_receive(const uint8_t *octets, size_t len, size_t extra, unsigned flags)
{
    struct slot *s = slot_give(octets, len, extra, flags & STEP_ROOMY, nif.now);
    if (!s)
        return;
    struct expectation e = expect_frame(&judge, slot_request(s), len);
    holding_expect(&judge, s, &e, !left_over);
    uint64_t before[VERDICT_COUNT];
    memcpy(before, nif.verdicts, sizeof before);

    enum verdict v = net_input(&nif, &s->frame);
    if (v < 0 || v >= VERDICT_COUNT || nif.verdicts[v] != before[v] + 1)
        wrong("the verdict is none, or was not counted", slot_request(s), len);
    if (verdict_replies(v)) {
        judge_answer(s, v, &e);
    } else if (v == HELD_FRAGMENT) {
        if (e.kind != FRAGMENT || e.answer == NEVER)
            disagree(s, v, &e);
        s->place = HELD;
        judge.stamp = nif.now;
    } else {
        if (e.answer == MUST)
            disagree(s, v, &e);
        slot_check_unchanged(s);
    }
    judge_received(&judge, &e, verdict_replies(v));

    bool held = s->place == HELD;
    if (held || !(flags & STEP_LAZY)) {
        release();
        holding_judge_input(&judge, s, !left_over);
        settle();
    } else if (e.kind == FRAGMENT) {
        left_over = true;
    }
    if (!held)
        slot_free(s);
}

void driver_start(const struct host *us)
{
    struct netif_config config;
    mac_t mac;
    memcpy(&mac, us->mac, sizeof mac);
    configure(&config, us);
    slots_clear();
    left_over = false;
    judge_start(&judge, us, START);
    net_init(&nif, &config, &mac, us->mtu, us->held_max, START);
    nif.wall_known = us->wall != 0;
    nif.wall_offset = us->wall * 1000000;
}

void driver_wait(uint64_t us, unsigned flags)
{
    nif.now += us;
    judge_time(&judge, nif.now);
    if (!(flags & STEP_NO_SPARE))
        tick();
}

void driver_link_up(void)
{
    net_link_up(&nif);
    judge_link_up(&judge);
}

void driver_end(void)
{
    driver_wait(120000000, 0);
    for (const struct slot *s = slots; s < slots + slots_used; s++)
        if (s->place != BACK)
            wrong("a frame that never came back", slot_request(s), s->given.len);
    slots_clear();
}
