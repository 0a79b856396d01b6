/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host program's devices have in common. */
#include "host/device.h"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#define MTU_MIN 68 /* every host takes a packet of so many octets (RFC 791 3.2) */

void device_default_mac(struct device *d)
{
    static const uint8_t mac[6] = {0x02, 'u', 'n', 'i', 'p', 'o'};
    memcpy(d->mac, mac, sizeof mac);
}

/* The MTU of the interface, which may have another name by now. */
static void read_mtu(struct device *d)
{
    static int fd = -1;
    struct ifreq request = {.ifr_ifindex = (int)d->index};
    if (fd < 0)
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (ioctl(fd, SIOCGIFNAME, &request) != 0 || ioctl(fd, SIOCGIFMTU, &request) != 0)
        return;
    memcpy(d->name, request.ifr_name, sizeof request.ifr_name);
    if (request.ifr_mtu < MTU_MIN)
        d->mtu = MTU_MIN;
    else
        d->mtu = request.ifr_mtu < UINT16_MAX ? (uint16_t)request.ifr_mtu : UINT16_MAX;
}

enum device_result device_count(struct device *d, enum device_counter c)
{
    d->counters[c]++;
    return DEVICE_NONE;
}

enum device_result device_accept(struct device *d, struct frame *f, size_t n)
{
    if (n > f->cap)
        return device_count(d, HOST_TOO_LONG);
    f->len = (uint16_t)n;
    return DEVICE_OK;
}

static uint64_t microseconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t device_clock(void)
{
    return microseconds(CLOCK_MONOTONIC);
}

void device_look(struct device *d)
{
    if (!d->mtu_given)
        read_mtu(d);
    d->wall_offset = microseconds(CLOCK_REALTIME) - microseconds(CLOCK_MONOTONIC);
}
