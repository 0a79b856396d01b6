/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line, KEY=VALUE each, which the image and the host program share.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "platform/power.h"

#include <stdint.h>

struct options {
    uint32_t ip; /* 192.168.100.2 is 0xc0a86402; 0: none */
    uint8_t prefix;
    uint8_t ttl;
    enum on_panic on_panic;
};

enum option_result {
    OPTION_OK,
    OPTION_UNKNOWN, /* no such key: worth a warning */
    OPTION_BAD,     /* the value is wrong: stop */
};

/* Sets every option to the default of config.h. */
void options_init(struct options *o);

/*
 * Takes one word. Unless all is well, *problem becomes a phrase that says what is wrong and what
 * was expected, and nothing in o has changed.
 */
enum option_result options_set(struct options *o, const char *word, const char **problem);

#endif
