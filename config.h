/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What unipong is when the command line says nothing else. Values only: each with its unit and its
 * range.
 */
#ifndef CONFIG_H
#define CONFIG_H

#define UNIPONG_VERSION "0.1.0"

/*
 * The command line's defaults. As numbers, since every word that is parsed at boot is code that TCG
 * has to translate before the first answer: a millisecond for all of them.
 */
#define CONFIG_IP         0xc0a86402 /* 192.168.100.2, our address */
#define CONFIG_PREFIX     24         /* its subnet's prefix length, 0 to 32 */
#define CONFIG_PROBE      false      /* ask whether the address is free first */
#define CONFIG_ANNOUNCE   0          /* seconds between announcements, 0 to 3600 */
#define CONFIG_ANY_VLAN   true       /* in all VLANs, or in none */
#define CONFIG_TTL        64         /* time to live of what we send, 1 to 255 */
#define CONFIG_STAMP_PORT 862        /* UDP port, 1 to 65535 (RFC 8762 4.1) */
#define CONFIG_BROADCAST  false      /* answer a ping to a broadcast address */
#define CONFIG_IDLE       IDLE_ADAPTIVE
#define CONFIG_ON_PANIC   ON_PANIC_EXIT
#define CONFIG_SERVICES   (SERVICE_ECHO | SERVICE_DISCARD | SERVICE_STAMP)

/* ICMP errors that we send: this many a second in the long run, so many at once after quiet. */
#define CONFIG_ICMP_RATE  1000
#define CONFIG_ICMP_BURST 50

/*
 * How many turns of the loop come before the rest of the boot: about a millisecond under TCG, in
 * which QEMU brings the first frames of who waits for us.
 */
#define CONFIG_EARLY_TURNS 3000

/*
 * How long idle=adaptive stays awake after a frame, in microseconds. Measured under TCG on two
 * cores, interleaved, in two states that the host was found in. A round trip without a sleep takes
 * 20 to 60. Where waking a thread is slow, a guest that slept once can go on to sleep before every
 * echo: of 12 runs with 100 the slowest had 3,800 echoes a second, with 200 13,000, with 1000
 * 26,000, medians 24,000, 33,000 and 33,000. Where the cores are short, it spins on one that QEMU's
 * other thread waits for, and the slowest hundredth of the echoes take as long as it spins: 165,
 * 252, 357, 561, 1072 with 100, 200, 300, 500, 1000, at equal rates. 200 is also what KVM waits
 * before it takes a halted guest off its core.
 */
#define CONFIG_SPIN_US 200

/*
 * Of a burst of so many frames the device is notified before it is over: the others' answers need
 * not wait for the last. Measured under TCG on two cores, a notification per burst instead of one
 * at its first frame: at 8 outstanding 84,000 instead of 68,000 echoes a second, at 64 147,000
 * instead of 97,000 (in another hour 205,000 instead of 177,000); with 1,000 here 130,000.
 *
 * After so long a burst idle=adaptive does not stay awake: the host is busy, and a guest that spins
 * takes from it the core that QEMU's main loop waits for. The highest rate without loss was 161,000
 * a second instead of 122,000 (in another hour 145,000 instead of 115,000); at 64 outstanding the
 * rate was the same within the noise, at 256 196,000 instead of 225,000.
 */
#define CONFIG_BURST 32

/*
 * How long the loop may go without a look at the console and the power button, in microseconds. A
 * look takes some exits: every 10,000 the slowest hundredth of the echoes took 75 us, every
 * 1,000,000 59.
 */
#define CONFIG_CONSOLE_US 50000

#endif
