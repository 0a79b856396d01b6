/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the split ring and the network device: the input says what the device offers, then what
 * device and driver do in turn. The device is test/unit's, which is strict with the driver, until
 * the input makes it lie; then it writes any value anywhere in the rings.
 *
 * Always: a buffer is in the driver's hands once, in its place and no longer than it is; there is no
 * panic but for a device that is reset in vain; and as long as the device was honest, since the start
 * or since it was reset, there is no error, no reset but of a device that sends nothing, and every
 * frame arrives as it was, in order.
 */
#include "wrong.h"
#include "wire.h"

#include "fake_device.h"

#include "virtio/virtio_net.h"

#define HANDS 8   /* frames that are held at the same time, at most */
#define FIFO  512 /* frames under way, at most */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fifo {
    struct {
        uint16_t len;
        uint8_t first;
    } frame[FIFO];
    size_t put, got;
};

static struct fake_device fake;
static struct virtio_net net;
static struct frame *hands[HANDS];
static size_t held;
static bool lied;
static uint64_t resets;  /* that were seen */
static uint8_t *first;   /* octet of buffer 0's frame */
static ptrdiff_t stride; /* from one buffer to the next */
static struct fifo incoming, outgoing;
static const uint8_t *input;
static size_t left;

static uint8_t next8(void)
{
    if (left == 0)
        return 0;
    left--;
    return *input++;
}

static uint16_t next16(void)
{
    uint16_t high = next8();
    return (uint16_t)(high << 8 | next8());
}

static uint32_t next32(void)
{
    uint32_t high = next16();
    return high << 16 | next16();
}

static void remember(struct fifo *fifo, const uint8_t *octets, size_t len)
{
    fifo->frame[fifo->put % FIFO].len = (uint16_t)len;
    fifo->frame[fifo->put++ % FIFO].first = len > 0 ? octets[0] : 0;
}

/* The next frame that was put in has come out. */
static void recall(struct fifo *fifo, const uint8_t *octets, size_t len)
{
    if (fifo->got == fifo->put)
        wrong("a frame that was not sent", octets, len);
    if (fifo->frame[fifo->got % FIFO].len != len ||
        (len > 0 && fifo->frame[fifo->got % FIFO].first != octets[0]))
        wrong("another frame than the next", octets, len);
    fifo->got++;
}

/* ---- the device */

/* What this device is: sizes, features, configuration, and how much memory the machine has. */
static void choose_device(void)
{
    static const uint8_t bits[] = {32, 3, 5, 16, VIRTIO_F_EVENT_IDX, 17, 21, 18};
    uint8_t what = next8();
    fake_start(&fake);
    fake.suppresses = what & 1;
    fake.refuses_features = (what & 0xc0) == 0xc0;
    fake.offered = 0;
    uint8_t without = next8();
    for (size_t i = 0; i < sizeof bits; i++)
        if (!(without & 1u << i))
            fake.offered |= VIRTIO_FEATURE(bits[i]);
    for (unsigned i = 0; i <= FAKE_TRANSMIT; i++) {
        uint8_t shape = next8();
        fake.queue[i].size = shape < 0xf0 ? (uint16_t)(16u << shape % 3) : next16();
    }
    fake.config[0] = next8();
    put16(fake.config + 10, next16());
    fake.changes = next8() % 4;
    fake_memory_left = (next8() % 60 + 1u) << 12; /* at most 240 KiB: more is only slower */
}

static void device_receives(void)
{
    uint8_t frame[1514];
    size_t len = next16() % (sizeof frame + 1);
    memset(frame, next8(), sizeof frame);
    if (!lied && incoming.put - incoming.got < FIFO &&
        fake_receive(&fake, frame, (uint32_t)len) >= 0)
        remember(&incoming, frame, len);
}

static void device_transmits(void)
{
    static uint8_t frame[65536];
    uint32_t len;
    if (!lied && fake_transmit(&fake, frame, &len) >= 0)
        recall(&outgoing, frame, len);
}

/* Any value, anywhere in the rings. Ids and indices are often nearly right. */
static void device_lies(void)
{
    uint8_t what = next8();
    struct fake_queue *f = &fake.queue[what & 1];
    struct virtq *q = &f->q;
    uint16_t place = next16() & q->mask;
    lied = true;
    switch (what >> 1 & 7) {
    case 0:
    case 1:
        fake_use(&fake, what & 1, what & 0x80 ? next32() : next8() % (2u * q->size),
                 what & 0x40 ? next32() : next16());
        break;
    case 2:
        q->used->idx = next16();
        break;
    case 3:
        q->used->idx = (uint16_t)(q->used->idx + next8() % 4);
        break;
    case 4:
        q->used->ring[place] = (struct virtq_used_elem){next32(), next32()};
        break;
    case 5:
        q->desc[place] =
            (struct virtq_desc){(uint64_t)next32() << 32 | next32(), next32(), next16(), next16()};
        break;
    case 6:
        q->avail->ring[place] = next16();
        break;
    default:
        q->avail->idx = next16();
        break;
    }
}

/* Does the next command, or refuses it, or says that it has done another. */
static void device_commands(uint8_t how)
{
    struct fake_queue *f = &fake.queue[FAKE_CONTROL];
    uint8_t *octets;
    uint32_t len;
    if (!f->enabled || !(fake.status & VIRTIO_STATUS_DRIVER_OK))
        return;
    int id = fake_take(&fake, FAKE_CONTROL, &octets, &len);
    if (id < 0)
        return;
    *(uint8_t *)(uintptr_t)f->q.desc[id + 1].addr = how >> 1 & 1;
    if (how & 4) {
        lied = true;
        id = how;
    }
    fake_use(&fake, FAKE_CONTROL, (uint32_t)id, 1);
}

/* It stops, asks for a reset or is unplugged. */
static void device_fails(uint8_t how)
{
    static const uint8_t statuses[] = {0, 0x0b, 0x4f, 0xff};
    fake.status = statuses[how & 3];
    lied = true;
}

/* ---- the driver */

/* The buffer that begins with head room and header, by its frame. */
static void check_frame(const struct frame *f)
{
    if (f->id >= net.count || f != &net.buffers[f->id].frame)
        wrong("a frame that is no buffer's", NULL, 0);
    if (f->data != first + stride * f->id || f->head != VIRTIO_NET_HEAD || f->cap != net.capacity ||
        f->len > f->cap)
        wrong("a frame out of its place", NULL, 0);
    for (size_t i = 0; i < held; i++)
        if (hands[i] == f)
            wrong("a frame that is in our hands already", NULL, 0);
}

/* Moves the frame to the front, sends it or gives it back. */
static void let_go(struct frame *f, uint8_t how)
{
    if (how & 1) {
        virtio_net_recycle(&net, f);
        return;
    }
    uint16_t move = how >> 2 & 1 ? VIRTIO_NET_HEAD : how >> 3 & 3;
    f->data -= move;
    f->head = (uint16_t)(f->head - move);
    f->cap = (uint16_t)(f->cap + move);
    memset(f->data, how, f->len);
    remember(&outgoing, f->data, f->len);
    virtio_net_send(&net, f);
}

static void driver_turn(uint8_t how)
{
    struct frame *f;
    virtio_net_reap(&net);
    while (virtio_net_pending(&net) && (f = virtio_net_receive(&net))) {
        check_frame(f);
        if (!lied)
            recall(&incoming, f->data, f->len);
        memset(f->data, how, f->len);
        if (how & 2 && held < HANDS)
            hands[held++] = f;
        else
            let_go(f, how);
    }
    virtio_net_flush(&net);
}

/* So often that a device that sends nothing is noticed. */
static void driver_looks(bool often)
{
    virtio_net_reap(&net);
    virtio_net_flush(&net);
    bool was_lied = lied;
    const struct fake_queue *transmit = &fake.queue[FAKE_TRANSMIT];
    bool still = virtio_net_starved(&net) && transmit->used != transmit->q.avail->idx;
    for (unsigned i = 0; i < (often ? 500 : 1); i++)
        virtio_net_update(&net);
    if (net.virtio->fault && !lied)
        wrong("a fault of an honest device", NULL, 0);
    if (net.resets == resets)
        return;
    if (!was_lied && !still)
        wrong("a reset of a device that works", NULL, 0);
    resets = net.resets;
    memset(net.errors, 0, sizeof net.errors);
    incoming = outgoing = (struct fifo){.put = 0};
    lied = false;
}

static void driver_filters(uint8_t count)
{
    uint8_t groups[32][6];
    memset(groups, count, sizeof groups);
    virtio_net_set_filter(&net, groups, count % 33);
}

static void driver_spare(void)
{
    struct frame *f = virtio_net_spare(&net);
    if (!f)
        return;
    check_frame(f);
    f->len = next16() % (net.capacity + 1);
    let_go(f, next8());
}

static void seldom(uint8_t step)
{
    uint8_t what = next8();
    if (step & 0x80) {
        if (what & 0x80)
            device_fails(what);
        else
            device_lies();
    } else if (step & 0x40) {
        fake.config[6] = step >> 3 & 3;
        driver_looks(what == 1);
        virtio_net_arm(&net);
        virtio_net_disarm(&net);
    } else if (step & 0x20) {
        device_commands(what);
    } else if (step & 0x10) {
        driver_filters(what);
    } else {
        fake.queue[step >> 3 & 1].q.used->flags = what & 1;
    }
}

static void play(void)
{
    while (left > 0) {
        uint8_t step = next8();
        switch (step % 8) {
        case 0:
        case 1:
            device_receives();
            break;
        case 2:
            device_transmits();
            break;
        case 3:
        case 4:
            driver_turn(next8());
            break;
        case 5:
            driver_spare();
            break;
        case 6:
            if (held > 0) {
                held--;
                let_go(hands[held], next8());
            }
            break;
        default:
            seldom(step);
            break;
        }
    }
}

static void check_end(void)
{
    for (int i = 0; i < VIRTIO_NET_ERROR_COUNT; i++)
        if (net.errors[i] != 0 && !lied)
            wrong(virtio_net_error_text((enum virtio_net_error)i), NULL, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static volatile bool live;
    input = data;
    left = size;
    held = 0;
    live = lied = false;
    resets = 0;
    incoming = outgoing = (struct fifo){.put = 0};
    choose_device();
    fake_panic_expected = true;
    if (setjmp(fake_panic_jump) == 0) {
        virtio_net_init(&net, &fake.virtio);
        live = true;
        first = net.buffers[0].frame.data;
        stride = net.buffers[1].frame.data - first;
        play();
        check_end();
    } else if (live && (!lied || !strstr(fake_panic_message, " times in vain: it "))) {
        wrong(fake_panic_message, NULL, 0);
    }
    fake_stop();
    return 0;
}
