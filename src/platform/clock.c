/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock: the time stamp counter (TSC) times a factor.
 *
 * Of all clocks the TSC alone is read without leaving the guest. Its rate, first hit counts:
 *   1. the hypervisor's CPUID leaf 0x40000010, as VMware defined it: kHz (QEMU: -cpu ...,+invtsc)
 *   2. KVM's paravirtual clock, which has the factor itself: one register write, one page to read
 *   3. the CPU's CPUID leaf 0x15: crystal and ratio. Leaf 0x16 is no help: nominal MHz, off by up
 * to 1 %
 *   4. measured against channel 0 of the timer chip (PIT 8254), which every PC has at the same
 * ports; QEMU's own emulation (TCG) ends here. The measurement runs while the rest boots, and a
 * millisecond of it is off by up to some parts in a thousand. So a rate that was measured is
 * measured again, over longer and longer times, against the ACPI timer (ACPI 6.4, 4.8.3.3), which
 * counts three times finer but is found only after its tables are.
 */
#include "platform/clock.h"

#include "platform/cpu.h"
#include "platform/kvm_clock.h"
#include "platform/panic.h"

#include <stdbool.h>

#define CPUID_HYPERVISOR      (1U << 31) /* leaf 1, ecx */
#define CPUID_HYPERVISOR_BASE 0x40000000
#define CPUID_HYPERVISOR_TSC  0x40000010
#define CPUID_CRYSTAL         0x15

#define READS 3 /* of which the best counts */

#define PIT_HZ            1193182
#define PIT_CHANNEL_0     0x40
#define PIT_COMMAND       0x43
#define PIT_ONE_SHOT      0x30 /* channel 0, low then high octet, mode 0: count down once */
#define PIT_READ_BACK     0xc2 /* channel 0: freeze status and count for reading */
#define PIT_OUTPUT        0x80 /* of the status: the count is through */
#define PIT_START         65535
#define CALIBRATION_TICKS (PIT_HZ / 1000) /* 1 ms */

#define PM_HZ   3579545
#define PM_BITS 24 /* at least; it goes round every 4.7 s */

#define FIRST_REFINEMENT_MS 1000
#define TRUSTED             (1U << 18) /* times the interval that a rate was measured over */
#define CORRECTION_MAX      64         /* of the rate, this part */

#define KHZ_MIN 100000 /* what a measurement can be */
#define KHZ_MAX 100000000

static uint64_t zero; /* TSC at clock_init */
static uint32_t khz;
static uint64_t factor; /* microseconds per tick, times 2^32 */
static uint64_t latest; /* what clock_us said last */
static bool measured;   /* the rate, rather than told */

/* A timer and the TSC at one time, as far as that can be told: doubt is the TSC ticks between
 * before and after. */
struct reading {
    uint64_t tsc, doubt;
    uint32_t
        ticks; /* of the PIT since its start, PIT_START once it is through; or of the ACPI timer */
};

static struct reading start;

static uint16_t pm_port;                    /* of the ACPI timer; 0: the rate needs no refinement */
static struct reading pm_start;             /* where the measurement against it began */
static uint64_t refine_after, refine_until; /* TSC ticks since then */

static uint32_t khz_of_hypervisor(void)
{
    if (cpuid(CPUID_HYPERVISOR_BASE, 0).eax < CPUID_HYPERVISOR_TSC)
        return 0;
    return cpuid(CPUID_HYPERVISOR_TSC, 0).eax;
}

static uint32_t khz_of_crystal(void)
{
    if (cpuid(0, 0).eax < CPUID_CRYSTAL)
        return 0;
    struct cpuid r = cpuid(CPUID_CRYSTAL, 0);
    if (r.eax == 0 || r.ebx == 0 || r.ecx == 0)
        return 0;
    return (uint32_t)((uint64_t)r.ecx * r.ebx / r.eax / 1000);
}

static struct reading pit_read_once(void)
{
    uint64_t before = rdtsc();
    outb(PIT_COMMAND, PIT_READ_BACK);
    uint64_t doubt = rdtsc() - before;
    uint8_t status = inb(PIT_CHANNEL_0);
    uint32_t count = inb(PIT_CHANNEL_0);
    count |= (uint32_t)inb(PIT_CHANNEL_0) << 8;
    return (struct reading){.tsc = before + doubt / 2,
                            .doubt = doubt,
                            .ticks = status & PIT_OUTPUT ? PIT_START : PIT_START - count};
}

/* The least doubtful of a few readings: the host may put us aside in the middle of one, for
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

/* The PIT counts down from PIT_START, for 55 ms. Its interrupt reaches nobody. */
static void pit_start(void)
{
    outb(PIT_COMMAND, PIT_ONE_SHOT);
    outb(PIT_CHANNEL_0, PIT_START & 0xff);
    outb(PIT_CHANNEL_0, PIT_START >> 8); /* the second octet starts it */
    start = best_of_a_few(pit_read_once);
}

static uint32_t khz_measured(void)
{
    uint64_t give_up = rdtsc() + UINT32_MAX; /* a second or so */
    uint64_t rate = 0;

    while (rate == 0 && rdtsc() < give_up) {
        struct reading end = best_of_a_few(pit_read_once);
        if (end.ticks >= PIT_START) /* the boot took longer than the PIT counts: once more */
            pit_start();
        else if (end.ticks >= start.ticks + CALIBRATION_TICKS)
            rate = (end.tsc - start.tsc) * PIT_HZ / 1000 / (end.ticks - start.ticks);
    }
    if (rate < KHZ_MIN || rate > KHZ_MAX)
        panic("no clock: the TSC measured against the PIT has %lu kHz", (unsigned long)rate);
    return (uint32_t)rate;
}

void clock_init(void)
{
    zero = rdtsc();
    if (cpuid(1, 0).ecx & CPUID_HYPERVISOR) {
        khz = khz_of_hypervisor();
        if (khz == 0)
            khz = kvm_clock_khz();
    }
    if (khz == 0)
        khz = khz_of_crystal();
    if (khz == 0)
        pit_start();
}

static void set_rate(uint32_t rate)
{
    khz = rate;
    factor = (1000ULL << 32) / khz;
}

void clock_calibrate(void)
{
    measured = khz == 0;
    set_rate(measured ? khz_measured() : khz);
}

static struct reading pm_read_once(void)
{
    uint64_t before = rdtsc();
    uint32_t ticks = inl(pm_port);
    uint64_t doubt = rdtsc() - before;
    return (struct reading){.tsc = before + doubt / 2, .doubt = doubt, .ticks = ticks};
}

static void pm_begin(void)
{
    pm_start = best_of_a_few(pm_read_once);
    refine_after = (uint64_t)khz * FIRST_REFINEMENT_MS;
    refine_until = (uint64_t)khz * TRUSTED; /* measured over a millisecond */
}

void clock_refine_by(uint16_t port)
{
    if (!measured || port == 0)
        return;
    pm_port = port;
    pm_begin();
}

/*
 * The ticks between two readings of the ACPI timer, of which the low bits are known, and from the
 * rate so far about how many they are.
 */
static uint64_t pm_ticks(uint32_t from, uint32_t to, uint64_t about)
{
    int32_t missing = (int32_t)((to - from - (uint32_t)about) << (32 - PM_BITS));

    return about + (uint64_t)(int64_t)(missing >> (32 - PM_BITS));
}

void clock_refine(void)
{
    if (pm_port == 0)
        return;
    uint64_t elapsed = rdtsc() - pm_start.tsc;
    if (elapsed < refine_after)
        return;
    if (elapsed > refine_until) {
        pm_begin(); /* we have slept so long that nobody knows how often it went round */
        return;
    }
    struct reading end = best_of_a_few(pm_read_once);
    elapsed = end.tsc - pm_start.tsc;
    unsigned __int128 product = (unsigned __int128)elapsed * PM_HZ;
    uint64_t ticks = pm_ticks(pm_start.ticks, end.ticks, (uint64_t)(product / 1000 / khz));
    uint32_t rate = ticks ? (uint32_t)(product / 1000 / ticks) : 0;
    if (rate == 0 || rate < khz - khz / CORRECTION_MAX || rate > khz + khz / CORRECTION_MAX) {
        pm_port = 0; /* this is no such timer */
        return;
    }
    set_rate(rate);
    refine_after = 2 * elapsed;
    refine_until = TRUSTED * elapsed;
}

uint64_t clock_us(void)
{
    uint64_t us = (uint64_t)((unsigned __int128)(rdtsc() - zero) * factor >> 32);

    if ((int64_t)(us - latest) > 0)
        latest = us;
    return latest;
}

uint32_t clock_khz(void)
{
    return khz;
}
