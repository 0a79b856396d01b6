/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Assertions that stay in the image: each promise is broken in a child process, which has to end by
 * a trap, and is just kept in another one, which has to end well.
 */
#include "net/eth.h"
#include "net/ipv4.h"

#include "fragments.h" /* its nif would shadow a parameter in the headers above */

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static uint8_t octets[NET_HEAD_MIN + 100];
static struct frame frame;
static struct cursor cursor; /* over all of the frame */

static int setup(void **state)
{
    fragments_setup(state);
    frame =
        (struct frame){.data = octets + NET_HEAD_MIN, .len = 60, .cap = 100, .head = NET_HEAD_MIN};
    cursor = (struct cursor){frame.data, frame.len, &frame};
    return 0;
}

/* Whether a trap is what ends a process that does this. It ends in no other way but well. */
static bool traps(void (*act)(void))
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGILL, SIG_DFL); /* cmocka catches it */
        act();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGILL);
        return true;
    }
    assert_int_equal(status, 0);
    return false;
}

/* What each test does: `more` is how much beyond what is allowed, 0 or 1. */
static size_t more;

static void keeps_and_breaks(void (*act)(void))
{
    more = 0;
    assert_false(traps(act));
    more = 1;
    assert_true(traps(act));
}

/* Trimming never makes a cursor longer, whatever it is asked for: no trap is needed. */
static void test_trim(void **state)
{
    (void)state;
    cursor_trim(&cursor, cursor.left + 1);
    assert_int_equal(cursor.left, 60);
    cursor_trim(&cursor, 60);
    assert_int_equal(cursor.left, 60);
    cursor_trim(&cursor, 59);
    assert_int_equal(cursor.left, 59);
}

static void push_from_the_start(void)
{
    cursor_push(&cursor, NET_HEAD_MIN + more);
}

static void push_from_behind(void)
{
    cursor_pull(&cursor, 10);
    cursor_push(&cursor, NET_HEAD_MIN + 10 + more);
}

static void test_push(void **state)
{
    (void)state;
    keeps_and_breaks(push_from_the_start);
    keeps_and_breaks(push_from_behind);
    frame.head = 0;
    assert_true(traps(push_from_the_start));
}

/* A frame is not longer than its buffer, from wherever it begins. */
static void become_frame(void)
{
    cursor.left = 100 + more;
    cursor_to_frame(&cursor);
}

static void become_frame_behind(void)
{
    cursor.pos += 10;
    cursor.left = 90 + more;
    cursor_to_frame(&cursor);
}

static void test_to_frame(void **state)
{
    (void)state;
    keeps_and_breaks(become_frame);
    keeps_and_breaks(become_frame_behind);
}

/* A frame that was never held comes back. */
static void take_released(void)
{
    bool is_answer;
    frame_list_add(&nif.released, &frame);
    nif.held = (uint16_t)(1 - more);
    net_released(&nif, &is_answer);
}

static void test_released(void **state)
{
    (void)state;
    keeps_and_breaks(take_released);
}

/* Ethernet's padding needs a buffer of the least length. */
static void pad(void)
{
    const struct eth_header header = {.tag_count = 0};
    cursor_trim(&cursor, 20);
    frame.cap = (uint16_t)(FRAME_MIN - 14 - more);
    eth_push(&nif, &cursor, &header);
}

static void test_padding(void **state)
{
    (void)state;
    keeps_and_breaks(pad);
}

/* The layer above has moved the start of its answer. */
static void answer_from_elsewhere(void)
{
    struct wire w;
    struct ping p = ping_request();
    wire_ping(&w, &p);
    memcpy(frame.data, w.octet, 60);
    struct packet packet = {.header = frame.data + 14, .version = 4};
    cursor_pull(&cursor, 34 + more);
    ipv4_answer(&nif, &cursor, &packet);
}

static void test_answer(void **state)
{
    (void)state;
    keeps_and_breaks(answer_from_elsewhere);
}

/* A link of the fragments' lists leads beyond the table. */
static void follow_link(void)
{
    struct fragment f = {.next = (uint16_t)(REASSEMBLY_FRAGMENTS_MAX + more)};
    reassembly_next(&nif.reassembly, &f);
}

static void first_of_none(void)
{
    struct datagram d = {.first = (uint16_t)(1 - more)};
    reassembly_first(&nif.reassembly, &d);
}

/* The second of two fragments, which is empty unless `more` octets are in it. */
static void drop_second(void)
{
    struct reassembly *r = &nif.reassembly;
    r->fragments[0] = (struct fragment){.next = 2};
    r->fragments[1] = (struct fragment){.frame = &frame, .length = (uint16_t)more};
    r->datagrams[0] = (struct datagram){.first = 1, .last = 2};
    reassembly_drop_second(&nif, &r->datagrams[0]);
}

static void drop_second_of_one(void)
{
    drop_second();
    nif.reassembly.fragments[0].next = 0;
    reassembly_drop_second(&nif, &nif.reassembly.datagrams[0]);
}

static void test_lists(void **state)
{
    (void)state;
    keeps_and_breaks(follow_link);
    keeps_and_breaks(first_of_none);
    keeps_and_breaks(drop_second);
    more = 0;
    assert_true(traps(drop_second_of_one));
}

#define ENSURE_TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENSURE_TEST(test_trim),     ENSURE_TEST(test_push),    ENSURE_TEST(test_to_frame),
        ENSURE_TEST(test_released), ENSURE_TEST(test_padding), ENSURE_TEST(test_answer),
        ENSURE_TEST(test_lists),
    };
    return cmocka_run_group_tests_name("ensure", tests, NULL, NULL);
}
