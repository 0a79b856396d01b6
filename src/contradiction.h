/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of the command line of which each is right, but not all together. */
#ifndef CONTRADICTION_H
#define CONTRADICTION_H

#include "options.h"

#include <stdbool.h>
#include <stdint.h>

/* A word that contradicts ip=. */
struct contradiction {
    const char *key;
    uint32_t address;    /* its value, or the wrong one of its list */
    const char *problem; /* a phrase that ends where the value of ip= is to follow */
};

/* Whether there is one. To be asked when all words are taken, as their order does not matter. */
bool contradiction_find(const struct options *o, struct contradiction *c);

#endif
