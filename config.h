/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What unipong is when the command line says nothing else. Values only, each with its unit, its
 * range and one reason; what was measured to find them is in docs/performance.md.
 */
#ifndef CONFIG_H
#define CONFIG_H

#define UNIPONG_VERSION "0.2.0"

/*
 * The command line's defaults, as numbers: parsing them as words would be code that TCG has to
 * translate before the first answer.
 */
#define CONFIG_IP         0xc0a86402    /* 192.168.100.2, our address */
#define CONFIG_PREFIX     24            /* its subnet's prefix length, 0 to 32 */
#define CONFIG_PROBE      false         /* ask whether the address is free first */
#define CONFIG_ANNOUNCE   0             /* seconds between announcements, 0 to 3600 */
#define CONFIG_ANY_VLAN   true          /* in all VLANs, or in none */
#define CONFIG_TTL        64            /* time to live of what we send, 1 to 255 */
#define CONFIG_STAMP_PORT 862           /* UDP port, 1 to 65535 (RFC 8762 4.1) */
#define CONFIG_BROADCAST  false         /* answer a ping to a broadcast address */
#define CONFIG_IDLE       IDLE_ADAPTIVE /* enum idle: fast answers, and a host that rests */
#define CONFIG_ON_PANIC   ON_PANIC_EXIT /* enum on_panic: a test sees it, a person can read why */
#define CONFIG_SERVICES   (SERVICE_ECHO | SERVICE_DISCARD | SERVICE_STAMP) /* enum service */

/* ICMP errors that we send: so many a second in the long run, 0 for none, and so many at once after
 * a quiet time. A flood must not make us flood others (RFC 1812 4.3.2.8). */
#define CONFIG_ICMP_RATE  1000
#define CONFIG_ICMP_BURST 50

/* How long idle=adaptive stays awake after a frame, in microseconds, from 0: longer than most pauses
 * between a reply and the next request, and no longer than KVM itself polls before it halts. */
#define CONFIG_SPIN_US 200

/* A burst of so many frames, from 1, is notified before it ends, so that its first answers need not
 * wait for its last; and idle=adaptive does not stay awake after it, as the host needs the core. */
#define CONFIG_BURST 32

/* How long the loop may go without polling the console, the power button and the link, in
 * microseconds: a poll takes some exits, and a person does not feel a twentieth of a second. */
#define CONFIG_CONSOLE_US 50000

/* How long the guest sleeps at most, in microseconds: then it looks whether the device still works,
 * since one that has stopped wakes nobody. Rare enough to cost nothing. */
#define CONFIG_SLEEP_US 60000000

#endif
