/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unipong from the first line of C to the loop that never ends: the program's table of contents.
 */
#include "config.h"
#include "configure.h"
#include "loop.h"
#include "platform/acpi.h"
#include "platform/clock.h"
#include "platform/hotplug.h"
#include "platform/interrupt.h"
#include "platform/multiboot.h"
#include "platform/panic.h"
#include "platform/power.h"
#include "platform/print.h"
#include "platform/ram.h"
#include "platform/serial.h"
#include "platform/trap.h"
#include "platform/wall.h"
#include "report.h"
#include "shell/shell.h"
#include "virtio/virtio_pci.h"

#include <string.h>

static struct boot_info boot;
static struct options options;
static struct virtio device;
static struct loop loop;
static struct report_told told;
static bool can_sleep;

static void start_network(void);
static void poll_devices(void);
static void report_device_faults(void);
static _Noreturn void stay_without_network(void);

/* Called by boot.asm: 64-bit mode, a guarded stack, .bss cleared. */
void kernel_main(uint32_t magic, const struct multiboot_info *info);

void kernel_main(uint32_t magic, const struct multiboot_info *info)
{
    serial_init(); /* first, so that whatever fails can say so */
    trap_init();   /* every exception ends on the panic screen */
    print_text("unipong " UNIPONG_VERSION "\n");
    multiboot_read(magic, info, &boot);
    ram_init(&boot);                         /* RAM for rings and buffers */
    acpi_init(boot.rsdp);                    /* where its tables are */
    clock_init();                            /* measures itself while the rest boots */
    can_sleep = interrupt_init();            /* all masked, and off but in a sleep */
    configure(&options, boot.command_line);  /* ip=, ttl=, on_panic= */
    virtio_pci_find(&device, VIRTIO_ID_NET); /* the network device on the PCI bus */
    virtio_net_init(&loop.net, &device);     /* its rings, its buffers */
    clock_calibrate(acpi_timer());           /* from here on there is time */
    start_network();                         /* our address */
    power_init();                            /* power off, power button */
    hotplug_init();                          /* taking the device out */
    serial_listen();                         /* from now on a key ... */
    interrupt_line(SERIAL_LINE, false);      /* ... ends a sleep */
    shell_init(&loop);                       /* the console's commands */
    panic_hook = shell_stats;
    pace_init(&loop.pace, options.idle, can_sleep && loop.net.interrupts);
    report_device(print, "virtio-net", &loop.nif);

    for (;;) {
        loop_turn(&loop);
        report_news(print, &told, &loop.nif);
        if (pace_rest(&loop.pace, &loop.net, loop.nif.now, net_due(&loop.nif)))
            poll_devices();
    }
}

/* The interface: the device's MAC and MTU, the command line's address, the time of day. */
static void start_network(void)
{
    mac_t mac;
    struct wall wall = wall_read();

    memcpy(&mac, loop.net.mac, sizeof mac);
    net_init(&loop.nif, &options.net, &mac, loop.net.mtu, loop.net.count / 2, clock_us());
    if (wall.offset != 0)
        net_set_wall_clock(&loop.nif, wall.offset, wall.error);
}

/* What brings no frames: the clock, the keyboard, the link, unplugging, the power button. */
static void poll_devices(void)
{
    loop_read_clock(&loop);
    clock_refine();
    shell_poll();
    hotplug_poll();
    enum virtio_net_news news = virtio_net_update(&loop.net);
    report_device_faults();
    if (news == VIRTIO_NET_GONE)
        stay_without_network();
    if (news == VIRTIO_NET_CAME_UP)
        net_link_up(&loop.nif);
    if (news == VIRTIO_NET_MOVED)
        net_announce(&loop.nif);
    if (power_button())
        shell_power_off();
}

/* A device that has to be reset again and again is told of less and less often; `stats` counts. */
static void report_device_faults(void)
{
    static uint64_t told_resets;
    static bool told_unfiltered;
    const struct virtio_net *net = &loop.net;

    if (net->resets != told_resets && (net->resets & (net->resets - 1)) == 0)
        print("net0: warning: the device was reset, because it %s\n", net->reset_because);
    if (net->unfiltered && !told_unfiltered)
        print("net0: warning: the device refuses to filter, frames for others come too\n");
    told_resets = net->resets;
    told_unfiltered = net->unfiltered;
}

/* The device was unplugged. The console and the power button still work. */
static _Noreturn void stay_without_network(void)
{
    print("net0: the device is gone, there is no network any more\n");
    for (;;) {
        shell_poll();
        hotplug_poll();
        if (power_button())
            shell_power_off();
        if (can_sleep)
            interrupt_sleep();
    }
}
