/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock when its rate is corrected: it goes on from where it was, at the other rate, and never
 * back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PLATFORM_CPU_H /* instead of that header's: the counter below */

static uint64_t tsc;

static uint64_t rdtsc(void)
{
    return tsc;
}

#include "platform/clock.c" /* NOLINT(bugprone-suspicious-include): with the counter above */

static uint32_t rate;

void tsc_rate_init(void)
{
}

uint32_t tsc_rate_find(uint16_t acpi_timer)
{
    (void)acpi_timer;
    return rate;
}

uint32_t tsc_rate_refine(void)
{
    return rate;
}

uint32_t tsc_rate_ppm(void)
{
    return 0;
}

static void corrected_rate_is_no_jump(void **state)
{
    (void)state;
    tsc = 1000000;
    clock_init();
    rate = 2000000; /* kHz */
    tsc += 2000000;
    assert_int_equal(clock_us(), 0);
    clock_calibrate(0);
    assert_in_range(clock_us(), 999, 1000);
    for (unsigned i = 0; i < 20; i++) {
        uint64_t before = clock_us();
        rate = i % 2 ? 2000000 : 2020000;
        clock_refine();
        assert_in_range(clock_us(), before, before + 1);
        tsc += rate * 3600000ULL; /* an hour at this rate */
        assert_in_range(clock_us(), before + 3599990000, before + 3600010000);
    }
    uint64_t latest_us = clock_us();
    tsc -= 5000;
    assert_int_equal(clock_us(), latest_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corrected_rate_is_no_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
