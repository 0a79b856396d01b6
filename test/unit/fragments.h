/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datagrams in fragments, for the tests of reassembly: a request, the reply that is expected, and
 * their pieces. The frames are those of frame_pool.h.
 */
#ifndef TEST_FRAGMENTS_H
#define TEST_FRAGMENTS_H

#include "frame_pool.h"

#include "net/reassembly.h"

#include <stddef.h>
#include <stdint.h>

#define TIMEOUT ((uint64_t)REASSEMBLY_TIMEOUT_US)

struct datagram_text {
    struct ip ip;
    uint8_t payload[65536];
    size_t len;
};

/* The datagram of the test, and its answer, whose header is made when it is expected. */
extern struct datagram_text request, reply;

void use_ping(size_t data_len);           /* an echo request with so many octets of data */
void use_udp(int dport, size_t data_len); /* a UDP datagram and its echo */

/* A piece of a datagram's payload. */
struct cut {
    size_t offset, len;
};

/* The frame with a piece of a datagram. */
void wire_piece(struct wire *w, const struct datagram_text *d, size_t offset, size_t len);

/* Gives a fragment to the core, which never answers it by its verdict. Takes nothing back. */
enum verdict give_only(const struct wire *w);

/* Gives a piece of the request to the core and takes back what is released. */
enum verdict give_piece(size_t offset, size_t len);

/* All pieces, each of which is held, and answered no sooner than with the last. */
void give_all(const struct cut *cuts, size_t count);

/* A piece in a frame with VLAN tags, which is held. */
void give_tagged(const uint8_t *tags, size_t len, size_t offset, size_t octets);

/* The first 40 octets of a ping with this identification, which are held. */
void give_first_of(int id);

/* As a sender with this MTU cuts the request: the pieces, and how many there are. */
size_t cut_by_mtu(struct cut *cuts, size_t mtu);

/* The pieces of the answer, where the first one takes up to `most` octets from those behind it. */
size_t gather(struct cut *cuts, size_t count, size_t most);

/* Expects that what was sent, and is not expected yet, is the reply in these pieces. */
void expect_answer(const struct cut *cuts, size_t count);

/* Expects that the frame at this place of sent is a piece of the reply, with the header reply.ip. */
void expect_piece(size_t at, const struct cut *cut);

/* Expects that nothing was sent. */
void expect_silence(void);

/* Does what is due at this time; no announcements. */
void tick_at(uint64_t now);

/* The interface and the frame pool start anew. At the end nothing stays behind: what is held is
 * given up in time, and then nothing is due any more. */
int fragments_setup(void **state);
int fragments_teardown(void **state);

#define FRAGMENT_TEST(name)                                                                        \
    cmocka_unit_test_setup_teardown(name, fragments_setup, fragments_teardown)

#endif
