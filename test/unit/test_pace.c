/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop's pace: when it notifies, when it sleeps, when it polls. The device and the interrupts
 * are stand-ins: what is asked of them is counted.
 */
#include "pace.h"

#include "config.h"
#include "platform/interrupt.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static struct pace pace;
static struct virtio_net net;
static bool may_sleep;         /* what the device answers when it is armed */
static uint8_t vector;         /* what ends a sleep */
static unsigned armed, sleeps; /* how often */
static bool is_armed;
static uint64_t woken_by;

bool virtio_net_arm(struct virtio_net *n)
{
    assert_ptr_equal(n, &net);
    assert_false(is_armed);
    is_armed = true;
    armed++;
    return may_sleep;
}

void virtio_net_disarm(struct virtio_net *n)
{
    assert_ptr_equal(n, &net);
    assert_true(is_armed);
    is_armed = false;
}

void interrupt_wake_by(uint64_t due)
{
    assert_false(is_armed); /* the timer is set before, so that nothing comes in between */
    woken_by = due;
}

uint8_t interrupt_sleep(void)
{
    assert_true(is_armed);
    sleeps++;
    return vector;
}

static void start(enum idle mode)
{
    pace_init(&pace, mode, true);
    armed = sleeps = 0;
    may_sleep = true;
    vector = INTERRUPT_RECEIVE;
    woken_by = 0;
}

/* A turn at a time with so many frames; true if the devices are to be polled. */
static bool turn(unsigned frames, uint64_t now)
{
    pace_notify(&pace, frames);
    return pace_rest(&pace, &net, now, UINT64_MAX);
}

static void test_a_burst_is_notified_when_it_ends(void **state)
{
    (void)state;
    start(IDLE_ADAPTIVE);
    for (int i = 0; i < 3; i++) {
        for (unsigned frame = 1; frame < CONFIG_BURST; frame++)
            assert_false(pace_notify(&pace, 1));
        assert_true(pace_notify(&pace, 1));
        assert_true(pace_notify(&pace, 1));
        assert_true(pace_notify(&pace, 0));
        assert_true(pace_notify(&pace, 0));
        assert_false(pace_notify(&pace, 1));
        assert_true(pace_notify(&pace, 0));
    }
    assert_true(pace_notify(&pace, CONFIG_BURST));
}

static void test_halt_sleeps_at_once(void **state)
{
    (void)state;
    start(IDLE_HALT);
    turn(1, 1000);
    assert_int_equal(armed, 0);
    turn(0, 1000);
    assert_int_equal(sleeps, 1);
    assert_int_equal(pace.sleeps, 1);
    assert_false(is_armed);
    pace_rest(&pace, &net, 1000, 12345);
    assert_int_equal(woken_by, 12345);
    turn(1, 1001);
    assert_int_equal(sleeps, 2);
}

static void test_adaptive_stays_awake_for_a_moment(void **state)
{
    (void)state;
    start(IDLE_ADAPTIVE);
    turn(1, 1000);
    turn(0, 1000 + CONFIG_SPIN_US - 1);
    assert_int_equal(armed, 0);
    turn(0, 1000 + CONFIG_SPIN_US);
    assert_int_equal(sleeps, 1);
}

/* Whether the host is busy with many frames: then it needs the core that we would spin on. */
static void test_adaptive_sleeps_after_a_long_burst(void **state)
{
    (void)state;
    start(IDLE_ADAPTIVE);
    turn(CONFIG_BURST - 1, 1000);
    turn(0, 1001);
    assert_int_equal(sleeps, 0);
    turn(CONFIG_BURST - 1, 1002);
    turn(1, 1003);
    turn(0, 1003);
    assert_int_equal(sleeps, 1);
}

static void test_poll_never_sleeps(void **state)
{
    (void)state;
    start(IDLE_POLL);
    for (uint64_t now = 0; now < 1000000; now += 100)
        turn(0, now);
    assert_int_equal(armed, 0);
    for (enum idle mode = IDLE_HALT; mode <= IDLE_POLL; mode++) {
        pace_init(&pace, mode, false);
        assert_int_equal(pace.mode, IDLE_POLL);
    }
}

static void test_a_frame_in_the_last_moment_is_no_sleep(void **state)
{
    (void)state;
    start(IDLE_HALT);
    may_sleep = false;
    turn(0, 1000); /* a poll is due */
    turn(0, 1000);
    assert_int_equal(armed, 1);
    assert_false(is_armed);
    assert_int_equal(sleeps + pace.sleeps, 0);
}

/* At least so often; at once where neither a frame nor the timer ended a sleep. */
static void test_when_the_devices_are_polled(void **state)
{
    (void)state;
    start(IDLE_HALT);
    assert_true(turn(0, 1000));
    assert_false(turn(0, 1001));
    assert_false(turn(0, 1000 + CONFIG_CONSOLE_US - 1));
    assert_true(turn(1, 1000 + CONFIG_CONSOLE_US));
    vector = INTERRUPT_TIMER;
    assert_false(turn(0, 60000));
    vector = INTERRUPT_CONFIG;
    assert_true(turn(0, 60001));
    vector = INTERRUPT_LINE_0 + 4;
    assert_true(turn(0, 60002));
    vector = INTERRUPT_RECEIVE;
    assert_false(turn(0, 60003));
    assert_false(turn(0, 60001 + CONFIG_CONSOLE_US));
    assert_true(turn(0, 60002 + CONFIG_CONSOLE_US));
}

/* A device that has stopped wakes nobody. */
static void test_no_sleep_is_longer_than_a_minute(void **state)
{
    (void)state;
    static const uint64_t dues[][2] = {{999, 999}, /* over already */
                                       {1000 + CONFIG_SLEEP_US - 1, 1000 + CONFIG_SLEEP_US - 1},
                                       {1000 + CONFIG_SLEEP_US + 1, 1000 + CONFIG_SLEEP_US},
                                       {UINT64_MAX, 1000 + CONFIG_SLEEP_US}};
    start(IDLE_HALT);
    turn(0, 1000);
    for (unsigned i = 0; i < sizeof dues / sizeof *dues; i++) {
        pace_rest(&pace, &net, 1000, dues[i][0]);
        assert_int_equal(woken_by, dues[i][1]);
    }
}

/* Else the poll would wait for the next sleep to end. */
static void test_no_sleep_while_a_poll_is_due(void **state)
{
    (void)state;
    for (enum idle mode = IDLE_HALT; mode <= IDLE_POLL; mode++) {
        start(mode);
        turn(0, 1000);
        unsigned before = sleeps;
        assert_true(turn(0, 1000 + CONFIG_SLEEP_US)); /* the timer has ended a sleep */
        assert_int_equal(sleeps, before);
        assert_false(turn(0, 1000 + CONFIG_SLEEP_US));
        assert_int_equal(sleeps, before + (mode != IDLE_POLL));
    }
}

/* However many frames come. */
static void test_devices_are_polled_under_full_load(void **state)
{
    (void)state;
    for (enum idle mode = IDLE_HALT; mode <= IDLE_POLL; mode++) {
        unsigned polls = 0;
        start(mode);
        for (uint64_t now = 0; now < 100 * CONFIG_CONSOLE_US; now += 100)
            polls += turn(CONFIG_BURST, now);
        assert_int_equal(polls, 100);
        assert_int_equal(armed, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_burst_is_notified_when_it_ends),
        cmocka_unit_test(test_halt_sleeps_at_once),
        cmocka_unit_test(test_adaptive_stays_awake_for_a_moment),
        cmocka_unit_test(test_adaptive_sleeps_after_a_long_burst),
        cmocka_unit_test(test_poll_never_sleeps),
        cmocka_unit_test(test_a_frame_in_the_last_moment_is_no_sleep),
        cmocka_unit_test(test_when_the_devices_are_polled),
        cmocka_unit_test(test_no_sleep_is_longer_than_a_minute),
        cmocka_unit_test(test_no_sleep_while_a_poll_is_due),
        cmocka_unit_test(test_devices_are_polled_under_full_load),
    };
    return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
