/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TAP (Linux, Documentation/networking/tuntap.rst): the kernel's end is an interface, ours is a
 * file. A read is a frame that the kernel sent, a write is one that it receives.
 *
 * We ask for no offloads, so every frame comes whole, with its checksums filled in.
 */
#include "host/console.h"
#include "host/device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int fd = -1;

/* EFAULT: it was removed while we waited for a frame (tun_ring_recv in drivers/net/tun.c). */
static bool removed(int error)
{
    return error == EBADFD || error == EFAULT;
}

static enum device_result tap_receive(struct device *d, struct frame *f, uint64_t due)
{
    (void)due; /* the timer's signal ends the read */
    ssize_t n = read(fd, f->data, (size_t)f->cap + 1);
    if (n >= 0)
        return device_accept(d, f, (size_t)n);
    if (errno == EINTR || errno == EAGAIN)
        return DEVICE_NONE;
    console_error("%s: %s", d->name, removed(errno) ? "the TAP was removed" : strerror(errno));
    return DEVICE_FAILED;
}

static enum device_result tap_send(struct device *d, struct frame *f)
{
    if (write(fd, f->data, f->len) == f->len)
        return DEVICE_OK;
    if (!removed(errno)) /* EIO: somebody has set it down */
        return device_count(d, HOST_NOT_SENT);
    console_error("%s: the TAP was removed", d->name);
    return DEVICE_FAILED;
}

static enum device_result tap_close(struct device *d)
{
    (void)d;
    close(fd);
    return DEVICE_OK;
}

/* What TUNSETIFF's errors mean (drivers/net/tun.c). */
static const char *attach_problem(int error)
{
    switch (error) {
    case EPERM:
        return "no permission to make a TAP or to use this one: that takes root or CAP_NET_ADMIN, "
               "or a TAP that its owner made for you (ip tuntap add mode tap user ...)";
    case EBUSY:
        return "in use by another program";
    case EINVAL:
        return "expected the name of a TAP with one queue, or a new name; there is another kind of "
               "interface of this name, or none can have it";
    default:
        return strerror(error);
    }
}

struct device *tap_open(const char *name)
{
    static struct device device = {
        .kind = "tap",
        .mtu = ETHERNET_MTU,
        .live = true,
        .receive = tap_receive,
        .send = tap_send,
        .close = tap_close,
        .now = device_clock,
    };
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};

    fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        console_error("/dev/net/tun: %s%s", strerror(errno),
                      errno == EACCES   ? "; root may open it"
                      : errno == ENOENT ? "; load the module (modprobe tun)"
                                        : "");
        return NULL;
    }
    snprintf(request.ifr_name, sizeof request.ifr_name, "%.15s", name);
    if (ioctl(fd, TUNSETIFF, &request) != 0) {
        console_error("%s: %s", name, attach_problem(errno));
        close(fd);
        return NULL;
    }
    snprintf(device.name, sizeof device.name, "%.15s", request.ifr_name);
    device_default_mac(&device);
    device.index = if_nametoindex(device.name);
    device_look(&device);
    return &device;
}
