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

enum place {
    GIVEN,
    HELD,     /* with the core */
    RELEASED, /* the core has put it on its list of released frames, from which it was not taken yet */
    BACK,
};

struct hop;

struct slot {
    struct frame frame; /* the core may change it */
    struct frame given; /* as it was */
    uint8_t *buffer;
    uint8_t *before; /* the octets of buffer as they were */
    size_t size;     /* of both */
    enum place place;
    bool fresh;      /* released by the latest call, and not judged yet */
    bool is_answer;  /* released to be sent */
    bool part;       /* of the answer that is being judged */
    unsigned sum;    /* of the buffer's octets when that was judged */
    struct hop *hop; /* the answer that waits for this neighbour is, or is also, in this buffer */

    uint64_t since;    /* when it was given */
    const uint8_t *ip; /* of a fragment: the IPv4 header in before; else NULL */
    unsigned vlans;    /* of a fragment */
};

extern struct slot slots[SLOTS_MOST];
extern size_t slots_used;
extern size_t slots_back; /* of them, all that were before this have come back */

/* The loop over the slots that may not have come back. */
#define FOR_EACH_SLOT(s)                                                                           \
    for (struct slot * (s) = slots + slots_back; (s) < slots + slots_used; (s)++)

/* How many frames are with the core: held, or released and not taken yet. */
unsigned slots_held(void);

/* Fills a slot with a frame of len octets in a buffer of its own, behind which extra octets lie
 * that are no part of it. roomy: with more than the least room around it. */
void slot_fill(struct slot *s, const uint8_t *octets, size_t len, size_t extra, bool roomy);

/* The next of the slots[], filled at time now; NULL when there are too many. */
struct slot *slot_give(const uint8_t *octets, size_t len, size_t extra, bool roomy, uint64_t now);

/* Looks which frames the core has released since the last time: they become RELEASED and fresh.
 * Aborts if one of them was not held, or is in the list twice, or has left it. */
void slots_look(const struct netif *nif);

/* It is known why the frame was released, and whether it is right. */
void slot_judged(struct slot *s);

/* Takes all released frames back from the core. Aborts unless they are as they were judged. */
void slots_take(struct netif *nif);

/* Aborts if the core has changed the frame or its buffer. */
void slot_check_unchanged(const struct slot *s);

/* Aborts unless the frame lies in its buffer, and its fields agree. */
void slot_check_answer(const struct slot *s);

/* The request, from its Ethernet header on. */
const uint8_t *slot_request(const struct slot *s);

/* Aborts with this message and the request. */
_Noreturn void slot_wrong(const char *what, const struct slot *s);

/* The buffer is the caller's again. */
void slot_free(struct slot *s);

/* Forgets all of them. */
void slots_clear(void);

#endif
