/* SPDX-License-Identifier: BSD-2-Clause */
/* The image's command line. */
#ifndef CONFIGURE_H
#define CONFIGURE_H

#include "options.h"

/*
 * Takes the defaults, then the words of the command line; a panic from here on ends as on_panic=
 * says. An unknown key prints a warning. A wrong value prints an error and stops the guest, which
 * would otherwise run with another configuration than the one asked for.
 */
void configure(struct options *o, const char *command_line);

#endif
