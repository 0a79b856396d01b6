/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames for the tests of the network core, built octet by octet from the RFCs.
 *
 * Nothing here uses the core's own headers, checksum or byte order, so a mistake there can't hide
 * here. A frame is described by its fields, all sound until a test changes one.
 */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

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

extern const uint8_t OUR_MAC[6], PEER_MAC[6], OTHER_MAC[6], BROADCAST_MAC[6], MULTICAST_MAC[6],
    ZERO_MAC[6];

/* The interface under test; frames_setup() gives it our addresses, MTU 1500 and TTL 64. */
extern struct netif nif;
int frames_setup(void **state);

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
 * Gives the frame to net_input() in a buffer of the exact size. It must come to this verdict, count
 * it once and change nothing else of the interface; with an answer the frame must be exactly that,
 * padded to 60 octets; without (NULL) it must be as it was.
 */
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

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A test of its own, on a fresh interface. */
#define TEST(name) cmocka_unit_test_setup(name, frames_setup)

#endif
