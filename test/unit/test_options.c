/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line: what each takes, and that a bad one changes nothing and says what
 * was expected.
 */
#include "options.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* One word, in a buffer of its exact size, on top of values that no default has. */
static struct options before, after;
static const char *problem;

static enum option_result set(const char *word)
{
    char *copy = strdup(word);
    memset(&before, 0, sizeof before);
    before.ip = 0x0a000001;
    before.prefix = 9;
    before.ttl = 77;
    before.on_panic = (enum on_panic)(ON_PANIC_RESET + 1);
    memcpy(&after, &before, sizeof after);
    problem = NULL;
    enum option_result result = options_set(&after, copy, &problem);
    free(copy);
    return result;
}

static void accepted(const char *word)
{
    if (set(word) != OPTION_OK || problem)
        fail_msg("%s: %s", word, problem ? problem : "not accepted");
}

/* Not taken: nothing changed, and a phrase says what is wrong. */
static void rejected(const char *word, enum option_result result)
{
    if (set(word) != result)
        fail_msg("%s: another result", word);
    if (memcmp(&after, &before, sizeof after) != 0)
        fail_msg("%s: something changed", word);
    if (!problem || strlen(problem) == 0 || strchr(problem, '\n'))
        fail_msg("%s: no phrase that says what is wrong", word);
}

/* contract.md: 192.168.100.2/24, 64, exit. */
static void test_defaults(void **state)
{
    (void)state;
    struct options o;
    memset(&o, 0xa5, sizeof o);
    options_init(&o);
    assert_int_equal(o.ip, 0xc0a86402);
    assert_int_equal(o.prefix, 24);
    assert_int_equal(o.ttl, 64);
    assert_int_equal(o.on_panic, ON_PANIC_EXIT);
}

static void test_ip(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        uint32_t ip;
        uint8_t prefix;
    } cases[] = {
        {"ip=192.168.100.2/24", 0xc0a86402, 24},   {"ip=10.0.0.1/8", 0x0a000001, 8},
        {"ip=1.0.0.1/30", 0x01000001, 30},         {"ip=1.0.0.2/30", 0x01000002, 30},
        {"ip=1.0.0.0/31", 0x01000000, 31}, /* RFC 3021: both are hosts */
        {"ip=1.0.0.1/31", 0x01000001, 31},         {"ip=1.0.0.0/32", 0x01000000, 32},
        {"ip=203.0.113.255/32", 0xcb0071ff, 32},   {"ip=223.255.255.254/24", 0xdffffffe, 24},
        {"ip=126.255.255.254/8", 0x7efffffe, 8},   {"ip=128.0.0.1/16", 0x80000001, 16},
        {"ip=192.168.100.0/16", 0xc0a86400, 16}, /* 0 and 255, but not of its subnet */
        {"ip=192.168.100.255/16", 0xc0a864ff, 16}, {"ip=none", 0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        accepted(cases[i].word);
        assert_int_equal(after.ip, cases[i].ip);
        assert_int_equal(after.prefix, cases[i].prefix);
        assert_int_equal(after.ttl, before.ttl);
        assert_int_equal(after.on_panic, before.on_panic);
    }
}

static void test_ip_rejected(void **state)
{
    (void)state;
    static const char *const words[] = {
        /* no address */
        "ip=",
        "ip=/",
        "ip=/24",
        "ip=x",
        "ip=None",
        "ip=none ",
        "ip=nonesuch",
        "ip=192",
        "ip=192.168",
        "ip=192.168.100",
        "ip=192.168.100.",
        "ip=192.168.100./24",
        "ip=192.168.100/24",
        "ip=.168.100.2/24",
        "ip=192..100.2/24",
        "ip=192.168.100.2.1/24",
        "ip=256.168.100.2/24",
        "ip=192.168.100.256/24",
        "ip=192.168.100.999/24",
        "ip=1921.68.100.2/24",
        "ip=192.168.100.0002/24",
        "ip=192.168.100.02/24",
        "ip=192.168.100.00/24",
        "ip=-1.168.100.2/24",
        "ip=+1.168.100.2/24",
        "ip= 192.168.100.2/24",
        "ip=0xc0.168.100.2/24",
        "ip=192,168,100,2/24",
        "ip=192.168.100.2x/24",
        "ip=192.168.100.99999999999999999999/24",
        "ip=4294967297.0.0.1/24",
        "ip=fe80::1/64",
        /* no prefix */
        "ip=192.168.100.2",
        "ip=192.168.100.2/",
        "ip=192.168.100.2/33",
        "ip=192.168.100.2/-1",
        "ip=192.168.100.2/024",
        "ip=192.168.100.2/24 ",
        "ip=192.168.100.2/24/24",
        "ip=192.168.100.2/x",
        "ip=192.168.100.2//24",
        "ip=192.168.100.2/256",
        "ip=192.168.100.2/4294967320",
        "ip=192.168.100.2/255.255.255.0",
        "ip=192.168.100.2:24",
        /* no host's address */
        "ip=0.0.0.0/0",
        "ip=0.0.0.0/32",
        "ip=0.1.2.3/8",
        "ip=127.0.0.1/8",
        "ip=127.255.255.254/32",
        "ip=224.0.0.1/24",
        "ip=239.255.255.254/32",
        "ip=240.0.0.1/8",
        "ip=255.255.255.255/32",
        /* the subnet itself, its broadcast address */
        "ip=192.168.100.0/24",
        "ip=192.168.100.255/24",
        "ip=10.0.0.0/8",
        "ip=10.255.255.255/8",
        "ip=192.168.100.4/30",
        "ip=192.168.100.7/30",
        "ip=128.0.0.0/1",
    };
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
    rejected("ip=192.168.100./24", OPTION_BAD);
    assert_non_null(strstr(problem, "A.B.C.D/N"));
}

/* All 256 numbers at each place, and what follows them. */
static void test_ip_every_number(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 1100; n++) {
        for (unsigned place = 0; place < 4; place++) {
            unsigned octet[4] = {10, 20, 30, 40};
            char word[64];
            octet[place] = n;
            snprintf(word, sizeof word, "ip=%u.%u.%u.%u/32", octet[0], octet[1], octet[2],
                     octet[3]);
            if (n > 255 || (place == 0 && (n == 0 || n == 127 || n > 223))) {
                rejected(word, OPTION_BAD);
            } else {
                accepted(word);
                assert_int_equal(after.ip,
                                 octet[0] << 24 | octet[1] << 16 | octet[2] << 8 | octet[3]);
            }
        }
    }
}

static void test_ttl(void **state)
{
    (void)state;
    static const char *const words[] = {"ttl=",     "ttl=x",   "ttl=-1",        "ttl=+1", "ttl= 1",
                                        "ttl=1 ",   "ttl=064", "ttl=00",        "ttl=1x", "ttl=64,",
                                        "ttl=0x40", "ttl=1.0", "ttl=4294967297"};
    for (unsigned ttl = 0; ttl < 1100; ttl++) {
        char word[16];
        snprintf(word, sizeof word, "ttl=%u", ttl);
        if (ttl < 1 || ttl > 255) {
            rejected(word, OPTION_BAD);
        } else {
            accepted(word);
            assert_int_equal(after.ttl, ttl);
            assert_int_equal(after.ip, before.ip);
            assert_int_equal(after.prefix, before.prefix);
        }
    }
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
}

static void test_on_panic(void **state)
{
    (void)state;
    static const char *const words[] = {"on_panic=",      "on_panic=Exit",  "on_panic=exi",
                                        "on_panic=exit ", "on_panic=halts", "on_panic=reboot"};
    accepted("on_panic=exit");
    assert_int_equal(after.on_panic, ON_PANIC_EXIT);
    accepted("on_panic=halt");
    assert_int_equal(after.on_panic, ON_PANIC_HALT);
    accepted("on_panic=reset");
    assert_int_equal(after.on_panic, ON_PANIC_RESET);
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_BAD);
}

/* A key is known whole or not at all; a word without a value is no key. */
static void test_unknown(void **state)
{
    (void)state;
    static const char *const words[] = {
        "",
        "=",
        "=64",
        "ip",
        "ttl",
        "i=192.168.100.2/24",
        "ipp=1",
        "IP=none",
        "Ttl=64",
        " ip=none",
        "ip =none",
        "tt=64",
        "ttls=64",
        "on_pani=exit",
        "on_panic",
        "quiet",
        "console=ttyS0",
        "--ip=none",
        "ip:none",
    };
    for (size_t i = 0; i < COUNT(words); i++)
        rejected(words[i], OPTION_UNKNOWN);
}

/* Of two, the last one holds. */
static void test_last_one_holds(void **state)
{
    (void)state;
    struct options o;
    const char *unused;
    options_init(&o);
    assert_int_equal(options_set(&o, "ttl=1", &unused), OPTION_OK);
    assert_int_equal(options_set(&o, "ttl=2", &unused), OPTION_OK);
    assert_int_equal(options_set(&o, "ttl=0", &unused), OPTION_BAD);
    assert_int_equal(o.ttl, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),    cmocka_unit_test(test_ip),
        cmocka_unit_test(test_ip_rejected), cmocka_unit_test(test_ip_every_number),
        cmocka_unit_test(test_ttl),         cmocka_unit_test(test_on_panic),
        cmocka_unit_test(test_unknown),     cmocka_unit_test(test_last_one_holds),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
