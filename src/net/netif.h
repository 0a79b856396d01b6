/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network interface: who we are on this wire, what we answer there, and what became of the
 * frames.
 *
 * IPv4 addresses are numbers of the machine (192.168.100.2 is 0xc0a86402); only wire headers hold
 * them as octets. Times are microseconds of one clock that never goes back.
 */
#ifndef NET_NETIF_H
#define NET_NETIF_H

#include "net/eth_header.h"
#include "net/frame.h"
#include "net/mac.h"
#include "net/verdict.h"

#include <stdbool.h>
#include <stdint.h>

#define IPV4_LIMITED_BROADCAST 0xffffffffu

#define NETIF_VIPS_MAX    8
#define NETIF_PROXIES_MAX 8
#define NETIF_VLANS_MAX   8

#define ARP_CACHE_MAX 64 /* neighbours that we know the hardware address of, or ask for it */

#define REASSEMBLY_FRAGMENTS_MAX 512 /* fragments that can be held at once */
#define REASSEMBLY_DATAGRAMS_MAX 32  /* datagrams they can belong to */

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

/* What the one who starts us wants: the defaults are in config.h, the words in options.h. */
struct netif_config {
    uint32_t ip; /* 0: none */
    uint8_t prefix;
    uint32_t gateway;     /* takes what is for hosts outside our subnet; 0: none */
    bool probe;           /* ask whether the address is free before it is used (RFC 5227 2.1) */
    uint32_t announce_us; /* between periodic announcements; 0: only at the start */
    uint8_t ttl;          /* of every packet that we send, 1 to 255 */
    uint8_t services;     /* bits of enum service */
    uint16_t stamp_port;  /* UDP port of the STAMP reflector */
    bool broadcast;       /* answer echo requests to a broadcast address */
    uint32_t icmp_rate;   /* ICMP errors a second in the long run; 0: none at all */
    uint32_t icmp_burst;  /* ICMP errors at once after a quiet time */

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

/* Claiming our address (RFC 5227): see arp_claim.h. */
struct arp_claim {
    uint32_t ip;  /* the address that is claimed; 0: none */
    bool probing; /* whether it is free is still being asked: not in use yet */
    uint8_t probes_left;
    uint8_t announcements_left; /* each is two frames, a request and a reply */
    bool reply_next;            /* the request was sent, its reply follows */
    uint64_t due;               /* when the next frame is, or the address is ours */
    uint64_t defend_after;      /* it is not defended again before that */
    mac_t rival;                /* who claimed our address last */
    uint64_t conflicts;         /* how often that was */
};

/* A host on this wire that answers of ours go to, though it need not have asked: see arp_cache.h.
 */
struct neighbour {
    uint32_t ip;            /* 0: the entry is free */
    struct eth_header tags; /* the tags that lead there */
    mac_t mac;              /* zero while it is not known */
    bool known;
    uint8_t requests_left;     /* while it is not */
    uint64_t due;              /* the next request, or giving up; UINT64_MAX: none */
    uint64_t stays;            /* until then it is not asked for, nor its entry given to another */
    uint64_t refresh;          /* from then on it is asked for again if it is used */
    uint64_t expires;          /* from then on it is known no longer */
    uint64_t used;             /* when it was, last */
    struct frame_list waiting; /* the latest answer that it was not known for */
    enum verdict verdict;      /* of that answer */
};

struct arp_cache {
    struct neighbour neighbours[ARP_CACHE_MAX];
    uint8_t count; /* the first so many were used at least once */
    uint64_t due;  /* the earliest of theirs */
};

/* A held fragment: see ipv4_reassembly.h. Lists are linked by indices + 1, 0 is their end. */
struct fragment {
    struct frame *frame;
    uint8_t *header; /* IPv4 */
    uint8_t *payload;
    uint16_t offset; /* of the payload in that of the datagram, octets */
    uint16_t length; /* of the payload */
    uint16_t next;   /* the fragment behind it */
};

/* A datagram of which not all has come. */
struct datagram {
    uint32_t src, dst;
    uint32_t vlans; /* that it comes in: eth_vlans() */
    uint16_t id;
    uint8_t protocol;
    uint16_t first; /* of its fragments, in the order of their offsets; 0: the entry is free */
    uint16_t last;
    uint32_t received; /* octets of payload so far */
    uint32_t total;    /* octets of payload in all; 0: not known yet */
    uint64_t expires;
};

struct reassembly {
    uint16_t unused; /* list of the free fragments[] */
    struct datagram datagrams[REASSEMBLY_DATAGRAMS_MAX];
    struct fragment fragments[REASSEMBLY_FRAGMENTS_MAX];
};

struct netif {
    struct netif_config config;
    mac_t mac;
    uint16_t mtu; /* octets of an IP packet on this wire */

    uint32_t ip; /* the address in use; 0: none */

    /* Its subnet, or that of the address we are about to use. Set by netif_set_subnet(). */
    uint8_t prefix;
    uint32_t broadcast; /* all ones in the host part */
    uint32_t network;   /* all zeros there: the broadcast address of 4.2BSD (RFC 1122 3.3.6) */

    uint64_t now;         /* set by the caller before net_input() */
    bool wall_known;      /* the time of day: else only that since the start is told */
    uint64_t wall_offset; /* microseconds from 1970 to time 0 */
    uint16_t wall_error;  /* the error estimate of that, as STAMP sends it (RFC 8762 4.2.1) */

    uint16_t ip_id; /* identification of the packet sent last */
    struct arp_claim claim;
    uint64_t icmp_full; /* when the token bucket of the ICMP errors will be full again */

    /* Frames that are the core's until the caller has taken them back. */
    uint16_t held;
    uint16_t held_max;          /* at most half the ring */
    struct frame_list released; /* those that he is to take */
    struct reassembly reassembly;
    struct arp_cache arp_cache;

    uint64_t verdicts[VERDICT_COUNT];
};

/* The subnet is that of this address and its prefix length, 0 to 32; an ip of 0 has none. */
void netif_set_subnet(struct netif *nif, uint32_t ip, uint8_t prefix);

/* Whether a packet to this address is for us alone, by our own address or a virtual one. */
static inline bool netif_owns(const struct netif *nif, uint32_t ip)
{
    if (ip == nif->ip)
        return ip != 0;
    for (int i = 0; i < nif->config.vip_count; i++)
        if (ip == nif->config.vip[i])
            return true;
    return false;
}

/* Whether this is the address of a host in our subnet. */
static inline bool netif_is_on_link(const struct netif *nif, uint32_t ip)
{
    return nif->prefix == 0 || (ip ^ nif->ip) >> (32 - nif->prefix) == 0;
}

/* Whether this is a broadcast address of our subnet. */
static inline bool netif_is_subnet_broadcast(const struct netif *nif, uint32_t ip)
{
    return ip == nif->broadcast || ip == nif->network;
}

/* Whether we answer in this VLAN. Identifier 0 only carries a priority, 4095 is reserved (IEEE
 * 802.1Q 9.6). */
static inline bool netif_in_vlan(const struct netif *nif, unsigned vid)
{
    if (vid == 0)
        return true;
    if (nif->config.any_vlan)
        return vid != 0xfff;
    for (int i = 0; i < nif->config.vlan_count; i++)
        if (vid == nif->config.vlan[i])
            return true;
    return false;
}

/* Milliseconds since midnight UT, or since the start with the high bit set where that is unknown
 * (RFC 792). */
uint32_t netif_ms_of_day(const struct netif *nif);

/* Ends the hold of a frame: the caller may take it, to be sent or to receive into. */
static inline void netif_release(struct netif *nif, struct frame *f, bool send)
{
    f->is_answer = send;
    if (!send)
        f->stamp = NULL;
    frame_list_add(&nif->released, f);
}

static inline void netif_count(struct netif *nif, enum verdict v)
{
    nif->verdicts[v]++;
}

#endif
