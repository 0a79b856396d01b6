/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of neighbour discovery's messages: see the header. */
#include "net/nd_options.h"

/* The option under the cursor, passed over; NULL if it is cut or of length 0. */
static struct nd_option *pull(struct cursor *c)
{
    struct nd_option *option = (struct nd_option *)c->pos;
    if (c->left < 8 || option->length == 0)
        return NULL;
    return cursor_pull(c, option->length * (size_t)8);
}

bool nd_options_are_sound(struct cursor c)
{
    while (pull(&c))
        continue;
    return c.left == 0;
}

void *nd_option_next(struct cursor *c, enum nd_option_type type, size_t size)
{
    struct nd_option *option;
    while ((option = pull(c)))
        if (option->type == type && option->length * (size_t)8 >= size)
            return option;
    return NULL;
}

void *nd_option_find(struct cursor c, enum nd_option_type type, size_t size)
{
    return nd_option_next(&c, type, size);
}
