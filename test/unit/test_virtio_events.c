/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications and interrupts, by flag and by event index: when each side asks for one and gets
 * it, over the wrap of the indices, and what the driver does just before it sleeps. VIRTIO 1.2,
 * 2.7.7 and 2.7.10. Then the link and announcements, 5.1.6.5.4.
 */
#include "fake_device.h"

#include <stdlib.h>

#include "virtio/virtio_net.h"

#define SIZE          16
#define F_EVENT_IDX   (1ULL << VIRTIO_F_EVENT_IDX)
#define F_ANNOUNCE    (1ULL << 17 | 1ULL << 21)
#define LINK_UP       1
#define ANNOUNCE      2
#define CONFIG_STATUS 6

static struct fake_device fake;
static struct virtio_net net;
static struct virtq q;

static struct fake_queue *const receive = &fake.queue[FAKE_RECEIVE];
static struct fake_queue *const transmit = &fake.queue[FAKE_TRANSMIT];

static int setup_with(uint64_t also)
{
    fake_start(&fake);
    fake.offered |= also;
    return 0;
}

static int setup_flags(void **state)
{
    (void)state;
    return setup_with(0);
}

static int setup_events(void **state)
{
    (void)state;
    return setup_with(F_EVENT_IDX);
}

static void start(void)
{
    virtio_net_init(&net, &fake.virtio);
}

/* ---- event indices by themselves */

static void start_queue(uint16_t at)
{
    static _Alignas(64) uint8_t memory[1024];
    assert_true(virtq_memory(SIZE) <= sizeof memory);
    memset(memory, 0, sizeof memory);
    fake.virtio.features = F_EVENT_IDX;
    virtq_init(&q, &fake.virtio, 0, SIZE, 0, memory);
    q.added = q.published = q.notified = q.next_used = q.used_idx = q.avail->idx = q.used->idx = at;
}

/* The device has used all that was published before, and that was taken. */
static bool add_and_publish(unsigned count)
{
    static uint8_t buffer;
    q.next_used = q.used_idx = q.used->idx = q.published;
    for (unsigned i = 0; i < count; i++)
        virtq_add(&q, (uint16_t)i, &buffer, 1);
    virtq_publish(&q);
    return virtq_needs_notify(&q);
}

/* An index passes the event if one of its steps is the one from event to event + 1. */
static bool passes(uint16_t event, uint16_t idx, uint16_t old)
{
    for (uint16_t at = old; at != idx; at++)
        if (at == event)
            return true;
    return false;
}

static void index_passes_event_as_counted_by_hand(void **state)
{
    (void)state;
    static const uint16_t starts[] = {0, 1, 100, 0x7ffe, 0x7fff, 0x8000, 0xfff0, 0xfffe, 0xffff};
    for (unsigned i = 0; i < sizeof starts / sizeof starts[0]; i++)
        for (unsigned steps = 0; steps < 40; steps++)
            for (int away = -45; away < 45; away++) {
                uint16_t old = starts[i], idx = (uint16_t)(old + steps);
                uint16_t event = (uint16_t)(old + away);
                assert_int_equal(virtq_passed(event, idx, old), passes(event, idx, old));
            }
}

static void device_is_notified_when_its_event_is_passed(void **state)
{
    (void)state;
    start_queue(0);
    q.used->flags = VIRTQ_USED_F_NO_NOTIFY; /* 2.7.10.1: ignored */
    *virtq_avail_event(&q) = 2;
    assert_false(add_and_publish(2));
    assert_true(add_and_publish(1));
    assert_false(add_and_publish(1));
    *virtq_avail_event(&q) = 5;
    assert_false(add_and_publish(1));
    assert_true(add_and_publish(3));
    assert_false(virtq_needs_notify(&q));
}

/* A device that sleeps and wakes at random: each of its wishes is answered, and once. */
static void wishes_are_answered_over_the_wrap(void **state)
{
    (void)state;
    start_queue(65500);
    uint16_t taken = 65500;
    unsigned wishes = 0, answers = 0;
    srand(1);
    *virtq_avail_event(&q) = taken;
    bool asleep = true;
    wishes++;
    for (unsigned turn = 0; turn < 300000; turn++) {
        if (rand() % 2 && (uint16_t)(q.added - taken) < SIZE - 3) {
            bool told = add_and_publish(1 + (unsigned)rand() % 3);
            assert_int_equal(told, asleep);
            answers += told;
            asleep = asleep && !told;
        } else if (!asleep) {
            taken = q.avail->idx;
            if (rand() % 3 == 0) {
                *virtq_avail_event(&q) = taken;
                asleep = true;
                wishes++;
            }
        }
    }
    assert_true(wishes - answers <= 1 && answers > 10000);
}

/* A device that always finds a buffer does not wish for long; the index goes round meanwhile. */
static void wish_is_seen_after_any_silence(void **state)
{
    (void)state;
    for (unsigned silence = 131072 - SIZE; silence <= 131072 + SIZE; silence++) {
        for (unsigned count = 1; count <= SIZE; count++) {
            start_queue(0);
            *virtq_avail_event(&q) = 0;
            assert_true(add_and_publish(1));
            for (unsigned i = 0; i < silence; i++)
                add_and_publish(1); /* asked for nothing: whether it is told is all the same */
            *virtq_avail_event(&q) = q.avail->idx;
            assert_true(add_and_publish(count));
            assert_false(virtq_needs_notify(&q));
        }
    }
}

/* As where there is no barrier: the driver reads the wish before the device writes it, and the
 * device read the index before the driver wrote it. */
static void wish_that_was_missed_is_seen_later(void **state)
{
    (void)state;
    start_queue(0);
    *virtq_avail_event(&q) = (uint16_t)-1;
    assert_false(add_and_publish(3));
    *virtq_avail_event(&q) = 0; /* written too late for that publish */
    assert_true(add_and_publish(1));
    assert_false(add_and_publish(3));
    *virtq_avail_event(&q) = 4; /* again, and there is no further publish */
    assert_true(virtq_needs_notify(&q));
    assert_false(virtq_needs_notify(&q));
}

static void interrupt_is_asked_for_by_index(void **state)
{
    (void)state;
    start_queue(0);
    assert_int_equal(q.avail->flags, 0); /* 2.7.7.1 */
    assert_int_equal(*virtq_used_event(&q), 0xffff);
    q.next_used = 0xfffe;
    virtq_arm(&q);
    assert_int_equal(*virtq_used_event(&q), 0xfffe);
    virtq_disarm(&q);
    assert_int_equal(q.avail->flags, 0);
}

/* ---- arming; by flag and by index alike */

static void receive_frame(void)
{
    assert_true(fake_receive(&fake, "x", 1) >= 0);
}

static void on_status_receive(struct fake_device *f)
{
    f->on_status = NULL;
    receive_frame();
}

static void on_status_wish(struct fake_device *f)
{
    f->on_status = NULL;
    fake_wish(f, FAKE_RECEIVE);
    fake_wish(f, FAKE_TRANSMIT);
}

static void take_all(void)
{
    struct frame *f;
    while ((f = fake_next(&net)))
        virtio_net_recycle(&net, f);
    virtio_net_flush(&net);
}

static void no_interrupt_unless_armed(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 60000; i++) {
        receive_frame();
        take_all();
    }
    assert_int_equal(receive->interrupts, 0);
}

static void armed_device_interrupts_for_the_next_frame_only(void **state)
{
    (void)state;
    start();
    for (unsigned i = 1; i < 70000; i++) {
        assert_true(virtio_net_arm(&net));
        receive_frame();
        assert_int_equal(receive->interrupts, i);
        virtio_net_disarm(&net);
        receive_frame();
        receive_frame();
        assert_int_equal(receive->interrupts, i);
        take_all();
    }
}

static void frame_before_arming_forbids_sleep(void **state)
{
    (void)state;
    start();
    receive_frame();
    assert_false(virtio_net_arm(&net));
    virtio_net_disarm(&net);
    take_all();
    assert_true(virtio_net_arm(&net));
}

static void frame_after_arming_forbids_sleep(void **state)
{
    (void)state;
    start();
    fake.on_status = on_status_receive;
    assert_false(virtio_net_arm(&net));
    assert_int_equal(receive->interrupts, 1);
}

static void wish_after_publishing_is_seen_before_sleep(void **state)
{
    (void)state;
    fake.suppresses = true;
    start();
    struct frame *f;
    receive_frame();
    f = fake_next(&net);
    virtio_net_send(&net, f);
    virtio_net_flush(&net);
    receive->notifications = transmit->notifications = 0;
    virtq_needs_notify(&net.receive);
    net.receive.notified = net.transmit.notified = (uint16_t)-1; /* as if nothing had been */
    fake.on_status = on_status_wish;
    assert_true(virtio_net_arm(&net));
    assert_int_equal(receive->notifications, 1);
    assert_int_equal(transmit->notifications, 1);
}

static void no_sleep_while_most_buffers_are_in_transmit(void **state)
{
    (void)state;
    struct frame *f;
    static uint8_t sent[65536];
    uint32_t len;
    start();
    for (unsigned i = 0; i < 200; i++)
        receive_frame();
    while ((f = fake_next(&net)))
        virtio_net_send(&net, f);
    virtio_net_flush(&net);
    assert_false(virtio_net_arm(&net));
    while (fake_transmit(&fake, sent, &len) >= 0)
        ;
    assert_false(virtio_net_arm(&net)); /* nothing would give them back during the sleep */
    virtio_net_reap(&net);
    virtio_net_flush(&net);
    assert_true(virtio_net_arm(&net));
}

static void send_one(void)
{
    receive_frame();
    virtio_net_send(&net, fake_next(&net));
    virtio_net_flush(&net);
}

static void sleep_needs_a_quarter_of_the_buffers_in_receive(void **state)
{
    (void)state;
    start();
    for (unsigned left = net.count - VIRTIO_NET_SPARES; left > net.count / 4; left--)
        send_one();
    assert_true(virtio_net_arm(&net));
    virtio_net_disarm(&net);
    send_one();
    assert_false(virtio_net_arm(&net));
}

/* It would never wake us. */
static void no_sleep_beside_a_device_with_a_fault(void **state)
{
    (void)state;
    static const uint8_t statuses[] = {0x4f, 0, 0x0b, 0xff};
    start();
    for (unsigned i = 0; i < sizeof statuses; i++) {
        assert_true(virtio_net_arm(&net));
        virtio_net_disarm(&net);
        fake.status = statuses[i];
        assert_false(virtio_net_arm(&net));
        virtio_net_restart(&net);
    }
    receive->q.used->idx = 0x8000; /* seen only by the last look before the sleep */
    assert_false(virtio_net_arm(&net));
    virtio_net_restart(&net);
    fake_use(&fake, FAKE_RECEIVE, 1000, 13);
    assert_null(fake_next(&net));
    assert_false(virtio_net_arm(&net));
}

static void device_without_interrupts_is_known(void **state)
{
    (void)state;
    start();
    assert_true(net.interrupts);
    assert_true(net.receive.interrupts && !net.transmit.interrupts);
    fake_stop();
    setup_with(0);
    fake.no_interrupts = true;
    start();
    assert_false(net.interrupts);
}

/* ---- the link, announcements */

static void set_status(uint8_t status)
{
    fake.config[CONFIG_STATUS] = status;
}

static void expect_news(enum virtio_net_news news)
{
    assert_int_equal(virtio_net_update(&net), news);
}

static void link_that_comes_up_is_told_once(void **state)
{
    (void)state;
    start();
    expect_news(VIRTIO_NET_NO_NEWS);
    assert_int_equal(fake.served, 1);
    set_status(0);
    expect_news(VIRTIO_NET_NO_NEWS);
    assert_false(net.link_up);
    expect_news(VIRTIO_NET_NO_NEWS);
    set_status(LINK_UP);
    expect_news(VIRTIO_NET_CAME_UP);
    assert_true(net.link_up);
    expect_news(VIRTIO_NET_NO_NEWS);
    set_status(LINK_UP | ANNOUNCE); /* not negotiated */
    expect_news(VIRTIO_NET_NO_NEWS);
}

static void expect_acknowledgement(void)
{
    uint8_t *octets;
    uint32_t len;
    struct virtq *control = &fake.queue[FAKE_CONTROL].q;
    int id = fake_take(&fake, FAKE_CONTROL, &octets, &len);
    assert_int_equal(id, 0);
    assert_int_equal(len, 2);
    assert_memory_equal(octets, "\x03\x00", 2);
    assert_int_equal(control->desc[0].next, 1);
    assert_int_equal(control->desc[1].flags, VIRTQ_DESC_F_WRITE);
    assert_int_equal(control->desc[1].len, 1);
    fake_use(&fake, FAKE_CONTROL, (uint32_t)id, 1);
}

static void announcement_is_acknowledged(void **state)
{
    (void)state;
    fake.offered |= F_ANNOUNCE;
    start();
    struct fake_queue *control = &fake.queue[FAKE_CONTROL];
    assert_true(control->enabled);
    assert_false(control->q.interrupts);
    for (unsigned i = 1; i < 70000; i++) {
        set_status(LINK_UP | ANNOUNCE);
        fake_wish(&fake, FAKE_CONTROL);
        expect_news(VIRTIO_NET_MOVED);
        assert_int_equal(control->notifications, i);
        virtio_net_update(&net); /* again, before the device has looked: not twice */
        assert_int_equal(control->notifications, i);
        expect_acknowledgement();
        set_status(LINK_UP);
        expect_news(VIRTIO_NET_NO_NEWS);
    }
    set_status(0);
    expect_news(VIRTIO_NET_NO_NEWS);
    set_status(LINK_UP | ANNOUNCE); /* both at once: that of the link is more */
    fake_wish(&fake, FAKE_CONTROL);
    expect_news(VIRTIO_NET_CAME_UP);
    expect_acknowledgement();
}

/* QEMU may wish five times in a row when a machine has moved. */
static void wish_for_an_announcement_that_never_ends_is_heard_some_times(void **state)
{
    (void)state;
    fake.offered |= F_ANNOUNCE;
    start();
    for (unsigned times = 0; times < 3; times++) {
        unsigned moved = 0;
        set_status(LINK_UP | ANNOUNCE);
        for (unsigned i = 0; i < 1000; i++) {
            fake_wish(&fake, FAKE_CONTROL);
            if (virtio_net_update(&net) == VIRTIO_NET_MOVED) {
                moved++;
                expect_acknowledgement();
            }
        }
        assert_in_range(moved, 5, 20);
        set_status(LINK_UP);
        expect_news(VIRTIO_NET_NO_NEWS);
    }
    set_status(LINK_UP | ANNOUNCE); /* or the device does not hear that it was heard */
    expect_news(VIRTIO_NET_MOVED);
    for (unsigned i = 0; i < 1000; i++)
        expect_news(VIRTIO_NET_NO_NEWS);
}

static void no_control_queue_no_announcement(void **state)
{
    (void)state;
    fake.offered |= F_ANNOUNCE;
    fake.queue[FAKE_CONTROL].size = 0;
    start();
    set_status(LINK_UP | ANNOUNCE);
    expect_news(VIRTIO_NET_NO_NEWS);
}

#define FLAGS(name)  cmocka_unit_test_setup_teardown(name, setup_flags, fake_teardown)
#define EVENTS(name) cmocka_unit_test_setup_teardown(name, setup_events, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVENTS(index_passes_event_as_counted_by_hand),
        EVENTS(device_is_notified_when_its_event_is_passed),
        EVENTS(wishes_are_answered_over_the_wrap),
        EVENTS(wish_is_seen_after_any_silence),
        EVENTS(wish_that_was_missed_is_seen_later),
        EVENTS(interrupt_is_asked_for_by_index),
        FLAGS(no_interrupt_unless_armed),
        EVENTS(no_interrupt_unless_armed),
        FLAGS(armed_device_interrupts_for_the_next_frame_only),
        EVENTS(armed_device_interrupts_for_the_next_frame_only),
        FLAGS(frame_before_arming_forbids_sleep),
        EVENTS(frame_before_arming_forbids_sleep),
        FLAGS(frame_after_arming_forbids_sleep),
        EVENTS(frame_after_arming_forbids_sleep),
        FLAGS(wish_after_publishing_is_seen_before_sleep),
        EVENTS(wish_after_publishing_is_seen_before_sleep),
        FLAGS(no_sleep_while_most_buffers_are_in_transmit),
        EVENTS(no_sleep_while_most_buffers_are_in_transmit),
        FLAGS(sleep_needs_a_quarter_of_the_buffers_in_receive),
        FLAGS(no_sleep_beside_a_device_with_a_fault),
        EVENTS(no_sleep_beside_a_device_with_a_fault),
        FLAGS(device_without_interrupts_is_known),
        FLAGS(link_that_comes_up_is_told_once),
        FLAGS(announcement_is_acknowledged),
        EVENTS(announcement_is_acknowledged),
        FLAGS(wish_for_an_announcement_that_never_ends_is_heard_some_times),
        EVENTS(no_control_queue_no_announcement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
