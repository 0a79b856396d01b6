/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake virtio network device: see its header. It reads and writes the rings as a device does,
 * by the addresses that the driver gave, and fails the test where the driver breaks a rule of
 * VIRTIO 1.2.
 */
#include "fake_device.h"

#include <stdio.h>
#include <stdlib.h>

#include "platform/dma.h"
#include "platform/memory.h"

#define ALLOCATIONS 64

const char *fake_obstacle;
size_t fake_memory_left, fake_memory_used, fake_last_size;
uint8_t *fake_last;

static struct {
    uint8_t *start;
    size_t size;
} allocation[ALLOCATIONS];
static unsigned allocations;

static void *allocate(size_t size, size_t alignment)
{
    assert_true(allocations < ALLOCATIONS);
    assert_true(size <= fake_memory_left);
    size_t rounded = (size + alignment - 1) / alignment * alignment;
    uint8_t *start = aligned_alloc(alignment, rounded);
    assert_non_null(start);
    memset(start, 0xa5, rounded);
    allocation[allocations].start = start;
    allocation[allocations++].size = size;
    fake_memory_left -= size;
    fake_memory_used += size;
    return start;
}

void *memory_alloc(size_t size, size_t alignment)
{
    return memset(allocate(size, alignment), 0, size);
}

void *memory_alloc_last(size_t size, size_t alignment)
{
    assert_null(fake_last); /* it would not be the last */
    fake_last_size = size;
    return fake_last = allocate(size, alignment);
}

size_t memory_free(void)
{
    return fake_memory_left;
}

const char *dma_obstacle(void)
{
    return fake_obstacle;
}

void fake_stop(void)
{
    while (allocations > 0)
        free(allocation[--allocations].start);
}

int fake_teardown(void **state)
{
    (void)state;
    fake_stop();
    return 0;
}

/* The device's view of an address: it must lie in memory that the driver allocated. */
static uint8_t *reach(uint64_t address, size_t size)
{
    for (unsigned i = 0; i < allocations; i++) {
        uint64_t start = (uintptr_t)allocation[i].start;
        if (address >= start && address + size <= start + allocation[i].size)
            return allocation[i].start + (address - start);
    }
    fail_msg("the device was given %zu octets at 0x%llx, where no memory was allocated", size,
             (unsigned long long)address);
    return NULL;
}

static struct fake_device *of(struct virtio *v)
{
    return (struct fake_device *)v;
}

static void __attribute__((format(printf, 2, 3)))
note(struct fake_device *fake, const char *format, ...)
{
    va_list arguments;
    size_t length = strlen(fake->log);
    va_start(arguments, format);
    vsnprintf(fake->log + length, sizeof fake->log - length, format, arguments);
    va_end(arguments);
}

static uint8_t status(struct virtio *v)
{
    if (of(v)->on_status)
        of(v)->on_status(of(v));
    return of(v)->unplugged ? 0xff : of(v)->status;
}

/* 2.4.1: "all indications of a device being live ... are cleared". */
static void reset(struct fake_device *fake)
{
    fake->resets++;
    fake->accepted = 0;
    for (unsigned i = 0; i < FAKE_QUEUES; i++) {
        struct fake_queue *f = &fake->queue[i];
        f->enabled = false;
        f->avail = f->used = 0;
        memset(f->held, 0, sizeof f->held);
    }
}

static void set_status(struct virtio *v, uint8_t status)
{
    struct fake_device *fake = of(v);
    note(fake, "status %02x, ", status);
    if (status == 0 && fake->ignores_reset)
        return;
    if (status != 0 && (fake->status & ~status) != 0)
        fail_msg("2.1.1: status 0x%02x after 0x%02x: a bit was cleared", status, fake->status);
    if (fake->refuses_features)
        status &= (uint8_t)~VIRTIO_STATUS_FEATURES_OK;
    fake->status = fake->written = status;
    if (status == 0)
        reset(fake);
}

static uint64_t features(struct virtio *v)
{
    return of(v)->offered;
}

static void set_features(struct virtio *v, uint64_t features)
{
    struct fake_device *fake = of(v);
    if ((features & ~fake->offered) != 0)
        fail_msg("2.2.1: accepted 0x%llx, which was not offered",
                 (unsigned long long)(features & ~fake->offered));
    if (fake->status & VIRTIO_STATUS_FEATURES_OK)
        fail_msg("3.1.1: features accepted after FEATURES_OK");
    note(fake, "features %llx, ", (unsigned long long)features);
    fake->accepted = features;
}

static uint32_t config_generation(struct virtio *v)
{
    return of(v)->generation;
}

static void change_config(struct fake_device *fake)
{
    if (fake->changes == 0)
        return;
    fake->changes--;
    fake->generation++;
    fake->config[0] ^= 4;
    fake->config[5]++;
}

static uint8_t config8(struct virtio *v, size_t offset)
{
    struct fake_device *fake = of(v);
    assert_true(offset < fake->virtio.config_size);
    if (offset == 3)
        change_config(fake); /* in the middle of the MAC */
    return fake->config[offset];
}

static uint16_t config16(struct virtio *v, size_t offset)
{
    struct fake_device *fake = of(v);
    assert_true(offset + 2 <= fake->virtio.config_size);
    assert_true(offset % 2 == 0);
    return (uint16_t)(fake->config[offset] | fake->config[offset + 1] << 8);
}

static uint16_t queue_size(struct virtio *v, uint16_t index)
{
    if (index >= FAKE_QUEUES)
        return 0;
    const struct fake_queue *f = &of(v)->queue[index];
    return f->enabled && !of(v)->other_size ? f->q.size : f->size; /* 4.1.4.3 */
}

static bool queue_enable(struct virtio *v, const struct virtio_queue *q)
{
    struct fake_device *fake = of(v);
    assert_true(fake->status & VIRTIO_STATUS_FEATURES_OK);
    assert_false(fake->status & VIRTIO_STATUS_DRIVER_OK);
    assert_true(q->index < FAKE_QUEUES);
    struct fake_queue *queue = &fake->queue[q->index];
    assert_false(queue->enabled);
    assert_true(q->size <= queue->size && q->size != 0 && (q->size & (q->size - 1)) == 0);
    assert_true((uintptr_t)q->desc % 16 == 0 && (uintptr_t)q->driver % 2 == 0 &&
                (uintptr_t)q->device % 4 == 0); /* 2.7 */
    reach((uintptr_t)q->desc, 16U * q->size);
    reach((uintptr_t)q->driver, 6U + 2U * q->size);
    reach((uintptr_t)q->device, 6U + 8U * q->size);
    queue->q = (struct virtq){
        .index = q->index,
        .size = q->size,
        .mask = (uint16_t)(q->size - 1),
        .desc = (struct virtq_desc *)(uintptr_t)q->desc,
        .avail = (struct virtq_avail *)(uintptr_t)q->driver,
        .used = (struct virtq_used *)(uintptr_t)q->device,
        .interrupts = q->interrupts,
    };
    assert_true(queue->q.avail->flags <= 1);   /* 2.7.7.1 */
    assert_int_equal(queue->q.used->flags, 0); /* 2.7.10.1 */
    note(fake, "queue %u of %u, ", q->index, q->size);
    queue->enabled = true;
    if (fake->suppresses)
        queue->q.used->flags = VIRTQ_USED_F_NO_NOTIFY;
    return !fake->refuses_queue;
}

static void notify(struct virtio *v, uint16_t index)
{
    struct fake_device *fake = of(v);
    if (!(fake->written & VIRTIO_STATUS_DRIVER_OK))
        fail_msg("3.1.1: notification before DRIVER_OK");
    assert_true(index < FAKE_QUEUES && fake->queue[index].enabled);
    fake->queue[index].notifications++;
}

static bool interrupts_enable(struct virtio *v)
{
    struct fake_device *fake = of(v);
    assert_true(fake->status & VIRTIO_STATUS_FEATURES_OK);
    note(fake, "interrupts, ");
    return !fake->no_interrupts;
}

static void interrupts_serve(struct virtio *v)
{
    of(v)->served++;
}

static bool present(struct virtio *v)
{
    return !of(v)->unplugged;
}

void fake_start(struct fake_device *fake)
{
    static const struct virtio_ops ops = {
        .status = status,
        .set_status = set_status,
        .features = features,
        .set_features = set_features,
        .config_generation = config_generation,
        .config8 = config8,
        .config16 = config16,
        .queue_size = queue_size,
        .queue_enable = queue_enable,
        .notify = notify,
        .interrupts_enable = interrupts_enable,
        .interrupts_serve = interrupts_serve,
        .present = present,
    };
    memset(fake, 0, sizeof *fake);
    fake->virtio =
        (struct virtio){.ops = &ops, .config_size = sizeof fake->config, .name = "fake device"};
    fake->offered = ~FAKE_NOT_OFFERED;
    fake->status = 0xff & ~VIRTIO_STATUS_FAILED; /* firmware has left it running */
    memcpy(fake->config, "\x52\x54\x00\x12\x34\x56\x01\x00\x01\x00\xdc\x05", sizeof fake->config);
    fake->queue[FAKE_RECEIVE].size = fake->queue[FAKE_TRANSMIT].size = 256;
    fake->queue[FAKE_CONTROL].size = 64;
    fake_obstacle = NULL;
    fake_memory_left = 64 << 20;
    fake_memory_used = 0;
    fake_last = NULL;
    fake_panic_expected = false; /* a test that failed may have left it */
}

int fake_take(struct fake_device *fake, unsigned queue, uint8_t **octets, uint32_t *len)
{
    struct fake_queue *f = &fake->queue[queue];
    const struct virtq *q = &f->q;
    assert_true(f->enabled && (fake->status & VIRTIO_STATUS_DRIVER_OK));
    uint16_t waiting = (uint16_t)(q->avail->idx - f->avail);
    assert_true(waiting <= q->size);
    if (waiting == 0)
        return -1;
    uint16_t id = q->avail->ring[f->avail++ % q->size];
    assert_true(id < q->size);
    if (f->held[id])
        fail_msg("queue %u: buffer %u was made available twice", queue, id);
    f->held[id] = true;
    const struct virtq_desc *desc = &q->desc[id];
    static const uint16_t flags[] = {VIRTQ_DESC_F_WRITE, 0, VIRTQ_DESC_F_NEXT};
    assert_int_equal(desc->flags, flags[queue]);
    *octets = reach(desc->addr, desc->len);
    *len = desc->len;
    return id;
}

static bool event_idx(const struct fake_device *fake)
{
    return fake->accepted & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
}

void fake_wish(struct fake_device *fake, unsigned queue)
{
    struct fake_queue *f = &fake->queue[queue];
    if (event_idx(fake))
        *(uint16_t *)&f->q.used->ring[f->q.size] = f->avail;
    else
        f->q.used->flags = 0;
}

/* 2.7.7.2: a used buffer's notification is sent if used_event is the entry just written. */
static bool interrupt_wanted(const struct fake_device *fake, const struct fake_queue *f)
{
    if (event_idx(fake))
        return f->q.avail->ring[f->q.size] == (uint16_t)(f->used - 1);
    return !(f->q.avail->flags & VIRTQ_AVAIL_F_NO_INTERRUPT);
}

void fake_use(struct fake_device *fake, unsigned queue, uint32_t id, uint32_t len)
{
    struct fake_queue *f = &fake->queue[queue];
    f->q.used->ring[f->used++ % f->q.size] = (struct virtq_used_elem){id, len};
    f->q.used->idx = f->used;
    if (id < f->q.size)
        f->held[id] = false;
    if (f->q.interrupts && interrupt_wanted(fake, f))
        f->interrupts++;
}

int fake_receive(struct fake_device *fake, const void *frame, uint32_t len)
{
    static const uint8_t header[12] = {[10] = 1}; /* 5.1.6.4.1: num_buffers is 1 */
    uint8_t *octets;
    uint32_t room;
    int id = fake_take(fake, FAKE_RECEIVE, &octets, &room);
    if (id < 0)
        return id;
    assert_true(room >= 1526); /* 5.1.6.3.1 */
    assert_true(sizeof header + len <= room);
    memcpy(octets, header, sizeof header);
    if (len > 0)
        memcpy(octets + sizeof header, frame, len);
    fake_use(fake, FAKE_RECEIVE, (uint32_t)id, (uint32_t)sizeof header + len);
    return id;
}

int fake_transmit(struct fake_device *fake, void *frame, uint32_t *len)
{
    static const uint8_t header[12]; /* 5.1.6.2.1: nothing was negotiated that could be asked for */
    uint8_t *octets;
    int id = fake_take(fake, FAKE_TRANSMIT, &octets, len);
    if (id < 0)
        return id;
    assert_true(*len >= sizeof header);
    assert_memory_equal(octets, header, sizeof header);
    *len -= (uint32_t)sizeof header;
    memcpy(frame, octets + sizeof header, *len);
    fake_use(fake, FAKE_TRANSMIT, (uint32_t)id, 0);
    return id;
}

struct frame *fake_next(struct virtio_net *net)
{
    struct frame *f = NULL;
    while (!f && virtio_net_pending(net))
        f = virtio_net_receive(net);
    return f;
}
