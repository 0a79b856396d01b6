/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial console's command lines. */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include "loop.h"

/* Whose counters the commands print. The loop outlives the shell. */
void shell_init(const struct loop *loop);

/* Takes what was typed since the last call and runs each line that is complete. Never waits. */
void shell_poll(void);

/* Prints the counters that are not zero, a line each: number, name, meaning. */
void shell_stats(void);

/* Prints the counters and powers the machine off. */
_Noreturn void shell_power_off(void);

#endif
