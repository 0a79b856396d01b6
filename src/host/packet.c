/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet socket on an interface (packet(7)): every frame that comes in there, beside the kernel.
 *
 * The kernel takes a frame apart before we see it, so two things are put back: a VLAN tag, and the
 * checksum that a sender on this machine left to its network card. PACKET_VNET_HDR says where the
 * checksum is, as a virtio device does, so no protocol need be known for it.
 */
#include "host/console.h"
#include "host/device.h"
#include "net/be.h"
#include "net/checksum.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TAG_LEN 4 /* octets of an 802.1Q tag: TPID and TCI, behind the two addresses */

static int fd = -1;

_Static_assert(sizeof(struct virtio_net_hdr) + 2 <= DEVICE_HEADER, "it goes in front of a frame");

/* Completes a checksum: so far its field holds the pseudo-header's sum (virtio 1.2, 5.1.6.4). */
static void fill_checksum(struct frame *f, const struct virtio_net_hdr *header)
{
    size_t at = (size_t)header->csum_start + header->csum_offset;
    if (header->csum_start > f->len || at + 2 > f->len)
        return;
    be16_t sum = checksum(f->data + header->csum_start, (size_t)(f->len - header->csum_start));
    if (be16(sum) == 0) /* UDP: 0 would say that there is none; to all others it is the same */
        sum = to_be16(0xffff);
    memcpy(f->data + at, &sum, sizeof sum);
}

/* Puts the tag back behind the addresses, which move to the front. */
static void insert_tag(struct frame *f, const struct tpacket_auxdata *auxiliary)
{
    bool known = auxiliary->tp_status & TP_STATUS_VLAN_TPID_VALID;
    be16_t tpid = to_be16(known ? auxiliary->tp_vlan_tpid : ETH_P_8021Q);
    be16_t tci = to_be16(auxiliary->tp_vlan_tci);

    memmove(f->data - TAG_LEN, f->data, 2 * ETH_ALEN);
    f->data -= TAG_LEN;
    f->head = (uint16_t)(f->head - TAG_LEN);
    f->len = (uint16_t)(f->len + TAG_LEN);
    memcpy(f->data + 2 * ETH_ALEN, &tpid, sizeof tpid);
    memcpy(f->data + 2 * ETH_ALEN + sizeof tpid, &tci, sizeof tci);
}

static enum device_result receive_error(struct device *d, int error)
{
    if (error == EINTR || error == EAGAIN)
        return DEVICE_NONE;
    if (error == EINVAL) /* an offload that the virtio header can't describe */
        return device_count(d, HOST_SEGMENTS);
    char name[IF_NAMESIZE];
    if (error == ENETDOWN && if_indextoname(d->index, name)) {
        console_warning("%s is down", d->name);
        return DEVICE_NONE;
    }
    console_error("%s: %s", d->name,
                  error == ENETDOWN ? "the interface was removed" : strerror(error));
    return DEVICE_FAILED;
}

static enum device_result packet_receive(struct device *d, struct frame *f, uint64_t due)
{
    (void)due; /* the timer's signal ends the read */
    struct virtio_net_hdr header;
    struct iovec pieces[] = {
        {.iov_base = &header, .iov_len = sizeof header},
        {.iov_base = f->data, .iov_len = f->cap - TAG_LEN},
    };
    union {
        struct cmsghdr first;
        char space[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
    } control;
    struct msghdr message = {
        .msg_iov = pieces,
        .msg_iovlen = 2,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    ssize_t n = recvmsg(fd, &message, 0);
    if (n < (ssize_t)sizeof header)
        return receive_error(d, n < 0 ? errno : EAGAIN);
    if (header.gso_type != VIRTIO_NET_HDR_GSO_NONE)
        return device_count(d, HOST_SEGMENTS);
    if (message.msg_flags & MSG_TRUNC)
        return device_count(d, HOST_TOO_LONG);
    f->len = (uint16_t)((size_t)n - sizeof header);

    if (header.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
        fill_checksum(f, &header);
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    if (c && c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA) {
        struct tpacket_auxdata auxiliary;
        memcpy(&auxiliary, CMSG_DATA(c), sizeof auxiliary);
        if (auxiliary.tp_status & TP_STATUS_VLAN_VALID && f->len >= 2 * ETH_ALEN)
            insert_tag(f, &auxiliary);
    }
    return DEVICE_OK;
}

static enum device_result packet_send(struct device *d, struct frame *f)
{
    size_t size = sizeof(struct virtio_net_hdr);
    uint8_t *start = f->data - size;

    memset(start, 0, size); /* nothing is left to do */
    if (write(fd, start, size + f->len) >= 0)
        return DEVICE_OK;
    if (errno != ENXIO && errno != ENODEV) /* full, down, longer than the MTU */
        return device_count(d, HOST_NOT_SENT);
    console_error("%s: the interface was removed", d->name);
    return DEVICE_FAILED;
}

static enum device_result packet_close(struct device *d)
{
    (void)d;
    close(fd);
    return DEVICE_OK;
}

/* Binds the socket to the interface; what fails is the step's name, with errno. */
static const char *attach(int index)
{
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = index,
    };
    struct packet_mreq promiscuous = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
    static const int options[] = {PACKET_IGNORE_OUTGOING, PACKET_AUXDATA, PACKET_VNET_HDR};
    int on = 1;

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (setsockopt(fd, SOL_PACKET, options[i], &on, sizeof on) != 0)
            return "setsockopt"; /* Linux before 4.20 */
    /* For another MAC than the interface's (--mac). */
    if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) != 0)
        return "promiscuous mode";
    return bind(fd, (struct sockaddr *)&address, sizeof address) == 0 ? NULL : "bind";
}

struct device *packet_open(const char *interface)
{
    static struct device device = {
        .kind = "packet",
        .mtu = ETHERNET_MTU,
        .live = true,
        .receive = packet_receive,
        .send = packet_send,
        .close = packet_close,
        .now = device_clock,
    };
    struct ifreq request = {0};
    int index = (int)if_nametoindex(interface);

    snprintf(device.name, sizeof device.name, "%.15s", interface);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%.15s", interface);
    if (index == 0) {
        console_error("%s: there is no such interface; ip link lists them", interface);
        return NULL;
    }
    fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* 0: deaf until it is bound */
    if (fd < 0) {
        console_error("a packet socket: %s%s", strerror(errno),
                      errno == EPERM ? "; that takes root or CAP_NET_RAW" : "");
        return NULL;
    }
    const char *step = attach(index);
    if (!step && ioctl(fd, SIOCGIFHWADDR, &request) != 0)
        step = "its MAC";
    if (step) {
        console_error("%s: %s: %s", interface, step, strerror(errno));
        close(fd);
        return NULL;
    }
    if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
        console_error("%s is no Ethernet interface; ip link lists those, as link/ether", interface);
        close(fd);
        return NULL;
    }
    memcpy(device.mac, request.ifr_hwaddr.sa_data, sizeof device.mac);
    device.index = (unsigned)index;
    device_look(&device);
    return &device;
}
