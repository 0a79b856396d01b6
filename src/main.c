/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unipong from the first line of C to the loop that never ends: the program's table of contents.
 */
#include "config.h"
#include "contradiction.h"
#include "idle.h"
#include "net/net.h"
#include "options.h"
#include "platform/clock.h"
#include "platform/interrupt.h"
#include "platform/memory.h"
#include "platform/multiboot.h"
#include "platform/panic.h"
#include "platform/pci.h"
#include "platform/power.h"
#include "platform/print.h"
#include "platform/serial.h"
#include "platform/trap.h"
#include "platform/wall.h"
#include "report.h"
#include "shell/shell.h"
#include "virtio/virtio_net.h"
#include "virtio/virtio_pci.h"

#include <stdbool.h>
#include <string.h>

static struct options options;
static struct virtio device;
static struct virtio_net net;
static struct netif nif;
static struct report_told told;

/* Takes the command line's words. A wrong value ends the guest: it would run as somebody else. */
static void configure(const char *command_line)
{
    static void (*const on_panic[])(void) = {
        [ON_PANIC_EXIT] = power_exit,
        [ON_PANIC_HALT] = power_halt,
        [ON_PANIC_RESET] = power_reset,
    };
    static char line[1024];
    char *rest;
    bool first = true;

    if (strlen(command_line) >= sizeof line)
        panic("the command line has %lu characters; at most %lu are read", strlen(command_line),
              sizeof line - 1);
    strcpy(line, command_line);
    options_init(&options);
    for (char *word = strtok_r(line, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        const char *problem;
        enum option_result result = options_set(&options, word, &problem);
        if (result == OPTION_BAD) {
            print("unipong: error: %s: %s\n", word, problem);
            power_panic();
        }
        if (result == OPTION_UNKNOWN && !first) /* QEMU puts the image's name in front */
            print("unipong: warning: %s: %s, ignored\n", word, problem);
        first = false;
        power_on_panic = on_panic[options.on_panic];
    }
    struct contradiction contradiction;
    if (contradiction_find(&options, &contradiction)) {
        report_contradiction(print, &options, &contradiction);
        power_panic();
    }
}

/* Who we are on the wire: the device's MAC and MTU, the command line's address. */
static void join(void)
{
    mac_t mac;
    memcpy(&mac, net.mac, sizeof mac);
    net_init(&nif, &options.net, &mac, net.mtu, net.count / 2, clock_us());
}

static void set_wall_clock(void)
{
    struct wall wall = wall_read();
    if (wall.offset == 0)
        return;
    nif.wall_known = true;
    nif.wall_offset = wall.offset;
    nif.wall_error = wall.error;
}

static struct frame_list stamped; /* answers that are to say when they were sent */

/* Sends an answer. The device sees it when the turn ends. */
static void send(struct frame *f)
{
    if (f->stamp)
        frame_list_add(&stamped, f);
    virtio_net_send(&net, f);
}

/* Takes back the frames that the core held: parts of an answer, or empty again. */
static void release(void)
{
    struct frame *f;
    bool is_answer;

    while ((f = net_released(&nif, &is_answer))) {
        if (is_answer)
            send(f);
        else
            virtio_net_recycle(&net, f);
    }
}

static void answer(struct frame *f)
{
    enum verdict v = net_input(&nif, f);
    if (verdict_replies(v)) {
        send(f);
        return;
    }
    if (!verdict_holds(v))
        virtio_net_recycle(&net, f);
    release();
}

/* Answers every frame that has come in. Returns how many. */
static unsigned answer_all(void)
{
    struct frame *f;
    unsigned frames = 0;

    virtio_net_reap(&net);
    while (virtio_net_pending(&net)) {
        nif.now = clock_us(); /* they were not there before, and are by now */
        for (; (f = virtio_net_receive(&net)); frames++)
            answer(f);
    }
    return frames;
}

/* Sends what is due of our own accord. */
static void tick(void)
{
    struct frame *spare;

    while (net_due(&nif) <= nif.now && (spare = virtio_net_spare(&net))) {
        if (net_tick(&nif, spare) != VERDICT_NONE)
            virtio_net_send(&net, spare);
        else
            virtio_net_recycle(&net, spare);
    }
    release();
}

/*
 * Shows the device what was made in a turn in which so many frames came, and notifies it: at once
 * while they come one by one; of a burst when it is over, or long enough. QEMU's thread is busy
 * with the rest of the burst until then, and under TCG the guest would wait for it.
 */
static enum traffic flush(unsigned frames)
{
    static unsigned burst, last_burst; /* frames since none came, and before that */
    struct frame *f;

    while ((f = frame_list_take(&stamped)))
        net_stamp(&nif, f, clock_us());
    virtio_net_publish(&net);
    burst += frames;
    bool heavy = burst >= CONFIG_BURST;
    if (frames == 0 || last_burst <= 1 || heavy)
        virtio_net_notify(&net);
    if (frames > 0)
        return heavy ? TRAFFIC_HEAVY : TRAFFIC_LIGHT;
    if (burst > 0)
        last_burst = burst;
    burst = 0;
    return TRAFFIC_NONE;
}

/* A turn of the loop. */
static enum traffic turn(void)
{
    unsigned frames = answer_all();
    if (frames == 0)
        nif.now = clock_us();
    tick();
    return flush(frames);
}

/* Looks at what makes no frames: the clock, the keyboard, the power button, the link. */
static void attend(void)
{
    nif.now = clock_us();
    clock_refine();
    shell_poll();
    enum virtio_net_news news = virtio_net_update(&net);
    if (news == VIRTIO_NET_CAME_UP)
        net_link_up(&nif);
    if (news == VIRTIO_NET_MOVED)
        net_announce(&nif);
    if (power_button()) {
        print("unipong: power off\n");
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
    print_text("unipong " UNIPONG_VERSION "\n");
    multiboot_check(magic, info);
    memory_init(info);                       /* RAM for rings and buffers */
    bool can_sleep = interrupt_init();       /* all masked, and off but in a sleep */
    configure(multiboot_command_line(info)); /* ip=, ttl=, on_panic= */
    virtio_pci_find(&device, VIRTIO_ID_NET); /* the network device on the PCI bus */
    virtio_net_init(&net, &device);          /* its rings, its buffers */
    join();

    /* Whoever asks already need not wait until the rest is done and all is said. The clock stands
     * until it is calibrated, which takes about as long. */
    clock_init();
    for (unsigned i = 0; i < CONFIG_EARLY_TURNS; i++)
        turn();

    clock_calibrate();
    set_wall_clock();
    power_init();                   /* power off, power button */
    clock_refine_by(power_timer()); /* which corrects a rate that was measured */
    serial_listen();                /* from now on a key ends a sleep */
    report_device(print, "virtio-net", &nif);
    shell_init(&nif, &net);
    panic_hook = shell_stats;
    idle_init(options.idle, can_sleep && net.interrupts);

    for (;;) {
        enum traffic traffic = turn();
        report_news(print, &told, &nif);
        if (idle_turn(&net, traffic, nif.now, net_due(&nif)))
            attend();
    }
}
