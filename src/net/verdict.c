/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verdicts' names and meanings, made from the one list. They all are one text without pointers
 * to its parts, which would take a third more room.
 */
#include "net/verdict.h"

#include <string.h>

static const char texts[] =
#define V(name, meaning) #name "\0" meaning "\0"
    VERDICTS(V)
#undef V
    ;

/* The n-th of the texts, counted from 0. */
static const char *text(unsigned n)
{
    const char *t = texts;
    while (n-- > 0)
        t += strlen(t) + 1;
    return t;
}

const char *verdict_name(enum verdict v)
{
    return text(2 * (unsigned)v);
}

const char *verdict_meaning(enum verdict v)
{
    return text(2 * (unsigned)v + 1);
}
