/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and numbers to and from text. test_options.c has the words that are built from them. */
#include "text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Each number of an octet at each place, there and back. */
static void test_ipv4(void **state)
{
    (void)state;
    for (int shift = 0; shift <= 24; shift += 8) {
        for (uint32_t n = 0; n < 256; n++) {
            uint32_t ip = (0x0a64c8ffu & ~(255u << shift)) | n << shift, read;
            char expected[16];
            snprintf(expected, sizeof expected, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255,
                     ip >> 8 & 255, ip & 255);
            struct text t = text_ipv4(ip);
            const char *text = t.characters;
            assert_string_equal(text, expected);
            assert_true(text_read_ipv4(&text, &read));
            assert_int_equal(read, ip);
            assert_int_equal(*text, '\0');
        }
    }
}

static void test_ipv4_prefix(void **state)
{
    (void)state;
    assert_string_equal(text_ipv4_prefix(0, 0).characters, "none");
    assert_string_equal(text_ipv4_prefix(0xffffffff, 32).characters, "255.255.255.255/32");
    for (uint8_t n = 0; n <= 32; n++) {
        struct text t = text_ipv4_prefix(0x0a000001, n);
        const char *text = t.characters;
        uint32_t ip;
        assert_memory_equal(text, "10.0.0.1/", 9);
        assert_int_equal(text_read_ipv4_prefix(&text, &ip), n);
        assert_int_equal(ip, 0x0a000001);
        assert_int_equal(*text, '\0');
    }
}

/* A reader stops where its value ends. */
static void test_what_follows_is_left(void **state)
{
    (void)state;
    const char *text = "7,1.2.3.4,5.6.7.8/9,x";
    uint32_t ip;
    assert_int_equal(text_read_number(&text, 7), 7);
    assert_string_equal(text++, ",1.2.3.4,5.6.7.8/9,x");
    assert_true(text_read_ipv4(&text, &ip));
    assert_string_equal(text++, ",5.6.7.8/9,x");
    assert_int_equal(text_read_ipv4_prefix(&text, &ip), 9);
    assert_string_equal(text, ",x");
}

static void test_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int max, value;
    } cases[] = {
        {"0", 0, 0},
        {"1", 0, -1},
        {"999999", 999999, 999999},
        {"1000000", 999999, -1},
        {"10000000", 999999, -1},
        {"4294967297", 999999, -1},
        {"00", 9, -1},
        {"01", 9, -1},
        {"0x1", 9, 0},
        {"", 9, -1},
        {"-1", 9, -1},
        {"/", 9, -1},
        {":", 9, -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        assert_int_equal(text_read_number(&text, cases[i].max), cases[i].value);
    }
}

static void test_mac(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "0",
        "00",
        "00:",
        "00:11:22:33:44",
        "00:11:22:33:44:",
        "00:11:22:33:44:5",
        "00:11:22:33:44:5g",
        "00:11:22:33:44:g5",
        "00-11-22-33-44-55",
        "00:11:22:33:44;55",
        "0:11:22:33:44:55",
        "00:11:22:33:44:/5",
        "00:11:22:33:44:@5",
        "00:11:22:33:44:`5",
        "00:11:22:33:44:\x10\x11", /* a lower case digit less 0x20 */
        "001122334455",
    };
    uint8_t octets[6];
    for (unsigned n = 0; n < 256; n++) {
        for (int place = 0; place < 6; place++) {
            uint8_t mac[6] = {0x0f, 0x1e, 0x2d, 0x3c, 0x4b, 0x5a};
            char upper[20];
            mac[place] = (uint8_t)n;
            struct text t = text_mac(mac);
            const char *text = t.characters;
            assert_true(text_read_mac(&text, octets));
            assert_memory_equal(octets, mac, 6);
            assert_int_equal(*text, '\0');
            snprintf(upper, sizeof upper, "%02X:%02X:%02X:%02X:%02X:%02X", mac[0], mac[1], mac[2],
                     mac[3], mac[4], mac[5]);
            text = upper;
            assert_true(text_read_mac(&text, octets));
            assert_memory_equal(octets, mac, 6);
        }
    }
    assert_string_equal(text_mac((const uint8_t[]){0x52, 0x54, 0, 0x12, 0xab, 0xff}).characters,
                        "52:54:00:12:ab:ff");
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char copy[20]; /* of its exact length, for the sanitizer */
        const char *text = strcpy(copy + sizeof copy - strlen(wrong[i]) - 1, wrong[i]);
        if (text_read_mac(&text, octets))
            fail_msg("%s was read", wrong[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ipv4),   cmocka_unit_test(test_ipv4_prefix),
        cmocka_unit_test(test_number), cmocka_unit_test(test_what_follows_is_left),
        cmocka_unit_test(test_mac),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
