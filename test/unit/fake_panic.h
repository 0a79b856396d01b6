/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A panic that a test can expect; any other fails the test.
 */
#ifndef FAKE_PANIC_H
#define FAKE_PANIC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

extern jmp_buf fake_panic_jump;
extern bool fake_panic_expected;
extern char fake_panic_message[512];

/* The statement panics, and the message has this text in it. */
#define expect_panic(text, statement)                                                              \
    do {                                                                                           \
        fake_panic_expected = true;                                                                \
        if (setjmp(fake_panic_jump) == 0) {                                                        \
            statement;                                                                             \
            fail_msg("no panic, expected: %s", text);                                              \
        }                                                                                          \
        fake_panic_expected = false;                                                               \
        if (strstr(fake_panic_message, text) == NULL)                                              \
            fail_msg("panic: %s, expected: %s", fake_panic_message, text);                         \
    } while (0)

#endif
