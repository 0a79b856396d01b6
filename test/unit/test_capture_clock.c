/* SPDX-License-Identifier: BSD-2-Clause */
/* The host program's clock of a capture, also where no file could be long enough. */
#include "frames.h"

#include "host/capture_clock.h"

#define DAY_US 86400000000u

static void arrive(struct capture_clock *c, int64_t seconds, uint32_t nanoseconds)
{
    struct stamp stamp = {seconds, nanoseconds};
    capture_clock_arrive(c, capture_clock_arrival(c, stamp), stamp);
}

static void test_starts_at_0_whatever_the_stamp(void **state)
{
    (void)state;
    const int64_t seconds[] = {INT64_MIN, -1, 0, 1700000000, INT64_MAX};
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        struct capture_clock c = {0};
        arrive(&c, seconds[i], 999999999);
        assert_int_equal(c.now, 0);
    }
}

static void test_passes_by_differences(void **state)
{
    (void)state;
    struct capture_clock c = {0};
    arrive(&c, 1000, 999999999);
    arrive(&c, 1001, 0); /* a nanosecond later is in another microsecond */
    assert_int_equal(c.now, 1);
    arrive(&c, 1002, 999);
    assert_int_equal(c.now, 1000001);
    arrive(&c, 1001, 500); /* a second earlier: disorder */
    assert_int_equal(c.now, 1000001);
    arrive(&c, 1003, 0);
    assert_int_equal(c.now, 2000001);
    arrive(&c, 1001, 999999000); /* more than that: followed */
    assert_int_equal(c.now, 2000001);
    arrive(&c, 1003, 0);
    assert_int_equal(c.now, 3000002);
}

static void test_a_step_is_at_most_a_day(void **state)
{
    (void)state;
    struct capture_clock c = {0};
    arrive(&c, 0, 0);
    arrive(&c, 86400, 999);
    assert_int_equal(c.now, DAY_US);
    arrive(&c, INT64_MAX, 0);
    assert_int_equal(c.now, 2 * DAY_US);
    arrive(&c, INT64_MIN, 0);
    assert_int_equal(c.now, 2 * DAY_US);
    arrive(&c, INT64_MAX, 999999999);
    assert_int_equal(c.now, 3 * DAY_US);
}

static void test_stops_before_it_wraps(void **state)
{
    (void)state;
    struct capture_clock c = {.started = true, .now = UINT64_MAX / 2 - 5};
    arrive(&c, 1000, 0);
    arrive(&c, 2000, 0);
    assert_int_equal(c.now, UINT64_MAX / 2);
}

static void test_time_of_day_passes_with_it(void **state)
{
    (void)state;
    struct capture_clock c = {0};
    arrive(&c, -1, 999999999);
    capture_clock_pass(&c, 1);
    assert_int_equal(c.stamp.seconds, 0);
    assert_int_equal(c.stamp.nanoseconds, 999);
    capture_clock_pass(&c, 2500001);
    assert_int_equal(c.stamp.seconds, 2);
    assert_int_equal(c.stamp.nanoseconds, 500000999);
    assert_int_equal(capture_clock_wall_offset(&c, c.stamp) + c.now, 2500000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_at_0_whatever_the_stamp),
        cmocka_unit_test(test_passes_by_differences),
        cmocka_unit_test(test_a_step_is_at_most_a_day),
        cmocka_unit_test(test_stops_before_it_wraps),
        cmocka_unit_test(test_time_of_day_passes_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
