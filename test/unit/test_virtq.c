/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The split ring by itself: its layout in memory, what the device sees and when, what is read from
 * it and how often, and the wrap of its indices. VIRTIO 1.2, 2.7.
 */
#include "fake_device.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/memory.h"

#define SIZE 16

static struct fake_device fake;
static struct virtq q;

static int setup(void **state)
{
    (void)state;
    fake_start(&fake);
    fake.status = 0;
    virtq_init(&q, &fake.virtio, 1, SIZE, 0, memory_alloc(virtq_memory(SIZE), 64));
    return 0;
}

static void add(unsigned id)
{
    static uint8_t buffer[SIZE];
    virtq_add(&q, (uint16_t)id, buffer + id, 100 + id);
}

/* The device writes its index. */
static void use(uint16_t idx)
{
    q.used->idx = idx;
}

static void publish(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        add(i);
    virtq_publish(&q);
}

/* Publishes; true if something was added, and the device asks to be notified of it. */
static bool published(void)
{
    bool any = q.added != q.published;
    virtq_publish(&q);
    return any && virtq_needs_notify(&q);
}

static void parts_lie_side_by_side_and_aligned(void **state)
{
    (void)state;
    for (unsigned size = 1; size <= VIRTQ_SIZE_MAX; size *= 2) {
        size_t octets = virtq_memory((uint16_t)size);
        uint8_t *memory = aligned_alloc(64, octets);
        memset(memory, 0, octets);
        virtq_init(&q, &fake.virtio, 0, (uint16_t)size, 0, memory);
        uint8_t *desc = (uint8_t *)q.desc, *avail = (uint8_t *)q.avail, *used = (uint8_t *)q.used;
        assert_ptr_equal(desc, memory);
        assert_true(desc + 16 * size <= avail);
        assert_true(avail + 6 + 2 * size <= used);           /* with used_event */
        assert_true(used + 6 + 8 * size <= memory + octets); /* with avail_event */
        assert_int_equal((uintptr_t)desc % 16 + (uintptr_t)avail % 2 + (uintptr_t)used % 4, 0);
        assert_int_equal(octets % 64, 0);
        free(memory);
    }
}

static void interrupts_are_off(void **state)
{
    (void)state;
    assert_int_equal(q.avail->flags, VIRTQ_AVAIL_F_NO_INTERRUPT);
}

static void nothing_shows_before_publish(void **state)
{
    (void)state;
    add(7);
    add(3);
    assert_int_equal(q.avail->idx, 0);
    assert_true(published());
    assert_int_equal(q.avail->idx, 2);
    assert_int_equal(q.avail->ring[0], 7);
    assert_int_equal(q.avail->ring[1], 3);
}

static void descriptor_is_written_with_each_add(void **state)
{
    (void)state;
    uint8_t a = 0, b = 0;
    q.desc[5] = (struct virtq_desc){1, 2, 3, 4}; /* the device may have written there */
    virtq_add(&q, 5, &a, 70000);
    assert_true(q.desc[5].addr == (uintptr_t)&a);
    assert_true(q.desc[5].len == 70000 && q.desc[5].flags == 0 && q.desc[5].next == 0);
    virtq_init(&q, &fake.virtio, 1, SIZE, VIRTQ_DESC_F_WRITE, q.desc);
    virtq_add(&q, 5, &b, 1);
    assert_true(q.desc[5].addr == (uintptr_t)&b);
    assert_true(q.desc[5].len == 1 && q.desc[5].flags == VIRTQ_DESC_F_WRITE);
}

static void command_is_a_chain(void **state)
{
    (void)state;
    uint8_t request[2] = {0}, answer[1] = {0};
    virtq_add_command(&q, 4, request, 2, answer, 1);
    assert_int_equal(q.avail->ring[0], 4);
    assert_true(q.desc[4].addr == (uintptr_t)request && q.desc[5].addr == (uintptr_t)answer);
    assert_true(q.desc[4].len == 2 && q.desc[5].len == 1);
    assert_true(q.desc[4].flags == VIRTQ_DESC_F_NEXT && q.desc[4].next == 5);
    assert_int_equal(q.desc[5].flags, VIRTQ_DESC_F_WRITE);
    assert_int_equal(q.added, 1);
}

/* Whether it ends the program: ensure() is compiled to an instruction that traps. */
static bool traps(void (*what)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGILL, SIG_DFL);
        what();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && (WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP);
}

static void add_one(void)
{
    add(0);
}

static void take_one(void)
{
    virtq_take(&q);
}

static void full_ring_takes_no_more(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SIZE; i++) {
        assert_false(traps(add_one));
        add(i);
    }
    assert_true(traps(add_one));
    virtq_publish(&q);
    use(1);
    assert_true(virtq_pending(&q));
    assert_true(traps(add_one)); /* not before the entry was taken */
    virtq_take(&q);
    assert_false(traps(add_one));
}

static void nothing_is_taken_that_was_not_seen(void **state)
{
    (void)state;
    publish(2);
    use(2);
    assert_true(traps(take_one)); /* virtq_pending was not called yet */
    assert_true(virtq_pending(&q));
    virtq_take(&q);
    assert_false(traps(take_one));
    virtq_take(&q);
    assert_true(traps(take_one));
}

static void nothing_added_is_not_published(void **state)
{
    (void)state;
    assert_false(published());
    publish(1);
    assert_false(published());
    assert_int_equal(q.avail->idx, 1);
}

static void notification_is_suppressed_and_made_up_for_once(void **state)
{
    (void)state;
    q.used->flags = VIRTQ_USED_F_NO_NOTIFY;
    add(0);
    assert_false(published());
    assert_int_equal(q.avail->idx, 1);
    assert_false(published());
    assert_false(virtq_needs_notify(&q));
    q.used->flags = 0xfffe;    /* 2.7.10: only bit 0 counts */
    assert_false(published()); /* nothing new */
    assert_true(virtq_needs_notify(&q));
    assert_false(virtq_needs_notify(&q));
    add(1);
    assert_true(published());
    assert_false(virtq_needs_notify(&q));
}

static void entries_come_in_order_and_once(void **state)
{
    (void)state;
    publish(3);
    assert_false(virtq_pending(&q));
    q.used->ring[0] = (struct virtq_used_elem){2, 100};
    q.used->ring[1] = (struct virtq_used_elem){UINT32_MAX, UINT32_MAX};
    use(2);
    assert_true(virtq_pending(&q));
    struct virtq_used_elem first = virtq_take(&q);
    assert_int_equal(first.id, 2);
    assert_int_equal(first.len, 100);
    assert_true(virtq_pending(&q));
    struct virtq_used_elem second = virtq_take(&q);
    assert_true(second.id == UINT32_MAX && second.len == UINT32_MAX);
    assert_false(virtq_pending(&q));
}

/* Nothing more comes out of the queue. */
static void expect_ran_ahead(void)
{
    assert_null(fake.virtio.fault);
    assert_false(virtq_pending(&q) || virtq_has_more(&q) || virtq_pending(&q));
    assert_string_equal(fake.virtio.fault, "returned more buffers than it had");
}

static void index_is_read_once_a_batch(void **state)
{
    (void)state;
    publish(3);
    use(2);
    assert_true(virtq_pending(&q));
    use(9); /* beyond, but not read until the batch is done */
    virtq_take(&q);
    assert_true(virtq_pending(&q));
    virtq_take(&q);
    expect_ran_ahead();
}

static void index_that_runs_ahead_is_a_fault(void **state)
{
    (void)state;
    publish(3);
    add(3); /* not published: not the device's yet */
    use(4);
    expect_ran_ahead();
}

static void index_that_runs_back_is_a_fault(void **state)
{
    (void)state;
    publish(3);
    use(2);
    assert_true(virtq_pending(&q));
    virtq_take(&q);
    virtq_take(&q);
    use(1);
    expect_ran_ahead();
}

static void index_of_an_empty_queue_is_a_fault(void **state)
{
    (void)state;
    use(1);
    expect_ran_ahead();
}

/* As after virtq_init, whatever has happened. */
static void restarted_queue_is_empty(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        publish(3);
        use(2);
        assert_true(virtq_pending(&q));
        virtq_take(&q);
        use(9);
        q.interrupts = true;
        virtq_restart(&q);
        assert_true(q.interrupts && q.index == 1 && q.size == SIZE);
        assert_int_equal(q.avail->flags, VIRTQ_AVAIL_F_NO_INTERRUPT);
        assert_int_equal(q.avail->idx + q.used->idx, 0);
        assert_false(virtq_pending(&q) || virtq_needs_notify(&q));
        for (unsigned i = 0; i < SIZE; i++)
            assert_true(q.desc[i].addr == 0 && q.avail->ring[i] == 0);
    }
}

/* A full ring, over and over, while the indices wrap twice: every entry lands in its place. */
static void indices_wrap(void **state)
{
    (void)state;
    uint16_t idx = 0;
    for (unsigned round = 0; round < 2 * 65536 / SIZE + 3; round++) {
        for (unsigned i = 0; i < SIZE; i++)
            add((i + round) % SIZE);
        assert_true(published());
        assert_false(virtq_pending(&q));
        for (unsigned i = 0; i < SIZE; i++) {
            assert_int_equal(q.avail->ring[(uint16_t)(idx + i) % SIZE], (i + round) % SIZE);
            q.used->ring[(uint16_t)(idx + i) % SIZE] = (struct virtq_used_elem){i, round};
        }
        idx = (uint16_t)(idx + SIZE);
        assert_int_equal(q.avail->idx, idx);
        use(idx);
        for (unsigned i = 0; i < SIZE; i++) {
            assert_true(virtq_pending(&q));
            struct virtq_used_elem entry = virtq_take(&q);
            assert_int_equal(entry.id, i);
            assert_int_equal(entry.len, round);
        }
        assert_false(virtq_pending(&q));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_lie_side_by_side_and_aligned, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(interrupts_are_off, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(nothing_shows_before_publish, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(descriptor_is_written_with_each_add, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(command_is_a_chain, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(full_ring_takes_no_more, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_taken_that_was_not_seen, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(nothing_added_is_not_published, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(notification_is_suppressed_and_made_up_for_once, setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(entries_come_in_order_and_once, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(index_is_read_once_a_batch, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(index_that_runs_ahead_is_a_fault, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(index_that_runs_back_is_a_fault, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(index_of_an_empty_queue_is_a_fault, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(restarted_queue_is_empty, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(indices_wrap, setup, fake_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
