/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which frames the device is asked to pass on, by commands in the control queue: the commands, octet
 * by octet and in their order, and devices that refuse them. VIRTIO 1.2, 5.1.6.5.1 and 5.1.6.5.2.
 */
#include "fake_device.h"

#include "virtio/virtio_net.h"

#define F_CONTROL  (1ULL << 17)
#define F_RX       (1ULL << 18)
#define F_ANNOUNCE (1ULL << 21)
#define OK         0
#define ERR        1

/* Class, command, data */
#define TABLE        "\x01\x00\x01\x00\x00\x00\x52\x54\x00\x12\x34\x56"
#define NO_GROUPS    TABLE "\x00\x00\x00\x00"
#define TWO_GROUPS   TABLE "\x02\x00\x00\x00\x33\x33\x00\x00\x00\x01\x33\x33\xff\x12\x34\x56"
#define ALLMULTI_OFF "\x00\x01\x00"
#define ALLMULTI_ON  "\x00\x01\x01"
#define PROMISC_OFF  "\x00\x00\x00"
#define PROMISC_ON   "\x00\x00\x01"

static const uint8_t groups[17][6] = {{0x33, 0x33, 0, 0, 0, 1},
                                      {0x33, 0x33, 0xff, 0x12, 0x34, 0x56}};

static struct fake_device fake;
static struct virtio_net net;
static uint8_t *ack; /* of the command that the device took last */
static int taken;

static void start_with(uint64_t features)
{
    fake_stop();
    fake_start(&fake);
    fake.offered |= features;
    virtio_net_init(&net, &fake.virtio);
}

static int setup(void **state)
{
    (void)state;
    start_with(F_CONTROL | F_RX);
    return 0;
}

/* The device takes a command, which is this one. */
static void take(const char *octets, uint32_t length)
{
    uint8_t *request;
    uint32_t len;
    const struct virtq_desc *desc = fake.queue[FAKE_CONTROL].q.desc;
    taken = fake_take(&fake, FAKE_CONTROL, &request, &len);
    assert_true(taken >= 0);
    assert_int_equal(len, length);
    assert_memory_equal(request, octets, length);
    desc += desc[taken].next;
    assert_int_equal(desc->flags, VIRTQ_DESC_F_WRITE);
    assert_int_equal(desc->len, 1);
    ack = (uint8_t *)(uintptr_t)desc->addr;
}

static void done(uint8_t result)
{
    *ack = result;
    fake_use(&fake, FAKE_CONTROL, (uint32_t)taken, 1);
}

#define expect_command(octets, result)                                                             \
    do {                                                                                           \
        assert_int_equal(virtio_net_update(&net), VIRTIO_NET_NO_NEWS);                             \
        take(octets, sizeof(octets) - 1);                                                          \
        done(result);                                                                              \
    } while (0)

/* What follows the table, whose groups are all there. */
static void expect_modes(void)
{
    expect_command(ALLMULTI_OFF, OK);
    expect_command(PROMISC_OFF, OK);
}

static void expect_no_command(void)
{
    uint8_t *request;
    uint32_t len;
    for (unsigned i = 0; i < 3; i++) {
        virtio_net_update(&net);
        assert_int_equal(fake_take(&fake, FAKE_CONTROL, &request, &len), -1);
    }
}

static void our_address_only(void **state)
{
    (void)state;
    assert_int_equal(fake.queue[FAKE_CONTROL].notifications, 0); /* the boot does not wait for it */
    expect_command(NO_GROUPS, OK);
    assert_int_equal(fake.queue[FAKE_CONTROL].notifications, 1);
    expect_modes();
    expect_no_command();
    assert_int_equal(fake.queue[FAKE_CONTROL].notifications, 3);
    assert_false(net.unfiltered);
}

/* Promiscuous, as it starts, until the table has arrived. */
static void one_step_at_a_time(void **state)
{
    (void)state;
    virtio_net_update(&net);
    take(NO_GROUPS, sizeof NO_GROUPS - 1);
    expect_no_command();
    done(OK);
    expect_command(ALLMULTI_OFF, OK);
}

static void groups_too(void **state)
{
    (void)state;
    virtio_net_set_filter(&net, groups, 2);
    take(TWO_GROUPS, sizeof TWO_GROUPS - 1);
    done(OK);
    expect_modes();
    virtio_net_set_filter(&net, NULL, 0);
    take(NO_GROUPS, sizeof NO_GROUPS - 1);
    done(OK);
    expect_modes();
    expect_no_command();
}

/* What was asked for last counts; a command that the device has is not written to. */
static void asked_for_anew_while_a_command_is_under_way(void **state)
{
    (void)state;
    virtio_net_update(&net);
    take(NO_GROUPS, sizeof NO_GROUPS - 1);
    virtio_net_set_filter(&net, groups, 2);
    done(ERR); /* of a table that is out of date */
    expect_command(TWO_GROUPS, OK);
    expect_command(ALLMULTI_OFF, OK);
    virtio_net_set_filter(&net, groups, 0);
    take(NO_GROUPS, sizeof NO_GROUPS - 1);
    done(OK);
    expect_modes();
    assert_false(net.unfiltered);
}

static void too_many_groups_are_all_groups(void **state)
{
    (void)state;
    virtio_net_set_filter(&net, groups, 16);
    uint8_t *request;
    uint32_t len;
    taken = fake_take(&fake, FAKE_CONTROL, &request, &len);
    assert_int_equal(len, sizeof NO_GROUPS - 1 + 6 * 16);
    assert_int_equal(request[12], 16);
    ack = (uint8_t *)(uintptr_t)fake.queue[FAKE_CONTROL].q.desc[taken + 1].addr;
    done(OK);
    virtio_net_set_filter(&net, groups, 17);
    take(NO_GROUPS, sizeof NO_GROUPS - 1);
    done(OK);
    expect_command(ALLMULTI_ON, OK);
    expect_command(PROMISC_OFF, OK);
    virtio_net_set_filter(&net, groups, 2);
    take(TWO_GROUPS, sizeof TWO_GROUPS - 1);
    done(OK);
    expect_modes();
}

/* Then it has to pass on everything: no frame of ours may be missing. */
static void refusal_makes_it_promiscuous(void **state)
{
    (void)state;
    expect_command(NO_GROUPS, ERR);
    expect_command(PROMISC_ON, ERR);
    assert_true(net.unfiltered);
    expect_no_command();

    start_with(F_CONTROL | F_RX);
    assert_false(net.unfiltered);
    expect_command(NO_GROUPS, OK);
    expect_command(ALLMULTI_OFF, ERR);
    expect_command(PROMISC_ON, OK);
    assert_true(net.unfiltered);
    expect_no_command();

    start_with(F_CONTROL | F_RX);
    expect_command(NO_GROUPS, OK);
    expect_command(ALLMULTI_OFF, OK);
    expect_command(PROMISC_OFF, 255);
    expect_command(PROMISC_ON, OK);
    assert_true(net.unfiltered);
    expect_no_command();
}

/* An answer that the device forgot to write is none. */
static void no_answer_is_a_refusal(void **state)
{
    (void)state;
    virtio_net_update(&net);
    take(NO_GROUPS, sizeof NO_GROUPS - 1);
    fake_use(&fake, FAKE_CONTROL, (uint32_t)taken, 0);
    expect_command(PROMISC_ON, OK);
    assert_true(net.unfiltered);
}

static void asked_for_again_after_a_reset(void **state)
{
    (void)state;
    virtio_net_set_filter(&net, groups, 2);
    take(TWO_GROUPS, sizeof TWO_GROUPS - 1);
    fake.status = 0; /* while it had a command */
    expect_command(TWO_GROUPS, OK);
    expect_modes();
    fake.status = 0;
    expect_command(TWO_GROUPS, OK);
    expect_modes();
    assert_int_equal(net.resets, 2);
}

static void announcement_does_not_wait(void **state)
{
    (void)state;
    start_with(F_CONTROL | F_RX | F_ANNOUNCE);
    virtio_net_update(&net);
    fake.config[6] = 3;
    assert_int_equal(virtio_net_update(&net), VIRTIO_NET_MOVED);
    take(NO_GROUPS, sizeof NO_GROUPS - 1);
    int table = taken;
    uint8_t *ack_of_table = ack;
    take("\x03\x00", 2);
    done(OK);
    fake.config[6] = 1;
    taken = table;
    ack = ack_of_table;
    done(OK);
    expect_command(ALLMULTI_OFF, OK);
}

static void not_asked_where_not_offered(void **state)
{
    (void)state;
    start_with(F_CONTROL);
    expect_no_command();
    virtio_net_set_filter(&net, groups, 2);
    expect_no_command();
    start_with(F_RX); /* 5.1.3.1: requires the control queue */
    assert_false(fake.queue[FAKE_CONTROL].enabled);
    virtio_net_update(&net);
    virtio_net_set_filter(&net, groups, 2);
    fake_stop();
    fake_start(&fake);
    fake.offered |= F_CONTROL | F_RX;
    fake.queue[FAKE_CONTROL].size = 2; /* too small */
    virtio_net_init(&net, &fake.virtio);
    assert_false(fake.queue[FAKE_CONTROL].enabled);
    virtio_net_update(&net);
}

static void lies_about_commands_are_faults(void **state)
{
    (void)state;
    virtio_net_update(&net);
    take(NO_GROUPS, sizeof NO_GROUPS - 1);
    fake_use(&fake, FAKE_CONTROL, 0, 1); /* that of an announcement, of which there is none */
    virtio_net_update(&net);
    assert_string_equal(net.virtio->fault, "lost a buffer");
    expect_command(NO_GROUPS, OK);
    assert_int_equal(net.resets, 1);
    virtio_net_update(&net);
    take(ALLMULTI_OFF, 3);
    fake_use(&fake, FAKE_CONTROL, UINT32_MAX, 1);
    virtio_net_update(&net);
    expect_command(NO_GROUPS, OK);
    assert_int_equal(net.resets, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(our_address_only),
        TEST(one_step_at_a_time),
        TEST(groups_too),
        TEST(asked_for_anew_while_a_command_is_under_way),
        TEST(too_many_groups_are_all_groups),
        TEST(refusal_makes_it_promiscuous),
        TEST(no_answer_is_a_refusal),
        TEST(asked_for_again_after_a_reset),
        TEST(announcement_does_not_wait),
        TEST(not_asked_where_not_offered),
        TEST(lies_about_commands_are_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
