/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network device's initialisation, VIRTIO 1.2, 5.1.5: which features, how many buffers of which
 * size, the MAC address. One receive and one transmit queue, both of as many descriptors as there
 * are buffers. What runs per frame is in virtio_net.c.
 */
#include "virtio/virtio_net.h"

#include "platform/cpu.h"
#include "platform/memory.h"
#include "virtio/virtio_net_control.h"

#include <string.h>

/* Feature bits, 5.1.3 */
#define VIRTIO_NET_F_MTU 3
#define VIRTIO_NET_F_MAC 5

/* struct virtio_net_config, 5.1.4 */
#define CONFIG_MAC 0
#define CONFIG_MTU 10

/* Queues, 5.1.2 */
#define RECEIVEQ1  0
#define TRANSMITQ1 1

#define BUFFERS_MIN 16   /* fewer are no use: four are spares */
#define MTU_DEFAULT 1500 /* octets, where the device does not say: Ethernet's */
#define MTU_MIN     68   /* 5.1.4.1 */
#define ETHERNET    14   /* octets: header without tags */
#define VLAN_TAGS   8    /* octets: two of them (IEEE 802.1ad) */
/* What a struct frame can hold, with its front moved as far as it goes. */
#define MTU_MAX (UINT16_MAX - VIRTIO_NET_HEAD - ETHERNET - VLAN_TAGS)

#define ALIGN 64 /* octets, of rings and buffers */

#define GENERATION_MAX 1000 /* times that the configuration may change while we read it */

/* The MAC address of the device, or one that we make up: locally administered, of one station
 * (5.1.4.2, IEEE 802). */
static void read_mac(struct virtio_net *net)
{
    if (virtio_has(net->virtio, VIRTIO_NET_F_MAC)) {
        for (size_t i = 0; i < sizeof net->mac; i++)
            net->mac[i] = virtio_config8(net->virtio, CONFIG_MAC + i);
        return;
    }
    /* The low bits differ most; the factor, 2 to the 64th over the golden ratio, spreads them. */
    uint64_t random = rdtsc() * 0x9e3779b97f4a7c15;
    memcpy(net->mac, (uint8_t *)&random + 2, sizeof net->mac);
    net->mac[0] = (uint8_t)((net->mac[0] & ~1U) | 2);
}

/* 2.5.1: "drivers SHOULD read device configuration space fields like so", and a field only if its
 * feature is there. */
static void read_config(struct virtio_net *net)
{
    struct virtio *v = net->virtio;
    uint32_t before;
    unsigned tries = 0;
    do {
        if (tries++ == GENERATION_MAX)
            virtio_fail(v,
                        "its configuration changed during each of %u reads, expected one as it is",
                        GENERATION_MAX);
        before = v->ops->config_generation(v);
        read_mac(net);
        net->link_up = virtio_net_status(v) & VIRTIO_NET_S_LINK_UP;
        net->mtu = virtio_has(v, VIRTIO_NET_F_MTU) ? virtio_config16(v, CONFIG_MTU) : MTU_DEFAULT;
    } while (v->ops->config_generation(v) != before);

    static const uint8_t none[6];
    if ((net->mac[0] & 1) || memcmp(net->mac, none, sizeof none) == 0) /* of a group, or none */
        virtio_fail(v,
                    "MAC address %02x:%02x:%02x:%02x:%02x:%02x, expected one of a single station",
                    net->mac[0], net->mac[1], net->mac[2], net->mac[3], net->mac[4], net->mac[5]);
    if (net->mtu < MTU_MIN || net->mtu > MTU_MAX)
        virtio_fail(v, "MTU %u, expected %u to %u", net->mtu, MTU_MIN, MTU_MAX);
}

static uint16_t queue_size(struct virtio *v, uint16_t index)
{
    uint16_t size = v->ops->queue_size(v, index);
    /* 2.7, 4.1.4.3.1; 0: there is no such queue */
    if (size < BUFFERS_MIN || (size & (size - 1)) != 0)
        virtio_fail(v, "queue %u has the size %u, expected a power of two from %u to %u", index,
                    size, BUFFERS_MIN, VIRTQ_SIZE_MAX);
    return size;
}

/* Octets from one buffer to the next: whole cache lines. */
static size_t buffer_stride(const struct virtio_net *net)
{
    return ((size_t)VIRTIO_NET_HEAD + VIRTIO_NET_HDR + net->capacity + ALIGN - 1) &
           ~(size_t)(ALIGN - 1);
}

/* Octets that count buffers and their two queues take, the first and the last of them aligned. */
static size_t memory_needed(const struct virtio_net *net, uint16_t count)
{
    return 2 * virtq_memory(count) +
           count * (buffer_stride(net) + sizeof(struct virtio_net_buffer)) + 2 * ALIGN;
}

/* As many buffers as the smaller queue has entries; where the memory is too small, half as many and
 * so on. */
static uint16_t choose_count(const struct virtio_net *net)
{
    uint16_t receive = queue_size(net->virtio, RECEIVEQ1);
    uint16_t transmit = queue_size(net->virtio, TRANSMITQ1);
    uint16_t count = receive < transmit ? receive : transmit;
    while (memory_needed(net, count) > memory_free()) {
        count /= 2;
        if (count < BUFFERS_MIN)
            virtio_fail(net->virtio,
                        "%u buffers for an MTU of %u need %lu octets of memory, there are %lu left",
                        BUFFERS_MIN, net->mtu, memory_needed(net, BUFFERS_MIN), memory_free());
    }
    return count;
}

/* 5.1.6.3: all buffers but the spares go into the receive queue, each as one descriptor for header
 * and frame. */
static void fill(struct virtio_net *net, uint8_t *memory)
{
    for (uint16_t id = 0; id < net->count; id++, memory += buffer_stride(net)) {
        struct virtio_net_buffer *b = &net->buffers[id];
        *b = (struct virtio_net_buffer){
            .frame = {.data = memory + VIRTIO_NET_HEAD + VIRTIO_NET_HDR,
                      .cap = net->capacity,
                      .head = VIRTIO_NET_HEAD,
                      .id = id},
            .owner = VIRTIO_NET_DRIVER,
        };
        virtio_net_recycle(net, &b->frame);
    }
}

/* The end of step 7, and step 8: the device gets the queues as they are filled. */
static void start(struct virtio_net *net)
{
    virtq_enable(&net->receive);
    virtq_enable(&net->transmit);
    virtio_net_control_start(net);
    virtio_ready(net->virtio);
    virtio_net_flush(net); /* 3.1.1: no notification before DRIVER_OK */
}

void virtio_net_restart(struct virtio_net *net)
{
    struct virtio *v = net->virtio;
    uint64_t features = v->features;

    virtio_negotiate(v, features);
    if (v->features != features) /* 2.2.1: "SHOULD NOT" */
        virtio_fail(v, "accepts the features 0x%lx after a reset, expected 0x%lx as before",
                    v->features, features);
    v->ops->interrupts_enable(v);
    virtq_restart(&net->receive);
    virtq_restart(&net->transmit);
    for (uint16_t id = 0; id < net->count; id++) {
        struct virtio_net_buffer *b = &net->buffers[id];
        if (b->owner == VIRTIO_NET_DRIVER)
            continue;
        b->owner = VIRTIO_NET_DRIVER;
        virtio_net_recycle(net, &b->frame);
    }
    start(net);
}

void virtio_net_init(struct virtio_net *net, struct virtio *v)
{
    *net = (struct virtio_net){.virtio = v};
    virtio_negotiate(
        v, VIRTIO_FEATURE(VIRTIO_NET_F_MAC) | VIRTIO_FEATURE(VIRTIO_NET_F_STATUS) |
               VIRTIO_FEATURE(VIRTIO_NET_F_MTU) | VIRTIO_FEATURE(VIRTIO_NET_F_CTRL_VQ) |
               VIRTIO_FEATURE(VIRTIO_NET_F_CTRL_RX) | VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_ANNOUNCE) |
               VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX));

    /* "7. Perform device-specific setup, including discovery of virtqueues for the device, optional
     * per-bus setup, reading and possibly writing the device's virtio configuration space, and
     * population of virtqueues." */
    read_config(net);
    net->interrupts = v->ops->interrupts_enable(v);
    virtio_net_control_init(net);
    /* 5.1.6.3.1: with the device's header at least 1526 octets, however small the MTU. */
    uint16_t payload = net->mtu > MTU_DEFAULT ? net->mtu : MTU_DEFAULT;
    net->capacity = (uint16_t)(payload + ETHERNET + VLAN_TAGS);
    net->count = choose_count(net);
    /* The buffers last: a device that goes on behind the last one must not reach what we go by. */
    size_t rings = virtq_memory(net->count);
    virtq_init(&net->receive, v, RECEIVEQ1, net->count, VIRTQ_DESC_F_WRITE,
               memory_alloc(rings, ALIGN));
    virtq_init(&net->transmit, v, TRANSMITQ1, net->count, 0, memory_alloc(rings, ALIGN));
    net->buffers = memory_alloc(net->count * sizeof *net->buffers, ALIGN);
    fill(net, memory_alloc_last(net->count * buffer_stride(net), ALIGN));
    net->receive.interrupts = true; /* none for transmit: virtio_net_reap polls it */
    start(net);
}
