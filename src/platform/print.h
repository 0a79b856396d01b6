/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printing on the console, the serial port. Nothing is kept back: when a call returns, the port has
 * its text. It works in a panic too, as it needs only the stack.
 */
#ifndef PLATFORM_PRINT_H
#define PLATFORM_PRINT_H

#include <stdarg.h>

#define PRINT_MAX 255 /* octets of one call's text; a longer one ends in "...\n" */

/* Formats as printf does, and writes the text. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_arguments(const char *format, va_list arguments);

/* Writes a text of any length as it is. */
void print_text(const char *text);

#endif
