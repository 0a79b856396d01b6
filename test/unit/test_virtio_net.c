/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network device against the fake one: every step of the initialisation in its order and every
 * way that it can fail, the buffers' way through both rings, and a device that lies.
 * VIRTIO 1.2, 3.1.1 and 5.1.
 */
#include "fake_device.h"

#include "virtio/virtio_net.h"

#define F_VERSION_1 (1ULL << 32)
#define F_MTU       (1ULL << 3)
#define F_MAC       (1ULL << 5)
#define F_STATUS    (1ULL << 16)

#define F_ACCESS_PLATFORM (1ULL << 33)

#define HDR 12 /* octets of the device's header */

static struct fake_device fake;
static struct virtio_net net;
static uint8_t sent[65536];

static int setup(void **state)
{
    (void)state;
    fake_start(&fake);
    return 0;
}

static int setup_started(void **state)
{
    setup(state);
    virtio_net_init(&net, &fake.virtio);
    return 0;
}

static void start(void)
{
    virtio_net_init(&net, &fake.virtio);
}

static void set_mtu(uint16_t mtu)
{
    fake.config[10] = (uint8_t)mtu;
    fake.config[11] = (uint8_t)(mtu >> 8);
}

static void set_sizes(uint16_t receive, uint16_t transmit)
{
    fake.queue[FAKE_RECEIVE].size = receive;
    fake.queue[FAKE_TRANSMIT].size = transmit;
}

/* Buffers that the device holds in its receive queue: published and not used. */
static unsigned offered(void)
{
    return (uint16_t)(fake.queue[FAKE_RECEIVE].q.avail->idx - fake.queue[FAKE_RECEIVE].used);
}

static uint64_t errors(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < VIRTIO_NET_ERROR_COUNT; i++)
        sum += net.errors[i];
    return sum;
}

/* ---- initialisation */

static void steps_come_in_order(void **state)
{
    (void)state;
    start();
    assert_string_equal(fake.log, "status 00, status 01, status 03, features 100010028, status 0b, "
                                  "interrupts, queue 0 of 256, queue 1 of 256, status 0f, ");
}

static void offered_is_accepted_by_name_only(void **state)
{
    (void)state;
    fake.offered = F_VERSION_1 | F_MAC | 1ULL << 34 | 1;
    start();
    assert_true(fake.accepted == (F_VERSION_1 | F_MAC));
    assert_true(net.virtio->features == fake.accepted);
}

static void version_1_is_required(void **state)
{
    (void)state;
    fake.offered = F_MAC | F_STATUS | 0xff;
    expect_panic("fake device: offers the features 0x100ff, without VIRTIO_F_VERSION_1", start());
    assert_int_equal(fake.status, 0x83); /* FAILED, besides what was there */
    assert_int_equal(fake.accepted, 0);
}

static void platform_access_is_accepted_where_nothing_stands_between(void **state)
{
    (void)state;
    fake.offered |= F_ACCESS_PLATFORM;
    start();
    assert_true(fake.accepted & F_ACCESS_PLATFORM);
}

static void obstacle_between_device_and_memory_is_a_panic(void **state)
{
    (void)state;
    fake_obstacle = "the memory is painted red";
    start(); /* without the feature the device does not care */
    fake_stop();
    fake_start(&fake);
    fake.offered |= F_ACCESS_PLATFORM;
    fake_obstacle = "the memory is painted red";
    expect_panic("fake device: the memory is painted red", start());
    assert_int_equal(fake.status, 0x83);
    assert_int_equal(fake.accepted, 0);
}

static void features_ok_must_stick(void **state)
{
    (void)state;
    fake.refuses_features = true;
    expect_panic("refuses the features 0x100010028", start());
    assert_int_equal(fake.status, 0x83);
    assert_false(fake.queue[0].enabled);
}

static void reset_must_complete(void **state)
{
    (void)state;
    fake.ignores_reset = true;
    expect_panic("status is still 0x7f, expected 0", start());
    assert_string_equal(fake.log, "status 00, status ff, "); /* FAILED */
}

static void config_is_read(void **state)
{
    (void)state;
    start();
    assert_memory_equal(net.mac, "\x52\x54\x00\x12\x34\x56", 6);
    assert_true(net.link_up);
    assert_int_equal(net.mtu, 1500);
}

static void config_is_read_again_if_it_changes(void **state)
{
    (void)state;
    fake.changes = 3;
    start();
    assert_memory_equal(net.mac, "\x56\x54\x00\x12\x34\x59", 6);
}

static void config_that_never_rests_is_a_panic(void **state)
{
    (void)state;
    fake.changes = UINT32_MAX;
    expect_panic("configuration changed during each of 1000 reads", start());
    assert_true(fake.status & VIRTIO_STATUS_FAILED);
}

static void config_too_small_is_a_panic(void **state)
{
    (void)state;
    fake.virtio.config_size = 11;
    expect_panic("configuration has 11 octets, expected at least 12", start());
    fake_stop();
    fake_start(&fake);
    fake.virtio.config_size = 5;
    expect_panic("configuration has 5 octets, expected at least 6", start());
}

/* 2.5.1: "the driver MUST check that the corresponding feature is offered before accessing that
 * part". */
static void config_without_features_is_not_read(void **state)
{
    (void)state;
    fake.offered = F_VERSION_1;
    fake.virtio.config_size = 0;
    set_mtu(9000);
    start();
    assert_true(net.link_up);
    assert_int_equal(net.mtu, 1500);
    virtio_net_update(&net);
    assert_true(net.link_up);
}

static void mac_made_up_is_local_and_differs(void **state)
{
    (void)state;
    uint8_t previous[6] = {0};
    for (unsigned i = 0; i < 64; i++) {
        fake_stop();
        fake_start(&fake);
        fake.offered = F_VERSION_1;
        start();
        assert_int_equal(net.mac[0] & 3, 2); /* IEEE 802: local, of one station */
        assert_memory_not_equal(previous, net.mac, sizeof previous);
        memcpy(previous, net.mac, sizeof previous);
    }
}

static void mac_must_be_one_stations(void **state)
{
    (void)state;
    fake.config[0] |= 1;
    expect_panic("MAC address 53:54:00:12:34:56, expected one of a single station", start());
    fake_stop();
    fake_start(&fake);
    memset(fake.config, 0, 6);
    expect_panic("MAC address 00:00:00:00:00:00, expected", start());
}

static void link_state_is_followed(void **state)
{
    (void)state;
    fake.config[6] = 0xfe; /* all bits but LINK_UP */
    start();
    assert_false(net.link_up);
    fake.config[6] = 1;
    virtio_net_update(&net);
    assert_true(net.link_up);
    fake.config[6] = 2;
    virtio_net_update(&net);
    assert_false(net.link_up);
}

static void mtu_sizes_the_buffers(void **state)
{
    (void)state;
    static const struct {
        uint16_t mtu;
        unsigned capacity;
    } cases[] = {{68, 1522},   {1280, 1522}, {1500, 1522},
                 {1501, 1523}, {9000, 9022}, {65461, 65483}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        fake_stop();
        fake_start(&fake);
        set_mtu(cases[i].mtu);
        start();
        assert_int_equal(net.mtu, cases[i].mtu);
        assert_int_equal(net.capacity, cases[i].capacity);
        uint8_t *octets;
        uint32_t len;
        assert_true(fake_take(&fake, FAKE_RECEIVE, &octets, &len) >= 0);
        assert_int_equal(len, HDR + cases[i].capacity);
    }
}

static void mtu_out_of_range_is_a_panic(void **state)
{
    (void)state;
    set_mtu(67);
    expect_panic("MTU 67, expected 68 to 65461", start());
    assert_true(fake.status & VIRTIO_STATUS_FAILED);
    fake_stop();
    fake_start(&fake);
    set_mtu(65462);
    expect_panic("MTU 65462, expected 68 to 65461", start());
}

static void sizes_are_refused(uint16_t receive, uint16_t transmit, const char *text)
{
    fake_stop();
    fake_start(&fake);
    set_sizes(receive, transmit);
    expect_panic(text, start());
    assert_true(fake.status & VIRTIO_STATUS_FAILED);
}

static void queue_sizes_are_checked(void **state)
{
    (void)state;
    sizes_are_refused(0, 256, "queue 0 has the size 0, expected a power of two");
    sizes_are_refused(256, 0, "queue 1 has the size 0, expected a power of two");
    sizes_are_refused(257, 256, "queue 0 has the size 257, expected a power of two");
    sizes_are_refused(256, 48, "queue 1 has the size 48, expected a power of two");
    sizes_are_refused(8, 256, "queue 0 has the size 8, expected a power of two from 16");
}

/* 4.1.4.3: the device says what became of what the driver wrote. */
static void queue_is_read_back(void **state)
{
    (void)state;
    fake.refuses_queue = true;
    expect_panic("queue 0: not enabled with size 256, expected it enabled with size 256", start());
    assert_true(fake.status & VIRTIO_STATUS_FAILED);
    fake_stop();
    fake_start(&fake);
    set_sizes(256, 1024);
    fake.other_size = true;
    expect_panic("queue 1: enabled with size 1024, expected it enabled with size 256", start());
    assert_true(fake.status & VIRTIO_STATUS_FAILED);
}

static void both_queues_get_the_smaller_size(void **state)
{
    (void)state;
    static const uint16_t cases[][3] = {
        {1024, 256, 256}, {256, 1024, 256}, {1024, 1024, 1024}, {16, 64, 16}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        fake_stop();
        fake_start(&fake);
        set_sizes(cases[i][0], cases[i][1]);
        start();
        assert_int_equal(net.count, cases[i][2]);
        assert_int_equal(fake.queue[FAKE_RECEIVE].q.size, cases[i][2]);
        assert_int_equal(fake.queue[FAKE_TRANSMIT].q.size, cases[i][2]);
        assert_int_equal(offered(), cases[i][2] - VIRTIO_NET_SPARES);
    }
}

static void little_memory_halves_the_buffers(void **state)
{
    (void)state;
    set_sizes(1024, 1024);
    start();
    size_t full = fake_memory_used;
    fake_stop();
    fake_start(&fake);
    set_sizes(1024, 1024);
    fake_memory_left = full + 127; /* not enough if its start and its end must be aligned */
    start();
    assert_int_equal(net.count, 512);
    fake_stop();
    fake_start(&fake);
    set_sizes(1024, 1024);
    fake_memory_left = full + 128;
    start();
    assert_int_equal(net.count, 1024);
    fake_stop();
    fake_start(&fake);
    fake_memory_left = 16 * 1700 + 1000;
    start();
    assert_int_equal(net.count, 16);
}

static bool is_in_last(const void *address, size_t size)
{
    const uint8_t *start = address;
    return start + size > fake_last && start < fake_last + fake_last_size;
}

/* A device that goes on behind the last buffer reaches nothing that the driver goes by. */
static void nothing_lies_with_the_buffers(void **state)
{
    (void)state;
    start();
    for (unsigned id = 0; id < net.count; id++)
        assert_true(is_in_last(net.buffers[id].frame.data, net.capacity));
    assert_false(is_in_last(net.buffers, net.count * sizeof *net.buffers));
    assert_false(is_in_last(net.receive.desc, virtq_memory(net.count)));
    assert_false(is_in_last(net.transmit.desc, virtq_memory(net.count)));
}

static void too_little_memory_is_a_panic(void **state)
{
    (void)state;
    fake_memory_left = 16 * 1600;
    expect_panic("16 buffers for an MTU of 1500 need ", start());
    assert_non_null(strstr(fake_panic_message, "there are 25600 left"));
    assert_true(fake.status & VIRTIO_STATUS_FAILED);
}

static void no_notification_before_the_end(void **state)
{
    (void)state;
    start(); /* the fake fails the test if one comes before DRIVER_OK */
    assert_int_equal(fake.queue[FAKE_RECEIVE].notifications, 1);
    assert_int_equal(fake.queue[FAKE_TRANSMIT].notifications, 0);
}

/* Every buffer is somewhere, once, and none overlaps another. */
static void buffers_are_apart(void **state)
{
    (void)state;
    start();
    uint8_t *previous = NULL;
    for (unsigned i = 0; i < net.count; i++) {
        struct frame *f = &net.buffers[i].frame;
        assert_int_equal(f->id, i);
        assert_int_equal(f->head, VIRTIO_NET_HEAD);
        assert_int_equal(f->cap, net.capacity);
        assert_true(previous == NULL || previous <= f->data - VIRTIO_NET_HEAD - HDR);
        previous = f->data + f->cap;
    }
    assert_true(previous <= fake_last + fake_last_size);
    uint8_t *octets;
    uint32_t len;
    int id;
    unsigned taken = 0;
    while ((id = fake_take(&fake, FAKE_RECEIVE, &octets, &len)) >= 0) {
        assert_ptr_equal(octets + HDR, net.buffers[id].frame.data);
        taken++;
    }
    assert_int_equal(taken, net.count - VIRTIO_NET_SPARES);
}

/* ---- the way of a buffer */

static void frame_is_received_and_sent_in_place(void **state)
{
    (void)state;
    assert_null(fake_next(&net));
    int id = fake_receive(&fake, "request", 7);
    struct frame *f = fake_next(&net);
    assert_non_null(f);
    assert_int_equal(f->id, id);
    assert_int_equal(f->len, 7);
    assert_int_equal(f->cap, 1522);
    assert_int_equal(f->head, VIRTIO_NET_HEAD);
    assert_memory_equal(f->data, "request", 7);
    assert_null(fake_next(&net));

    memcpy(f->data, "an answer", 9);
    f->len = 9;
    virtio_net_send(&net, f);
    uint32_t len;
    assert_int_equal(fake_transmit(&fake, sent, &len), -1); /* not before the flush */
    virtio_net_flush(&net);
    assert_int_equal(fake.queue[FAKE_TRANSMIT].notifications, 1);
    assert_int_equal(fake_transmit(&fake, sent, &len), id);
    assert_int_equal(len, 9);
    assert_memory_equal(sent, "an answer", 9);

    unsigned before = offered();
    assert_int_equal(virtio_net_reap(&net), 1);
    assert_int_equal(virtio_net_reap(&net), 0);
    virtio_net_flush(&net);
    assert_int_equal(offered(), before + 1);
    assert_int_equal(errors(), 0);
}

static void frame_of_any_length_arrives(void **state)
{
    (void)state;
    static uint8_t octets[1522];
    memset(octets, 0xa5, sizeof octets);
    static const uint32_t lengths[] = {0, 1, 14, 60, 1514, 1522};
    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        assert_true(fake_receive(&fake, octets, lengths[i]) >= 0);
        struct frame *f = fake_next(&net);
        assert_non_null(f);
        assert_int_equal(f->len, lengths[i]);
        virtio_net_recycle(&net, f);
    }
    assert_int_equal(errors(), 0);
}

/* An answer that begins earlier than its request; and the next frame in that buffer begins where it
 * should. */
static void front_can_move_and_comes_back(void **state)
{
    (void)state;
    for (uint8_t moved = 0; moved <= VIRTIO_NET_HEAD; moved++) {
        int id = fake_receive(&fake, "x", 1);
        struct frame *f = fake_next(&net);
        uint8_t *start_of_frame = f->data;
        f->data -= moved;
        f->head = (uint16_t)(f->head - moved);
        f->cap = (uint16_t)(f->cap + moved);
        f->len = (uint16_t)(1 + moved);
        memset(f->data, moved, f->len);
        virtio_net_send(&net, f);
        virtio_net_flush(&net);
        uint32_t len;
        assert_int_equal(fake_transmit(&fake, sent, &len), id);
        assert_int_equal(len, 1 + moved);
        assert_int_equal(sent[0], moved);
        assert_int_equal(sent[moved], moved);
        assert_int_equal(virtio_net_reap(&net), 1);
        assert_ptr_equal(f->data, start_of_frame);
        assert_int_equal(f->head, VIRTIO_NET_HEAD);
        assert_int_equal(f->cap, 1522);
    }
}

static void header_is_zeroed_whatever_was_there(void **state)
{
    (void)state;
    fake_receive(&fake, "x", 1);
    struct frame *f = fake_next(&net);
    memset(f->data - VIRTIO_NET_HDR - VIRTIO_NET_HEAD, 0xa5, VIRTIO_NET_HDR + VIRTIO_NET_HEAD);
    virtio_net_send(&net, f);
    virtio_net_flush(&net);
    uint32_t len;
    assert_true(fake_transmit(&fake, sent, &len) >= 0); /* which checks the header */
    for (unsigned i = 1; i <= VIRTIO_NET_HEAD; i++)
        assert_int_equal(f->data[-VIRTIO_NET_HDR - (int)i], 0xa5);
}

static void recycled_frame_goes_back_to_receive(void **state)
{
    (void)state;
    unsigned before = offered();
    fake_receive(&fake, "x", 1);
    virtio_net_recycle(&net, fake_next(&net));
    assert_int_equal(offered(), before - 1);
    virtio_net_flush(&net);
    assert_int_equal(offered(), before);
    assert_int_equal(fake.queue[FAKE_TRANSMIT].notifications, 0);
}

/* Whatever the device wrote there: the driver never reads its descriptors, it writes them anew. */
static void descriptor_of_a_recycled_frame_is_right_again(void **state)
{
    (void)state;
    fake_receive(&fake, "x", 1);
    struct frame *f = fake_next(&net);
    struct virtq_desc *desc = &net.receive.desc[f->id], before = *desc;
    assert_true(before.addr == (uintptr_t)f->data - HDR);
    *desc = (struct virtq_desc){1, 2, 3, 4};
    f->data -= 20;
    f->head = (uint16_t)(f->head - 20);
    virtio_net_recycle(&net, f);
    assert_memory_equal(desc, &before, sizeof before);
}

static void spares_are_few_and_refilled(void **state)
{
    (void)state;
    struct frame *f[VIRTIO_NET_SPARES];
    for (unsigned i = 0; i < VIRTIO_NET_SPARES; i++) {
        f[i] = virtio_net_spare(&net);
        assert_non_null(f[i]);
        assert_int_equal(f[i]->len, 0);
        assert_int_equal(f[i]->cap, 1522);
        memset(f[i]->data, 0xa5, f[i]->cap);
        f[i]->len = 60;
    }
    assert_null(virtio_net_spare(&net));
    virtio_net_recycle(&net, f[0]);
    f[0] = virtio_net_spare(&net);
    assert_non_null(f[0]);
    assert_int_equal(f[0]->len, 0);
    for (unsigned i = 0; i < VIRTIO_NET_SPARES; i++)
        virtio_net_send(&net, f[i]);
    virtio_net_flush(&net);
    assert_null(virtio_net_spare(&net));
    uint32_t len;
    for (unsigned i = 0; i < VIRTIO_NET_SPARES; i++)
        assert_int_equal(fake_transmit(&fake, sent, &len), f[i]->id);
    unsigned before = offered();
    assert_int_equal(virtio_net_reap(&net), VIRTIO_NET_SPARES);
    virtio_net_flush(&net);
    assert_int_equal(offered(), before);
    assert_non_null(virtio_net_spare(&net));
}

/* Batches of all sizes until the 16-bit indices have wrapped: nothing is lost, mixed up or left
 * behind. */
static void many_frames_pass(void **state)
{
    (void)state;
    unsigned most = net.count - VIRTIO_NET_SPARES;
    uint32_t in = 0, out = 0;
    for (unsigned batch = 1; in < 150000; batch = batch % most + 1) {
        int id[256];
        for (unsigned i = 0; i < batch; i++) {
            id[i] = fake_receive(&fake, &in, sizeof in);
            assert_true(id[i] >= 0);
            in++;
        }
        struct frame *f;
        while ((f = fake_next(&net)) != NULL)
            virtio_net_send(&net, f);
        virtio_net_flush(&net);
        for (unsigned i = 0; i < batch; i++) {
            uint32_t len;
            assert_int_equal(fake_transmit(&fake, sent, &len), id[i]);
            assert_memory_equal(sent, &out, sizeof out);
            out++;
        }
        assert_int_equal(virtio_net_reap(&net), batch);
        virtio_net_flush(&net);
        assert_int_equal(offered(), most);
    }
    assert_int_equal(errors(), 0);
}

/* All buffers in flight at once: receive runs dry, transmit takes them all. */
static void transmit_takes_all_buffers(void **state)
{
    (void)state;
    struct frame *f;
    while (fake_receive(&fake, "x", 1) >= 0)
        ;
    while ((f = fake_next(&net)) != NULL)
        virtio_net_send(&net, f);
    while ((f = virtio_net_spare(&net)) != NULL)
        virtio_net_send(&net, f);
    virtio_net_flush(&net);
    assert_int_equal(offered(), 0);
    uint32_t len;
    unsigned count = 0;
    while (fake_transmit(&fake, sent, &len) >= 0)
        count++;
    assert_int_equal(count, net.count);
    assert_int_equal(virtio_net_reap(&net), net.count);
    virtio_net_flush(&net);
    assert_int_equal(offered(), net.count - VIRTIO_NET_SPARES);
}

/* The device returns buffers in another order than it was given them. */
static void any_order_will_do(void **state)
{
    (void)state;
    uint8_t *octets;
    uint32_t len;
    int first = fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    int second = fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    fake_use(&fake, FAKE_RECEIVE, (uint32_t)second, HDR + 2);
    fake_use(&fake, FAKE_RECEIVE, (uint32_t)first, HDR + 1);
    struct frame *f = fake_next(&net), *g = fake_next(&net);
    assert_true(f->id == second && f->len == 2 && g->id == first && g->len == 1);
}

static void one_notification_per_queue_and_flush(void **state)
{
    (void)state;
    struct fake_queue *receive = &fake.queue[FAKE_RECEIVE], *transmit = &fake.queue[FAKE_TRANSMIT];
    receive->notifications = 0;
    virtio_net_flush(&net); /* nothing to tell */
    for (unsigned i = 0; i < 10; i++)
        fake_receive(&fake, "x", 1);
    for (unsigned i = 0; i < 5; i++)
        virtio_net_send(&net, fake_next(&net));
    for (unsigned i = 0; i < 5; i++)
        virtio_net_recycle(&net, fake_next(&net));
    virtio_net_flush(&net);
    assert_int_equal(receive->notifications, 1);
    assert_int_equal(transmit->notifications, 1);
    virtio_net_flush(&net);
    assert_int_equal(receive->notifications + transmit->notifications, 2);
}

static void suppressed_notification_is_made_up_for_by_a_later_one(void **state)
{
    (void)state;
    struct fake_queue *receive = &fake.queue[FAKE_RECEIVE], *transmit = &fake.queue[FAKE_TRANSMIT];
    fake.suppresses = true;
    start();
    virtio_net_notify(&net); /* receive was filled, but the device has not asked */
    assert_int_equal(receive->notifications, 0);
    fake_wish(&fake, FAKE_RECEIVE);
    virtio_net_notify(&net);
    assert_int_equal(receive->notifications, 1);
    assert_int_equal(transmit->notifications, 0);
    fake_receive(&fake, "x", 1);
    virtio_net_send(&net, fake_next(&net));
    virtio_net_flush(&net);
    assert_int_equal(transmit->notifications, 0);
    fake_wish(&fake, FAKE_TRANSMIT);
    virtio_net_notify(&net);
    virtio_net_notify(&net); /* once */
    assert_int_equal(transmit->notifications, 1);
    assert_int_equal(receive->notifications, 1);
}

/* ---- a device that lies */

static void id_out_of_range_is_counted(void **state)
{
    (void)state;
    uint8_t *octets;
    uint32_t len;
    static const uint32_t ids[] = {256, 257, 65536, 65536 + 8, UINT32_MAX};
    for (unsigned i = 0; i < 5; i++) {
        fake_take(&fake, FAKE_RECEIVE, &octets, &len);
        fake_use(&fake, FAKE_RECEIVE, ids[i], HDR + 1);
    }
    assert_null(fake_next(&net));
    assert_int_equal(net.errors[VIRTIO_NET_ERROR_ID], 5);
    int id = fake_receive(&fake, "x", 1); /* and life goes on */
    struct frame *f = fake_next(&net);
    assert_int_equal(f->id, id);

    virtio_net_send(&net, f);
    virtio_net_flush(&net);
    fake_take(&fake, FAKE_TRANSMIT, &octets, &len);
    fake_use(&fake, FAKE_TRANSMIT, 256, 0);
    assert_int_equal(virtio_net_reap(&net), 0);
    assert_int_equal(net.errors[VIRTIO_NET_ERROR_ID], 6);
    assert_int_equal(errors(), 6);
}

static void id_not_in_that_queue_is_counted(void **state)
{
    (void)state;
    uint8_t *octets;
    uint32_t len;
    struct frame *spare = virtio_net_spare(&net);
    fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    fake_use(&fake, FAKE_RECEIVE, spare->id, HDR + 1); /* in the driver's hands */
    assert_null(fake_next(&net));
    assert_int_equal(net.errors[VIRTIO_NET_ERROR_OWNER], 1);

    virtio_net_send(&net, spare);
    virtio_net_flush(&net);
    fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    fake_use(&fake, FAKE_RECEIVE, spare->id, HDR + 1); /* in transmit */
    assert_null(fake_next(&net));
    assert_int_equal(net.errors[VIRTIO_NET_ERROR_OWNER], 2);

    fake_take(&fake, FAKE_TRANSMIT, &octets, &len);
    fake_use(&fake, FAKE_TRANSMIT, 200, 0); /* in receive */
    assert_int_equal(virtio_net_reap(&net), 0);
    assert_int_equal(net.errors[VIRTIO_NET_ERROR_OWNER], 3);
    assert_int_equal(errors(), 3);
}

static void id_twice_is_counted(void **state)
{
    (void)state;
    uint8_t *octets;
    uint32_t len;
    int id = fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    fake_use(&fake, FAKE_RECEIVE, (uint32_t)id, HDR + 1);
    fake_use(&fake, FAKE_RECEIVE, (uint32_t)id, HDR + 1);
    struct frame *f = fake_next(&net);
    assert_int_equal(f->id, id);
    assert_null(fake_next(&net));
    assert_int_equal(net.errors[VIRTIO_NET_ERROR_OWNER], 1);

    struct frame *g = virtio_net_spare(&net);
    virtio_net_send(&net, f);
    virtio_net_send(&net, g);
    virtio_net_flush(&net);
    fake_take(&fake, FAKE_TRANSMIT, &octets, &len);
    fake_take(&fake, FAKE_TRANSMIT, &octets, &len);
    fake_use(&fake, FAKE_TRANSMIT, f->id, 0);
    fake_use(&fake, FAKE_TRANSMIT, f->id, 0);
    assert_int_equal(virtio_net_reap(&net), 1);
    assert_int_equal(net.errors[VIRTIO_NET_ERROR_OWNER], 2);
    assert_int_equal(errors(), 2);
}

static void length_out_of_range_is_counted(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 11, HDR + 1523, 65536 + HDR, UINT32_MAX};
    unsigned before = offered();
    for (unsigned i = 0; i < 5; i++) {
        uint8_t *octets;
        uint32_t len;
        int id = fake_take(&fake, FAKE_RECEIVE, &octets, &len);
        fake_use(&fake, FAKE_RECEIVE, (uint32_t)id, lengths[i]);
        assert_null(fake_next(&net));
        assert_int_equal(net.errors[VIRTIO_NET_ERROR_LENGTH], i + 1);
    }
    virtio_net_flush(&net);
    assert_int_equal(offered(), before); /* the buffers are not lost */
    assert_int_equal(errors(), 5);
}

static void bad_entry_does_not_hide_the_next(void **state)
{
    (void)state;
    uint8_t *octets;
    uint32_t len;
    fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    fake_use(&fake, FAKE_RECEIVE, 1000, HDR);
    fake_take(&fake, FAKE_RECEIVE, &octets, &len);
    fake_use(&fake, FAKE_RECEIVE, 100, 0);
    int id = fake_receive(&fake, "x", 1);
    struct frame *f = fake_next(&net);
    assert_non_null(f);
    assert_int_equal(f->id, id);

    virtio_net_send(&net, f);
    virtio_net_send(&net, virtio_net_spare(&net));
    virtio_net_flush(&net);
    fake_take(&fake, FAKE_TRANSMIT, &octets, &len);
    fake_use(&fake, FAKE_TRANSMIT, 1000, 0);
    assert_true(fake_transmit(&fake, sent, &len) >= 0);
    assert_int_equal(virtio_net_reap(&net), 1);
}

/* 5.1.6.1: devices there are that give the length of what they read. */
static void transmit_length_is_not_looked_at(void **state)
{
    (void)state;
    uint8_t *octets;
    uint32_t len;
    struct frame *f = virtio_net_spare(&net);
    virtio_net_send(&net, f);
    virtio_net_flush(&net);
    fake_take(&fake, FAKE_TRANSMIT, &octets, &len);
    fake_use(&fake, FAKE_TRANSMIT, f->id, UINT32_MAX);
    assert_int_equal(virtio_net_reap(&net), 1);
    assert_int_equal(errors(), 0);
}

/* Nobody knows then which of the buffers are the device's: none of them is touched. */
static void index_that_runs_ahead_ends_the_queue(void **state)
{
    (void)state;
    fake.queue[FAKE_RECEIVE].q.used->idx = 252;
    assert_true(virtio_net_pending(&net));
    virtio_net_restart(&net);
    fake.queue[FAKE_RECEIVE].q.used->idx = 253;
    assert_null(fake_next(&net));
    assert_string_equal(net.virtio->fault, "returned more buffers than it had");
    fake.queue[FAKE_TRANSMIT].q.used->idx = 1;
    net.virtio->fault = NULL;
    assert_int_equal(virtio_net_reap(&net), 0);
    assert_string_equal(net.virtio->fault, "returned more buffers than it had");
}

/* A device that writes whatever it likes into every ring, a hundred thousand times over: nothing
 * that the sanitizers or the fake see, and every frame that comes out has a buffer behind it. */
static void noise_is_survived(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (unsigned i = 0; i < 100000; i++) {
        for (unsigned queue = 0; queue <= FAKE_TRANSMIT; queue++) {
            random = random * 1664525 + 1013904223;
            struct fake_queue *f = &fake.queue[queue];
            if (f->used != f->q.avail->idx)
                fake_use(&fake, queue, random >> 23, random & 0x800 ? random >> 20 : HDR + 60);
            f->q.desc[random >> 24] =
                (struct virtq_desc){random, random, (uint16_t)random, (uint16_t)random};
            f->q.avail->ring[random >> 24] = (uint16_t)random;
        }
        struct frame *f = fake_next(&net);
        if (f != NULL) {
            assert_true(f->len <= f->cap && f->id < net.count);
            assert_ptr_equal(f, &net.buffers[f->id].frame);
            memset(f->data, 0, f->len);
            if (random & 0x400)
                virtio_net_send(&net, f);
            else
                virtio_net_recycle(&net, f);
        }
        virtio_net_reap(&net);
        virtio_net_flush(&net);
    }
    assert_true(net.errors[VIRTIO_NET_ERROR_ID] > 0);
    assert_true(net.errors[VIRTIO_NET_ERROR_OWNER] > 0);
}

/* ---- our own mistakes */

static void frame_is_given_away_once(void **state)
{
    (void)state;
    fake_receive(&fake, "x", 1);
    struct frame *f = fake_next(&net);
    virtio_net_send(&net, f);
    expect_panic("fake device: buffer ", virtio_net_send(&net, f));
    expect_panic("owner is 2, expected 0, the driver", virtio_net_recycle(&net, f));
    fake_receive(&fake, "x", 1);
    f = fake_next(&net);
    virtio_net_recycle(&net, f);
    expect_panic("owner is 1, expected 0, the driver", virtio_net_send(&net, f));
}

static void errors_have_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VIRTIO_NET_ERROR_COUNT; i++)
        assert_memory_equal(virtio_net_error_text(i), "used ", 5);
}

#define FRESH(name)   cmocka_unit_test_setup_teardown(name, setup, fake_teardown)
#define STARTED(name) cmocka_unit_test_setup_teardown(name, setup_started, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(steps_come_in_order),
        FRESH(offered_is_accepted_by_name_only),
        FRESH(version_1_is_required),
        FRESH(platform_access_is_accepted_where_nothing_stands_between),
        FRESH(obstacle_between_device_and_memory_is_a_panic),
        FRESH(features_ok_must_stick),
        FRESH(reset_must_complete),
        FRESH(config_is_read),
        FRESH(config_is_read_again_if_it_changes),
        FRESH(config_that_never_rests_is_a_panic),
        FRESH(config_too_small_is_a_panic),
        FRESH(config_without_features_is_not_read),
        FRESH(mac_made_up_is_local_and_differs),
        FRESH(mac_must_be_one_stations),
        FRESH(link_state_is_followed),
        FRESH(mtu_sizes_the_buffers),
        FRESH(mtu_out_of_range_is_a_panic),
        FRESH(queue_sizes_are_checked),
        FRESH(queue_is_read_back),
        FRESH(both_queues_get_the_smaller_size),
        FRESH(little_memory_halves_the_buffers),
        FRESH(nothing_lies_with_the_buffers),
        FRESH(too_little_memory_is_a_panic),
        FRESH(no_notification_before_the_end),
        FRESH(buffers_are_apart),
        STARTED(frame_is_received_and_sent_in_place),
        STARTED(frame_of_any_length_arrives),
        STARTED(front_can_move_and_comes_back),
        STARTED(header_is_zeroed_whatever_was_there),
        STARTED(recycled_frame_goes_back_to_receive),
        STARTED(descriptor_of_a_recycled_frame_is_right_again),
        STARTED(spares_are_few_and_refilled),
        STARTED(many_frames_pass),
        STARTED(transmit_takes_all_buffers),
        STARTED(any_order_will_do),
        STARTED(one_notification_per_queue_and_flush),
        FRESH(suppressed_notification_is_made_up_for_by_a_later_one),
        STARTED(id_out_of_range_is_counted),
        STARTED(id_not_in_that_queue_is_counted),
        STARTED(id_twice_is_counted),
        STARTED(length_out_of_range_is_counted),
        STARTED(bad_entry_does_not_hide_the_next),
        STARTED(transmit_length_is_not_looked_at),
        STARTED(index_that_runs_ahead_ends_the_queue),
        STARTED(noise_is_survived),
        STARTED(frame_is_given_away_once),
        STARTED(errors_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
