/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time of day on machines made of numbers: whose counter is too fast, that are stopped, that
 * have KVM's clock or only the battery's, which is slow by a part of a second. Whatever happens, our
 * time is off by no more than is said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define PLATFORM_CPU_H /* instead of that header's: the ports below */

#define A_SECOND 1000000ULL

static uint64_t utc;      /* microseconds since 1970, in truth */
static uint64_t counter;  /* what clock_us() says */
static uint64_t rtc_slow; /* the battery's clock, by so many microseconds */
static int64_t fast_ppm;  /* the counter */
static uint32_t told_ppm;
static bool kvm, rtc;
static uint8_t selected;
static unsigned reads;
static uint64_t held_before, held_after;

static void run(uint64_t us)
{
    utc += us;
    counter += us + (uint64_t)((int64_t)us * fast_ppm / 1000000);
}

static void outb(uint16_t port, uint8_t value)
{
    assert_int_equal(port, 0x70);
    selected = value;
}

static uint8_t bcd(int value)
{
    return (uint8_t)(value / 10 << 4 | value % 10);
}

static uint8_t inb(uint16_t port)
{
    time_t seconds = (time_t)((utc - rtc_slow) / A_SECOND);
    struct tm t;
    assert_int_equal(port, 0x71);
    reads++;
    run(1);
    if (!rtc)
        return 0xff;
    gmtime_r(&seconds, &t);
    switch (selected) {
    case 0x00:
        return bcd(t.tm_sec);
    case 0x02:
        return bcd(t.tm_min);
    case 0x04:
        return bcd(t.tm_hour);
    case 0x07:
        return bcd(t.tm_mday);
    case 0x08:
        return bcd(t.tm_mon + 1);
    case 0x09:
        return bcd(t.tm_year % 100);
    case 0x32:
        return bcd(19 + t.tm_year / 100);
    default:
        return selected == 0x0b ? 2 : 0; /* 24 hours */
    }
}

#include "platform/wall.c" /* NOLINT(bugprone-suspicious-include): with the ports above */

uint64_t clock_us(void)
{
    return counter;
}

uint32_t clock_ppm(void)
{
    return told_ppm;
}

uint64_t kvm_clock_wall_us(void)
{
    run(3 + held_before);
    uint64_t us = utc;
    run(held_after);
    return kvm ? us : 0;
}

static struct wall wall;

static int setup(void **state)
{
    (void)state;
    utc = 1700000000 * A_SECOND + 123456;
    counter = 5000;
    rtc_slow = 0;
    fast_ppm = 0;
    told_ppm = 500;
    kvm = false;
    rtc = true;
    reads = 0;
    memset(&wall, 0, sizeof wall);
    srand(1);
    return 0;
}

/* What is said, in microseconds, with what has been added to it since. */
static double said(void)
{
    unsigned scale = wall.error >> 8, multiplier = wall.error & 255;
    assert_true(scale < 64 &&
                multiplier > 0); /* not synchronised; a multiplier of 0 is not allowed */
    double units = (double)multiplier * (double)(1ULL << scale) / 4294.967296;
    return units + (double)(counter - wall.looked) * wall.ppm / 1e6;
}

static double off(void)
{
    return (double)(int64_t)(wall.offset + counter - utc);
}

static void is_honest(void)
{
    if (off() > said() || off() < -said())
        fail_msg("off by %.0f, said %.0f us", off(), said());
}

static void battery_is_right_to_a_second(void **state)
{
    for (unsigned i = 0; i < 1000; i++) {
        setup(state);
        srand(i);
        utc += (unsigned)rand() % A_SECOND;
        rtc_slow = (unsigned)rand() % A_SECOND;
        assert_true(wall_look(&wall, false));
        is_honest();
        assert_true(said() > 0.99e6 && said() < 1.03e6);
    }
}

static void date_is_read(void **state)
{
    static const uint64_t days[] = {3652, 11016, 19782, 19783, 23741}; /* 1980 to 2035, leap days */
    for (unsigned i = 0; i < sizeof days / sizeof days[0]; i++) {
        setup(state);
        utc = days[i] * 86400 * A_SECOND + 86399 * A_SECOND + 500000;
        assert_true(wall_look(&wall, false));
        is_honest();
    }
}

/* A time that can be right is kept: it never jumps, while less and less is said. */
static void looks_narrow_and_do_not_set(void **state)
{
    (void)state;
    rtc_slow = 700000;
    fast_ppm = 90;
    wall_look(&wall, false);
    uint64_t offset = wall.offset;
    double least = said();
    for (unsigned i = 0; i < 100; i++) {
        run(1100000 + (unsigned)rand() % 50000);
        assert_true(wall_look(&wall, false));
        assert_int_equal(wall.offset, offset);
        is_honest();
        least = said() < least ? said() : least;
    }
    assert_true(least < 0.95e6);
}

static void oscillator_strays_and_the_time_is_set_again(void **state)
{
    for (int ppm = -500; ppm <= 500; ppm += 1000) {
        setup(state);
        fast_ppm = ppm;
        wall_look(&wall, false);
        for (unsigned i = 0; i < 20000; i++) { /* hours: it strays by 10 s */
            run(A_SECOND);
            is_honest();
            wall_look(&wall, false);
            is_honest();
        }
        assert_true(said() < 2.1e6);
    }
}

/* A guest that sleeps does not look: what is said grows. */
static void long_sleep_is_said(void **state)
{
    (void)state;
    kvm = true;
    fast_ppm = 400;
    wall_look(&wall, false);
    assert_true(said() < 1050);
    for (unsigned i = 0; i < 100; i++) {
        run(100 * A_SECOND);
        is_honest();
    }
    assert_true(said() > 4e6);
    assert_true(wall_look(&wall, false));
    is_honest();
    assert_true(said() < 1050); /* it was set */
}

static void measured_rate_is_less_trusted(void **state)
{
    (void)state;
    told_ppm = 15625;
    fast_ppm = -8000;
    wall_look(&wall, false);
    run(900000);
    is_honest();
    run(300000);
    told_ppm = 500;
    fast_ppm = 1;
    wall_look(&wall, false); /* the time before this look was that of the first rate */
    is_honest();
    assert_int_equal(wall.ppm, 500);
}

static void stop_is_noticed(void **state)
{
    static const uint64_t stops[] = {3 * A_SECOND, 60 * A_SECOND, 86400 * A_SECOND};
    for (unsigned i = 0; i < 6; i++) {
        setup(state);
        kvm = i % 2;
        for (unsigned look = 0; look < 20; look++, run(1110000))
            wall_look(&wall, false);
        utc += stops[i / 2];
        run(1100000);
        assert_true(wall_look(&wall, false));
        is_honest();
        assert_true(said() < 1.03e6);
    }
}

/* Milliseconds, too few to see at once: what was known before does not count. */
static void move_forgets(void **state)
{
    (void)state;
    for (unsigned look = 0; look < 200; look++, run(1110000)) {
        wall_look(&wall, false);
        is_honest();
        if (look % 50 == 49) {
            utc += 20000;
            assert_true(wall_look(&wall, true)); /* at once */
            is_honest();
            assert_true(wall.high - wall.low > 999000);
        }
    }
}

static void looks_are_rare(void **state)
{
    (void)state;
    wall_look(&wall, false);
    unsigned once = reads;
    for (unsigned i = 0; i < 20; i++, run(50000))
        assert_false(wall_look(&wall, false));
    assert_int_equal(reads, once);
    run(200000);
    assert_true(wall_look(&wall, false));
    rtc = false; /* nor more often where there is no clock */
    run(1200000);
    uint64_t offset = wall.offset;
    assert_false(wall_look(&wall, false));
    once = reads;
    assert_false(wall_look(&wall, false));
    assert_int_equal(reads, once);
    assert_int_equal(wall.offset, offset);
}

/* The host stops us for 40 ms within a look at its clock, before the clock is read or after. */
static void slow_look_is_honest(void **state)
{
    for (int after = 0; after < 2; after++) {
        setup(state);
        kvm = true;
        held_before = after ? 0 : 40000;
        held_after = after ? 40000 : 0;
        wall_look(&wall, false);
        is_honest();
        held_before = held_after = 0;
        run(1200000);
        wall_look(&wall, false);
        is_honest();
        assert_true(said() < 43000);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(battery_is_right_to_a_second),
        TEST(date_is_read),
        TEST(looks_narrow_and_do_not_set),
        TEST(oscillator_strays_and_the_time_is_set_again),
        TEST(long_sleep_is_said),
        TEST(measured_rate_is_less_trusted),
        TEST(stop_is_noticed),
        TEST(move_forgets),
        TEST(looks_are_rare),
        TEST(slow_look_is_honest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
