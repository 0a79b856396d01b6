/* SPDX-License-Identifier: BSD-2-Clause */
/* How the fuzzers say that something is wrong: libFuzzer saves the input when one aborts. */
#include "wrong.h"

#include <stdio.h>
#include <stdlib.h>

void wrong(const char *what, const uint8_t *frame, size_t len)
{
    fprintf(stderr, "unipong fuzzing: %s\n", what);
    for (size_t i = 0; i < len; i++)
        fprintf(stderr, "%02x%s", frame[i], i % 16 == 15 || i + 1 == len ? "\n" : " ");
    abort();
}
