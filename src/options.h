/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line, KEY=VALUE each, which the image and the host program share.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

/* What the loop does when there is nothing to do. */
enum idle {
    IDLE_HALT,     /* sleeps at once */
    IDLE_ADAPTIVE, /* stays awake for a moment after a frame: see pace.h */
    IDLE_POLL,     /* never sleeps */
};

/* How the guest stops after a panic. */
enum on_panic {
    ON_PANIC_EXIT,  /* isa-debug-exit where it is there, else as halt */
    ON_PANIC_HALT,  /* for a debugger to look */
    ON_PANIC_RESET, /* the machine starts anew */
};

struct options {
    struct netif_config net;
    enum idle idle;
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
 * Takes one word. If it is not taken, nothing in o has changed and *problem is a phrase that says
 * what is wrong and what was expected; else *problem is NULL.
 */
enum option_result options_set(struct options *o, const char *word, const char **problem);

#endif
