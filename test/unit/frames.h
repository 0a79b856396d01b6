/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge of what the network core makes of a frame, and of what it sends by itself. */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

#include "interface.h"
#include "packets.h"

#include "net/net.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

/* Starts the interface as the image's defaults do, at START with MTU 1500. */
int frames_setup(void **state);
void frames_start(const struct netif_config *config); /* the same with another configuration */

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

/* How often a verdict has been counted since the start of the test. */
void verdict_count_expect(enum verdict v, uint64_t count, const char *file, int line);
#define expect_count(v, count) verdict_count_expect(v, count, __FILE__, __LINE__)

/*
 * Makes a frame in memory of its own, which the caller frees: cap octets from the frame's start on,
 * NET_HEAD_MIN before it, 0xa5 where the frame is not.
 */
uint8_t *frame_make(struct frame *f, const struct wire *in, size_t cap);

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A test of its own, on a fresh interface. */
#define TEST(name) cmocka_unit_test_setup(name, frames_setup)

#endif
