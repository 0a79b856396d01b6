/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What newlib's vsnprintf is linked with, in place of newlib's own: that has a heap and the streams of
 * stdio behind it, and vsnprintf uses neither. Memory is asked for only in branches of the same code
 * that asprintf needs; there is none.
 */
#include <reent.h>
#include <stddef.h>
#include <stdlib.h>

static struct _reent state; /* for errno */

/* NOLINTBEGIN(bugprone-reserved-identifier): the names are newlib's */
struct _reent *_impure_ptr = &state;

void *_malloc_r(struct _reent *reent, size_t size)
{
    (void)reent, (void)size;
    return NULL;
}

void *_realloc_r(struct _reent *reent, void *memory, size_t size)
{
    (void)reent, (void)memory, (void)size;
    return NULL;
}

void _free_r(struct _reent *reent, void *memory)
{
    (void)reent, (void)memory;
}
/* NOLINTEND(bugprone-reserved-identifier) */
