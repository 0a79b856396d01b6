/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of ARP's other half (RFC 826, RFC 1122 2.3.2): which answers go to whom, who is known
 * until when, and which requests are due.
 */
#ifndef FUZZ_NEIGHBOURS_H
#define FUZZ_NEIGHBOURS_H

#include "kept.h"

#define REQUESTS_MOST 80 /* in one call of driver.c's tick() */

/* An ARP request that the core has made. */
struct request {
    uint8_t octets[ETH_LEAST];
    size_t len;
    bool right;
};

enum way {
    BACK_WHERE_IT_CAME_FROM,
    TO_THE_NEIGHBOUR,
    TO_BE_KEPT,
};

/* Nobody is known. */
void neighbours_start(void);

/* All are forgotten, and what waits for them is given up. */
void neighbours_forget(void);

/* The address of the host on the wire that an answer to this IPv4 packet is handed to; 0: the one
 * that its frame came from. */
uint32_t neighbours_next_hop(const struct judge *j, const uint8_t *ip);

/*
 * An answer to the request is made, and goes to this next hop where the request's tags lead: what
 * has to become of it. peer becomes the MAC that it goes to, unless it is to be kept.
 */
enum way neighbours_use(struct judge *j, uint32_t hop, const uint8_t *request, uint8_t *peer);

/* What was to be kept for the next hop of neighbours_use() is kept now. */
void neighbours_keep(uint32_t hop, const uint8_t *request, struct kept *k);

/*
 * The request is an ARP packet that tells where its sender is. Whether that was of use; *sent
 * becomes what kind of answer goes to him because of it, NOTHING if none.
 */
bool neighbours_learn(const struct judge *j, const uint8_t *request, enum kind *sent);

/* Whether an answer waits for somebody. */
bool neighbours_wait(void);

/* An answer that waited may have been released, unsent, to make room: takes note of it. wanted:
 * room was needed. Whether one was. */
bool neighbours_gave_way(bool wanted);

/* Whether somebody is given up for good at this time. */
bool neighbours_gives_up(const struct judge *j);

/* Judges the requests that were made at this time: those due and no others. */
void neighbours_judge_tick(const struct judge *j, struct request *requests, size_t n);

/* Answers that were given up so far, as their neighbours did not say where they are. */
uint64_t neighbours_silent(void);

#endif
