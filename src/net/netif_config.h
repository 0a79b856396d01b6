/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interface's configuration. Defaults: config.h; the command line's words: options.h.
 *
 * IPv4 addresses are ordinary numbers (192.168.100.2 is 0xc0a86402); only wire headers hold them as
 * octets.
 */
#ifndef NET_NETIF_CONFIG_H
#define NET_NETIF_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#define NETIF_VIPS_MAX    8
#define NETIF_PROXIES_MAX 8
#define NETIF_VLANS_MAX   8

/* Services that can be switched on and off: bits of netif_config.services. */
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

struct netif_config {
    uint32_t ip; /* 0: none */
    uint8_t prefix;
    uint32_t gateway;     /* gets the answers for hosts outside our subnet; 0: none */
    bool probe;           /* ask whether the address is free before it is used (RFC 5227 2.1) */
    bool never_announce;  /* for capture files: nobody listens there */
    uint32_t announce_us; /* microseconds between periodic announcements; 0: there are none */
    uint8_t ttl;          /* time to live of our packets, 1 to 255; STAMP has its own */
    uint8_t services;     /* bits of enum service */
    uint16_t stamp_port;  /* UDP port of the STAMP reflector */
    bool broadcast;       /* answer echo requests to a broadcast address */
    uint32_t icmp_rate;   /* ICMP errors a second to a sender in the long run; 0: none are sent */
    uint32_t icmp_burst;  /* ICMP errors that may be sent to it at once after a quiet time */

    /*
     * Virtual addresses, as a real server of direct server return has them: ours, but silent in
     * ARP.
     */
    uint32_t vip[NETIF_VIPS_MAX];
    uint8_t vip_count;

    /* Prefixes that we are ARP proxy for: not ours, but answered in ARP. */
    struct ipv4_network proxy[NETIF_PROXIES_MAX];
    uint8_t proxy_count;

    /* The tagged VLANs that we are in. */
    uint16_t vlan[NETIF_VLANS_MAX];
    uint8_t vlan_count;
    bool any_vlan; /* we are in all VLANs */
};

#endif
