/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is proven of src/net: each function prove_X runs the core once with unknown values, which the
 * prover takes as all values at once. See docs/proof.md.
 *
 * A frame lies in a buffer that ends with its last octet, so that the longest one ends there too.
 */
#include "net/net.h"

#include "__fc_builtin.h"

#include <string.h>

#define CAP     1522 /* the longest frame with two VLAN tags, as virtio_net.c has it */
#define MTU_MIN 68   /* RFC 791 */
#define MTU_MAX 1500

#define ANY(type, min, max) ((type)Frama_C_unsigned_long_interval(min, max))
#define FILL(variable)      ((variable) = ANY(__typeof__(variable), 0, (__typeof__(variable))-1))

static uint8_t buffer[NET_HEAD_MIN + CAP];
static struct netif nif;

static bool any_bool(void)
{
    return ANY(bool, 0, 1);
}

static uint64_t any_time(void)
{
    return ANY(uint64_t, 0, UINT64_MAX);
}

/* Every configuration that the options can make, and more. */
static void any_config(struct netif_config *c)
{
    FILL(c->ip);
    c->prefix = ANY(uint8_t, 0, 32);
    FILL(c->gateway);
    c->probe = any_bool();
    c->never_announce = any_bool();
    FILL(c->announce_us);
    c->ttl = ANY(uint8_t, 1, 255);
    FILL(c->services);
    FILL(c->stamp_port);
    c->broadcast = any_bool();
    FILL(c->icmp_rate);
    FILL(c->icmp_burst);
    for (int i = 0; i < NETIF_VIPS_MAX; i++)
        FILL(c->vip[i]);
    c->vip_count = ANY(uint8_t, 0, NETIF_VIPS_MAX);
    for (int i = 0; i < NETIF_PROXIES_MAX; i++) {
        FILL(c->proxy[i].address);
        FILL(c->proxy[i].mask);
    }
    c->proxy_count = ANY(uint8_t, 0, NETIF_PROXIES_MAX);
    for (int i = 0; i < NETIF_VLANS_MAX; i++)
        FILL(c->vlan[i]);
    c->vlan_count = ANY(uint8_t, 0, NETIF_VLANS_MAX);
    c->any_vlan = any_bool();
}

/* The core as net_init() leaves it, at any later time. */
static void start(void)
{
    struct netif_config config = {0};
    mac_t mac;
    any_config(&config);
    memset(&mac, ANY(uint8_t, 0, 255), sizeof mac);
    net_init(&nif, &config, &mac, ANY(uint16_t, MTU_MIN, MTU_MAX), ANY(uint16_t, 0, UINT16_MAX),
             any_time());
    if (any_bool())
        net_set_wall_clock(&nif, any_time(), ANY(uint16_t, 0, UINT16_MAX));
    nif.now = any_time();
}

/* A frame of any length with any octets; behind it in the buffer lies anything. */
static struct frame any_frame(void)
{
    memset(buffer, ANY(uint8_t, 0, 255), sizeof buffer);
    return (struct frame){.data = buffer + NET_HEAD_MIN,
                          .len = ANY(uint16_t, 0, CAP),
                          .cap = CAP,
                          .head = NET_HEAD_MIN};
}

/* One frame into a core that has just started. */
void prove_frame(void)
{
    start();
    struct frame f = any_frame();
    net_input(&nif, &f);
    if (f.stamp)
        net_stamp(&nif, &f, any_time());
    Frama_C_show_each_end();
}

/* Everything but frames, in any order and number. */
void prove_quiet(void)
{
    start();
    while (any_bool()) {
        struct frame spare = any_frame();
        bool is_answer;
        nif.now = any_time();
        switch (ANY(int, 0, 6)) {
        case 0:
            net_tick(&nif, &spare);
            break;
        case 1:
            net_due(&nif);
            break;
        case 2:
            net_link_up(&nif);
            break;
        case 3:
            net_announce(&nif);
            break;
        case 4:
            net_set_mtu(&nif, ANY(uint16_t, MTU_MIN, MTU_MAX));
            break;
        case 5:
            net_set_wall_clock(&nif, any_time(), ANY(uint16_t, 0, UINT16_MAX));
            break;
        default:
            net_released(&nif, &is_answer);
        }
    }
    Frama_C_show_each_end();
}
