/* SPDX-License-Identifier: BSD-2-Clause */
/* A command line, split into its words. */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>

#define WORDS_MAX 4095 /* octets of a command line */

struct words {
    char line[WORDS_MAX + 1]; /* a copy, in which a 0 ends each word that was given out */
    char *rest;               /* what is not given out yet; NULL: nothing was */
};

/* Begins with a line. False if it is longer than WORDS_MAX; nothing behind that is read. */
bool words_begin(struct words *w, const char *line);

/*
 * The next word, NULL after the last. Blanks and tabs are between words, and line ends, which a
 * loader's script may leave. The first word is passed over where it has no '=': there QEMU, unlike
 * other loaders, puts the name of the image's file.
 */
char *words_next(struct words *w);

#endif
