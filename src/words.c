/* SPDX-License-Identifier: BSD-2-Clause */
/* Splits a command line, whatever the loader that wrote it. */
#include "words.h"

#include <stddef.h>
#include <string.h>

static const char BETWEEN[] = " \t\r\n";

bool words_begin(struct words *w, const char *line)
{
    size_t length = strnlen(line, WORDS_MAX + 1);
    if (length > WORDS_MAX)
        return false;
    memcpy(w->line, line, length);
    w->line[length] = '\0';
    w->rest = NULL;
    return true;
}

/* Ends the first word of what is left and returns it, NULL if there is none. */
static char *split(struct words *w)
{
    char *word = w->rest + strspn(w->rest, BETWEEN);
    if (*word == '\0')
        return NULL;
    w->rest = word + strcspn(word, BETWEEN);
    if (*w->rest != '\0')
        *w->rest++ = '\0';
    return word;
}

char *words_next(struct words *w)
{
    bool first = w->rest == NULL;
    if (first)
        w->rest = w->line;
    char *word = split(w);
    if (first && word && !strchr(word, '='))
        word = split(w);
    return word;
}
