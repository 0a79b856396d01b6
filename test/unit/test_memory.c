/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM that is handed out: each octet once, aligned, the last of it where nothing lies behind, and a
 * panic when there is no more.
 */
#include "fake_panic.h"

#include <stdlib.h>

#include "platform/memory.c" /* NOLINT(bugprone-suspicious-include): to begin anew */

static uint8_t ram[2][4096] __attribute__((aligned(4096)));

static int setup(void **state)
{
    (void)state;
    memset(ram, 0xa5, sizeof ram);
    region_count = 0;
    memory_add((uintptr_t)ram[0] + 1, (uintptr_t)ram[0] + 1001);
    memory_add((uintptr_t)ram[1], (uintptr_t)ram[1] + 4000);
    return 0;
}

static void nothing_lies_behind_the_last(void **state)
{
    (void)state;
    uint8_t *first = memory_alloc(100, 64);
    uint8_t *last = memory_alloc_last(200, 64), *large = memory_alloc_last(3000, 64);
    uint8_t *second = memory_alloc(100, 64);
    assert_ptr_equal(first, ram[0] + 64);
    assert_ptr_equal(last, ram[0] + 768); /* 1001 - 200, aligned */
    assert_ptr_equal(second, ram[0] + 192);
    assert_ptr_equal(large, ram[1] + 960); /* the first region has no room for it */
    assert_int_equal(memory_free(), 960);
    assert_true(first[99] == 0 && first[100] == 0xa5); /* cleared, and no more than that */
    assert_int_equal(last[0], 0xa5);
}

/* Whatever is asked for in whatever order. */
static void each_octet_is_handed_out_once(void **state)
{
    srand(1);
    for (unsigned round = 0; round < 2000; round++) {
        setup(state);
        static uint8_t taken[sizeof ram];
        memset(taken, 0, sizeof taken);
        fake_panic_expected = true;
        if (setjmp(fake_panic_jump) != 0)
            continue;
        for (;;) {
            size_t size = 1 + (unsigned)rand() % 700, alignment = 1UL << rand() % 10;
            uint8_t *at =
                rand() % 2 ? memory_alloc(size, alignment) : memory_alloc_last(size, alignment);
            assert_int_equal((uintptr_t)at % alignment, 0);
            size_t offset = (size_t)(at - ram[0]);
            assert_true((offset >= 1 && offset + size <= 1001) ||
                        (offset >= 4096 && offset + size <= 8096));
            for (size_t i = 0; i < size; i++)
                assert_int_equal(taken[offset + i]++, 0);
        }
    }
}

static void too_much_is_a_panic(void **state)
{
    (void)state;
    expect_panic("out of memory", memory_alloc_last(4001, 1));
    assert_ptr_equal(memory_alloc_last(4000, 4096), ram[1]);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_lies_behind_the_last),
        TEST(each_octet_is_handed_out_once),
        TEST(too_much_is_a_panic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
