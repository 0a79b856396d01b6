/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The neighbours that answers from a virtual address go to, and the answers that wait for them (RFC
 * 1122 2.3.2). The judge knows a neighbour from the frames on the wire: which MAC spoke for its
 * address, and when the core asked for it. The rules:
 *
 * - an answer goes to the MAC that spoke last for the neighbour's address in its VLAN, less than a
 *   minute ago; or back to where the request came from, if there is no room to hold it;
 * - a neighbour is asked for at most once a second, three times, and only if there is a reason;
 * - an answer that waits is the latest one. It is sent when its neighbour speaks, and given up only
 *   for a reason.
 *
 * Which neighbour has to give way to others when there are many is not judged.
 */
#ifndef FUZZ_HOPS_H
#define FUZZ_HOPS_H

#include "slots.h"
#include "wire.h"

/* An answer that waits: what was right when it was made. */
struct waiting {
    enum kind kind;
    struct judge then;
    struct payload request; /* the datagram, if it came in fragments; its octets are a copy */
    uint8_t *octets;
};

struct hop {
    uint32_t ip;
    unsigned vlans;
    uint8_t tags[8]; /* as they were when it was first needed */
    size_t tags_size;
    bool present; /* the core has an entry for it */
    bool known;   /* it has said where it is, and was believed when it was used last */
    bool poll;    /* it is to be asked whether it is still there */
    bool gave_up; /* the latest call gave up its answer, and the reason is still to be found */
    uint8_t mac[6];
    uint64_t heard;    /* 0: never */
    uint64_t asked_at; /* 0: never */
    unsigned asked;    /* times by broadcast, since it is not known */
    bool waits;        /* an answer for it does: */
    struct waiting waiting;
};

/* Starts without a neighbour. */
void hops_start(void);

/* The core forgets all neighbours. */
void hops_forget(void);

/* From now on it is not certain which neighbours the core knows: only rules that do not depend on
 * that are judged. */
void hops_doubt(void);

/* The neighbour that an answer to this IPv4 packet goes to, in the VLAN of the request's frame; NULL:
 * it goes back. */
struct hop *hop_of(const struct judge *j, const uint8_t *ip, const uint8_t *request);

/*
 * An answer to the request goes to this neighbour now. frame: as it is sent; NULL: it is held. full:
 * there is no room to hold one more. Returns the MAC that it is for, NULL if it goes back.
 */
const uint8_t *hop_use(const struct judge *j, struct hop *h, const uint8_t *request,
                       const uint8_t *frame, bool full);

/* From now on this answer waits for it, in the slots whose hop it is. request: the datagram, if it
 * came in fragments. */
void hop_wait(const struct judge *j, struct hop *h, enum kind kind, const struct payload *request);

/* The answer does not wait any more. */
void hop_end_wait(struct hop *h);

/* How many answers wait. */
unsigned hops_waiting(void);

/* Aborts if the latest call gave up more answers than this: so many could make room for others. */
void hops_judge_given_up(unsigned room);

/* The frame is an ARP packet, which says where its sender is. Returns the sender, if the core has
 * answers for it; else NULL. consumed: the core's verdict is CONSUMED_ARP_REPLY. */
struct hop *hop_hear(const struct judge *j, const uint8_t *frame, bool consumed);

/* The core has sent this ARP request: aborts unless it is right and due. */
void hop_judge_request(const struct judge *j, const uint8_t *frame, size_t len);

/* The core has done all that is due: aborts if a request is missing, or an answer waits too long. */
void hops_judge_tick(const struct judge *j);

/* The loop over all neighbours so far. */
extern struct hop hops[SLOTS_MOST];
extern size_t hops_used;
#define FOR_EACH_HOP(h) for (struct hop * (h) = hops; (h) < hops + hops_used; (h)++)

#endif
