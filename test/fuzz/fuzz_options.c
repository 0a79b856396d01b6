/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the command line: words between zeros, set one after the other.
 *
 * Always: a refused word changes nothing and says what is wrong; an accepted one is what it says,
 * written the one way that there is.
 */
#include "wrong.h"

#include "contradiction.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A text that grows. */
struct text {
    char octets[1024];
    size_t size;
};

static void add(struct text *t, const char *separator, unsigned long value)
{
    int n = snprintf(t->octets + t->size, sizeof t->octets - t->size, "%s%lu", separator, value);
    t->size += (size_t)n;
}

static void add_word(struct text *t, const char *word)
{
    t->size += (size_t)snprintf(t->octets + t->size, sizeof t->octets - t->size, "%s", word);
}

static void add_address(struct text *t, const char *separator, uint32_t ip)
{
    add(t, separator, ip >> 24);
    for (int shift = 16; shift >= 0; shift -= 8)
        add(t, ".", ip >> shift & 255);
}

static void add_network(struct text *t, const char *separator, uint32_t ip, unsigned prefix)
{
    add_address(t, separator, ip);
    add(t, "/", prefix);
}

static void add_vips(struct text *t, const struct netif_config *net)
{
    for (int i = 0; i < net->vip_count; i++)
        add_address(t, i ? "," : "", net->vip[i]);
    if (net->vip_count == 0)
        add_word(t, "none");
}

static void add_proxies(struct text *t, const struct netif_config *net)
{
    for (int i = 0; i < net->proxy_count; i++)
        add_network(t, i ? "," : "", net->proxy[i].address,
                    (unsigned)__builtin_popcount(net->proxy[i].mask));
    if (net->proxy_count == 0)
        add_word(t, "none");
}

static void add_vlans(struct text *t, const struct netif_config *net)
{
    for (int i = 0; i < net->vlan_count; i++)
        add(t, i ? "," : "", net->vlan[i]);
    if (net->vlan_count == 0)
        add_word(t, net->any_vlan ? "all" : "none");
}

/* What the accepted word must have looked like, given what it has set; false: there are several
 * ways. */
static bool write_back(const char *word, const struct options *o, struct text *t)
{
    static const char *const on_panic[] = {
        [ON_PANIC_EXIT] = "exit", [ON_PANIC_HALT] = "halt", [ON_PANIC_RESET] = "reset"};
    static const char *const idle[] = {
        [IDLE_HALT] = "halt", [IDLE_ADAPTIVE] = "adaptive", [IDLE_POLL] = "poll"};
    const struct netif_config *net = &o->net;
    size_t key = strcspn(word, "=") + 1;
    memcpy(t->octets, word, key < 20 ? key : 20);
    t->size = key;
    bool none = (strncmp(word, "ip=", key) == 0 && net->ip == 0 && net->prefix == 0) ||
                (strncmp(word, "gw=", key) == 0 && net->gateway == 0);
    if (none)
        add_word(t, "none");
    else if (strncmp(word, "ip=", key) == 0)
        add_network(t, "", net->ip, net->prefix);
    else if (strncmp(word, "gw=", key) == 0)
        add_address(t, "", net->gateway);
    else if (strncmp(word, "vip=", key) == 0)
        add_vips(t, net);
    else if (strncmp(word, "proxy=", key) == 0)
        add_proxies(t, net);
    else if (strncmp(word, "vlan=", key) == 0)
        add_vlans(t, net);
    else if (strncmp(word, "ttl=", key) == 0)
        add(t, "", net->ttl);
    else if (strncmp(word, "announce=", key) == 0)
        add(t, "", net->announce_us / 1000000);
    else if (strncmp(word, "stamp_port=", key) == 0)
        add(t, "", net->stamp_port);
    else if (strncmp(word, "probe=", key) == 0)
        add_word(t, net->probe ? "on" : "off");
    else if (strncmp(word, "broadcast=", key) == 0)
        add_word(t, net->broadcast ? "on" : "off");
    else if (strncmp(word, "idle=", key) == 0)
        add_word(t, idle[o->idle]);
    else if (strncmp(word, "on_panic=", key) == 0)
        add_word(t, on_panic[o->on_panic]);
    else
        return false;
    return true;
}

/* The bits of a list of services, which may come in any order and twice. */
static unsigned service_bits(const char *list)
{
    static const char *const names[] = {"echo", "discard", "stamp", "timestamp"};
    unsigned bits = 0;
    if (strcmp(list, "none") == 0)
        return 0;
    for (;; list++) {
        size_t n = strcspn(list, ","), i = 0;
        while (i < 4 && (strlen(names[i]) != n || memcmp(names[i], list, n) != 0))
            i++;
        if (i == 4)
            wrong("a service that there is not", (const uint8_t *)list, n);
        bits |= 1u << i;
        list += n;
        if (*list == '\0')
            return bits;
    }
}

static void check_accepted(const char *word, const struct options *o)
{
    struct text right = {.size = 0};
    if (write_back(word, o, &right)) {
        if (strcmp(word, right.octets) != 0)
            wrong(right.octets, (const uint8_t *)word, strlen(word));
    } else if (strncmp(word, "services=", 9) != 0 || o->net.services != service_bits(word + 9)) {
        wrong("accepted, but no such option or other services", (const uint8_t *)word,
              strlen(word));
    }
}

/* Whether some host can have the address. */
static bool is_host(uint32_t ip)
{
    unsigned top = ip >> 24;
    return top != 0 && top != 127 && top <= 223;
}

/* Whether the gateway is another host of our subnet, or we are alone there and have to reach it
 * some other way; none is always right, and without an address of ours so is any. */
static bool gateway_fits(const struct netif_config *net)
{
    uint64_t size = 1ull << (32 - net->prefix), start = net->ip / size * size;
    if (net->gateway == 0 || net->ip == 0)
        return true;
    if (net->gateway == net->ip)
        return false;
    if (size == 1)
        return true;
    if (size == 2)
        return net->gateway == start || net->gateway == start + 1;
    return net->gateway > start && net->gateway < start + size - 1;
}

/* The first and the last address of our subnet, where it has more than two. */
static bool is_broadcast(const struct netif_config *net, uint32_t address)
{
    if (net->ip == 0 || net->prefix > 30)
        return false;
    uint64_t size = 1ull << (32 - net->prefix), start = net->ip / size * size;
    return address == start || address == start + size - 1;
}

/* Whether two words contradict each other: then one of them is named, with the value that is wrong.
 */
static void check_contradiction(const struct options *o)
{
    const struct netif_config *net = &o->net;
    struct contradiction c;
    bool gateway = !gateway_fits(net), virtual = false, right = false;
    const char *key = contradiction_find(o, &c) ? c.key : "";
    for (int i = 0; i < net->vip_count; i++) {
        bool no_good = net->vip[i] == net->ip || is_broadcast(net, net->vip[i]);
        gateway |= net->vip[i] == net->gateway;
        virtual |= no_good;
        right |= no_good && c.address == net->vip[i];
    }
    if ((key[0] != '\0') != (gateway || virtual))
        wrong("two words contradict each other, or the other way round", NULL, 0);
    if (!gateway && !virtual)
        return;
    bool named = strcmp(key, "gw") == 0 ? gateway && c.address == net->gateway
                                        : strcmp(key, "vip") == 0 && right;
    if (!named || !c.problem || !c.problem[0])
        wrong("another word is named, or no problem", NULL, 0);
}

/* What holds whatever was set. */
static void check_values(const struct options *o)
{
    const struct netif_config *net = &o->net;
    if (net->ttl == 0 || net->prefix > 32 || net->stamp_port == 0 ||
        net->announce_us > 3600000000u || net->services > 15)
        wrong("a number out of its range", NULL, 0);
    if (net->vip_count > NETIF_VIPS_MAX || net->proxy_count > NETIF_PROXIES_MAX ||
        net->vlan_count > NETIF_VLANS_MAX || (net->any_vlan && net->vlan_count > 0))
        wrong("a list that is too long", NULL, 0);
    if (net->gateway != 0 && !is_host(net->gateway))
        wrong("a gateway no host can be", NULL, 0);
    check_contradiction(o);
    for (int i = 0; i < net->vip_count; i++)
        if (!is_host(net->vip[i]))
            wrong("a virtual address no host can have", NULL, 0);
    for (int i = 0; i < net->proxy_count; i++)
        if (net->proxy[i].address & ~net->proxy[i].mask)
            wrong("a prefix with bits behind it", NULL, 0);
    for (int i = 0; i < net->vlan_count; i++)
        if (net->vlan[i] < 1 || net->vlan[i] > 4094)
            wrong("a VLAN that there is not", NULL, 0);
    if (net->ip == 0 && net->prefix == 0)
        return;
    uint32_t host = net->prefix == 0 ? 0xffffffff : (uint32_t)((1ull << (32 - net->prefix)) - 1);
    if (!is_host(net->ip))
        wrong("an address no host can have", NULL, 0);
    if (net->prefix < 31 && ((net->ip & host) == 0 || (net->ip & host) == host))
        wrong("a broadcast address", NULL, 0);
}

static void one_word(struct options *o, const char *word)
{
    const char *problem = NULL;
    struct options before;
    memcpy(&before, o, sizeof before);
    switch (options_set(o, word, &problem)) {
    case OPTION_OK:
        check_accepted(word, o);
        break;
    case OPTION_UNKNOWN:
    case OPTION_BAD:
        if (!problem || !problem[0])
            wrong("no problem is named", (const uint8_t *)word, strlen(word));
        if (memcmp(&before, o, sizeof before) != 0)
            wrong("a refused word has changed something", (const uint8_t *)word, strlen(word));
        break;
    default:
        wrong("no such result", NULL, 0);
    }
    check_values(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct options o;
    memset(&o, 0, sizeof o);
    options_init(&o);
    check_values(&o);
    while (size > 0) {
        size_t length = strnlen((const char *)data, size);
        char *word = malloc(length + 1); /* exactly as large as the word */
        memcpy(word, data, length);
        word[length] = '\0';
        one_word(&o, word);
        free(word);
        size_t step = length < size ? length + 1 : length;
        data += step;
        size -= step;
    }
    return 0;
}
