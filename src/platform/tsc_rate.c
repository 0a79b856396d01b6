/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rate of the time stamp counter (TSC). The first source that there is counts:
 *   1. the hypervisor's CPUID leaf 0x40000010, defined by VMware, in kHz (QEMU: -cpu ...,+invtsc)
 *   2. KVM's paravirtual clock, which takes one register write and one page to read
 *   3. a measurement against channel 0 of the timer chip (PIT 8254), while the rest boots
 *   4. a measurement against the ACPI timer (ACPI 6.4, 4.8.3.3), which can only begin when ACPI's
 *      tables have been found
 *
 * QEMU's own emulation (TCG) has neither of the first two. A measurement of a millisecond is off by
 * up to some parts in a thousand. So a measured rate is measured again, over longer and longer
 * times, against the ACPI timer, which counts three times finer than the PIT.
 */
#include "platform/tsc_rate.h"

#include "platform/cpu.h"
#include "platform/kvm_clock.h"
#include "platform/panic.h"

#include <stdbool.h>

#define CPUID_HYPERVISOR      (1U << 31) /* leaf 1, ecx */
#define CPUID_HYPERVISOR_BASE 0x40000000
#define CPUID_HYPERVISOR_TSC  0x40000010

#define READS 3 /* of a timer, of which the best counts */

#define PIT_HZ        1193182
#define PIT_CHANNEL_0 0x40
#define PIT_COMMAND   0x43
#define PIT_ONE_SHOT  0x30 /* channel 0, low then high octet, mode 0: count down once */
#define PIT_READ_BACK 0xc2 /* channel 0: freeze status and count for reading */
#define PIT_SETTING   0x3f /* of the status: what was set by PIT_ONE_SHOT */
#define PIT_OUTPUT    0x80 /* of the status: the count is through */
#define PIT_START     65535

#define PM_HZ   3579545
#define PM_BITS 24 /* at least; it goes round every 4.7 s */

#define FIRST_REFINEMENT_MS 1000
#define TRUSTED             (1U << 18)   /* times the interval that a rate was measured over */
#define CORRECTION_MAX      64           /* of the rate, this part */
#define ELAPSED_MAX         (1ULL << 46) /* TSC ticks, hours: the arithmetic would overflow */

/* How far the rate may be off, in parts per million: as long as it was only measured in a millisecond;
 * and else, as the oscillator strays and as the host steers its own clock (RFC 5905, MAXFREQ). */
#define MEASURED_PPM (1000000 / CORRECTION_MAX)
#define KNOWN_PPM    500

#define KHZ_MIN 100000 /* a measured rate outside is wrong */
#define KHZ_MAX 100000000

/* A timer and the TSC read at the same time, as far as that can be known. */
struct reading {
    uint64_t tsc, doubt; /* doubt: TSC ticks between just before and just after */
    uint32_t ticks;      /* of the ACPI timer; or of the PIT since its start, then PIT_START */
};

static uint32_t khz; /* 0: not known yet */
static uint32_t ppm = KNOWN_PPM;
static bool has_pit;                        /* pit_read_once writes it */
static struct reading start;                /* where the measurement began */
static uint16_t pm_port;                    /* of the ACPI timer; 0: the rate is not refined */
static struct reading pm_start;             /* where the measurement against it began */
static uint64_t refine_after, refine_until; /* TSC ticks since then */

static uint32_t khz_of_hypervisor(void)
{
    if (cpuid(CPUID_HYPERVISOR_BASE, 0).eax < CPUID_HYPERVISOR_TSC)
        return 0;
    return cpuid(CPUID_HYPERVISOR_TSC, 0).eax;
}

static struct reading pit_read_once(void)
{
    uint64_t before = rdtsc();
    outb(PIT_COMMAND, PIT_READ_BACK);
    uint64_t doubt = rdtsc() - before;
    uint8_t status = inb(PIT_CHANNEL_0);
    uint32_t count = inb(PIT_CHANNEL_0);
    count |= (uint32_t)inb(PIT_CHANNEL_0) << 8;
    has_pit = (status & PIT_SETTING) == PIT_ONE_SHOT; /* ports without a device read 0 or 0xff */
    return (struct reading){.tsc = before + doubt / 2,
                            .doubt = doubt,
                            .ticks = status & PIT_OUTPUT ? PIT_START : PIT_START - count};
}

static struct reading pm_read_once(void)
{
    uint64_t before = rdtsc();
    uint32_t ticks = inl(pm_port);
    uint64_t doubt = rdtsc() - before;
    return (struct reading){.tsc = before + doubt / 2, .doubt = doubt, .ticks = ticks};
}

/* The least doubtful of a few readings: the host may stop us in the middle of one, for
 * milliseconds. */
static struct reading best_of_a_few(struct reading (*read_once)(void))
{
    struct reading best = read_once();

    for (unsigned i = 1; i < READS; i++) {
        struct reading again = read_once();
        if (again.doubt < best.doubt)
            best = again;
    }
    return best;
}

/* The PIT counts down from PIT_START, for 55 ms. Its interrupt is masked. */
static void pit_start(void)
{
    outb(PIT_COMMAND, PIT_ONE_SHOT);
    outb(PIT_CHANNEL_0, PIT_START & 0xff);
    outb(PIT_CHANNEL_0, PIT_START >> 8); /* the second octet starts it */
    start = best_of_a_few(pit_read_once);
}

void tsc_rate_init(void)
{
    if (cpuid(1, 0).ecx & CPUID_HYPERVISOR) {
        khz = khz_of_hypervisor();
        if (khz == 0)
            khz = kvm_clock_khz();
    }
    if (khz == 0)
        pit_start();
}

/* The rate by two readings of a timer, 0 if there is not a millisecond between them. */
static uint32_t rate_between(const struct reading *end, uint32_t ticks, uint32_t hz)
{
    if (ticks < hz / 1000)
        return 0;
    return (uint32_t)((end->tsc - start.tsc) * hz / 1000 / ticks);
}

static uint32_t pit_rate(void)
{
    struct reading end = best_of_a_few(pit_read_once);

    if (end.ticks >= PIT_START) { /* the boot took longer than the PIT counts: once more */
        pit_start();
        return 0;
    }
    return rate_between(&end, end.ticks - start.ticks, PIT_HZ);
}

static uint32_t pm_rate(void)
{
    struct reading end = best_of_a_few(pm_read_once);
    return rate_between(&end, (end.ticks - start.ticks) & ((1U << PM_BITS) - 1), PM_HZ);
}

static uint32_t measure(void)
{
    uint64_t give_up = rdtsc() + UINT32_MAX; /* a second or so */
    uint32_t rate = 0;

    if (!has_pit && pm_port == 0)
        panic("no clock to measure the CPU's by: there is neither a PIT nor an ACPI timer (QEMU: "
              "remove pit=off)");
    if (!has_pit)
        start = best_of_a_few(pm_read_once);
    while (rate == 0 && rdtsc() < give_up)
        rate = has_pit ? pit_rate() : pm_rate();
    if (rate < KHZ_MIN || rate > KHZ_MAX)
        panic("no clock: the TSC measured against the %s has %lu kHz",
              has_pit ? "PIT" : "ACPI timer", (unsigned long)rate);
    return rate;
}

static void pm_begin(void)
{
    pm_start = best_of_a_few(pm_read_once);
    refine_after = (uint64_t)khz * FIRST_REFINEMENT_MS;
    refine_until = (uint64_t)khz * TRUSTED; /* measured over a millisecond */
}

uint32_t tsc_rate_find(uint16_t acpi_timer)
{
    if (khz != 0)
        return khz;
    pm_port = acpi_timer;
    khz = measure();
    ppm = MEASURED_PPM;
    if (pm_port != 0)
        pm_begin();
    return khz;
}

/*
 * The ticks between two readings of the ACPI timer, of which only the low bits are known; how many
 * they are about is known from the rate so far.
 */
static uint64_t pm_ticks(uint32_t from, uint32_t to, uint64_t about)
{
    int32_t missing = (int32_t)((to - from - (uint32_t)about) << (32 - PM_BITS));

    return about + (uint64_t)(int64_t)(missing >> (32 - PM_BITS));
}

/* TSC ticks times the ACPI timer's rate in kHz by a divisor, in parts that do not overflow. */
static uint64_t times_pm_khz(uint64_t tsc, uint64_t divisor)
{
    return (tsc / divisor * PM_HZ + tsc % divisor * PM_HZ / divisor) / 1000;
}

uint32_t tsc_rate_refine(void)
{
    uint64_t elapsed = rdtsc() - pm_start.tsc;

    if (pm_port == 0 || elapsed < refine_after)
        return khz;
    if (elapsed > refine_until) {
        pm_begin(); /* after so long a sleep it is unknown how often the timer went round */
        return khz;
    }
    struct reading end = best_of_a_few(pm_read_once);
    elapsed = end.tsc - pm_start.tsc;
    uint64_t ticks = pm_ticks(pm_start.ticks, end.ticks, times_pm_khz(elapsed, khz));
    uint32_t rate = ticks ? (uint32_t)times_pm_khz(elapsed, ticks) : 0;
    if (rate == 0 || rate < khz - khz / CORRECTION_MAX || rate > khz + khz / CORRECTION_MAX) {
        pm_port = 0; /* this is no such timer */
        return khz;
    }
    refine_after = 2 * elapsed;
    refine_until = elapsed < ELAPSED_MAX / TRUSTED ? elapsed * TRUSTED : ELAPSED_MAX;
    khz = rate;
    ppm = KNOWN_PPM;
    return khz;
}

uint32_t tsc_rate_ppm(void)
{
    return ppm;
}
