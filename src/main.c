/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unipong from the first line of C to the loop that never ends: the program's table of contents.
 */
#include "config.h"
#include "configure.h"
#include "devices.h"
#include "loop.h"
#include "platform/acpi.h"
#include "platform/clock.h"
#include "platform/interrupt.h"
#include "platform/multiboot.h"
#include "platform/panic.h"
#include "platform/power.h"
#include "platform/print.h"
#include "platform/ram.h"
#include "platform/serial.h"
#include "platform/trap.h"
#include "report.h"
#include "shell/shell.h"
#include "virtio/virtio_pci.h"

#include <string.h>

static struct boot_info boot;
static struct options options;
static struct virtio device;
static struct loop loop;
static struct report_told told;
static struct devices devices;

static void start_network(void);

/* Called by boot.asm: 64-bit mode, a guarded stack, .bss cleared. */
void kernel_main(uint32_t magic, const struct multiboot_info *info);

void kernel_main(uint32_t magic, const struct multiboot_info *info)
{
    serial_init(); /* first, so that whatever fails can say so */
    trap_init();   /* every exception ends on the panic screen */
    print_text("unipong " UNIPONG_VERSION "\n");
    multiboot_read(magic, info, &boot);
    ram_init(&boot);                          /* RAM for rings and buffers */
    acpi_init(boot.rsdp);                     /* where its tables are */
    clock_init();                             /* measures itself while the rest boots */
    bool can_sleep = interrupt_init();        /* all masked, and off but in a sleep */
    configure(&options, boot.command_line);   /* ip=, ttl=, on_panic= */
    virtio_pci_find(&device, VIRTIO_ID_NET);  /* the network device on the PCI bus */
    virtio_net_init(&loop.net, &device);      /* its rings, its buffers */
    clock_calibrate(acpi_timer());            /* from here on there is time */
    start_network();                          /* our address */
    devices_init(&devices, &loop, can_sleep); /* the time of day */
    power_init();                             /* power off, power button */
    serial_listen();                          /* from now on a key ... */
    interrupt_line(SERIAL_LINE, false);       /* ... ends a sleep */
    shell_init(&loop);                        /* the console's commands */
    panic_hook = shell_stats;
    pace_init(&loop.pace, options.idle, can_sleep && loop.net.interrupts);
    report_device(print, "virtio-net", &loop.nif);

    for (;;) {
        loop_turn(&loop);
        report_news(print, &told, &loop.nif);
        if (pace_rest(&loop.pace, &loop.net, loop.nif.now, net_due(&loop.nif)))
            devices_poll(&devices);
    }
}

/* The interface: the device's MAC and MTU, the command line's address. */
static void start_network(void)
{
    mac_t mac;

    memcpy(&mac, loop.net.mac, sizeof mac);
    net_init(&loop.nif, &options.net, &mac, loop.net.mtu, loop.net.count / 2, clock_us());
}
