/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets for the tests of the network core, built from the RFCs, and what the RFCs answer to them.
 *
 * A packet is described by its fields, all sound until a test changes one.
 */
#ifndef TEST_PACKETS_H
#define TEST_PACKETS_H

#include "octets.h"

#include <stddef.h>
#include <stdint.h>

#define FRAME_MIN 60u  /* octets of the shortest frame, without the frame check sequence */
#define AUTO      (-1) /* a length or checksum that the builder works out */

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
struct arp arp_ours(const uint8_t *eth_dst, int op, uint32_t spa, uint32_t tpa); /* we send it */
void wire_arp(struct wire *w, const struct arp *arp);

#endif
