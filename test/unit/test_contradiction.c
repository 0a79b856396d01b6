/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of which each is right: which of them cannot be used together, and which one is named. */
#include "contradiction.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A gateway is another host of our subnet; any host where the subnet is unknown or a /32. */
static void test_gateway_fits(void **state)
{
    (void)state;
    static const struct {
        uint32_t ip;
        uint8_t prefix;
        uint32_t gateway;
        bool fits;
    } cases[] = {
        {0xc0a86402, 24, 0, true},           {0xc0a86402, 24, 0xc0a86401, true},
        {0xc0a86402, 24, 0xc0a864fe, true},  {0xc0a86402, 24, 0xc0a86402, false},
        {0xc0a86402, 24, 0xc0a86400, false}, {0xc0a86402, 24, 0xc0a864ff, false},
        {0xc0a86402, 24, 0xc0a86301, false}, {0xc0a86402, 24, 0xc0a86501, false},
        {0xc0a86402, 24, 0x08080808, false}, {0xc0a86402, 30, 0xc0a86401, true},
        {0xc0a86402, 30, 0xc0a86403, false}, {0xc0a86402, 30, 0xc0a86404, false},
        {0xc0a86402, 31, 0xc0a86403, true},  {0xc0a86402, 31, 0xc0a86402, false},
        {0xc0a86402, 31, 0xc0a86401, false}, {0xc0a86403, 31, 0xc0a86402, true},
        {0xc0a86402, 32, 0x08080808, true},  {0xc0a86402, 32, 0xc0a86402, false},
        {0xc0a86402, 0, 0x08080808, true},   {0, 0, 0x08080808, true},
        {0, 24, 0x08080808, true},           {0, 0, 0, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct contradiction c;
        struct options o = {
            .net = {.ip = cases[i].ip, .prefix = cases[i].prefix, .gateway = cases[i].gateway}};
        if (contradiction_find(&o, &c) == cases[i].fits)
            fail_msg("case %zu", i);
        if (cases[i].fits)
            continue;
        assert_string_equal(c.key, "gw");
        assert_int_equal(c.address, cases[i].gateway);
    }
}

/* A virtual address is silent in ARP, so it is neither ours nor the gateway's, whichever word comes
 * first. */
static void test_virtual_address_is_another(void **state)
{
    (void)state;
    static const struct {
        const char *words[3];
        const char *key; /* NULL: they are in harmony */
        uint32_t address;
    } cases[] = {
        {{"ip=10.0.0.1/8", "vip=10.0.0.2", "gw=10.0.0.3"}, NULL, 0},
        {{"ip=10.0.0.1/8", "vip=10.0.0.1", "gw=none"}, "vip", 0x0a000001},
        {{"ip=10.0.0.1/32", "vip=10.0.0.2,10.0.0.1,10.0.0.3", "gw=10.0.0.4"}, "vip", 0x0a000001},
        {{"ip=192.168.100.9/24", "vip=192.168.100.2", "gw=none"}, NULL, 0}, /* not the default */
        {{"ip=10.0.0.1/8", "vip=10.0.0.2", "gw=10.0.0.2"}, "gw", 0x0a000002},
        {{"ip=10.0.0.1/8", "vip=10.0.0.3,10.0.0.2", "gw=10.0.0.2"}, "gw", 0x0a000002},
        {{"ip=none", "vip=10.0.0.2", "gw=10.0.0.2"}, "gw", 0x0a000002},
        {{"ip=none", "vip=10.0.0.2", "gw=none"}, NULL, 0},
        {{"ip=10.0.0.1/24", "vip=10.0.0.9,10.0.0.255", "gw=none"}, "vip", 0x0a0000ff},
        {{"ip=10.0.0.1/24", "vip=10.0.0.0,10.0.0.9", "gw=none"}, "vip", 0x0a000000},
        {{"ip=10.0.0.1/24", "vip=10.0.1.0,10.0.1.255", "gw=none"}, NULL, 0}, /* of others */
        {{"ip=10.0.0.1/30", "vip=10.0.0.3", "gw=none"}, "vip", 0x0a000003},
        {{"ip=10.0.0.1/31", "vip=10.0.0.0", "gw=none"}, NULL, 0}, /* RFC 3021 */
        {{"ip=10.0.0.1/32", "vip=10.0.0.0", "gw=none"}, NULL, 0},
        {{"ip=none", "vip=none", "gw=10.0.0.2"}, NULL, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t first = 0; first < 3; first++) {
            struct options o;
            struct contradiction c;
            const char *unused;
            options_init(&o);
            for (size_t j = 0; j < 3; j++)
                assert_int_equal(options_set(&o, cases[i].words[(first + j) % 3], &unused),
                                 OPTION_OK);
            assert_int_equal(contradiction_find(&o, &c), cases[i].key != NULL);
            if (!cases[i].key)
                continue;
            assert_string_equal(c.key, cases[i].key);
            assert_int_equal(c.address, cases[i].address);
            assert_true(strlen(c.problem) > 0);
        }
    }
}

/* Where we have no address, there is no subnet whose ends a virtual one could be. */
static void test_no_subnet(void **state)
{
    (void)state;
    struct contradiction c;
    struct options o = {.net = {.prefix = 24, .vip = {0x000000ff}, .vip_count = 1}};
    assert_false(contradiction_find(&o, &c));
    o.net.ip = 1;
    assert_true(contradiction_find(&o, &c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gateway_fits),
        cmocka_unit_test(test_virtual_address_is_another),
        cmocka_unit_test(test_no_subnet),
    };
    return cmocka_run_group_tests_name("contradiction", tests, NULL, NULL);
}
