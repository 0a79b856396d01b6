/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line: a table of keys, and one function for each that takes its value
 * whole or says what is wrong with it.
 */
#include "options.h"

#include "config.h"
#include "net/wire/ipv4.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whether a value is exactly this word. */
static bool is(const char *value, const char *word)
{
    return strcmp(value, word) == 0;
}

/*
 * Reads a decimal number that is at most max, which has at most six digits, and moves *text behind
 * it. Returns -1 where there is none. "007" is no number: some would read it as octal.
 */
static int number(const char **text, int max)
{
    const char *p = *text;
    int value = 0;
    if (*p == '0' && p[1] >= '0' && p[1] <= '9')
        return -1;
    while (*p >= '0' && *p <= '9' && p - *text < 7)
        value = value * 10 + (*p++ - '0');
    if (p == *text || value > max || (*p >= '0' && *p <= '9'))
        return -1;
    *text = p;
    return value;
}

/* Reads A.B.C.D and moves *text behind it. */
static bool address(const char **text, uint32_t *ip)
{
    *ip = 0;
    for (int i = 0; i < 4; i++) {
        if (i > 0 && *(*text)++ != '.')
            return false;
        int octet = number(text, 255);
        if (octet < 0)
            return false;
        *ip = *ip << 8 | (uint32_t)octet;
    }
    return true;
}

/* Reads A.B.C.D/N and moves *text behind it. Returns N, or -1. */
static int address_and_prefix(const char **text, uint32_t *ip)
{
    if (!address(text, ip) || *(*text)++ != '/')
        return -1;
    return number(text, 32);
}

/* Whether no host can have this address. */
static bool is_no_host(uint32_t ip)
{
    return ipv4_is_zero(ip) || ipv4_is_loopback(ip) || ipv4_is_group(ip);
}

static const char NO_HOST[] = "no host can have this address; expected one from 1.0.0.0 to "
                              "223.255.255.255 outside 127.0.0.0/8";

/* The bits of an address behind a prefix. */
static uint32_t host_mask(int prefix)
{
    return prefix == 32 ? 0 : 0xffffffffu >> prefix;
}

/* Whether an address is its subnet's own or its broadcast address. RFC 3021 frees both of a /31. */
static bool is_subnets_end(uint32_t address, int prefix)
{
    uint32_t mask = host_mask(prefix);
    return prefix < 31 && ((address & mask) == 0 || (address & mask) == mask);
}

/* Goes from one element of a list to the next. False at its end; *value is NULL if it is not well
 * formed. */
static bool next_element(const char **value)
{
    if (**value == '\0')
        return false;
    if (**value != ',') {
        *value = NULL;
        return false;
    }
    ++*value;
    return true;
}

static const char *set_ip(struct options *o, const char *value)
{
    uint32_t ip = 0;
    int prefix = 0;
    if (!is(value, "none")) {
        if (is(value, "dhcp"))
            return "unipong cannot ask for an address yet; expected A.B.C.D/N or none";
        prefix = address_and_prefix(&value, &ip);
        if (prefix < 0 || *value != '\0')
            return "expected A.B.C.D/N such as 192.168.100.2/24, with numbers from 0 to 255 and a "
                   "prefix "
                   "length from 0 to 32, or none";
        if (is_no_host(ip))
            return NO_HOST;
        if (is_subnets_end(ip, prefix))
            return "that is the subnet's own or its broadcast address; expected one of a host in "
                   "it";
    }
    o->net.ip = ip;
    o->net.prefix = (uint8_t)prefix;
    return NULL;
}

static const char *set_gw(struct options *o, const char *value)
{
    uint32_t gateway = 0;
    if (!is(value, "none")) {
        if (!address(&value, &gateway) || *value != '\0')
            return "expected A.B.C.D such as 192.168.100.1, with numbers from 0 to 255, or none";
        if (is_no_host(gateway))
            return NO_HOST;
    }
    o->net.gateway = gateway;
    return NULL;
}

static const char *set_vip(struct options *o, const char *value)
{
    static const char expected[] =
        "expected up to 8 addresses A.B.C.D with commas between, or none";
    uint32_t vip[NETIF_VIPS_MAX] = {0};
    uint8_t count = 0;
    if (!is(value, "none")) {
        do {
            if (count == NETIF_VIPS_MAX || !address(&value, &vip[count]))
                return expected;
            if (is_no_host(vip[count++]))
                return "no host can have one of these addresses; expected them from 1.0.0.0 to "
                       "223.255.255.255 outside 127.0.0.0/8";
        } while (next_element(&value));
        if (!value)
            return expected;
    }
    memcpy(o->net.vip, vip, count * sizeof vip[0]);
    o->net.vip_count = count;
    return NULL;
}

static const char *set_proxy(struct options *o, const char *value)
{
    static const char expected[] =
        "expected up to 8 prefixes A.B.C.D/N with commas between, or none";
    struct ipv4_network proxy[NETIF_PROXIES_MAX] = {{0}};
    uint8_t count = 0;
    if (!is(value, "none")) {
        do {
            uint32_t ip;
            int prefix = count < NETIF_PROXIES_MAX ? address_and_prefix(&value, &ip) : -1;
            if (prefix < 0)
                return expected;
            if (ip & host_mask(prefix))
                return "a prefix has bits set behind its length; expected for example 10.1.0.0/16";
            proxy[count++] = (struct ipv4_network){ip, ~host_mask(prefix)};
        } while (next_element(&value));
        if (!value)
            return expected;
    }
    memcpy(o->net.proxy, proxy, count * sizeof proxy[0]);
    o->net.proxy_count = count;
    return NULL;
}

static const char *set_vlan(struct options *o, const char *value)
{
    static const char expected[] =
        "expected all, none, or up to 8 VLAN identifiers from 1 to 4094 with commas between";
    uint16_t vlan[NETIF_VLANS_MAX] = {0};
    uint8_t count = 0;
    bool any = is(value, "all");
    if (!any && !is(value, "none")) {
        do {
            int vid = count < NETIF_VLANS_MAX ? number(&value, 4094) : -1;
            if (vid < 1)
                return expected;
            vlan[count++] = (uint16_t)vid;
        } while (next_element(&value));
        if (!value)
            return expected;
    }
    memcpy(o->net.vlan, vlan, count * sizeof vlan[0]);
    o->net.vlan_count = count;
    o->net.any_vlan = any;
    return NULL;
}

/* The bit of the service whose name *value begins with, moved behind it; 0 if there is none. */
static uint8_t service(const char **value)
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
            *value += length;
            return services[i].bit;
        }
    }
    return 0;
}

static const char *set_services(struct options *o, const char *value)
{
    uint8_t services = 0;
    if (!is(value, "none")) {
        do {
            uint8_t bit = service(&value);
            if (bit == 0)
                return "expected some of echo, discard, stamp and timestamp with commas between, "
                       "or none";
            services |= bit;
        } while (next_element(&value));
    }
    o->net.services = services;
    return NULL;
}

/* A number from min to max that is the whole value, or -1. */
static int whole_number(const char *value, int min, int max)
{
    int n = number(&value, max);
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

static const char *set_idle(struct options *o, const char *value)
{
    if (is(value, "halt"))
        o->idle = IDLE_HALT;
    else if (is(value, "adaptive"))
        o->idle = IDLE_ADAPTIVE;
    else if (is(value, "poll"))
        o->idle = IDLE_POLL;
    else
        return "expected halt, adaptive or poll";
    return NULL;
}

static const char *set_on_panic(struct options *o, const char *value)
{
    if (is(value, "exit"))
        o->on_panic = ON_PANIC_EXIT;
    else if (is(value, "halt"))
        o->on_panic = ON_PANIC_HALT;
    else if (is(value, "reset"))
        o->on_panic = ON_PANIC_RESET;
    else
        return "expected exit, halt or reset";
    return NULL;
}

/* Each takes a value; NULL, or a phrase that says what is wrong with it. */
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
                .any_vlan = CONFIG_ANY_VLAN,
                .ip6_auto = true,
                .dad = 1},
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
            *problem = keys[i].set(o, equals + 1);
            return *problem ? OPTION_BAD : OPTION_OK;
        }
    }
    *problem = equals ? "no such key" : "expected KEY=VALUE";
    return OPTION_UNKNOWN;
}

/* Whether the gateway is another host in our subnet. Who is alone there, as in a /32, may have any.
 */
static bool gateway_fits(const struct netif_config *net)
{
    uint32_t ip = net->ip, gateway = net->gateway;
    if (ip == 0 || gateway == 0)
        return true;
    if (net->prefix == 32)
        return gateway != ip;
    return ((gateway ^ ip) & ~host_mask(net->prefix)) == 0 && gateway != ip &&
           !is_subnets_end(gateway, net->prefix);
}

static bool is_virtual(const struct netif_config *net, uint32_t ip)
{
    for (int i = 0; i < net->vip_count; i++)
        if (net->vip[i] == ip)
            return true;
    return false;
}

/* What is wrong with a virtual address, beside our own. NULL: nothing. */
static const char *virtual_problem(const struct netif_config *net, uint32_t vip)
{
    if (vip == net->ip)
        return "a virtual address is silent in ARP; expected others than";
    if (net->ip != 0 && ((vip ^ net->ip) & ~host_mask(net->prefix)) == 0 &&
        is_subnets_end(vip, net->prefix))
        return "no host has that address; expected one that is free in the subnet of";
    return NULL;
}

bool options_contradict(const struct options *o, struct contradiction *c)
{
    const struct netif_config *net = &o->net;
    *c = (struct contradiction){0};
    if (!gateway_fits(net))
        *c = (struct contradiction){"gw", net->gateway,
                                    "expected none, or another host in the subnet of"};
    else if (is_virtual(net, net->gateway))
        *c = (struct contradiction){"gw", net->gateway,
                                    "that is ours, by vip=; expected none, or another host beside"};
    for (int i = 0; i < net->vip_count && !c->problem; i++)
        *c = (struct contradiction){"vip", net->vip[i], virtual_problem(net, net->vip[i])};
    return c->problem != NULL;
}
