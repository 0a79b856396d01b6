/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interface's configuration. Defaults: config.h; the command line's words: options.h.
 *
 * IPv4 addresses are numbers of the machine (192.168.100.2 is 0xc0a86402); only wire headers hold
 * them as octets.
 */
#ifndef NET_NETIF_CONFIG_H
#define NET_NETIF_CONFIG_H

#include "net/ip.h"

#include <stdbool.h>
#include <stdint.h>

#define NETIF_VIPS_MAX    8
#define NETIF_IP6_MAX     4
#define NETIF_PROXIES_MAX 8
#define NETIF_VLANS_MAX   8

/* What is answered only where it is switched on: bits of netif_config.services. */
enum service {
    SERVICE_ECHO = 1,      /* UDP port 7, RFC 862 */
    SERVICE_DISCARD = 2,   /* UDP port 9, RFC 863 */
    SERVICE_STAMP = 4,     /* UDP port 862, RFC 8762 */
    SERVICE_TIMESTAMP = 8, /* ICMP timestamp, RFC 792 */
};

struct ipv4_network {
    uint32_t address;
    uint32_t mask;
};

/* An IPv6 address with its prefix length. */
struct ipv6_prefix {
    struct ip_address address;
    uint8_t prefix;
};

struct netif_config {
    uint32_t ip; /* 0: none */
    uint8_t prefix;
    uint32_t gateway;     /* takes what is for hosts outside our subnet; 0: none */
    bool probe;           /* ask whether the address is free before it is used (RFC 5227 2.1) */
    bool never_announce;  /* answers only: for capture files, on which nobody listens */
    uint32_t announce_us; /* between periodic announcements; 0: none */
    uint8_t ttl;          /* of every packet that we send, 1 to 255 */
    uint8_t services;     /* bits of enum service */
    uint16_t stamp_port;  /* UDP port of the STAMP reflector */
    bool broadcast;       /* answer echo requests to a broadcast address */
    uint32_t icmp_rate;   /* ICMP errors a second in the long run; 0: none at all */
    uint32_t icmp_burst;  /* ICMP errors at once after a quiet time */

    /* IPv6. */
    bool ip6_none;     /* none at all */
    bool ip6_auto;     /* addresses that routers' advertisements make */
    bool ttl_typed;    /* a router does not change it */
    bool no_nonce;     /* probes without a nonce, for suites older than RFC 7527 */
    uint8_t dad;       /* probes before an address is taken for free; 0: none */
    uint8_t ip6_count; /* typed addresses */
    struct ipv6_prefix ip6[NETIF_IP6_MAX];

    /* Also ours, but silent in ARP: those of a direct-server-return real server. */
    uint32_t vip[NETIF_VIPS_MAX];
    uint8_t vip_count;

    /* Not ours, but answered in ARP. */
    struct ipv4_network proxy[NETIF_PROXIES_MAX];
    uint8_t proxy_count;

    /* The tagged VLANs that we are in. */
    uint16_t vlan[NETIF_VLANS_MAX];
    uint8_t vlan_count;
    bool any_vlan; /* in all of them */
};

#endif
