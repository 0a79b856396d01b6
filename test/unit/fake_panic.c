/* SPDX-License-Identifier: BSD-2-Clause */
/* The panic of the unit tests: see the header. */
#include "fake_panic.h"

#include <stdio.h>

#include "platform/panic.h"

jmp_buf fake_panic_jump;
bool fake_panic_expected;
char fake_panic_message[512];

void panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fake_panic_message, sizeof fake_panic_message, format, arguments);
    va_end(arguments);
    if (!fake_panic_expected)
        fail_msg("panic: %s", fake_panic_message);
    fake_panic_expected = false;
    longjmp(fake_panic_jump, 1);
}
