/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network device that stops, asks for a reset, loses buffers or sends nothing any more: it is
 * noticed, reset, and serves again with every buffer that the driver does not hold; and a device that
 * is unplugged. VIRTIO 1.2, 2.1.2 and 2.4.
 */
#include "fake_device.h"

#include "virtio/virtio_net.h"

#define F_EVENT_IDX (1ULL << VIRTIO_F_EVENT_IDX)
#define HDR         12
#define LOOKS       200 /* that find a device still, until it is reset */
#define FAULTS      10  /* resets in a row, until they are in vain */

static struct fake_device fake;
static struct virtio_net net;
static uint8_t sent[65536];

static int setup(void **state)
{
    (void)state;
    fake_start(&fake);
    fake.offered |= F_EVENT_IDX;
    virtio_net_init(&net, &fake.virtio);
    return 0;
}

/* Buffers that the device can receive into. */
static unsigned offered(void)
{
    const struct fake_queue *f = &fake.queue[FAKE_RECEIVE];
    return (uint16_t)(f->q.avail->idx - f->avail);
}

static struct frame *receive(void)
{
    assert_true(fake_receive(&fake, "request", 7) >= 0);
    struct frame *f = fake_next(&net);
    assert_non_null(f);
    assert_memory_equal(f->data, "request", 7);
    return f;
}

static void look(void)
{
    assert_int_equal(virtio_net_update(&net), VIRTIO_NET_NO_NEWS);
}

/* The device was reset so many times, the last of them for this reason; and answers all the same,
 * while the driver holds some of the buffers. */
static void expect_recovered(unsigned resets, const char *because, unsigned held)
{
    uint32_t len;
    assert_int_equal(net.resets, resets);
    assert_int_equal(fake.resets, resets + 1);
    assert_string_equal(net.reset_because, because);
    assert_null(net.virtio->fault);
    assert_int_equal(fake.status, 0x0f);
    unsigned free = net.count - VIRTIO_NET_SPARES - held;
    assert_int_equal(offered(), free);
    for (unsigned i = 0; i < 3 * free; i++) {
        virtio_net_send(&net, receive());
        virtio_net_flush(&net);
        assert_true(fake_transmit(&fake, sent, &len) >= 0);
        assert_memory_equal(sent, "request", 7);
        assert_int_equal(virtio_net_reap(&net), 1);
        virtio_net_flush(&net);
    }
    look();
    assert_int_equal(net.resets, resets);
    assert_int_equal(offered(), free);
    assert_true(virtio_net_arm(&net));
    virtio_net_disarm(&net);
}

static void healthy_device_is_left_alone(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3 * LOOKS; i++)
        look();
    assert_int_equal(fake.resets, 1);
    assert_int_equal(net.resets, 0);
}

static void device_that_asks_for_a_reset_gets_it(void **state)
{
    (void)state;
    fake.status |= VIRTIO_STATUS_NEEDS_RESET;
    look();
    expect_recovered(1, "asked for it", 0);
}

static void device_that_has_stopped_is_started_again(void **state)
{
    (void)state;
    fake.status = 0;
    look();
    expect_recovered(1, "had stopped", 0);
    fake.status &= (uint8_t)~VIRTIO_STATUS_DRIVER_OK;
    look();
    expect_recovered(2, "had stopped", 0);
}

static void steps_are_those_of_the_start(void **state)
{
    (void)state;
    char first[sizeof fake.log];
    strcpy(first, fake.log);
    fake.log[0] = '\0';
    fake.status = 0;
    look();
    assert_string_equal(fake.log, first);
}

/* Wrong ids took every buffer from us, one by one, without a word. */
static void device_that_loses_buffers_is_reset(void **state)
{
    (void)state;
    uint8_t *octets;
    uint32_t len;
    assert_true(fake_take(&fake, FAKE_RECEIVE, &octets, &len) >= 0);
    fake_use(&fake, FAKE_RECEIVE, 4711, HDR + 1);
    assert_null(fake_next(&net));
    look();
    expect_recovered(1, "lost a buffer", 0);

    struct frame *f = receive();
    int id = fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    assert_true(id >= 0);
    fake_use(&fake, FAKE_RECEIVE, f->id, HDR + 1); /* that the driver has */
    assert_null(fake_next(&net));
    virtio_net_send(&net, f);
    virtio_net_flush(&net);
    look();
    expect_recovered(2, "lost a buffer", 0);

    virtio_net_send(&net, receive());
    virtio_net_flush(&net);
    assert_true(fake_take(&fake, FAKE_TRANSMIT, &octets, &len) >= 0);
    fake_use(&fake, FAKE_TRANSMIT, 256, 0);
    assert_int_equal(virtio_net_reap(&net), 0);
    look();
    expect_recovered(3, "lost a buffer", 0);
}

static void device_that_returns_too_many_buffers_is_reset(void **state)
{
    (void)state;
    fake.queue[FAKE_RECEIVE].q.used->idx = 253;
    assert_null(fake_next(&net));
    look();
    expect_recovered(1, "returned more buffers than it had", 0);
    fake.queue[FAKE_TRANSMIT].q.used->idx = (uint16_t)(fake.queue[FAKE_TRANSMIT].used + 1);
    assert_int_equal(virtio_net_reap(&net), 0);
    look();
    expect_recovered(2, "returned more buffers than it had", 0);
}

/* A frame that is too long costs no buffer. */
static void wrong_length_is_no_reason(void **state)
{
    (void)state;
    uint8_t *octets;
    uint32_t len;
    int id = fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    fake_use(&fake, FAKE_RECEIVE, (uint32_t)id, 5);
    assert_null(fake_next(&net));
    look();
    assert_int_equal(net.resets, 0);
}

/* Sends answers until there is no buffer to receive into. */
static void fill_transmit(void)
{
    while (offered() > 0)
        virtio_net_send(&net, receive());
    virtio_net_flush(&net);
}

/* Transmissions that never end take every buffer from us. It takes some seconds to be sure. */
static void device_that_sends_nothing_is_reset(void **state)
{
    (void)state;
    fill_transmit();
    for (unsigned i = 0; i < LOOKS; i++) {
        assert_int_equal(net.resets, 0);
        assert_false(virtio_net_arm(&net)); /* else nobody would look */
        virtio_net_disarm(&net);
        look();
    }
    look();
    expect_recovered(1, "sent nothing for 10 s", 0);
}

static void slow_device_is_left_alone(void **state)
{
    (void)state;
    uint32_t len;
    fill_transmit();
    for (unsigned i = 0; i < 20; i++) {
        for (unsigned j = 0; j < LOOKS - 1; j++)
            look();
        assert_true(fake_transmit(&fake, sent, &len) >= 0);
        virtio_net_reap(&net);
        virtio_net_flush(&net);
    }
    assert_int_equal(net.resets, 0);
}

/* A few that don't come back leave enough to receive into: there is no hurry. */
static void frames_that_wait_are_no_reason(void **state)
{
    (void)state;
    for (unsigned i = 0; i < net.count / 2; i++)
        virtio_net_send(&net, receive());
    virtio_net_flush(&net);
    for (unsigned i = 0; i < 3 * LOOKS; i++)
        look();
    assert_int_equal(net.resets, 0);
}

/* Fragments and answers that wait for a neighbour: theirs is the half that stays held. */
static void what_the_driver_holds_survives(void **state)
{
    (void)state;
    struct frame *held[128], *spare[2];
    for (unsigned i = 0; i < 128; i++) {
        held[i] = receive();
        memset(held[i]->data, (int)i, 100);
        held[i]->len = 100;
    }
    for (unsigned i = 0; i < 2; i++)
        spare[i] = virtio_net_spare(&net);
    while (offered() > 20)
        virtio_net_send(&net, receive());
    virtio_net_flush(&net);
    assert_true(fake_receive(&fake, "lost", 4) >= 0); /* in the used ring, not looked at */
    fake.status = 0;
    look();
    assert_int_equal(offered(), net.count - 128 - 2 - VIRTIO_NET_SPARES);
    for (unsigned i = 0; i < 2; i++)
        virtio_net_recycle(&net, spare[i]);
    virtio_net_flush(&net);
    expect_recovered(1, "had stopped", 128);
    for (unsigned i = 0; i < 128; i++) {
        uint32_t len;
        assert_int_equal(held[i]->data[0], i);
        virtio_net_send(&net, held[i]);
        virtio_net_flush(&net);
        assert_int_equal(fake_transmit(&fake, sent, &len), held[i]->id);
        assert_true(len == 100 && sent[0] == i && sent[99] == i);
        virtio_net_reap(&net);
    }
    virtio_net_flush(&net);
    expect_recovered(1, "had stopped", 0);
}

/* The front of a frame that was in transmit had moved. */
static void buffers_come_back_in_their_place(void **state)
{
    (void)state;
    struct frame *f = receive();
    uint8_t *start = f->data;
    f->data -= 20;
    f->head = (uint16_t)(f->head - 20);
    f->cap = (uint16_t)(f->cap + 20);
    virtio_net_send(&net, f);
    virtio_net_flush(&net);
    fake.status = 0;
    look();
    assert_ptr_equal(f->data, start);
    assert_int_equal(f->head, VIRTIO_NET_HEAD);
    assert_int_equal(f->cap, net.capacity);
    expect_recovered(1, "had stopped", 0);
}

static void resets_in_vain_are_a_panic(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < FAULTS; i++) {
            fake.status = 0;
            look();
        }
        if (round == 0)
            look(); /* it works: what was before does not count */
    }
    fake.status = 0;
    expect_panic("fake device: was reset 10 times in vain: it had stopped",
                 virtio_net_update(&net));
    assert_int_equal(net.resets, 2 * FAULTS);
}

static void reset_that_does_not_work_is_a_panic(void **state)
{
    (void)state;
    fake.status |= VIRTIO_STATUS_NEEDS_RESET;
    fake.ignores_reset = true;
    expect_panic("reset: status is still 0x4f, expected 0", virtio_net_update(&net));
    fake_teardown(NULL);
    setup(NULL);
    fake.status = 0;
    fake.offered &= ~F_EVENT_IDX;
    expect_panic("accepts the features 0x100010028 after a reset, expected 0x120010028 as before",
                 virtio_net_update(&net));
    fake_teardown(NULL);
    setup(NULL);
    fake.status = 0;
    fake.refuses_queue = true;
    expect_panic("queue 0: not enabled", virtio_net_update(&net));
}

static void unplugged_device_is_gone(void **state)
{
    (void)state;
    fake.unplugged = true;
    assert_int_equal(virtio_net_update(&net), VIRTIO_NET_GONE);
    assert_int_equal(fake.resets, 1);
    fake.unplugged = false;
    fake.status = 0;
    look(); /* no more than a status of 0 */
    expect_recovered(1, "had stopped", 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(healthy_device_is_left_alone),
        TEST(device_that_asks_for_a_reset_gets_it),
        TEST(device_that_has_stopped_is_started_again),
        TEST(steps_are_those_of_the_start),
        TEST(device_that_loses_buffers_is_reset),
        TEST(device_that_returns_too_many_buffers_is_reset),
        TEST(wrong_length_is_no_reason),
        TEST(device_that_sends_nothing_is_reset),
        TEST(slow_device_is_left_alone),
        TEST(frames_that_wait_are_no_reason),
        TEST(what_the_driver_holds_survives),
        TEST(buffers_come_back_in_their_place),
        TEST(resets_in_vain_are_a_panic),
        TEST(reset_that_does_not_work_is_a_panic),
        TEST(unplugged_device_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
