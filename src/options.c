/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line: a table of keys, and a function for each that takes its value or
 * says what is wrong with it. It may leave a wrong value half taken, as it works on a copy.
 */
#include "options.h"

#include "config.h"
#include "options_list.h"
#include "subnet.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char *set_ip(struct options *o, const char *value)
{
    uint32_t ip = 0;
    int prefix = 0;
    if (!option_is(value, "none")) {
        if (option_is(value, "dhcp"))
            return "unipong cannot ask for an address yet; expected A.B.C.D/N or none";
        prefix = text_read_ipv4_prefix(&value, &ip);
        if (prefix < 0 || *value != '\0')
            return "expected A.B.C.D/N such as 192.168.100.2/24, with numbers from 0 to 255 "
                   "and a prefix length from 0 to 32, or none";
        if (option_is_no_host(ip))
            return OPTION_NO_HOST;
        if (subnet_is_end(ip, prefix))
            return "that is the subnet's own or its broadcast address; "
                   "expected one of a host in it";
    }
    o->net.ip = ip;
    o->net.prefix = (uint8_t)prefix;
    return NULL;
}

static const char *set_gw(struct options *o, const char *value)
{
    uint32_t gateway = 0;
    if (!option_is(value, "none")) {
        if (!text_read_ipv4(&value, &gateway) || *value != '\0')
            return "expected A.B.C.D such as 192.168.100.1, with numbers from 0 to 255, or none";
        if (option_is_no_host(gateway))
            return OPTION_NO_HOST;
    }
    o->net.gateway = gateway;
    return NULL;
}

/* A number from min to max that is the whole value, or -1. */
static int whole_number(const char *value, int min, int max)
{
    int n = text_read_number(&value, max);
    return n >= min && *value == '\0' ? n : -1;
}

static const char *set_ttl(struct options *o, const char *value)
{
    int ttl = whole_number(value, 1, 255);
    if (ttl < 0)
        return "expected a time to live from 1 to 255";
    o->net.ttl = (uint8_t)ttl;
    o->net.ttl_typed = true;
    return NULL;
}

static const char *set_announce(struct options *o, const char *value)
{
    int seconds = whole_number(value, 0, 3600);
    if (seconds < 0)
        return "expected 1 to 3600 seconds between announcements, or 0 for those at the start only";
    o->net.announce_us = (uint32_t)seconds * 1000000;
    return NULL;
}

static const char *set_stamp_port(struct options *o, const char *value)
{
    int port = whole_number(value, 1, 65535);
    if (port < 0)
        return "expected a UDP port from 1 to 65535";
    o->net.stamp_port = (uint16_t)port;
    return NULL;
}

static const char *set_switch(bool *option, const char *value)
{
    if (!option_is(value, "on") && !option_is(value, "off"))
        return "expected on or off";
    *option = option_is(value, "on");
    return NULL;
}

static const char *set_probe(struct options *o, const char *value)
{
    return set_switch(&o->net.probe, value);
}

static const char *set_nonce(struct options *o, const char *value)
{
    bool nonce = true;
    const char *problem = set_switch(&nonce, value);
    o->net.no_nonce = !nonce;
    return problem;
}

static const char *set_dad(struct options *o, const char *value)
{
    int probes = whole_number(value, 0, 10);
    if (probes < 0)
        return "expected 1 to 10 probes before an IPv6 address is taken for free, or 0 for none";
    o->net.dad = (uint8_t)probes;
    return NULL;
}

static const char *set_broadcast(struct options *o, const char *value)
{
    return set_switch(&o->net.broadcast, value);
}

/* Which of the names a value is, or -1. */
static int which(const char *value, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (option_is(value, names[i]))
            return i;
    return -1;
}

static const char *set_idle(struct options *o, const char *value)
{
    static const char *const names[] = {
        [IDLE_HALT] = "halt", [IDLE_ADAPTIVE] = "adaptive", [IDLE_POLL] = "poll"};
    int i = which(value, names, IDLE_POLL + 1);
    if (i < 0)
        return "expected halt, adaptive or poll";
    o->idle = (enum idle)i;
    return NULL;
}

static const char *set_on_panic(struct options *o, const char *value)
{
    static const char *const names[] = {
        [ON_PANIC_EXIT] = "exit", [ON_PANIC_HALT] = "halt", [ON_PANIC_RESET] = "reset"};
    int i = which(value, names, ON_PANIC_RESET + 1);
    if (i < 0)
        return "expected exit, halt or reset";
    o->on_panic = (enum on_panic)i;
    return NULL;
}

static const char *set_ip6(struct options *o, const char *value)
{
    return option_set_ip6(&o->net, value);
}

static const char *set_vip(struct options *o, const char *value)
{
    return option_set_vip(&o->net, value);
}

static const char *set_proxy(struct options *o, const char *value)
{
    return option_set_proxy(&o->net, value);
}

static const char *set_vlan(struct options *o, const char *value)
{
    return option_set_vlan(&o->net, value);
}

static const char *set_services(struct options *o, const char *value)
{
    return option_set_services(&o->net, value);
}

/* Each function returns NULL if it has taken the value, else a phrase that says what is wrong. */
static const struct {
    const char *key;
    const char *(*set)(struct options *o, const char *value);
} keys[] = {
    {"ip", set_ip},
    {"ip6", set_ip6},
    {"dad", set_dad},
    {"nonce", set_nonce},
    {"gw", set_gw},
    {"probe", set_probe},
    {"announce", set_announce},
    {"vip", set_vip},
    {"proxy", set_proxy},
    {"vlan", set_vlan},
    {"ttl", set_ttl},
    {"services", set_services},
    {"stamp_port", set_stamp_port},
    {"broadcast", set_broadcast},
    {"idle", set_idle},
    {"on_panic", set_on_panic},
};

#define KEYS (sizeof keys / sizeof keys[0])

void options_init(struct options *o)
{
    static const struct options defaults = {
        .net = {.ip = CONFIG_IP,
                .prefix = CONFIG_PREFIX,
                .probe = CONFIG_PROBE,
                .announce_us = CONFIG_ANNOUNCE * 1000000u,
                .ttl = CONFIG_TTL,
                .services = CONFIG_SERVICES,
                .stamp_port = CONFIG_STAMP_PORT,
                .broadcast = CONFIG_BROADCAST,
                .icmp_rate = CONFIG_ICMP_RATE,
                .icmp_burst = CONFIG_ICMP_BURST,
                .any_vlan = CONFIG_ANY_VLAN,
                .ip6_auto = CONFIG_IP6_AUTO,
                .dad = CONFIG_DAD},
        .idle = CONFIG_IDLE,
        .on_panic = CONFIG_ON_PANIC,
    };
    *o = defaults;
}

enum option_result options_set(struct options *o, const char *word, const char **problem)
{
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : 0;
    for (size_t i = 0; i < KEYS; i++) {
        if (equals && strlen(keys[i].key) == length && memcmp(word, keys[i].key, length) == 0) {
            struct options changed;
            memcpy(&changed, o, sizeof changed);
            *problem = keys[i].set(&changed, equals + 1);
            if (*problem)
                return OPTION_BAD;
            memcpy(o, &changed, sizeof changed);
            return OPTION_OK;
        }
    }
    *problem = equals ? "no such key" : "expected KEY=VALUE";
    return OPTION_UNKNOWN;
}
