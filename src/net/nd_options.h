/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of neighbour discovery's messages (RFC 4861 4.6). */
#ifndef NET_ND_OPTIONS_H
#define NET_ND_OPTIONS_H

#include "net/frame.h"
#include "net/wire/icmp6.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether the options under the cursor fit together: none of length 0, none that is cut. */
bool nd_options_are_sound(struct cursor c);

/*
 * The next option of this type, at least size octets long, with the cursor moved behind it; NULL if
 * there is none. The options are sound.
 */
void *nd_option_next(struct cursor *c, enum nd_option_type type, size_t size);

/* The first such option. */
void *nd_option_find(struct cursor c, enum nd_option_type type, size_t size);

#endif
