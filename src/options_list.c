/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of the command line whose values are lists: see the header. */
#include "options_list.h"

#include "net/wire/ipv4.h"
#include "net/wire/ipv6.h"
#include "subnet.h"
#include "text.h"

#include <string.h>

bool option_is(const char *value, const char *word)
{
    return strcmp(value, word) == 0;
}

bool option_is_no_host(uint32_t ip)
{
    return ipv4_is_zero(ip) || ipv4_is_loopback(ip) || ipv4_is_group(ip);
}

const char OPTION_NO_HOST[] = "no host can have this address; expected one from 1.0.0.0 to "
                              "223.255.255.255 outside 127.0.0.0/8";

/* Reads one element of a list, moves *value behind it and adds it. NULL, or what is wrong with it. */
typedef const char *read_element(struct netif_config *net, const char **value);

/* Takes "none", or elements with commas between. */
static const char *set_list(struct netif_config *net, const char *value, read_element *read,
                            const char *expected)
{
    if (option_is(value, "none"))
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
    if (option_is_no_host(ip))
        return "no host can have one of these addresses; expected them from 1.0.0.0 to "
               "223.255.255.255 outside 127.0.0.0/8";
    net->vip[net->vip_count++] = ip;
    return NULL;
}

const char *option_set_vip(struct netif_config *net, const char *value)
{
    net->vip_count = 0;
    return set_list(net, value, read_vip, VIP);
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

const char *option_set_proxy(struct netif_config *net, const char *value)
{
    net->proxy_count = 0;
    return set_list(net, value, read_proxy, PROXY);
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

const char *option_set_vlan(struct netif_config *net, const char *value)
{
    net->vlan_count = 0;
    net->any_vlan = option_is(value, "all");
    return net->any_vlan ? NULL : set_list(net, value, read_vlan, VLAN);
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

const char *option_set_services(struct netif_config *net, const char *value)
{
    net->services = 0;
    return set_list(net, value, read_service, SERVICES);
}

static const char IP6[] = "expected auto, link, or up to 4 addresses X:X::X/N with commas between, "
                          "or none";

static const char *read_ip6(struct netif_config *net, const char **value)
{
    struct ipv6_prefix typed;
    size_t length = strcspn(*value, ",");
    bool automatic = length == 4 && memcmp(*value, "auto", 4) == 0;
    if (automatic || (length == 4 && memcmp(*value, "link", 4) == 0)) {
        net->ip6_auto |= automatic;
        *value += length;
        return NULL;
    }
    int prefix = net->ip6_count < NETIF_IP6_MAX ? text_read_ip6_prefix(value, &typed.address) : -1;
    if (prefix < 0)
        return IP6;
    if (ip_is_unspecified(&typed.address) || ip_is_loopback(&typed.address) ||
        ip_is_group(&typed.address) || ip_is_ipv4(&typed.address))
        return "no host can have one of these addresses; expected unicast addresses, none of them "
               "::, ::1 or in ::ffff:0:0/96";
    typed.prefix = (uint8_t)prefix;
    net->ip6[net->ip6_count++] = typed;
    return NULL;
}

const char *option_set_ip6(struct netif_config *net, const char *value)
{
    if (option_is(value, "dhcp"))
        return "unipong cannot ask a DHCPv6 server yet; expected auto, link, X:X::X/N or none";
    net->ip6_none = option_is(value, "none");
    net->ip6_auto = false;
    net->ip6_count = 0;
    return set_list(net, value, read_ip6, IP6);
}
