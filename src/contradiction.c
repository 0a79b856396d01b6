/* SPDX-License-Identifier: BSD-2-Clause */
/* Which values of gw= and vip= cannot be used beside the other words. */
#include "contradiction.h"

#include "subnet.h"

#include <stddef.h>

/* Whether two addresses are in one subnet. */
static bool is_same_subnet(uint32_t a, uint32_t b, int prefix)
{
    return ((a ^ b) & ~subnet_host_mask(prefix)) == 0;
}

/* Whether the gateway is another host in our subnet. A /32 has no other host in its subnet, so there
 * any gateway may be named. */
static bool gateway_fits(const struct netif_config *net)
{
    uint32_t ip = net->ip, gateway = net->gateway;
    if (ip == 0 || gateway == 0)
        return true;
    if (net->prefix == 32)
        return gateway != ip;
    return is_same_subnet(gateway, ip, net->prefix) && gateway != ip &&
           !subnet_is_end(gateway, net->prefix);
}

static bool is_virtual(const struct netif_config *net, uint32_t ip)
{
    for (int i = 0; i < net->vip_count; i++)
        if (net->vip[i] == ip)
            return true;
    return false;
}

static const char *gateway_problem(const struct netif_config *net)
{
    if (!gateway_fits(net))
        return "expected none, or another host in the subnet of";
    if (is_virtual(net, net->gateway))
        return "that is ours, by vip=; expected none, or another host beside";
    return NULL;
}

static const char *virtual_problem(const struct netif_config *net, uint32_t vip)
{
    if (vip == net->ip)
        return "a virtual address is silent in ARP; expected others than";
    if (net->ip != 0 && is_same_subnet(vip, net->ip, net->prefix) &&
        subnet_is_end(vip, net->prefix))
        return "no host has that address; expected one that is free in the subnet of";
    return NULL;
}

bool contradiction_find(const struct options *o, struct contradiction *c)
{
    const struct netif_config *net = &o->net;
    *c = (struct contradiction){"gw", net->gateway, gateway_problem(net)};
    for (int i = 0; i < net->vip_count && !c->problem; i++)
        *c = (struct contradiction){"vip", net->vip[i], virtual_problem(net, net->vip[i])};
    return c->problem != NULL;
}
