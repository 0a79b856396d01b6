/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdicts' names and meanings, from the one list. */
#include "net/verdict.h"

static const char *const names[VERDICT_COUNT] = {
#define V(name, meaning) [name] = #name,
    VERDICTS(V)
#undef V
};

static const char *const meanings[VERDICT_COUNT] = {
#define V(name, meaning) [name] = (meaning),
    VERDICTS(V)
#undef V
};

const char *verdict_name(enum verdict v)
{
    return names[v];
}

const char *verdict_meaning(enum verdict v)
{
    return meanings[v];
}
