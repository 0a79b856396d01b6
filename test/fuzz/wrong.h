/* SPDX-License-Identifier: BSD-2-Clause */
/* How the fuzzers say that something is wrong. */
#ifndef FUZZ_WRONG_H
#define FUZZ_WRONG_H

#include <stddef.h>
#include <stdint.h>

/* Prints the message and the frame, if there is one, and aborts. */
_Noreturn void wrong(const char *what, const uint8_t *frame, size_t len);

#endif
