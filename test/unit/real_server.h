/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A real server behind a director, for the tests of neighbours: clients whose requests for a virtual
 * address come by way of the director, and whose answers go to them by a way of their own.
 */
#ifndef TEST_REAL_SERVER_H
#define TEST_REAL_SERVER_H

#include "frame_pool.h"

#include <stddef.h>
#include <stdint.h>

#define NEVER   UINT64_MAX
#define VIP     0xcb007107u /* 203.0.113.7, the virtual address */
#define GATEWAY 0xc0a864feu /* 192.168.100.254 */
#define FAR     0xc6336401u /* 198.51.100.1 */

extern const uint8_t DIRECTOR_MAC[6], NEW_MAC[6];

/* The VLAN tags of a frame. */
struct tags {
    uint8_t octet[8];
    size_t len;
};

extern const struct tags UNTAGGED;

/* A client's ping to the virtual address, which the director has handed on. */
struct ping vip_ping(uint32_t client);

/* Gives a frame to the core and takes back what is released. */
enum verdict give_ping(const struct ping *p, const struct tags *tags);
enum verdict give_arp(const struct arp *a, const struct tags *tags);

/* Expects that only the answer to p was sent, with this identification, to this MAC. */
void expect_pong(const struct ping *p, unsigned id, const uint8_t *mac, const struct tags *tags);

/* A client's ping is answered at once, to this MAC; or its answer has to wait. */
void answered_at_once(uint32_t client, const uint8_t *mac);
void answer_held(uint32_t client);

/* Expects that a request for this address is due now, and is sent to this MAC. */
void expect_arp_request(uint32_t ip, const uint8_t *mac, const struct tags *tags);

/* Expects that nothing is due, now or later. */
void nothing_due(void);

/* What a neighbour says of itself: with op 2 to us, with op 1 as it asks for somebody else. */
struct arp arp_says(uint32_t ip, const uint8_t *mac, int op);

/* A neighbour's reply to our request, which is taken. */
void arp_reply_of(uint32_t ip, const uint8_t *mac);

/* A client pings, is asked for, and replies: one answer was sent. */
void make_known(uint32_t client, const uint8_t *mac);

/* The interface, with the virtual address, and the frame pool start anew. At the end everything
 * comes back in time. */
int real_server_setup(void **state);
int real_server_teardown(void **state);

#define REAL_SERVER_TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, real_server_setup, real_server_teardown)

#endif
