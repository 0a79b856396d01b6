/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host program's devices have in common. */
#include "host/device.h"

#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ETHERNET_MTU 1500 /* RFC 894 */

void device_default_mac(struct device *d)
{
    static const uint8_t mac[6] = {0x02, 'u', 'n', 'i', 'p', 'o'};
    memcpy(d->mac, mac, sizeof mac);
}

void device_read_mtu(struct device *d)
{
    struct ifreq request = {0};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    d->mtu = ETHERNET_MTU;
    snprintf(request.ifr_name, sizeof request.ifr_name, "%.15s", d->name);
    if (fd >= 0 && ioctl(fd, SIOCGIFMTU, &request) == 0 && request.ifr_mtu > 0)
        d->mtu = request.ifr_mtu < UINT16_MAX ? (uint16_t)request.ifr_mtu : UINT16_MAX;
    if (fd >= 0)
        close(fd);
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

static void say(const char *what, const char *format, va_list list)
{
    fprintf(stderr, "unipong: %s: ", what);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
}

void host_error(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say("error", format, list);
    va_end(list);
}

void host_warning(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say("warning", format, list);
    va_end(list);
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

uint64_t device_clock_offset(void)
{
    return microseconds(CLOCK_REALTIME) - microseconds(CLOCK_MONOTONIC);
}
