/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line: what each takes, and that a bad one changes nothing and says what
 * was expected.
 */
#include "options.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* One word, in a buffer of its exact size, on top of values that no default has. */
static struct options before, after;
static const char *problem;

static enum option_result set(const char *word)
{
    char *copy = strdup(word);
    memset(&before, 0, sizeof before);
    before.net = (struct netif_config){
        .ip = 0x0a000001,
        .prefix = 9,
        .gateway = 0x0a000002,
        .announce_us = 1234567,
        .ttl = 77,
        .services = 0x80,
        .stamp_port = 4444,
        .icmp_rate = 11,
        .icmp_burst = 12,
        .vip = {1, 2, 3},
        .vip_count = 3,
        .proxy = {{4, 5}, {6, 7}},
        .proxy_count = 2,
        .vlan = {8, 9, 10, 11},
        .vlan_count = 4,
    };
    before.idle = (enum idle)(IDLE_POLL + 1);
    before.on_panic = (enum on_panic)(ON_PANIC_RESET + 1);
    memcpy(&after, &before, sizeof after);
    problem = NULL;
    enum option_result result = options_set(&after, copy, &problem);
    free(copy);
    return result;
}

static void accepted(const char *word)
{
    if (set(word) != OPTION_OK || problem)
        fail_msg("%s: %s", word, problem ? problem : "not accepted");
}

/* Not taken: nothing changed, and a phrase says what is wrong. */
static void rejected(const char *word, enum option_result result)
{
    if (set(word) != result)
        fail_msg("%s: another result", word);
    if (memcmp(&after, &before, sizeof after) != 0)
        fail_msg("%s: something changed", word);
    if (!problem || strlen(problem) == 0 || strchr(problem, '\n'))
        fail_msg("%s: no phrase that says what is wrong", word);
}

/* contract.md: 192.168.100.2/24, 64, exit. */
static void test_defaults(void **state)
{
    (void)state;
    struct options o;
    memset(&o, 0xa5, sizeof o);
    options_init(&o);
    assert_int_equal(o.net.ip, 0xc0a86402);
    assert_int_equal(o.net.prefix, 24);
    assert_int_equal(o.net.ttl, 64);
    assert_false(o.net.probe);
    assert_int_equal(o.net.announce_us, 0);
    assert_int_equal(o.net.services, SERVICE_ECHO | SERVICE_DISCARD | SERVICE_STAMP);
    assert_int_equal(o.net.stamp_port, 862);
    assert_false(o.net.broadcast);
    assert_int_equal(o.net.gateway, 0);
    assert_int_equal(o.net.vip_count, 0);
    assert_int_equal(o.net.proxy_count, 0);
    assert_true(o.net.any_vlan);
    assert_int_equal(o.net.vlan_count, 0);
    assert_true(o.net.icmp_rate > 0);
    assert_true(o.net.icmp_burst > 0);
    assert_int_equal(o.idle, IDLE_ADAPTIVE);
    assert_int_equal(o.on_panic, ON_PANIC_EXIT);
}

/* All but the part that the last word may have set is as it was. */
static void only_changed(size_t offset, size_t size)
{
    memcpy((uint8_t *)&after + offset, (uint8_t *)&before + offset, size);
    assert_memory_equal(&after, &before, sizeof after);
}

#define ONLY_CHANGED(field) only_changed(offsetof(struct options, field), sizeof after.field)

static void test_ip(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        uint32_t ip;
        uint8_t prefix;
    } cases[] = {
        {"ip=192.168.100.2/24", 0xc0a86402, 24},   {"ip=10.0.0.1/8", 0x0a000001, 8},
        {"ip=1.0.0.1/30", 0x01000001, 30},         {"ip=1.0.0.2/30", 0x01000002, 30},
        {"ip=1.0.0.0/31", 0x01000000, 31}, /* RFC 3021: both are hosts */
        {"ip=1.0.0.1/31", 0x01000001, 31},         {"ip=1.0.0.0/32", 0x01000000, 32},
        {"ip=203.0.113.255/32", 0xcb0071ff, 32},   {"ip=223.255.255.254/24", 0xdffffffe, 24},
        {"ip=126.255.255.254/8", 0x7efffffe, 8},   {"ip=128.0.0.1/16", 0x80000001, 16},
        {"ip=192.168.100.0/16", 0xc0a86400, 16}, /* 0 and 255, but not of its subnet */
        {"ip=192.168.100.255/16", 0xc0a864ff, 16}, {"ip=none", 0, 0},
        {"ip=10.0.0.1/0", 0x0a000001, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        accepted(cases[i].word);
        assert_int_equal(after.net.ip, cases[i].ip);
        assert_int_equal(after.net.prefix, cases[i].prefix);
        assert_int_equal(after.net.ttl, before.net.ttl);
        assert_int_equal(after.on_panic, before.on_panic);
    }
}

static void test_ip_rejected(void **state)
{
    (void)state;
    static const char *const words[] = {
        /* no address */
        "ip=",
        "ip=/",
        "ip=/24",
        "ip=x",
        "ip=None",
        "ip=none ",
        "ip=nonesuch",
        "ip=192",
        "ip=192.168",
        "ip=192.168.100",
        "ip=192.168.100.",
        "ip=192.168.100./24",
        "ip=192.168.100/24",
        "ip=.168.100.2/24",
        "ip=192..100.2/24",
        "ip=192.168.100.2.1/24",
        "ip=256.168.100.2/24",
        "ip=192.168.100.256/24",
        "ip=192.168.100.999/24",
        "ip=1921.68.100.2/24",
        "ip=192.168.100.0002/24",
        "ip=192.168.100.02/24",
        "ip=192.168.100.00/24",
        "ip=-1.168.100.2/24",
        "ip=+1.168.100.2/24",
        "ip= 192.168.100.2/24",
        "ip=0xc0.168.100.2/24",
        "ip=192,168,100,2/24",
        "ip=192.168.100.2x/24",
        "ip=192.168.100.99999999999999999999/24",
        "ip=4294967297.0.0.1/24",
        "ip=fe80::1/64",
        /* no prefix */
        "ip=192.168.100.2",
        "ip=192.168.100.2/",
        "ip=192.168.100.2/33",
        "ip=192.168.100.2/-1",
        "ip=192.168.100.2/024",
        "ip=192.168.100.2/24 ",
        "ip=192.168.100.2/24/24",
        "ip=192.168.100.2/x",
        "ip=192.168.100.2//24",
        "ip=192.168.100.2/256",
        "ip=192.168.100.2/4294967320",
        "ip=192.168.100.2/255.255.255.0",
        "ip=192.168.100.2:24",
        /* no host's address */
        "ip=0.0.0.0/0",
        "ip=0.0.0.0/32",
        "ip=0.1.2.3/8",
        "ip=127.0.0.1/8",
        "ip=127.255.255.254/32",
        "ip=224.0.0.1/24",
        "ip=239.255.255.254/32",
        "ip=240.0.0.1/8",
        "ip=255.255.255.255/32",
        /* the subnet itself, its broadcast address */
        "ip=192.168.100.0/24",
        "ip=192.168.100.255/24",
        "ip=10.0.0.0/8",
        "ip=10.255.255.255/8",
        "ip=192.168.100.4/30",
        "ip=192.168.100.7/30",
        "ip=128.0.0.0/1",
    };
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
    rejected("ip=192.168.100./24", OPTION_BAD);
    assert_non_null(strstr(problem, "A.B.C.D/N"));
}

/* All 256 numbers at each place, and what follows them. */
static void test_ip_every_number(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 1100; n++) {
        for (unsigned place = 0; place < 4; place++) {
            unsigned octet[4] = {10, 20, 30, 40};
            char word[64];
            octet[place] = n;
            snprintf(word, sizeof word, "ip=%u.%u.%u.%u/32", octet[0], octet[1], octet[2],
                     octet[3]);
            if (n > 255 || (place == 0 && (n == 0 || n == 127 || n > 223))) {
                rejected(word, OPTION_BAD);
            } else {
                accepted(word);
                assert_int_equal(after.net.ip,
                                 octet[0] << 24 | octet[1] << 16 | octet[2] << 8 | octet[3]);
            }
        }
    }
}

static void test_ttl(void **state)
{
    (void)state;
    static const char *const words[] = {"ttl=",     "ttl=x",   "ttl=-1",        "ttl=+1", "ttl= 1",
                                        "ttl=1 ",   "ttl=064", "ttl=00",        "ttl=1x", "ttl=64,",
                                        "ttl=0x40", "ttl=1.0", "ttl=4294967297"};
    for (unsigned ttl = 0; ttl < 1100; ttl++) {
        char word[16];
        snprintf(word, sizeof word, "ttl=%u", ttl);
        if (ttl < 1 || ttl > 255) {
            rejected(word, OPTION_BAD);
        } else {
            accepted(word);
            assert_int_equal(after.net.ttl, ttl);
            assert_int_equal(after.net.ip, before.net.ip);
            assert_int_equal(after.net.prefix, before.net.prefix);
        }
    }
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
}

/* A key that takes on or off. */
static void is_switch(const char *key, const bool *option)
{
    static const char *const wrong[] = {"",    "On",  "OFF", "1",   "0",
                                        "yes", "onn", "of",  "on ", "off,"};
    char word[40];
    snprintf(word, sizeof word, "%s=on", key);
    accepted(word);
    assert_true(*option);
    snprintf(word, sizeof word, "%s=off", key);
    accepted(word);
    assert_false(*option);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        snprintf(word, sizeof word, "%s=%s", key, wrong[i]);
        rejected(word, OPTION_BAD);
    }
}

static void test_switches(void **state)
{
    (void)state;
    is_switch("probe", &after.net.probe);
    accepted("probe=on");
    ONLY_CHANGED(net.probe);
    is_switch("broadcast", &after.net.broadcast);
    accepted("broadcast=on");
    ONLY_CHANGED(net.broadcast);
}

/* Every number up to this, and past what it may be. */
static void is_number(const char *key, unsigned min, unsigned max, unsigned step)
{
    static const char *const wrong[] = {"",   "x",   "-1",  "+1",         " 1",
                                        "1 ", "01",  "09",  "00",         "1x",
                                        "1,", "0x1", "1.0", "4294967297", "10000001"};
    char word[40];
    for (unsigned n = 0; n < max + 3 * step; n += n + 1 < max && n > 300 ? step : 1) {
        snprintf(word, sizeof word, "%s=%u", key, n);
        if (n < min || n > max)
            rejected(word, OPTION_BAD);
        else
            accepted(word);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        snprintf(word, sizeof word, "%s=%s", key, wrong[i]);
        rejected(word, OPTION_BAD);
    }
}

static void test_announce(void **state)
{
    (void)state;
    is_number("announce", 0, 3600, 7);
    rejected("announce=3601", OPTION_BAD);
    accepted("announce=0");
    assert_int_equal(after.net.announce_us, 0);
    accepted("announce=1");
    assert_int_equal(after.net.announce_us, 1000000);
    accepted("announce=3600");
    assert_true(after.net.announce_us == 3600000000u);
    ONLY_CHANGED(net.announce_us);
}

static void test_stamp_port(void **state)
{
    (void)state;
    is_number("stamp_port", 1, 65535, 101);
    rejected("stamp_port=65536", OPTION_BAD);
    accepted("stamp_port=65535");
    assert_int_equal(after.net.stamp_port, 65535);
    accepted("stamp_port=1");
    assert_int_equal(after.net.stamp_port, 1);
    ONLY_CHANGED(net.stamp_port);
}

static void test_gw(void **state)
{
    (void)state;
    static const char *const words[] = {
        "gw=",
        "gw=None",
        "gw=none,",
        "gw=1.2.3.4,none",
        "gw=1.2.3.4,5.6.7.8",
        "gw=1.2.3",
        "gw=1.2.3.",
        "gw=1.2.3.4.",
        "gw=1.2.3.4.5",
        "gw=1.2.3.256",
        "gw=1.2.3.4/24",
        "gw=1.2.3.04",
        "gw=0.0.0.0",
        "gw=0.1.2.3",
        "gw=127.0.0.1",
        "gw=224.0.0.1",
        "gw=dhcp",
        "gw=255.255.255.255",
    };
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
    accepted("gw=none");
    assert_int_equal(after.net.gateway, 0);
    accepted("gw=192.168.100.254");
    assert_int_equal(after.net.gateway, 0xc0a864fe);
    ONLY_CHANGED(net.gateway);
}

static void test_vip(void **state)
{
    (void)state;
    static const char *const words[] = {
        "vip=",
        "vip=,",
        "vip=None",
        "vip=none,1.2.3.4",
        "vip=1.2.3.4,none",
        "vip=1.2.3.4,",
        "vip=,1.2.3.4",
        "vip=1.2.3.4,,5.6.7.8",
        "vip=1.2.3.4 5.6.7.8",
        "vip=1.2.3.4;5.6.7.8",
        "vip=1.2.3",
        "vip=1.2.3.",
        "vip=1.2.3.4.",
        "vip=1.2.3.4.5",
        "vip=1.2.3.256",
        "vip=1.2.3.4/32",
        "vip=1.2.3.04",
        "vip=0.0.0.0",
        "vip=127.0.0.1",
        "vip=224.0.0.1",
        "vip=255.255.255.255",
        "vip=1.2.3.4,0.1.2.3",
        "vip=1.0.0.1,1.0.0.2,1.0.0.3,1.0.0.4,1.0.0.5,1.0.0.6,1.0.0.7,1.0.0.8,1.0.0.9",
    };
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
    accepted("vip=none");
    assert_int_equal(after.net.vip_count, 0);
    accepted("vip=203.0.113.7");
    assert_int_equal(after.net.vip_count, 1);
    assert_int_equal(after.net.vip[0], 0xcb007107);
    accepted("vip=1.0.0.1,1.0.0.2,1.0.0.3,1.0.0.4,1.0.0.5,1.0.0.6,1.0.0.7,223.255.255.255");
    assert_int_equal(after.net.vip_count, 8);
    for (uint32_t i = 0; i < 7; i++)
        assert_int_equal(after.net.vip[i], 0x01000001 + i);
    assert_int_equal(after.net.vip[7], 0xdfffffff);
    after.net.vip_count = before.net.vip_count;
    ONLY_CHANGED(net.vip);
}

static void test_proxy(void **state)
{
    (void)state;
    static const char *const words[] = {
        "proxy=",
        "proxy=,",
        "proxy=None",
        "proxy=none,1.2.3.4/32",
        "proxy=1.2.3.4/32,none",
        "proxy=1.2.3.4",
        "proxy=1.2.3.4/",
        "proxy=1.2.3.4/33",
        "proxy=1.2.3.4/032",
        "proxy=1.2.3.4/32,",
        "proxy=,1.2.3.4/32",
        "proxy=1.2.3.4/32,,1.2.3.5/32",
        "proxy=1.2.3.4/32x",
        "proxy=1.2.3.4/24", /* bits behind the prefix */
        "proxy=10.1.0.1/31",
        "proxy=128.0.0.0/0",
        "proxy=10.1.0.0/16,10.2.0.1/16",
        "proxy=1.2.3/24",
        /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one word of nine prefixes */
        "proxy=1.0.0.1/32,1.0.0.2/32,1.0.0.3/32,1.0.0.4/32,1.0.0.5/32,1.0.0.6/32,1.0.0.7/32,"
        "1.0.0.8/32,1.0.0.9/32",
    };
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
    accepted("proxy=none");
    assert_int_equal(after.net.proxy_count, 0);
    accepted("proxy=0.0.0.0/0,10.1.0.0/16,192.168.100.16/30,1.2.3.4/32,128.0.0.0/1,10.1.0.2/31,"
             "10.0.0.0/8,1.2.3.0/24");
    static const struct ipv4_network want[8] = {
        {0, 0},
        {0x0a010000, 0xffff0000},
        {0xc0a86410, 0xfffffffc},
        {0x01020304, 0xffffffff},
        {0x80000000, 0x80000000},
        {0x0a010002, 0xfffffffe},
        {0x0a000000, 0xff000000},
        {0x01020300, 0xffffff00},
    };
    assert_int_equal(after.net.proxy_count, 8);
    assert_memory_equal(after.net.proxy, want, sizeof want);
    after.net.proxy_count = before.net.proxy_count;
    ONLY_CHANGED(net.proxy);
}

static void test_vlan(void **state)
{
    (void)state;
    static const char *const words[] = {
        "vlan=",      "vlan=,",      "vlan=All",
        "vlan=any",   "vlan=0",      "vlan=4095",
        "vlan=4096",  "vlan=1,",     "vlan=,1",
        "vlan=1,,2",  "vlan=1,0",    "vlan=1,all",
        "vlan=all,1", "vlan=none,1", "vlan=1,none",
        "vlan=1-5",   "vlan=01",     "vlan=1 2",
        "vlan=1x",    "vlan=-1",     "vlan=1,2,3,4,5,6,7,8,9",
    };
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
    accepted("vlan=all");
    assert_true(after.net.any_vlan);
    assert_int_equal(after.net.vlan_count, 0);
    accepted("vlan=none");
    assert_false(after.net.any_vlan);
    assert_int_equal(after.net.vlan_count, 0);
    for (unsigned vid = 1; vid <= 4094; vid++) {
        char word[20];
        snprintf(word, sizeof word, "vlan=%u", vid);
        accepted(word);
        assert_false(after.net.any_vlan);
        assert_int_equal(after.net.vlan_count, 1);
        assert_int_equal(after.net.vlan[0], vid);
    }
    accepted("vlan=8,7,6,5,4,3,2,4094");
    assert_int_equal(after.net.vlan_count, 8);
    for (uint16_t i = 0; i < 7; i++)
        assert_int_equal(after.net.vlan[i], 8 - i);
    assert_int_equal(after.net.vlan[7], 4094);
    after.net.vlan_count = before.net.vlan_count;
    ONLY_CHANGED(net.vlan);
}

/* A list, then all: the list no longer counts. */
static void test_vlan_then_all(void **state)
{
    (void)state;
    struct options o;
    const char *unused;
    options_init(&o);
    assert_int_equal(options_set(&o, "vlan=5", &unused), OPTION_OK);
    assert_false(o.net.any_vlan);
    assert_int_equal(options_set(&o, "vlan=all", &unused), OPTION_OK);
    assert_true(o.net.any_vlan);
    assert_int_equal(o.net.vlan_count, 0);
    assert_int_equal(options_set(&o, "vlan=none", &unused), OPTION_OK);
    assert_false(o.net.any_vlan);
}

/* Every set of services, in both orders. */
static void test_services(void **state)
{
    (void)state;
    static const char *const words[] = {
        "services=",
        "services=,",
        "services=all",
        "services=Echo",
        "services=ech",
        "services=echoo",
        "services=echo,",
        "services=,echo",
        "services=echo,,stamp",
        "services=echo stamp",
        "services=echo,none",
        "services=none,echo",
        "services=echo,chargen",
        "services=ping",
    };
    static const char *const names[] = {"echo", "discard", "stamp", "timestamp"};
    static const uint8_t bits[] = {SERVICE_ECHO, SERVICE_DISCARD, SERVICE_STAMP, SERVICE_TIMESTAMP};
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
    accepted("services=none");
    assert_int_equal(after.net.services, 0);
    accepted("services=echo,echo");
    assert_int_equal(after.net.services, SERVICE_ECHO);
    for (unsigned set_of = 1; set_of < 16; set_of++) {
        for (int back = 0; back <= 1; back++) {
            char word[60] = "services=";
            unsigned want = 0;
            for (size_t i = 0; i < 4; i++) {
                size_t at = back ? 3 - i : i;
                if (!(set_of >> at & 1))
                    continue;
                if (want != 0)
                    strcat(word, ",");
                strcat(word, names[at]);
                want |= bits[at];
            }
            accepted(word);
            assert_int_equal(after.net.services, want);
        }
    }
    ONLY_CHANGED(net.services);
}

static void test_idle(void **state)
{
    (void)state;
    static const char *const words[] = {
        "idle=",     "idle=Halt",  "idle=hal",          "idle=halts",
        "idle=spin", "idle=poll ", "idle=adaptive,poll"};
    accepted("idle=halt");
    assert_int_equal(after.idle, IDLE_HALT);
    accepted("idle=adaptive");
    assert_int_equal(after.idle, IDLE_ADAPTIVE);
    accepted("idle=poll");
    assert_int_equal(after.idle, IDLE_POLL);
    ONLY_CHANGED(idle);
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
}

/* What is not there yet says so, rather than that the word is wrong. */
static void test_dhcp(void **state)
{
    (void)state;
    rejected("ip=dhcp", OPTION_BAD);
    assert_non_null(strstr(problem, "yet"));
}

static void test_on_panic(void **state)
{
    (void)state;
    static const char *const words[] = {"on_panic=",      "on_panic=Exit",  "on_panic=exi",
                                        "on_panic=exit ", "on_panic=halts", "on_panic=reboot"};
    accepted("on_panic=exit");
    assert_int_equal(after.on_panic, ON_PANIC_EXIT);
    accepted("on_panic=halt");
    assert_int_equal(after.on_panic, ON_PANIC_HALT);
    accepted("on_panic=reset");
    assert_int_equal(after.on_panic, ON_PANIC_RESET);
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
}

/* A key is known whole or not at all; a word without a value is no key. */
static void test_unknown(void **state)
{
    (void)state;
    static const char *const words[] = {
        "",
        "=",
        "=64",
        "ip",
        "ttl",
        "i=192.168.100.2/24",
        "ipp=1",
        "IP=none",
        "Ttl=64",
        " ip=none",
        "ip =none",
        "tt=64",
        "ttls=64",
        "on_pani=exit",
        "on_panic",
        "quiet",
        "console=ttyS0",
        "--ip=none",
        "ip:none",
    };
    for (size_t i = 0; i < COUNT(words); i++) {
        rejected(words[i], OPTION_UNKNOWN);
        assert_non_null(strstr(problem, strchr(words[i], '=') ? "no such key" : "KEY=VALUE"));
    }
}

/* Of two, the last one holds. */
static void test_last_one_holds(void **state)
{
    (void)state;
    struct options o;
    const char *unused;
    options_init(&o);
    assert_int_equal(options_set(&o, "ttl=1", &unused), OPTION_OK);
    assert_int_equal(options_set(&o, "ttl=2", &unused), OPTION_OK);
    assert_int_equal(options_set(&o, "ttl=0", &unused), OPTION_BAD);
    assert_int_equal(o.net.ttl, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_ip),
        cmocka_unit_test(test_ip_rejected),
        cmocka_unit_test(test_ip_every_number),
        cmocka_unit_test(test_ttl),
        cmocka_unit_test(test_switches),
        cmocka_unit_test(test_announce),
        cmocka_unit_test(test_stamp_port),
        cmocka_unit_test(test_vip),
        cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_vlan),
        cmocka_unit_test(test_vlan_then_all),
        cmocka_unit_test(test_services),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_dhcp),
        cmocka_unit_test(test_on_panic),
        cmocka_unit_test(test_gw),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_last_one_holds),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
