/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a guest that cannot go on.
 *
 * Whatever is broken may break again while we print. So the message is formatted on our own stack
 * and written straight to the port, before stdio and the hook are trusted with anything; and
 * whoever comes here a second time stops without another word but one.
 */
#include "platform/panic.h"

#include "platform/cpu.h"
#include "platform/serial.h"
#include "platform/stop.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void (*panic_hook)(void);

static void print(const char *format, va_list arguments)
{
    char line[256];
    int length = vsnprintf(line, sizeof line, format, arguments);

    if (length >= (int)sizeof line)
        length = sizeof line - 1;
    if (length > 0)
        serial_write(line, (size_t)length);
}

void panic_begin(void)
{
    static unsigned entered;
    static const char again[] = "\nunipong: panic: a second panic inside the first\n";

    cpu_interrupts_off();
    switch (entered++) {
    case 0:
        return;
    case 1:
        serial_write(again, strlen(again));
        stop_panic();
    default: /* not even that went well */
        stop_panic();
    }
}

void panic_print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print(format, arguments);
    va_end(arguments);
}

_Noreturn void panic_end(void)
{
    fflush(stdout);
    if (panic_hook)
        panic_hook();
    fflush(stdout);
    stop_panic();
}

_Noreturn void panic(const char *format, ...)
{
    va_list arguments;

    panic_begin();
    panic_print("unipong: panic: ");
    va_start(arguments, format);
    print(format, arguments);
    va_end(arguments);
    panic_print("\n");
    panic_end();
}
