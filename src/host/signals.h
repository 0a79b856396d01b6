/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host program's signals. SIGINT and SIGTERM end the program: each of its loops looks at
 * signals_ending, and each system call that may wait is interrupted ten times a second, so that a
 * signal which came just before the call is noticed too.
 */
#ifndef HOST_SIGNALS_H
#define HOST_SIGNALS_H

#include <signal.h>

/* SIGINT or SIGTERM came. */
extern volatile sig_atomic_t signals_ending;

/* A tenth of a second has passed. Set again and again; cleared by whoever has seen it. */
extern volatile sig_atomic_t signals_tick;

/* From now on a write to a closed pipe or beyond the limit for files fails, instead of a signal. */
void signals_ignore(void);

/* From now on the signals are caught, and waiting system calls end with EINTR. */
void signals_catch(void);

/* The run is over. Unless a signal has ended it, the next one kills the program at once. */
void signals_finish(void);

#endif
