/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line's words, as loaders give them: with the image's file name in front, or not. */
#include "words.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct words words;

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *words[4];
    } cases[] = {
        {"", {NULL}},
        {" ", {NULL}},
        {" \t \t", {NULL}},
        /* QEMU: the file name, a blank, what -append says */
        {"build/unipong.elf", {NULL}},
        {"build/unipong.elf ", {NULL}},
        {"build/unipong.elf ip=10.0.0.1/24", {"ip=10.0.0.1/24"}},
        {"build/unipong.elf ip=none ttl=3", {"ip=none", "ttl=3"}},
        {"unipong.elf pi=10.0.0.1/24", {"pi=10.0.0.1/24"}},
        /* GRUB: only the words */
        {"ip=10.0.0.1/24", {"ip=10.0.0.1/24"}},
        {"pi=10.0.0.1/24", {"pi=10.0.0.1/24"}},
        {"pi=10.0.0.1/24 ttl=3", {"pi=10.0.0.1/24", "ttl=3"}},
        {"=", {"="}},
        /* only the first word can be a name */
        {"a b", {"b"}},
        {"a b c=1 d", {"b", "c=1", "d"}},
        {"c=1 a", {"c=1", "a"}},
        {"my images/unipong.elf ip=none", {"images/unipong.elf", "ip=none"}},
        {"a=b/unipong.elf ip=none", {"a=b/unipong.elf", "ip=none"}},
        /* whatever is between them */
        {"  a\t\tip=none \t ttl=3\t", {"ip=none", "ttl=3"}},
        {"\tip=none\tttl=3", {"ip=none", "ttl=3"}},
        {"ip=none\r\nttl=3\r\n", {"ip=none", "ttl=3"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *line = strdup(cases[i].line); /* in a buffer of its exact size */
        assert_true(words_begin(&words, line));
        free(line);
        for (size_t j = 0; j < COUNT(cases[i].words) && cases[i].words[j]; j++) {
            const char *word = words_next(&words);
            if (!word || strcmp(word, cases[i].words[j]) != 0)
                fail_msg("\"%s\": word %zu is %s", cases[i].line, j, word ? word : "missing");
        }
        for (int again = 0; again < 2; again++)
            if (words_next(&words))
                fail_msg("\"%s\": one word too many", cases[i].line);
    }
}

/* contract.md: at most 4,095 octets. */
static void test_longest(void **state)
{
    (void)state;
    assert_int_equal(WORDS_MAX, 4095);
    char *line = malloc(4097);
    memset(line, 'x', 4096);
    memcpy(line, "ip=", 3);
    line[4095] = '\0';
    assert_true(words_begin(&words, line));
    const char *word = words_next(&words);
    assert_non_null(word);
    assert_string_equal(word, line);
    assert_null(words_next(&words));
    line[4095] = 'x';
    line[4096] = '\0';
    assert_false(words_begin(&words, line));
    free(line);
}

/* What no 0 ends is not read on and on. */
static void test_endless(void **state)
{
    (void)state;
    char *line = malloc(WORDS_MAX + 1);
    memset(line, 'x', WORDS_MAX + 1);
    assert_false(words_begin(&words, line));
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_endless),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
