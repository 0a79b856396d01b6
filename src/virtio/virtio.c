/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every virtio device needs, whatever its type and transport: initialisation and negotiation
 * of features by the numbered steps of VIRTIO 1.2, 3.1.1, and the bounds of the device-specific
 * configuration.
 */
#include "virtio/virtio.h"

#include "platform/dma.h"

/* Reads of the status that a reset may take, about 1 us each. QEMU needs one, hardware some
 * milliseconds. */
#define RESET_READS 1000000

/* Sets a bit of the device status and keeps the others (2.1.1). */
static void add_status(struct virtio *v, uint8_t bit)
{
    v->ops->set_status(v, v->ops->status(v) | bit);
}

const char *virtio_failed(struct virtio *v)
{
    add_status(v, VIRTIO_STATUS_FAILED);
    return v->name;
}

static void reset(struct virtio *v)
{
    uint8_t status = 0;
    v->fault = NULL;
    v->ops->set_status(v, 0);
    for (unsigned reads = 0; reads < RESET_READS; reads++) {
        status = v->ops->status(v);
        if (status == 0) /* 2.4.2, 4.1.4.3.2: only then is the reset complete */
            return;
    }
    virtio_fail(v, "reset: status is still 0x%02x, expected 0", status);
}

/* 6.3: the device reaches memory as the platform lets it, which the driver then has to know. Here
 * it must do so by physical address. */
static void check_platform(struct virtio *v)
{
    const char *obstacle = dma_obstacle();

    if (obstacle)
        virtio_fail(v, "%s", obstacle);
}

void virtio_negotiate(struct virtio *v, uint64_t wanted)
{
    /* "1. Reset the device." */
    reset(v);

    /* "2. Set the ACKNOWLEDGE status bit: the guest OS has noticed the device." */
    add_status(v, VIRTIO_STATUS_ACKNOWLEDGE);

    /* "3. Set the DRIVER status bit: the guest OS knows how to drive the device." */
    add_status(v, VIRTIO_STATUS_DRIVER);

    /* "4. Read device feature bits, and write the subset of feature bits understood by the OS and
     * driver to the device." */
    uint64_t offered = v->ops->features(v);
    if (!(offered & VIRTIO_FEATURE(VIRTIO_F_VERSION_1))) /* 6.1 */
        virtio_fail(
            v,
            "offers the features 0x%lx, without VIRTIO_F_VERSION_1: virtio 1.0 or later is needed",
            offered);
    if (offered & VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM))
        check_platform(v);
    v->features = offered & (wanted | VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
                             VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM)); /* 2.2.1 */
    v->ops->set_features(v, v->features);

    /* "5. Set the FEATURES_OK status bit. The driver MUST NOT accept new feature bits after this
     * step." */
    add_status(v, VIRTIO_STATUS_FEATURES_OK);

    /* "6. Re-read device status to ensure the FEATURES_OK bit is still set: otherwise, the device
     * does not support our subset of features and the device is unusable." */
    uint8_t status = v->ops->status(v);
    if (!(status & VIRTIO_STATUS_FEATURES_OK))
        virtio_fail(v,
                    "refuses the features 0x%lx of the 0x%lx it offers: status 0x%02x, expected "
                    "FEATURES_OK",
                    v->features, offered, status);
}

void virtio_ready(struct virtio *v)
{
    /* "8. Set the DRIVER_OK status bit. At this point the device is "live"." */
    add_status(v, VIRTIO_STATUS_DRIVER_OK);
}

const char *virtio_fault(struct virtio *v)
{
    uint8_t status = v->ops->status(v);

    if (status & VIRTIO_STATUS_NEEDS_RESET)
        v->fault = "asked for it";
    else if (!(status & VIRTIO_STATUS_DRIVER_OK))
        v->fault = "had stopped";
    return v->fault;
}

/* 2.5.1: the configuration may be larger than needed, by fields that we do not know. */
static void check_config(struct virtio *v, size_t offset, size_t width)
{
    if (offset + width > v->config_size)
        virtio_fail(v, "its configuration has %u octets, expected at least %u",
                    (unsigned)v->config_size, (unsigned)(offset + width));
}

uint8_t virtio_config8(struct virtio *v, size_t offset)
{
    check_config(v, offset, 1);
    return v->ops->config8(v, offset);
}

uint16_t virtio_config16(struct virtio *v, size_t offset)
{
    check_config(v, offset, 2);
    return v->ops->config16(v, offset);
}
