/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame in its buffer, and the cursor that reads it.
 *
 * Going down the layers a cursor is what is left to parse: a layer pulls its header off the front
 * and trims what lies behind its end. Going up it is the answer so far: from the header of the
 * layer that just returned to the end.
 */
#ifndef NET_FRAME_H
#define NET_FRAME_H

#include "net/ensure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
    uint8_t *data; /* first octet of the Ethernet header */
    uint16_t len;  /* octets of the frame, without the frame check sequence */
    uint16_t cap;  /* octets that fit in the buffer from data on */
    uint16_t head; /* octets that are free in front of data: an answer may begin there */
    uint16_t id;   /* the buffer, which is also its descriptor in both rings */

    /* The core's, while it holds the frame: */
    struct frame *next; /* in its list */
    bool is_answer;     /* once released: to be sent, rather than given back to receive */
    uint8_t *stamp;     /* the UDP header of a STAMP answer in it, until net_stamp(); else NULL */
};

/* Frames in a row; all zero when there are none. */
struct frame_list {
    struct frame *first, *last;
};

/* Puts a frame at the end of a list. */
static inline void frame_list_add(struct frame_list *list, struct frame *f)
{
    f->next = NULL;
    if (list->first)
        list->last->next = f;
    else
        list->first = f;
    list->last = f;
}

/* Takes the first frame off a list, NULL if there is none. */
static inline struct frame *frame_list_take(struct frame_list *list)
{
    struct frame *f = list->first;
    if (f)
        list->first = f->next;
    return f;
}

struct cursor {
    uint8_t *pos;
    size_t left;         /* octets from pos on */
    struct frame *frame; /* which it moves over */
};

/* The next n octets, passed over; NULL, and nothing passed, where fewer are left. */
static inline void *cursor_pull(struct cursor *c, size_t n)
{
    if (c->left < n)
        return NULL;
    uint8_t *header = c->pos;
    c->pos += n;
    c->left -= n;
    return header;
}

/* Forgets all but the next n octets; nothing, where fewer are left. */
static inline void cursor_trim(struct cursor *c, size_t n)
{
    if (n < c->left)
        c->left = n;
}

/* Moves n octets to the front, where a header is to be written. The buffer has room for them. */
static inline void *cursor_push(struct cursor *c, size_t n)
{
    const struct frame *f = c->frame;
    ensure(n <= (size_t)(c->pos - f->data) + f->head);
    c->pos -= n;
    c->left += n;
    return c->pos;
}

/* The frame becomes what is under the cursor. */
static inline void cursor_to_frame(const struct cursor *c)
{
    struct frame *f = c->frame;
    ptrdiff_t forward = c->pos - f->data;
    f->data = c->pos;
    f->len = (uint16_t)c->left;
    f->cap = (uint16_t)(f->cap - forward);
    f->head = (uint16_t)(f->head + forward);
    ensure(c->left <= f->cap);
}

#endif
