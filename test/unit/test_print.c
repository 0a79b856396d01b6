/* SPDX-License-Identifier: BSD-2-Clause */
/* The image's print: what reaches the serial port, which is a buffer here. */
#include "platform/print.h"

#include "platform/serial.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

static char port[10000];
static size_t written;

void serial_write(const char *text, size_t length)
{
    assert_true(length < sizeof port - written);
    memcpy(port + written, text, length);
    written += length;
    port[written] = '\0';
}

static int set_up(void **state)
{
    (void)state;
    written = 0;
    port[0] = '\0';
    return 0;
}

static void test_formats(void **state)
{
    (void)state;
    print("%s=%u %lu %016lx %-5s|%5lu|%02x %d%%\n", "a", 1u, 2ul, 0xabcul, "b", 3ul, 15u, -4);
    assert_string_equal(port, "a=1 2 0000000000000abc b    |    3|0f -4%\n");
    print("%s", "");
    assert_string_equal(port, "a=1 2 0000000000000abc b    |    3|0f -4%\n");
}

/* A line as long as can be is whole; of a longer one it can be seen that it was cut, and the next
 * begins on a line of its own. */
static void test_long_line(void **state)
{
    (void)state;
    char line[PRINT_MAX + 100];
    for (size_t length = PRINT_MAX - 2; length < sizeof line; length++) {
        set_up(state);
        memset(line, 'x', length);
        line[length - 1] = '\n';
        line[length] = '\0';
        print("%s", line);
        if (length <= PRINT_MAX) {
            assert_string_equal(port, line);
            continue;
        }
        assert_int_equal(written, PRINT_MAX);
        assert_memory_equal(port, line, PRINT_MAX - 4);
        assert_string_equal(port + PRINT_MAX - 4, "...\n");
    }
}

static void test_text_of_any_length(void **state)
{
    (void)state;
    char text[5001];
    memset(text, '%', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    print_text(text);
    assert_string_equal(port, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_formats, set_up),
        cmocka_unit_test_setup(test_long_line, set_up),
        cmocka_unit_test_setup(test_text_of_any_length, set_up),
    };
    return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
