/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console: the first serial port, COM1, 115200 8N1.
 */
#ifndef PLATFORM_SERIAL_H
#define PLATFORM_SERIAL_H

#include <stddef.h>

/* Sets up the port. */
void serial_init(void);

/*
 * Writes length octets, "\n" as "\r\n". Waits a few milliseconds at most for a port that is stuck;
 * what a stuck or missing port does not take is lost.
 */
void serial_write(const char *text, size_t length);

/* The next octet that was typed, or -1. Never waits. */
int serial_read(void);

/* From now on the port interrupts for what is typed, on this line, by an edge. */
#define SERIAL_LINE 4
void serial_listen(void);

#endif
