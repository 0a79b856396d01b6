/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames for the tests of the network core, built octet by octet from the RFCs.
 *
 * Nothing here uses the core's own headers, checksum or byte order, so a mistake there can't hide
 * here. A frame is described by its fields, all sound until a test changes one.
 */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

#include "net/wire/ipv4.h"
#include "net/net.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#define OUR_IP    0xc0a86402u /* 192.168.100.2/24 */
#define PEER_IP   0xc0a86401u
#define OTHER_IP  0xc0a86403u
#define FRAME_MIN 60u  /* octets of the shortest frame, without the frame check sequence */
#define AUTO      (-1) /* a length or checksum that the builder works out */

#define SECOND 1000000u /* of nif.now */

extern const uint8_t OUR_MAC[6], PEER_MAC[6], OTHER_MAC[6], BROADCAST_MAC[6], MULTICAST_MAC[6],
    ZERO_MAC[6];

/* The interface under test; frames_setup() starts it as the image's defaults do, with MTU 1500. */
extern struct netif nif;
extern const struct netif_config DEFAULT_CONFIG;
int frames_setup(void **state);
void frames_start(const struct netif_config *config); /* the same with another configuration */
void use_ip(uint32_t ip, unsigned prefix);            /* in use at once; 0: none */
void hold_at_most(unsigned frames);                   /* and nothing is held now */

/* Octets as they go over the wire. */
struct wire {
    uint8_t octet[2048];
    size_t len;
};

void wire_put(struct wire *w, unsigned octets, uint32_t value); /* most significant first */
void wire_copy(struct wire *w, const uint8_t *data, size_t len);
void wire_fill(struct wire *w, uint8_t value, size_t until); /* up to this length */
void wire_set16(struct wire *w, size_t offset, uint16_t value);

/* RFC 1071, as plain as it can be: the sum of 16-bit words, carries added back in at each step. */
uint16_t plain_sum(const uint8_t *data, size_t len);

/* The same over the pseudo-header of UDP and TCP and a message of len octets. */
uint16_t transport_sum(uint32_t src, uint32_t dst, int protocol, const uint8_t *data, size_t len);

/* Puts VLAN tags, four octets each, into a frame that has none. */
void wire_tag(struct wire *w, const uint8_t *tags, size_t len);

struct ping {
    const uint8_t *eth_dst, *eth_src;
    int ethertype;
    int version, ihl, tos, total_length, id, flags_offset, ttl, protocol, ip_checksum;
    uint32_t src, dst;
    const uint8_t *options; /* a multiple of four octets */
    size_t options_len;
    int type, code, icmp_checksum;
    int ident, sequence;
    const uint8_t *data;
    size_t data_len;
};

struct ping ping_request(void);                  /* from the peer to us, 56 octets of data */
struct ping ping_reply(const struct ping *ping); /* what the RFCs answer to it, options alike */
void wire_ping(struct wire *w, const struct ping *ping);

/* The headers of any IPv4 packet. */
struct ip {
    const uint8_t *eth_dst, *eth_src;
    int tos, total_length, id, flags_offset, ttl, protocol;
    uint32_t src, dst;
    const uint8_t *options; /* a multiple of four octets */
    size_t options_len;
};

struct ip ip_request(int protocol);      /* from the peer to us */
struct ip ip_reply(const struct ip *ip); /* the header of the answer, options alike */
void wire_ip(struct wire *w, const struct ip *ip, size_t payload_len); /* which is to follow */

struct udp {
    struct ip ip;
    int sport, dport, length, checksum;
    const uint8_t *data;
    size_t data_len;
};

struct udp udp_request(int dport);           /* 56 octets of data */
struct udp udp_reply(const struct udp *udp); /* the same data goes back */
void wire_udp(struct wire *w, const struct udp *udp);

struct tcp {
    struct ip ip;
    int sport, dport;
    uint32_t seq, ack;
    int offset, reserved, flags, window, checksum, urgent; /* offset in units of four octets */
    const uint8_t *options;                                /* a multiple of four octets */
    size_t options_len;
    const uint8_t *data;
    size_t data_len;
};

struct tcp tcp_request(int flags);
struct tcp tcp_reset(const struct tcp *tcp); /* by RFC 9293 3.10.7.1 */
void wire_tcp(struct wire *w, const struct tcp *tcp);

/*
 * The ICMP error about the packet of an untagged frame, which it quotes: octets of it, or with 0
 * all of it, at most 548 (RFC 1812 4.3.2.3). Padded.
 */
void wire_icmp_error(struct wire *w, const struct wire *in, int type, int code, size_t octets);

struct arp {
    const uint8_t *eth_dst, *eth_src;
    int hrd, pro, hln, pln, op;
    const uint8_t *sha;
    uint32_t spa;
    const uint8_t *tha;
    uint32_t tpa;
};

struct arp arp_request(void);                /* the peer asks everybody for our address */
struct arp arp_reply(const struct arp *arp); /* what RFC 826 answers to it */
void wire_arp(struct wire *w, const struct arp *arp);

/*
 * Gives the frame to net_input() in a buffer of the exact size with NET_HEAD_MIN octets in front.
 * It must come to this verdict, count it once and change nothing else of the interface but what
 * goes with that verdict; with an answer the frame must be exactly that, padded to 60 octets;
 * without (NULL) it and what is around it must be as it was. After a STAMP answer net_stamp() is
 * called at frame_transmit, if that is not 0.
 */
extern uint64_t frame_transmit;
extern size_t frame_room; /* octets that are free behind a frame that is to be dropped */
void frame_expect(const struct wire *in, enum verdict want, const struct wire *answer,
                  const char *file, int line);
void ping_expect(const struct ping *ping, enum verdict want, const struct ping *answer,
                 const char *file, int line);
void arp_expect(const struct arp *arp, enum verdict want, const struct arp *answer,
                const char *file, int line);

/* The same, where the answer is ping_reply() or arp_reply(). */
void ping_answered_(const struct ping *ping, const char *file, int line);
void arp_answered_(const struct arp *arp, const char *file, int line);

#define expect_drop(in, want)          frame_expect(in, want, NULL, __FILE__, __LINE__)
#define expect_reply(in, want, answer) frame_expect(in, want, answer, __FILE__, __LINE__)
#define ping_dropped(ping, want)       ping_expect(ping, want, NULL, __FILE__, __LINE__)
#define arp_dropped(arp, want)         arp_expect(arp, want, NULL, __FILE__, __LINE__)
#define ping_answered(ping)            ping_answered_(ping, __FILE__, __LINE__)
#define arp_answered(arp)              arp_answered_(arp, __FILE__, __LINE__)

/* The frame that net_tick() is to make at a time: this one, or with VERDICT_NONE (NULL) none. */
void tick_expect(uint64_t now, enum verdict want, const struct wire *made, const char *file,
                 int line);
#define expect_tick(now, want, made) tick_expect(now, want, made, __FILE__, __LINE__)
#define expect_no_tick(now)          tick_expect(now, VERDICT_NONE, NULL, __FILE__, __LINE__)

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A test of its own, on a fresh interface. */
#define TEST(name) cmocka_unit_test_setup(name, frames_setup)

#endif
