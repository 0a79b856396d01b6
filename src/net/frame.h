/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame in its buffer, and the cursor that reads it.
 *
 * On the way down the layers the cursor is over what is still to be read: each layer pulls its
 * header off the front and trims what lies behind its end. On the way up it is over the answer so
 * far: from the header of the layer that has just returned to the end.
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
    uint16_t id;   /* the buffer's number, and that of its descriptor in both queues */

    /* These belong to the core while it holds the frame: */
    struct frame *next; /* the next one in its list */
    bool is_answer;     /* once it is released: to be sent, not to be given back to receive */
    uint8_t *stamp;     /* the UDP header of a STAMP answer in it, until net_stamp(); else NULL */
};

/* A list of frames. It is empty if first is NULL, so a list that is all zero is empty. */
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
    struct frame *frame; /* the frame that it moves over */
};

/* Takes the next n octets and returns them. NULL, and nothing is taken, if fewer are left. */
static inline void *cursor_pull(struct cursor *c, size_t n)
{
    if (c->left < n)
        return NULL;
    uint8_t *header = c->pos;
    c->pos += n;
    c->left -= n;
    return header;
}

/* Shortens the cursor to the next n octets; where fewer are left it stays as it is. */
static inline void cursor_trim(struct cursor *c, size_t n)
{
    if (n < c->left)
        c->left = n;
}

/* Extends the cursor to the front by n octets, for a header. The buffer has room for them. */
static inline void *cursor_push(struct cursor *c, size_t n)
{
    const struct frame *f = c->frame;
    ensure(n <= (size_t)(c->pos - f->data) + f->head);
    c->pos -= n;
    c->left += n;
    return c->pos;
}

/* Makes what is under the cursor the frame. */
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
