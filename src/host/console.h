/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host program prints: the same lines as the image, and its own errors and counters. */
#ifndef HOST_CONSOLE_H
#define HOST_CONSOLE_H

#include "contradiction.h"
#include "host/device.h"
#include "net/netif.h"
#include "options.h"

#include <stdbool.h>

/* The lines go to the standard output, or to the standard error if the answers go there. */
void console_open(bool answers_take_stdout);

/* "unipong VERSION" */
void console_greet(void);

/* "net0: KIND NAME MAC mtu MTU" */
void console_device(const struct device *d, const struct netif *nif);

/* Prints what is new since the last call. Costs two comparisons where nothing is. */
void console_news(const struct netif *nif);

/* Prints the counters that are not zero: the core's, then the device's. */
void console_counters(const struct device *d, const struct netif *nif);

/* Prints "unipong: error: ..." to the standard error. */
__attribute__((format(printf, 1, 2))) void console_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void console_warning(const char *format, ...);

/* Prints that two words of the command line contradict each other. */
void console_contradiction(const struct options *o, const struct contradiction *c);

#endif
