/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers that are kept until it is known where their neighbour is. */
#ifndef FUZZ_KEPT_H
#define FUZZ_KEPT_H

#include "slots.h"
#include "wire.h"

enum fate { WAITS, IS_SENT, IS_DROPPED };

struct kept {
    struct kept *next;
    enum fate fate;
    uint8_t mac[6]; /* that it is sent to */
    enum kind kind;
    struct judge then;      /* what the judge knew when it was made */
    struct payload request; /* the datagram, if that came in fragments; its octets are a copy */
    uint8_t *octets;
};

/* An answer of this kind is made now. request: the datagram, if it came in fragments. */
struct kept *kept_new(struct judge *j, enum kind kind, const struct payload *request);

/* Its fate: it is sent to this MAC, or dropped if that is NULL. */
void kept_let_go(struct kept *k, const uint8_t *mac);

/* Whether its frames were released. */
bool kept_released(const struct kept *k);

/*
 * Judges what was released of them: those whose fate it is, as a whole, with the right octets. all:
 * everything that is released was asked for.
 */
void kept_judge(struct judge *j, bool all);

/* Forgets all of them. */
void kept_clear(void);

#endif
