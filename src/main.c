/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unipong from the first line of C to the loop that never ends: the program's table of contents.
 */
#include "config.h"
#include "net/net.h"
#include "options.h"
#include "platform/clock.h"
#include "platform/memory.h"
#include "platform/multiboot.h"
#include "platform/panic.h"
#include "platform/pci.h"
#include "platform/power.h"
#include "platform/serial.h"
#include "platform/trap.h"
#include "shell/shell.h"
#include "virtio/virtio_net.h"
#include "virtio/virtio_pci.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct options options;
static struct virtio device;
static struct virtio_net net;
static struct netif nif;

/* Takes the command line's words. A wrong value ends the guest: it would run as somebody else. */
static void configure(const char *command_line)
{
    static char line[1024];
    char *rest;
    bool first = true;

    if (strlen(command_line) >= sizeof line)
        panic("the command line has %zu characters; at most %zu are read", strlen(command_line),
              sizeof line - 1);
    strcpy(line, command_line);
    options_init(&options);
    for (char *word = strtok_r(line, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        const char *problem;
        enum option_result result = options_set(&options, word, &problem);
        if (result == OPTION_BAD) {
            printf("unipong: error: %s: %s\n", word, problem);
            power_panic();
        }
        if (result == OPTION_UNKNOWN && !first) /* QEMU puts the image's name in front */
            printf("unipong: warning: %s: %s, ignored\n", word, problem);
        first = false;
        power_on_panic = options.on_panic;
    }
}

/* Who we are on the wire: the device's MAC and MTU, the command line's address. */
static void introduce(void)
{
    const uint8_t *mac = net.mac;
    memcpy(&nif.mac, mac, sizeof nif.mac);
    nif.mtu = net.mtu;
    nif.ttl = options.ttl;
    netif_set_ip(&nif, options.ip, options.prefix);
    printf("net0: virtio-net %02x:%02x:%02x:%02x:%02x:%02x mtu %u\n", mac[0], mac[1], mac[2],
           mac[3], mac[4], mac[5], nif.mtu);
    if (nif.ip == 0)
        printf("net0: ip none\n");
    else
        printf("net0: ip %u.%u.%u.%u/%u\n", (unsigned)(nif.ip >> 24),
               (unsigned)(nif.ip >> 16 & 255), (unsigned)(nif.ip >> 8 & 255),
               (unsigned)(nif.ip & 255), nif.prefix);
}

/* Answers every frame that has come in. */
static void answer(void)
{
    struct frame *f;

    virtio_net_reap(&net);
    while ((f = virtio_net_receive(&net))) {
        if (verdict_replies(net_input(&nif, f)))
            virtio_net_send(&net, f);
        else
            virtio_net_recycle(&net, f);
    }
    virtio_net_flush(&net);
}

/* Looks at the keyboard and the power button. */
static void attend(void)
{
    shell_poll();
    if (power_button()) {
        printf("unipong: power off\n");
        shell_stats();
        power_off();
    }
}

/* Called by boot.asm: 64-bit mode, a guarded stack, .bss cleared. */
void kernel_main(uint32_t magic, const struct multiboot_info *info);

void kernel_main(uint32_t magic, const struct multiboot_info *info)
{
    serial_init(); /* first, so that whatever fails can say so */
    trap_init();   /* every exception ends on the panic screen */
    clock_init();  /* calibration runs beside the rest of the boot */
    printf("unipong " UNIPONG_VERSION "\n");
    multiboot_check(magic, info);
    memory_init(info);                       /* RAM for rings and buffers */
    power_init();                            /* power off, power button, exit status */
    configure(multiboot_command_line(info)); /* ip=, ttl=, on_panic= */
    virtio_pci_find(&device, VIRTIO_ID_NET); /* the network device on the PCI bus */
    virtio_net_init(&net, &device);          /* its rings, its buffers */
    clock_calibrate();
    introduce();
    shell_init(&nif, &net);
    panic_hook = shell_stats;
    printf("unipong: ready\n");

    for (uint64_t look = 0;;) {
        answer();
        if (clock_us() >= look) {
            attend();
            look = clock_us() + CONFIG_CONSOLE_US;
        }
    }
}
