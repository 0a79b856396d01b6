/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffers of fuzz_frames: each is given to the core once, and has to come back once. What was
 * in it is kept, so that the judge can compare.
 */
#ifndef FUZZ_SLOTS_H
#define FUZZ_SLOTS_H

#include "judge.h"

#include "net/net.h"

#define SLOTS_MOST 1024 /* frames in one script; those that are held count until they come back */

enum place { FREE, GIVEN, HELD, BACK };

struct slot {
    struct frame frame; /* the core may change it */
    struct frame given; /* as it was */
    uint8_t *buffer;
    uint8_t *before; /* the octets of buffer as they were */
    size_t size;     /* of both */
    enum place place;
    uint64_t since;    /* when it was given */
    struct kept *kept; /* the answer that it is a part of and that waits: kept.h */
    const uint8_t *ip; /* of a fragment: the IPv4 header in before, and its VLANs */
    unsigned vlans;
    bool contradicts; /* the fragments of its datagram that were held when it came */
    bool opens;       /* none of its datagram was held when it came */
    bool excused;     /* there is a reason to release it without an answer */
    bool released;    /* in the batch of releases that is judged now; and as an answer */
    bool sent;
};

extern struct slot slots[SLOTS_MOST];
extern size_t slots_used;
extern size_t slots_back; /* of them, all that were before this have come back */

/* The loop over the slots that are, or until now were, held. */
#define FOR_EACH_HELD(s)                                                                           \
    for (struct slot * (s) = slots + slots_back; (s) < slots + slots_used; (s)++)                  \
        if ((s)->place == HELD)

/* How many that are. */
unsigned slots_held(void);

/* Fills a slot with a frame of len octets in a buffer of its own, behind which extra octets lie
 * that are no part of it. roomy: with more than the least room around it. */
void slot_fill(struct slot *s, const uint8_t *octets, size_t len, size_t extra, bool roomy);

/* The next of the slots[], filled at time now; NULL when there are too many. */
struct slot *slot_give(const uint8_t *octets, size_t len, size_t extra, bool roomy, uint64_t now);

/* The slot of a frame that the core gave back; aborts if it is none that it held. */
struct slot *slot_of(const struct frame *f);

/* Aborts if the core has changed the frame or its buffer. */
void slot_check_unchanged(const struct slot *s);

/* Aborts unless the frame lies in its buffer, and its fields agree. */
void slot_check_answer(const struct slot *s);

/* The request, from its Ethernet header on. */
const uint8_t *slot_request(const struct slot *s);

/* The buffer is the caller's again. */
void slot_free(struct slot *s);

/* Forgets all of them. */
void slots_clear(void);

#endif
