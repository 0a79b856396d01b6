/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a guest that cannot go on.
 *
 * Whatever is broken may break again while the message is printed. So the message needs only the
 * stack and the port, and is printed before panic_hook runs. A panic inside a panic prints one line
 * and stops.
 */
#include "platform/panic.h"

#include "platform/cpu.h"
#include "platform/print.h"
#include "platform/stop.h"

#include <stdarg.h>

void (*panic_hook)(void);

void panic_begin(void)
{
    static unsigned entered;

    cpu_interrupts_off();
    switch (entered++) {
    case 0:
        return;
    case 1:
        print_text("\nunipong: panic: a second panic inside the first\n");
        stop_panic();
    default: /* not even that went well */
        stop_panic();
    }
}

_Noreturn void panic_end(void)
{
    if (panic_hook)
        panic_hook();
    stop_panic();
}

_Noreturn void panic(const char *format, ...)
{
    va_list arguments;

    panic_begin();
    print("unipong: panic: ");
    va_start(arguments, format);
    print_arguments(format, arguments);
    va_end(arguments);
    print("\n");
    panic_end();
}
