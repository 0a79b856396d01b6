/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of an IPv4 header (RFC 791 3.1, RFC 1122 3.2.1.8 and 3.2.2.6): each case is the
 * options of a request and those that its answer must carry.
 */
#include "frames.h"

#include "net/ipv4_options.h"

#include <stdlib.h>
#include <string.h>

struct options_case {
    uint8_t options[40]; /* what is not given is 0, the end of the list */
    uint8_t answer[40];
};

/* A ping with the first size octets of the case, a multiple of four. */
static void answered(const struct options_case *c, size_t size)
{
    struct ping p = ping_request();
    p.options = c->options;
    p.options_len = size;
    struct ping reply = ping_reply(&p);
    reply.options = c->answer;
    ping_expect(&p, REPLY_ICMP_ECHO, &reply, __FILE__, __LINE__);
}

static void refused(const uint8_t *options, size_t size, enum verdict want)
{
    struct ping p = ping_request();
    p.options = options;
    p.options_len = size;
    ping_dropped(&p, want);
}

/* Unknown options, and those that ask nothing of the receiver, become no-operations in the answer.
 */
static void test_c050_c055_ignored(void **state)
{
    (void)state;
    static const struct options_case cases[] = {
        {{0}, {0}},
        {{1, 1, 1, 1}, {1, 1, 1, 1}},
        {{1, 1, 0, 0}, {1, 1, 0, 0}},
        {{0x88, 4, 0x12, 0x34}, {1, 1, 1, 1}},    /* stream identifier (RFC 1122 3.2.1.8 b) */
        {{0x94, 4, 0, 0}, {1, 1, 1, 1}},          /* router alert (RFC 6398) */
        {{0xde, 2, 0xfe, 3, 9}, {1, 1, 1, 1, 1}}, /* two that nobody knows */
        {{0x5e, 2, 0}, {1, 1, 0}},                /* no data */
        {{1, 0x88, 4, 7, 8, 1, 0x94, 4, 0, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
        {{0x82, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}, /* security */
        {{0x5e, 8, 6}, {1, 1, 1, 1, 1, 1, 1, 1}}, /* no list, though it could be a bad one */
        {{0x5e, 6, 7, 0xf0, 9, 9}, {1, 1, 1, 1, 1, 1}},
        {{0, 7, 0, 131, 3, 4}, {0, 7, 0, 131, 3, 4}}, /* behind the end there are no options */
        {{1, 0, 0xff, 0xff}, {1, 0, 0xff, 0xff}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        answered(&cases[i], 12);
        answered(&cases[i], 40);
    }
    /* The same option, filling all the room. */
    struct options_case full = {{0x9e, 40}, {0}};
    memset(full.options + 2, 0xff, 38);
    memset(full.answer, 1, 40);
    answered(&full, 40);
}

/* Every type of option with a length: nothing but the source routes is refused. */
static void test_c050_every_type(void **state)
{
    (void)state;
    for (unsigned type = 2; type < 256; type++) {
        if (type == 7 || type == 68)
            continue;
        struct options_case c = {{(uint8_t)type, 7, 0, 1, 2, 3, 4, 1}, {1, 1, 1, 1, 1, 1, 1, 1}};
        if (type == 131 || type == 137)
            refused(c.options, 8, DROP_IPV4_SOURCE_ROUTE);
        else
            answered(&c, 8);
    }
}

/* An option at every place of options of every size, with every length. */
static void test_c051_every_length(void **state)
{
    (void)state;
    for (size_t size = 4; size <= 40; size += 4) {
        for (size_t at = 0; at < size; at++) {
            for (unsigned length = 0; length < 256; length++) {
                struct options_case c;
                memset(&c, 1, sizeof c); /* all no-operations, and so the answer */
                c.options[at] = 0x5e;
                if (at + 1 < size)
                    c.options[at + 1] = (uint8_t)length;
                if (at + 1 == size || length < 2 || length > size - at)
                    refused(c.options, size, DROP_IPV4_OPTION);
                else
                    answered(&c, size);
            }
        }
    }
}

/* A record route or source route that is malformed is that first. */
static void test_c051_known_types(void **state)
{
    (void)state;
    static const uint8_t types[] = {7, 68, 131, 137};
    for (size_t i = 0; i < COUNT(types); i++) {
        for (unsigned length = 0; length < 256; length++) {
            uint8_t options[8] = {1, types[i], (uint8_t)length, 4};
            if (length < 2 || length > 7)
                refused(options, sizeof options, DROP_IPV4_OPTION);
        }
        uint8_t last[4] = {1, 1, 1, types[i]};
        refused(last, sizeof last, DROP_IPV4_OPTION);
    }
}

/* Room for an address: ours goes in, the pointer goes on; full: it comes back as it came. */
static void test_c052_record_route(void **state)
{
    (void)state;
    static const struct options_case cases[] = {
        {{7, 7, 4, 0, 0, 0, 0}, {7, 7, 8, 192, 168, 100, 2}},
        {{7, 11, 8, 10, 0, 0, 1, 9, 9, 9, 9}, {7, 11, 12, 10, 0, 0, 1, 192, 168, 100, 2}},
        {{7, 11, 4, 9, 9, 9, 9, 9, 9, 9, 9}, {7, 11, 8, 192, 168, 100, 2, 9, 9, 9, 9}},
        {{7, 7, 8, 10, 0, 0, 1}, {7, 7, 8, 10, 0, 0, 1}},     /* full */
        {{7, 7, 9, 10, 0, 0, 1}, {7, 7, 9, 10, 0, 0, 1}},     /* more than full */
        {{7, 7, 255, 10, 0, 0, 1}, {7, 7, 255, 10, 0, 0, 1}}, /* far beyond */
        {{7, 3, 4, 1}, {7, 3, 4, 1}},                         /* a list of none */
        {{1, 7, 7, 4, 0, 0, 0, 0}, {1, 7, 7, 8, 192, 168, 100, 2}},
        {{0x88, 4, 1, 2, 7, 7, 4, 0, 0, 0, 0, 1}, {1, 1, 1, 1, 7, 7, 8, 192, 168, 100, 2, 1}},
        {{7, 7, 4, 0, 0, 0, 0, 0x94, 4, 0, 0, 0}, {7, 7, 8, 192, 168, 100, 2, 1, 1, 1, 1, 0}},
        {{1, 1, 1, 7, 2, 1, 1, 1}, {1, 1, 1, 7, 2, 1, 1, 1}}, /* without a pointer: left alone */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        answered(&cases[i], 12);
        answered(&cases[i], 40);
    }
}

/* As `ping -R` sends it: nine addresses, one more taken at each hop, the last by us. */
static void test_c052_record_route_of_nine(void **state)
{
    (void)state;
    for (unsigned taken = 0; taken <= 9; taken++) {
        struct options_case c = {{7, 39, (uint8_t)(4 + 4 * taken)}, {0}};
        for (size_t i = 3; i < 39; i++)
            c.options[i] = i < 3 + 4 * taken ? (uint8_t)(100 + i) : 0;
        c.answer[0] = 7;
        memcpy(c.answer, c.options, 40);
        if (taken < 9) {
            static const uint8_t ours[4] = {192, 168, 100, 2};
            memcpy(c.answer + 3 + 4 * taken, ours, 4);
            c.answer[2] = (uint8_t)(c.answer[2] + 4);
        }
        answered(&c, 40);
    }
}

/* "The smallest legal value for the pointer is 4": left alone, and nothing is written. */
static void test_c052_record_route_low_pointer(void **state)
{
    (void)state;
    for (uint8_t pointer = 0; pointer < 4; pointer++) {
        struct options_case c = {{7, 7, pointer, 9, 9, 9, 9, 1}, {7, 7, pointer, 9, 9, 9, 9, 1}};
        answered(&c, 8);
        c.options[1] = c.answer[1] = 4; /* though there is little room */
        memset(c.options + 4, 1, 4);
        memset(c.answer + 4, 1, 4);
        answered(&c, 8);
    }
}

/* "Some room but not enough for a full address: the datagram is in error and is discarded." */
static void test_c052_record_route_little_room(void **state)
{
    (void)state;
    for (uint8_t pointer = 5; pointer <= 7; pointer++) {
        uint8_t options[8] = {7, 7, pointer, 9, 9, 9, 9, 1};
        refused(options, sizeof options, DROP_IPV4_OPTION);
    }
    for (uint8_t length = 4; length <= 6; length++) {
        uint8_t options[8] = {7, length, 4, 9, 1, 1, 1, 1};
        refused(options, sizeof options, DROP_IPV4_OPTION);
    }
}

/* RFC 791, "Internet Timestamp": 10:00:00.5 UT is 0x022552f4 milliseconds after midnight. */
#define TIME 0x02, 0x25, 0x52, 0xf4
#define OURS 192, 168, 100, 2

#define VIRTUAL    203, 0, 113, 7
#define VIRTUAL_IP 0xcb007107u

static void use_time_of_day(void)
{
    nif.now = 40 * (uint64_t)SECOND;
    nif.wall_known = true;
    nif.wall_offset = (20000 * 86400ull + 36000) * SECOND + SECOND / 2 - nif.now;
}

/* Times alone (0), addresses with times (1), addresses that the sender chose (3). */
static void test_c053_timestamp(void **state)
{
    (void)state;
    static const struct options_case cases[] = {
        {{68, 8, 5, 0, 0, 0, 0, 0}, {68, 8, 9, 0, TIME}},
        {{68, 12, 9, 0, 9, 9, 9, 9, 0, 0, 0, 0}, {68, 12, 13, 0, 9, 9, 9, 9, TIME}},
        {{68, 12, 5, 0, 9, 9, 9, 9, 8, 8, 8, 8}, {68, 12, 9, 0, TIME, 8, 8, 8, 8}},
        {{1, 68, 8, 5, 0xe0, 0, 0, 0, 0, 1}, {1, 68, 8, 9, 0xe0, TIME, 1}},
        {{68, 12, 5, 1}, {68, 12, 13, 1, OURS, TIME}},
        {{68, 12, 5, 3, OURS, 7, 7, 7, 7}, {68, 12, 13, 3, OURS, TIME}},
        /* another's turn */
        {{68, 12, 5, 3, 10, 0, 0, 1, 7, 7, 7, 7}, {68, 12, 5, 3, 10, 0, 0, 1, 7, 7, 7, 7}},
        /* full: one more who found no room */
        {{68, 8, 9, 0, 7, 7, 7, 7}, {68, 8, 9, 0x10, 7, 7, 7, 7}},
        {{68, 8, 9, 0xe0, 7, 7, 7, 7}, {68, 8, 9, 0xf0, 7, 7, 7, 7}},
        {{68, 8, 255, 0x30, 7, 7, 7, 7}, {68, 8, 255, 0x40, 7, 7, 7, 7}},
        {{68, 12, 13, 1, 7, 7, 7, 7, 7, 7, 7, 7}, {68, 12, 13, 0x11, 7, 7, 7, 7, 7, 7, 7, 7}},
        {{68, 4, 5, 0x21}, {68, 4, 5, 0x31}}, /* a list of none */
        /* a flag that nobody has defined: left alone */
        {{68, 8, 5, 2, 7, 7, 7, 7}, {68, 8, 5, 2, 7, 7, 7, 7}},
        {{68, 8, 9, 0xff, 7, 7, 7, 7}, {68, 8, 9, 0xff, 7, 7, 7, 7}},
        /* "the smallest legal value is 5", and less than four octets: left alone */
        {{68, 8, 4, 0, 7, 7, 7, 7}, {68, 8, 4, 0, 7, 7, 7, 7}},
        {{68, 8, 0, 0, 7, 7, 7, 7}, {68, 8, 0, 0, 7, 7, 7, 7}},
        {{68, 6, 4, 0, 7, 7}, {68, 6, 4, 0, 7, 7}},    /* though there is little room */
        {{68, 3, 5, 0xf0, 2, 1}, {68, 3, 5, 1, 1, 1}}, /* the next option is none of its octets */
        {{68, 3, 5, 1}, {68, 3, 5, 1}},
        {{68, 2, 1, 1}, {68, 2, 1, 1}},
        /* with a record route in front, both are filled in */
        {{7, 7, 4, 0, 0, 0, 0, 68, 8, 5, 0}, {7, 7, 8, OURS, 68, 8, 9, 0, TIME}},
    };
    use_time_of_day();
    for (size_t i = 0; i < COUNT(cases); i++) {
        answered(&cases[i], 16);
        answered(&cases[i], 40);
    }
}

/* As `ping -T tsonly` and `ping -T tsandaddr` send it, with all room and less and less of it. */
static void test_c053_full_lists(void **state)
{
    (void)state;
    static const uint8_t filled[8] = {OURS, TIME};
    use_time_of_day();
    for (uint8_t flag = 0; flag <= 1; flag++) {
        size_t entry = flag ? 8 : 4;
        for (size_t taken = 0; 4 + taken <= 36; taken += entry) {
            struct options_case c = {{68, 36, (uint8_t)(5 + taken), flag}, {0}};
            for (size_t i = 4; i < 36; i++)
                c.options[i] = (uint8_t)(100 + i);
            memcpy(c.answer, c.options, 40);
            if (4 + taken < 36) {
                memcpy(c.answer + 4 + taken, filled + (flag ? 0 : 4), entry);
                c.answer[2] = (uint8_t)(c.answer[2] + entry);
            } else {
                c.answer[3] = flag | 0x10;
            }
            answered(&c, 40);
        }
    }
}

/* "Some room but not enough for a full timestamp", or too many who found none: "in error". */
static void test_c053_timestamp_in_error(void **state)
{
    (void)state;
    for (uint8_t pointer = 0; pointer < 16; pointer++) {
        uint8_t times[12] = {68, 12, pointer, 0, 9, 9, 9, 9, 9, 9, 9, 9};
        uint8_t both[12] = {68, 12, pointer, 1, 9, 9, 9, 9, 9, 9, 9, 9};
        uint8_t chosen[12] = {68, 12, pointer, 3, 9, 9, 9, 9, 9, 9, 9, 9};
        if (pointer > 9 && pointer <= 12)
            refused(times, sizeof times, DROP_IPV4_OPTION);
        if (pointer > 5 && pointer <= 12) {
            refused(both, sizeof both, DROP_IPV4_OPTION);
            refused(chosen, sizeof chosen, DROP_IPV4_OPTION);
        }
    }
    for (uint8_t flag = 0; flag <= 3; flag++) {
        uint8_t overflow[8] = {68, 8, 9, 0xf0 | flag, 9, 9, 9, 9};
        uint8_t no_list[8] = {68, 4, 5, 0xf0 | flag, 1, 1, 1, 1};
        if (flag == 2)
            continue;
        refused(overflow, sizeof overflow, DROP_IPV4_OPTION);
        refused(no_list, sizeof no_list, DROP_IPV4_OPTION);
    }
    for (uint8_t length = 5; length <= 7; length++) {
        uint8_t little[8] = {68, length, 5, 0, 1, 1, 1, 1};
        refused(little, sizeof little, DROP_IPV4_OPTION);
    }
}

/* Whichever of our addresses was asked: the sender may have chosen another of them, but what we
 * record of our own accord is the one that we answer from (RFC 1122 3.2.2.6). */
static void test_c053_other_address_of_ours(void **state)
{
    (void)state;
    static const struct {
        struct options_case options;
        uint32_t dst;
    } cases[] = {
        {{{68, 12, 5, 3, OURS}, {68, 12, 13, 3, OURS, TIME}}, VIRTUAL_IP},
        {{{68, 12, 5, 3, VIRTUAL}, {68, 12, 13, 3, VIRTUAL, TIME}}, OUR_IP},
        {{{68, 12, 5, 3, VIRTUAL}, {68, 12, 13, 3, VIRTUAL, TIME}}, VIRTUAL_IP},
        {{{68, 12, 5, 3, 203, 0, 113, 8}, {68, 12, 5, 3, 203, 0, 113, 8}}, VIRTUAL_IP},
        /* all of them in a list: one of us, one entry */
        {{{68, 20, 5, 3, OURS, 7, 7, 7, 7, VIRTUAL}, {68, 20, 13, 3, OURS, TIME, VIRTUAL}},
         VIRTUAL_IP},
        {{{68, 12, 5, 1}, {68, 12, 13, 1, VIRTUAL, TIME}}, VIRTUAL_IP},
        {{{68, 12, 5, 1}, {68, 12, 13, 1, OURS, TIME}}, OUR_IP},
        {{{7, 7, 4}, {7, 7, 8, VIRTUAL}}, VIRTUAL_IP},
        {{{7, 7, 4}, {7, 7, 8, OURS}}, OUR_IP},
    };
    use_time_of_day();
    nif.config.vip[0] = VIRTUAL_IP;
    nif.config.vip_count = 1;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ping p = ping_request(), reply;
        p.src = 0xc6336401; /* outside our subnet, or we would have to ask where it is */
        p.dst = cases[i].dst;
        p.options = cases[i].options.options;
        p.options_len = 40;
        reply = ping_reply(&p);
        reply.options = cases[i].options.answer;
        ping_expect(&p, REPLY_ICMP_ECHO, &reply, __FILE__, __LINE__);
    }
}

/* Nobody has set the clock: time since the start, and the high bit says so (RFC 791, RFC 792). */
static void test_c053_no_time_of_day(void **state)
{
    (void)state;
    static const struct options_case c = {{68, 8, 5, 0}, {68, 8, 9, 0, 0x80, 0x4c, 0x4b, 0x40}};
    nif.now = 5000ull * SECOND;
    answered(&c, 8);
}

/* Our policy is RFC 7126's 4.3 and 4.4: a packet with a source route is dropped, used up or not. */
static void test_c054_source_routes(void **state)
{
    (void)state;
    static const uint8_t types[] = {131, 137};
    for (size_t i = 0; i < COUNT(types); i++) {
        for (uint8_t pointer = 0; pointer < 12; pointer++) {
            uint8_t first[8] = {types[i], 7, pointer, 10, 0, 0, 1, 0};
            uint8_t later[12] = {1, 0x88, 4, 0, 0, types[i], 7, pointer, 10, 0, 0, 1};
            refused(first, sizeof first, DROP_IPV4_SOURCE_ROUTE);
            refused(later, sizeof later, DROP_IPV4_SOURCE_ROUTE);
        }
    }
}

/* The two functions by themselves, nothing behind the options that could stop them: a record route,
 * with room or full, is the last option. */
static void test_c051_no_further_than_the_end(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 40; size++) {
        uint8_t *options = malloc(size);
        for (size_t length = 1; length <= size; length++) { /* of the last option */
            memset(options, 1, size);
            options[size - length] = length == 1 ? 1 : 7;
            if (length > 1)
                options[size - length + 1] = (uint8_t)length;
            if (length > 2)
                options[size - length + 2] = (uint8_t)(length < 7 ? length + 1 : 4);
            assert_int_equal(ipv4_options_check(options, size), VERDICT_NONE);
            ipv4_options_answer(&nif, options, size, OUR_IP);
            if (length >= 7)
                assert_int_equal(options[size - length + 2], 8);
            if (length == 1) { /* without its own length, which would lie behind */
                options[size - 1] = 0x5e;
                assert_int_equal(ipv4_options_check(options, size), DROP_IPV4_OPTION);
            }
            if (length == 3) { /* without a count, which would */
                options[size - 3] = 68;
                options[size - 1] = 5;
                assert_int_equal(ipv4_options_check(options, size), VERDICT_NONE);
                ipv4_options_answer(&nif, options, size, OUR_IP);
            }
        }
        assert_int_equal(ipv4_options_check(options, 0), VERDICT_NONE);
        ipv4_options_answer(&nif, options, 0, OUR_IP);
        free(options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c050_c055_ignored),
        TEST(test_c050_every_type),
        TEST(test_c051_every_length),
        TEST(test_c051_known_types),
        TEST(test_c052_record_route),
        TEST(test_c052_record_route_of_nine),
        TEST(test_c052_record_route_low_pointer),
        TEST(test_c052_record_route_little_room),
        TEST(test_c053_timestamp),
        TEST(test_c053_full_lists),
        TEST(test_c053_timestamp_in_error),
        TEST(test_c053_other_address_of_ours),
        TEST(test_c053_no_time_of_day),
        TEST(test_c054_source_routes),
        TEST(test_c051_no_further_than_the_end),
    };
    return cmocka_run_group_tests_name("ipv4 options", tests, NULL, NULL);
}
