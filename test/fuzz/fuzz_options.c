/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the command line: words between zeros, set one after the other.
 *
 * Always: a refused word changes nothing and says what is wrong; an accepted one is what it says,
 * written the one way that there is.
 */
#include "check.h"

#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the accepted word must have looked like, given what it has set. */
static void check_accepted(const char *word, const struct options *o)
{
    static const char *const on_panic[] = {
        [ON_PANIC_EXIT] = "exit", [ON_PANIC_HALT] = "halt", [ON_PANIC_RESET] = "reset"};
    char right[64];
    if (strncmp(word, "ip=", 3) == 0) {
        if (o->ip == 0 && o->prefix == 0)
            snprintf(right, sizeof right, "ip=none");
        else
            snprintf(right, sizeof right, "ip=%u.%u.%u.%u/%u", o->ip >> 24, o->ip >> 16 & 255,
                     o->ip >> 8 & 255, o->ip & 255, o->prefix);
    } else if (strncmp(word, "ttl=", 4) == 0) {
        snprintf(right, sizeof right, "ttl=%u", o->ttl);
    } else {
        if (o->on_panic > ON_PANIC_RESET)
            wrong("on_panic is none of the three", NULL, 0);
        snprintf(right, sizeof right, "on_panic=%s", on_panic[o->on_panic]);
    }
    if (strcmp(word, right) != 0)
        wrong(right, (const uint8_t *)word, strlen(word));
}

/* What holds whatever was set. */
static void check_values(const struct options *o)
{
    unsigned top = o->ip >> 24;
    uint32_t host = o->prefix == 0 ? 0xffffffff : (uint32_t)((1ull << (32 - o->prefix)) - 1);
    if (o->ttl == 0 || o->prefix > 32)
        wrong("time to live or prefix length", NULL, 0);
    if (o->ip == 0 && o->prefix == 0)
        return;
    if (top == 0 || top == 127 || top > 223)
        wrong("an address no host can have", NULL, 0);
    if (o->prefix < 31 && ((o->ip & host) == 0 || (o->ip & host) == host))
        wrong("a broadcast address", NULL, 0);
}

static void one_word(struct options *o, const char *word)
{
    const char *problem = NULL;
    struct options before;
    memcpy(&before, o, sizeof before);
    switch (options_set(o, word, &problem)) {
    case OPTION_OK:
        check_accepted(word, o);
        break;
    case OPTION_UNKNOWN:
    case OPTION_BAD:
        if (!problem || !problem[0])
            wrong("nobody says what is wrong", (const uint8_t *)word, strlen(word));
        if (memcmp(&before, o, sizeof before) != 0)
            wrong("a refused word has changed something", (const uint8_t *)word, strlen(word));
        break;
    default:
        wrong("no such result", NULL, 0);
    }
    check_values(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct options o;
    memset(&o, 0, sizeof o);
    options_init(&o);
    check_values(&o);
    while (size > 0) {
        size_t length = strnlen((const char *)data, size);
        char *word = malloc(length + 1); /* exactly as large as the word */
        memcpy(word, data, length);
        word[length] = '\0';
        one_word(&o, word);
        free(word);
        size_t step = length < size ? length + 1 : length;
        data += step;
        size -= step;
    }
    return 0;
}
