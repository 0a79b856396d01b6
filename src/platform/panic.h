/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a guest that cannot go on: says why on the console, then stops as `on_panic` asks.
 */
#ifndef PLATFORM_PANIC_H
#define PLATFORM_PANIC_H

/* Prints "unipong: panic: " and the message (printf's format, no newline), runs panic_hook, stops.
 * Never returns. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What else is worth printing at the end: the counters. NULL until main sets it. */
extern void (*panic_hook)(void);

/*
 * panic in parts, for trap.c, which prints a screen in between: panic_begin ends the guest at once
 * if a panic is under way already, so that a fault in the panic itself cannot loop; panic_end runs
 * panic_hook and stops.
 */
void panic_begin(void);
_Noreturn void panic_end(void);

#endif
