/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge: says from the standards alone whether a frame must, may or must never be answered, and
 * whether an answer is the right one. It shares no code with src/net.
 */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include "host.h"

#include <stddef.h>

enum answer { NEVER, MAY, MUST };

/* What is to become of this frame. *why is the rule, for the message. */
enum answer expected_answer(const struct host *us, const uint8_t *frame, size_t len,
                            const char **why);

/* Aborts, saying what is wrong, unless reply is a right answer to request. The request is one that
 * may be answered. */
void check_reply(const struct host *us, const uint8_t *request, const uint8_t *reply,
                 size_t reply_len);

/* Prints the message and the frame, if there is one, and aborts. */
_Noreturn void wrong(const char *what, const uint8_t *frame, size_t len);

#endif
