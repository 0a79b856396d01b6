/* SPDX-License-Identifier: BSD-2-Clause */
/* Printing: newlib's vsnprintf into a buffer on the stack, and from there to the serial port. */
#include "platform/print.h"

#include "platform/serial.h"

#include <stdio.h>
#include <string.h>

void print_arguments(const char *format, va_list arguments)
{
    static const char cut[] = "...\n";
    char text[PRINT_MAX + 1];
    int length = vsnprintf(text, sizeof text, format, arguments);

    if (length > PRINT_MAX) {
        length = PRINT_MAX;
        strcpy(text + PRINT_MAX - strlen(cut), cut);
    }
    if (length > 0)
        serial_write(text, (size_t)length);
}

void print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_arguments(format, arguments);
    va_end(arguments);
}

void print_text(const char *text)
{
    serial_write(text, strlen(text));
}
