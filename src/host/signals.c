/* SPDX-License-Identifier: BSD-2-Clause */
/* The host program's signals. The handlers only set flags. */
#include "host/signals.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#define TICK_US    100000
#define LAST_TICKS 30 /* that the program gets to end after a signal */

volatile sig_atomic_t signals_ending;
volatile sig_atomic_t signals_tick;

static void on_end(int number)
{
    (void)number;
    signals_ending = 1;
}

/*
 * Whatever the program may still wait for after a signal, for instance that somebody reads its
 * last words from a full pipe, it does not wait for long.
 */
static void on_tick(int number)
{
    static volatile sig_atomic_t late;
    (void)number;
    signals_tick = 1;
    if (signals_ending) {
        late = late + 1;
        if (late > LAST_TICKS)
            _exit(EXIT_FAILURE);
    }
}

static void start_timer(suseconds_t period)
{
    struct itimerval timer = {{0, period}, {0, period}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

void signals_ignore(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}

void signals_catch(void)
{
    struct sigaction end = {.sa_handler = on_end}; /* without SA_RESTART: read() has to return */
    struct sigaction tick = {.sa_handler = on_tick};

    sigaction(SIGINT, &end, NULL);
    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGALRM, &tick, NULL);
    start_timer(TICK_US);
}

void signals_finish(void)
{
    struct sigaction kill = {.sa_handler = SIG_DFL};
    if (signals_ending)
        return;
    start_timer(0);
    sigaction(SIGINT, &kill, NULL);
    sigaction(SIGTERM, &kill, NULL);
}
