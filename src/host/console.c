/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host program prints. The only file of the host program that calls report.h. */
#include "host/console.h"

#include "config.h"
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static FILE *console;
static struct report_told told;

/* Where report.h's lines go. */
__attribute__((format(printf, 1, 2))) static void print(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(console, format, list);
    va_end(list);
}

__attribute__((format(printf, 1, 2))) static void print_error(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
}

void console_open(bool answers_take_stdout)
{
    console = answers_take_stdout ? stderr : stdout;
    setvbuf(console, NULL, _IOLBF, 0); /* a script that waits for "ready" reads it at once */
}

void console_greet(void)
{
    fprintf(console, "unipong " UNIPONG_VERSION "\n");
}

void console_device(const struct device *d, const struct netif *nif)
{
    char kind[sizeof d->name + 16];
    snprintf(kind, sizeof kind, "%s %s", d->kind, d->name);
    report_device(print, kind, nif);
}

void console_news(const struct netif *nif)
{
    report_news(print, &told, nif);
}

void console_counters(const struct device *d, const struct netif *nif)
{
    static const struct {
        const char *name, *meaning;
    } own[] = {
#define V(name, meaning) {#name, meaning},
        DEVICE_COUNTERS(V)
#undef V
    };
    report_stats(print, nif);
    for (size_t i = 0; i < DEVICE_COUNTERS_COUNT; i++)
        if (d->counters[i] > 0)
            fprintf(console, "%12" PRIu64 "  %-30s %s\n", d->counters[i], own[i].name,
                    own[i].meaning);
}

static void say(const char *what, const char *format, va_list list)
{
    fprintf(stderr, "unipong: %s: ", what);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
}

void console_error(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say("error", format, list);
    va_end(list);
}

void console_warning(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say("warning", format, list);
    va_end(list);
}

void console_contradiction(const struct options *o, const struct contradiction *c)
{
    report_contradiction(print_error, o, c);
}
