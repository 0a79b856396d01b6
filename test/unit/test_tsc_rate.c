/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rate of the time stamp counter, on machines made of numbers: with a PIT or an ACPI timer or
 * neither or both, with a hypervisor that tells, and with long sleeps.
 */
#include "fake_panic.h"

#include <stdlib.h>

#define PLATFORM_CPU_H /* instead of that header's: the instructions below */

#define PM_PORT 0x608

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

static uint64_t now;      /* nanoseconds since the start */
static uint32_t true_khz; /* of the TSC */
static uint32_t told_khz; /* by the hypervisor; 0: there is none */
static uint8_t absent;    /* what a port without a device reads */
static bool pit, acpi;
static uint64_t pit_started; /* when */
static unsigned pit_octet;   /* which comes next: status, low, high */

static struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    (void)subleaf;
    if (leaf == 1)
        return (struct cpuid){.ecx = told_khz ? 1U << 31 : 0};
    assert_true(told_khz && leaf >= 0x40000000); /* no other leaf is asked */
    return (struct cpuid){.eax = leaf == 0x40000000 ? 0x40000010 : told_khz};
}

static uint64_t rdtsc(void)
{
    now += 100;
    return (uint64_t)((unsigned __int128)now * true_khz / 1000000);
}

static uint64_t ticks_of(uint64_t ns, uint64_t hz)
{
    return (uint64_t)((unsigned __int128)ns * hz / 1000000000);
}

static void outb(uint16_t port, uint8_t value)
{
    now += 300;
    if (port == 0x43)
        pit_octet = 0;
    else
        assert_int_equal(port, 0x40);
    if (port == 0x43 && value == 0x30)
        pit_started = now;
}

static uint8_t inb(uint16_t port)
{
    now += 300;
    assert_int_equal(port, 0x40);
    if (!pit)
        return absent;
    uint64_t ticks = ticks_of(now - pit_started, 1193182);
    uint16_t left = (uint16_t)(65535 - ticks);
    uint8_t octets[] = {ticks > 65535 ? 0xb0 : 0x30, (uint8_t)left, (uint8_t)(left >> 8)};
    return octets[pit_octet++ % 3];
}

static uint32_t inl(uint16_t port)
{
    now += 300;
    assert_int_equal(port, PM_PORT);
    return acpi ? (uint32_t)ticks_of(now, 3579545) & 0xffffff : 0xffffffff;
}

#include "platform/tsc_rate.c" /* NOLINT(bugprone-suspicious-include): with the above */

uint32_t kvm_clock_khz(void)
{
    return 0;
}

static int setup(void **state)
{
    (void)state;
    khz = 0;
    ppm = KNOWN_PPM;
    now = 1000000;
    true_khz = 2893211;
    told_khz = 0;
    absent = 0xff;
    pit = acpi = true;
    return 0;
}

static void expect_rate(uint32_t rate, double least_error)
{
    double error = (double)rate / true_khz - 1;
    if (error > least_error || error < -least_error)
        fail_msg("%u kHz, not %u", rate, true_khz);
    if (error * 1e6 > tsc_rate_ppm() || error * -1e6 > tsc_rate_ppm())
        fail_msg("%u kHz, not %u, is said to be off by at most %u ppm", rate, true_khz,
                 tsc_rate_ppm());
}

static uint32_t find(uint64_t boot_ns)
{
    tsc_rate_init();
    now += boot_ns;
    return tsc_rate_find(acpi ? PM_PORT : 0);
}

static void hypervisor_s_rate_counts(void **state)
{
    (void)state;
    told_khz = 2000000;
    assert_int_equal(find(0), 2000000);
    now += 10000000000;
    assert_int_equal(tsc_rate_refine(), 2000000);
    assert_int_equal(tsc_rate_ppm(), 500);
}

static void each_timer_will_do(void **state)
{
    for (unsigned i = 0; i < 6; i++) {
        setup(state);
        pit = i % 3 != 1;
        acpi = i % 3 != 2;
        absent = i < 3 ? 0 : 0xff;
        expect_rate(find(0), 0.005);
    }
}

/* The ACPI timer has 24 bits. */
static void timer_may_go_round_meanwhile(void **state)
{
    (void)state;
    pit = false;
    now = (1ULL << 24) * 1000000000 / 3579545 - 500000;
    expect_rate(find(0), 0.005);
}

static void no_timer_is_a_panic(void **state)
{
    (void)state;
    pit = acpi = false;
    expect_panic("no clock to measure the CPU's by", find(0));
}

/* The PIT counts for 55 ms; the rest of the boot may take longer. */
static void slow_boot_measures_again(void **state)
{
    for (uint64_t ms = 0; ms < 300; ms += 7) {
        setup(state);
        acpi = false;
        expect_rate(find(ms * 1000000), 0.005);
    }
}

static void rate_becomes_better(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        setup(state);
        pit = i;
        find(0);
        static const uint64_t seconds[] = {2, 8, 100, 1000, 10000, 100000, 2, 1000000, 2};
        static const double errors[] = {2e-6, 1e-6, 4e-7, 4e-7, 4e-7, 4e-7, 4e-7, 4e-7, 4e-7};
        for (unsigned s = 0; s < sizeof seconds / sizeof seconds[0]; s++) {
            now += seconds[s] * 1000000000;
            expect_rate(tsc_rate_refine(), errors[s]);
            assert_int_equal(tsc_rate_ppm(), 500);
        }
    }
}

/* However long nobody asked: what was known well does not become worse than a second's measurement. */
static void long_sleep_does_no_harm(void **state)
{
    srand(1);
    for (unsigned round = 0; round < 3000; round++) {
        setup(state);
        true_khz = 1000000 + (uint32_t)rand() % 4000000;
        find(0);
        now += 2000000000;
        tsc_rate_refine();
        for (unsigned sleeps = 0; sleeps < 40; sleeps++) {
            uint64_t ms = 1ULL << rand() % 33; /* up to 50 days */
            now += (ms + (unsigned)rand() % ms) * 1000000;
            expect_rate(tsc_rate_refine(), 2e-6);
        }
    }
}

static void timer_of_another_rate_is_left_alone(void **state)
{
    (void)state;
    acpi = false;
    tsc_rate_init();
    uint32_t rate = tsc_rate_find(PM_PORT); /* where nothing counts */
    now += 2000000000;
    assert_int_equal(tsc_rate_refine(), rate);
    acpi = true;
    now += 2000000000;
    assert_int_equal(tsc_rate_refine(), rate);
    assert_true(tsc_rate_ppm() > 10000); /* it was only measured in a millisecond */
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hypervisor_s_rate_counts), TEST(each_timer_will_do),
        TEST(no_timer_is_a_panic),      TEST(timer_may_go_round_meanwhile),
        TEST(slow_boot_measures_again), TEST(rate_becomes_better),
        TEST(long_sleep_does_no_harm),  TEST(timer_of_another_rate_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
