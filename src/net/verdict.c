/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verdicts' names and meanings, from the one list: all in one text, as a pointer to each would
 * take as much room as a third of them.
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
