/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What unipong is when the command line says nothing else. Values only: each with its unit and its
 * range.
 */
#ifndef CONFIG_H
#define CONFIG_H

#define UNIPONG_VERSION "0.1.0"

/* The command line's defaults, as one would write them there. */
#define CONFIG_IP       "192.168.100.2/24" /* our address and the length of its subnet's prefix */
#define CONFIG_TTL      "64"               /* time to live of what we send, 1 to 255 (RFC 1700) */
#define CONFIG_ON_PANIC "exit"             /* exit, halt or reset */

/* How long the loop may go without a look at the console and the power button, in microseconds. */
#define CONFIG_CONSOLE_US 10000

#endif
