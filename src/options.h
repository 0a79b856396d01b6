/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line, KEY=VALUE each, which the image and the host program share.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "net/netif.h"

#include <stdbool.h>
#include <stdint.h>

/* What the loop does when no frame has come: see idle.h. */
enum idle { IDLE_HALT, IDLE_ADAPTIVE, IDLE_POLL };

/* How the guest stops after a panic: see power.h. */
enum on_panic { ON_PANIC_EXIT, ON_PANIC_HALT, ON_PANIC_RESET };

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
 * Takes one word. Unless all is well, *problem becomes a phrase that says what is wrong and what
 * was expected, and nothing in o has changed.
 */
enum option_result options_set(struct options *o, const char *word, const char **problem);

/* A word that another one contradicts. */
struct contradiction {
    const char *key;
    uint32_t address;    /* its value, or the one of its list that is wrong */
    const char *problem; /* a phrase that the value of ip= is the end of */
};

/* Whether there is one, whatever the order of the words. To be asked when all are taken. */
bool options_contradict(const struct options *o, struct contradiction *c);

#endif
