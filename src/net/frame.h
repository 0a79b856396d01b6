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
    bool is_answer;     /* once released: as an answer, rather than back to receive */
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
    uint8_t *end;
    struct frame *frame; /* which it moves over */
};

/* Lets the frame begin at data, which lies in its buffer, and be len octets long. */
static inline void frame_set(struct frame *f, uint8_t *data, size_t len)
{
    ptrdiff_t forward = data - f->data;
    f->data = data;
    f->len = (uint16_t)len;
    f->cap = (uint16_t)(f->cap - forward);
    f->head = (uint16_t)(f->head + forward);
}

/* Octets that are left. */
static inline size_t cursor_left(const struct cursor *c)
{
    return (size_t)(c->end - c->pos);
}

/* The next n octets, passed over; NULL, and nothing passed, where fewer are left. */
static inline void *cursor_pull(struct cursor *c, size_t n)
{
    if (cursor_left(c) < n)
        return NULL;
    uint8_t *header = c->pos;
    c->pos += n;
    return header;
}

/* Forgets all but the next n octets. n is at most cursor_left(c). */
static inline void cursor_trim(struct cursor *c, size_t n)
{
    c->end = c->pos + n;
}

#endif
