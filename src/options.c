/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line: a table of keys, and a function for each that takes its value or
 * says what is wrong with it. It may leave a wrong value half taken, as it works on a copy.
 */
#include "options.h"

#include "config.h"
#include "net/wire/ipv4.h"
#include "subnet.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whether a value is exactly this word. */
static bool is(const char *value, const char *word)
{
    return strcmp(value, word) == 0;
}

/* Whether no host can have this address. */
static bool is_no_host(uint32_t ip)
{
    return ipv4_is_zero(ip) || ipv4_is_loopback(ip) || ipv4_is_group(ip);
}

static const char NO_HOST[] = "no host can have this address; expected one from 1.0.0.0 to "
                              "223.255.255.255 outside 127.0.0.0/8";

static const char *set_ip(struct options *o, const char *value)
{
    uint32_t ip = 0;
    int prefix = 0;
    if (!is(value, "none")) {
        if (is(value, "dhcp"))
            return "unipong cannot ask for an address yet; expected A.B.C.D/N or none";
        prefix = text_read_ipv4_prefix(&value, &ip);
        if (prefix < 0 || *value != '\0')
            return "expected A.B.C.D/N such as 192.168.100.2/24, with numbers from 0 to 255 "
                   "and a prefix length from 0 to 32, or none";
        if (is_no_host(ip))
            return NO_HOST;
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
    if (!is(value, "none")) {
        if (!text_read_ipv4(&value, &gateway) || *value != '\0')
            return "expected A.B.C.D such as 192.168.100.1, with numbers from 0 to 255, or none";
        if (is_no_host(gateway))
            return NO_HOST;
    }
    o->net.gateway = gateway;
    return NULL;
}

/* Reads one element of a list, moves *value behind it and adds it. NULL, or what is wrong with it. */
typedef const char *read_element(struct netif_config *net, const char **value);

/* Takes "none", or elements with commas between. */
static const char *set_list(struct netif_config *net, const char *value, read_element *read,
                            const char *expected)
{
    if (is(value, "none"))
        return NULL;
    for (;;) {
        const char *problem = read(net, &value);
        if (problem || *value == '\0')
            return problem; /* cppcheck-suppress returnDanglingLifetime ; a constant text */
        if (*value++ != ',')
            return expected;
    }
}

static const char VIP[] = "expected up to 8 addresses A.B.C.D with commas between, or none";

static const char *read_vip(struct netif_config *net, const char **value)
{
    uint32_t ip;
    if (net->vip_count == NETIF_VIPS_MAX || !text_read_ipv4(value, &ip))
        return VIP;
    if (is_no_host(ip))
        return "no host can have one of these addresses; expected them from 1.0.0.0 to "
               "223.255.255.255 outside 127.0.0.0/8";
    net->vip[net->vip_count++] = ip;
    return NULL;
}

static const char *set_vip(struct options *o, const char *value)
{
    o->net.vip_count = 0;
    return set_list(&o->net, value, read_vip, VIP);
}

static const char PROXY[] = "expected up to 8 prefixes A.B.C.D/N with commas between, or none";

static const char *read_proxy(struct netif_config *net, const char **value)
{
    uint32_t ip;
    int prefix = net->proxy_count < NETIF_PROXIES_MAX ? text_read_ipv4_prefix(value, &ip) : -1;
    if (prefix < 0)
        return PROXY;
    if (ip & subnet_host_mask(prefix))
        return "a prefix has bits set behind its length; expected for example 10.1.0.0/16";
    net->proxy[net->proxy_count++] = (struct ipv4_network){ip, ~subnet_host_mask(prefix)};
    return NULL;
}

static const char *set_proxy(struct options *o, const char *value)
{
    o->net.proxy_count = 0;
    return set_list(&o->net, value, read_proxy, PROXY);
}

static const char VLAN[] =
    "expected all, none, or up to 8 VLAN identifiers from 1 to 4094 with commas between";

static const char *read_vlan(struct netif_config *net, const char **value)
{
    int vid = net->vlan_count < NETIF_VLANS_MAX ? text_read_number(value, 4094) : -1;
    if (vid < 1)
        return VLAN;
    net->vlan[net->vlan_count++] = (uint16_t)vid;
    return NULL;
}

static const char *set_vlan(struct options *o, const char *value)
{
    o->net.vlan_count = 0;
    o->net.any_vlan = is(value, "all");
    return o->net.any_vlan ? NULL : set_list(&o->net, value, read_vlan, VLAN);
}

static const char SERVICES[] = "expected some of echo, discard, stamp and timestamp "
                               "with commas between, or none";

static const char *read_service(struct netif_config *net, const char **value)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } services[] = {
        {"echo", SERVICE_ECHO},
        {"discard", SERVICE_DISCARD},
        {"stamp", SERVICE_STAMP},
        {"timestamp", SERVICE_TIMESTAMP},
    };
    size_t length = strcspn(*value, ",");
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        if (strlen(services[i].name) == length && memcmp(*value, services[i].name, length) == 0) {
            net->services |= services[i].bit;
            *value += length;
            return NULL;
        }
    }
    return SERVICES;
}

static const char *set_services(struct options *o, const char *value)
{
    o->net.services = 0;
    return set_list(&o->net, value, read_service, SERVICES);
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
    if (!is(value, "on") && !is(value, "off"))
        return "expected on or off";
    *option = is(value, "on");
    return NULL;
}

static const char *set_probe(struct options *o, const char *value)
{
    return set_switch(&o->net.probe, value);
}

static const char *set_broadcast(struct options *o, const char *value)
{
    return set_switch(&o->net.broadcast, value);
}

/* Which of the names a value is, or -1. */
static int which(const char *value, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (is(value, names[i]))
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

/* Each function returns NULL if it has taken the value, else a phrase that says what is wrong. */
static const struct {
    const char *key;
    const char *(*set)(struct options *o, const char *value);
} keys[] = {
    {"ip", set_ip},
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
                .any_vlan = CONFIG_ANY_VLAN},
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
