/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6 frames for the tests of the network core, built from the RFCs, and the hosts that send them.
 *
 * Nothing here uses the core's own headers or checksum. A packet is described by its fields, all
 * sound until a test changes one.
 */
#ifndef TEST_FRAMES6_H
#define TEST_FRAMES6_H

#include "frames.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t address6[16];

/* Ours: the link-local one by EUI-64 (RFC 4291 appendix A), and a typed one. The others are from
 * RFC 3849's block for documentation. */
extern const address6 OUR_LINK, OUR_IP6, PEER_LINK, PEER_IP6, OTHER_IP6, NO_IP6, ALL_NODES,
    ALL_ROUTERS, ALL_MLD, OUR_LINK_GROUP, OUR_GROUP;

/* Extension headers in a row. */
struct chain6 {
    uint8_t first; /* the type of the first */
    uint8_t octet[1400];
    size_t len;
    size_t link; /* where the last one's Next Header is */
};

/* Adds a header: its Next Header is put in later, its length (RFC 8200 4.2: in units of eight octets
 * without the first eight) is that of the body, whose first octet is the header's third. */
void chain6_add(struct chain6 *chain, uint8_t type, const uint8_t *body, size_t len);
void chain6_fragment(struct chain6 *chain, unsigned offset, bool more, uint32_t id);

#define AS_IS (-2)

struct packet6 {
    const uint8_t *eth_dst, *eth_src;
    int version, traffic_class, flow, payload_length, hop_limit;
    const uint8_t *src, *dst;
    struct chain6 chain;
    int protocol; /* of what follows the chain */
    uint8_t payload[2048];
    size_t len;
    int checksum; /* of the payload; AUTO: the right one, AS_IS: what the payload says */
};

void wire_packet6(struct wire *w, const struct packet6 *p);

/* To a group: the MAC of RFC 2464 7 is put in. */
void packet6_to_group(struct packet6 *p, const uint8_t *group);

struct packet6 echo6(void); /* from the peer's to our typed address: 56 octets of data */
struct packet6 udp6(int dport);
struct packet6 tcp6(int flags);
struct packet6 message6(int type, int code, const uint8_t *rest, size_t len); /* of ICMPv6 */

/* RFC 8200 8.1: over the pseudo-header and len octets. */
uint16_t sum6(const uint8_t *src, const uint8_t *dst, int protocol, const uint8_t *data,
              size_t len);

void packet6_payload(struct packet6 *p, const uint8_t *payload, size_t len);

/* The answer's headers: addresses and MACs swapped, no extension headers, DSCP as it came, no ECN,
 * flow label 0, the hop limit ours (checklist 95, 177). */
struct packet6 answer6(const struct packet6 *p);
struct packet6 echo6_reply(const struct packet6 *p); /* RFC 4443 4.2 */

/* The ICMPv6 error about an untagged frame, of which it quotes what fits into 1280 octets. */
void wire_error6(struct wire *w, const struct wire *in, int type, int code, uint32_t pointer);

/* Expects that the packet comes to this verdict, and to this answer. */
void packet6_expect(const struct packet6 *p, enum verdict want, const struct packet6 *answer,
                    const char *file, int line);
void error6_expect(const struct packet6 *p, enum verdict want, int type, int code, uint32_t pointer,
                   const char *file, int line);

#define expect6(p, want, answer) packet6_expect(p, want, answer, __FILE__, __LINE__)
#define dropped6(p, want)        packet6_expect(p, want, NULL, __FILE__, __LINE__)
#define error6(p, want, type, code, pointer)                                                       \
    error6_expect(p, want, type, code, pointer, __FILE__, __LINE__)
#define problem6(p, code, pointer)                                                                 \
    error6_expect(p, REPLY_ICMP_PARAMETER_PROBLEM, 4, code, pointer, __FILE__, __LINE__)
#define echoed6(p) echoed6_(p, __FILE__, __LINE__)
void echoed6_(const struct packet6 *p, const char *file, int line);

/* What net_tick() makes until it has nothing more to do at nif.now, at most `most` frames. */
size_t ticks(struct wire *made, size_t most);

/* The next frame that the core sends by itself, at the time when it is due, which is nif.now then:
 * its verdict, VERDICT_NONE if none is due until then. */
enum verdict next_made(struct wire *w, uint64_t until);

/* IPv6 alone: the link-local and the typed address in use without detection, and nothing due. */
extern const struct netif_config CONFIG6;
int frames6_setup(void **state);
void frames6_start(const struct netif_config *config); /* with another one, all that is due done */

#define TEST6(name) cmocka_unit_test_setup(name, frames6_setup)

#endif
