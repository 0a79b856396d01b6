/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unipong as a Linux program: the network core, unchanged, on a TAP, an interface or capture files.
 *
 * The loop makes one system call to read a frame and one to send its answer, and no other: it is
 * the floor that the image's speed is compared with. A timer's signal interrupts the read where
 * something is due, so time costs a waiting frame nothing.
 */
#include "config.h"
#include "host/arguments.h"
#include "host/device.h"
#include "net/net.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define TICK_US 100000 /* how often the loop looks up from a silent wire */

static struct netif nif;
static FILE *console; /* the standard output, unless the answers go there */
static volatile sig_atomic_t ending;

static void on_end(int signal_number)
{
    (void)signal_number;
    ending = 1;
}

/* Interrupts the read. A signal that comes just before a read is found out by the next tick. */
static void on_tick(int signal_number)
{
    (void)signal_number;
}

static void catch_signals(bool live)
{
    struct sigaction end = {.sa_handler = on_end}; /* without SA_RESTART: read() shall return */
    struct sigaction tick = {.sa_handler = on_tick};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct itimerval every = {{0, TICK_US}, {0, TICK_US}};

    sigaction(SIGINT, &end, NULL);
    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGPIPE, &ignore, NULL); /* write() tells of a closed pipe, */
    sigaction(SIGXFSZ, &ignore, NULL); /* and of a file that may not grow */
    if (live) {
        sigaction(SIGALRM, &tick, NULL);
        setitimer(ITIMER_REAL, &every, NULL);
    }
}

static struct device *open_device(const struct arguments *a)
{
    switch (a->device) {
    case DEVICE_TAP:
        return tap_open(a->name);
    case DEVICE_PACKET:
        return packet_open(a->name);
    default:
        return pcap_files_open(a->name, a->out);
    }
}

/* Who we are on the wire: the device's MAC and MTU, or the arguments'. */
static void introduce(const struct device *d, const struct arguments *a)
{
    const uint8_t *mac = a->mac_given ? a->mac : d->mac;
    memcpy(&nif.mac, mac, sizeof nif.mac);
    nif.mtu = d->mtu;
    nif.ttl = a->options.ttl;
    netif_set_ip(&nif, a->options.ip, a->options.prefix);
    fprintf(console, "unipong " UNIPONG_VERSION "\n");
    fprintf(console, "net0: %s %s %02x:%02x:%02x:%02x:%02x:%02x mtu %u\n", d->kind, d->name, mac[0],
            mac[1], mac[2], mac[3], mac[4], mac[5], nif.mtu);
    if (nif.ip == 0)
        fprintf(console, "net0: ip none\n");
    else
        fprintf(console, "net0: ip %u.%u.%u.%u/%u\n", nif.ip >> 24, nif.ip >> 16 & 255,
                nif.ip >> 8 & 255, nif.ip & 255, nif.prefix);
    fprintf(console, "unipong: ready\n");
}

/* The one buffer, as empty as it was. Held frames would want a pool of them in its place. */
static struct frame *empty_frame(void)
{
    static uint8_t buffer[DEVICE_HEAD + DEVICE_HEADER + DEVICE_FRAME + 1];
    static struct frame f;
    f = (struct frame){
        .data = buffer + DEVICE_HEAD + DEVICE_HEADER,
        .cap = DEVICE_FRAME,
        .head = DEVICE_HEAD,
    };
    return &f;
}

/* Answers frames until no more can come or the user has had enough. */
static enum device_result run(struct device *d)
{
    while (!ending) {
        /* net_tick() belongs here: frames of our own, when one is due. */
        struct frame *f = empty_frame();
        enum device_result result = d->receive(d, f);
        if (result == DEVICE_OK && verdict_replies(net_input(&nif, f)))
            result = d->send(d, f);
        if (result == DEVICE_END || result == DEVICE_FAILED)
            return result;
    }
    return DEVICE_END;
}

/* Prints the counters that are not zero, as the image does. */
static void report(const struct device *d)
{
    static const struct {
        const char *name, *meaning;
    } own[] = {
#define V(name, meaning) {#name, meaning},
        DEVICE_COUNTERS(V)
#undef V
    };
    for (enum verdict v = 0; v < VERDICT_COUNT; v++)
        if (nif.verdicts[v] > 0)
            fprintf(console, "%12" PRIu64 "  %-26s %s\n", nif.verdicts[v], verdict_name(v),
                    verdict_meaning(v));
    for (size_t i = 0; i < DEVICE_COUNTERS_COUNT; i++)
        if (d->counters[i] > 0)
            fprintf(console, "%12" PRIu64 "  %-26s %s\n", d->counters[i], own[i].name,
                    own[i].meaning);
}

int main(int argc, char **argv)
{
    struct arguments a;
    (void)argc;
    enum arguments_result result = arguments_read(&a, argv);
    if (result != ARGUMENTS_OK)
        return result == ARGUMENTS_DONE ? EXIT_SUCCESS : 2;

    console = a.out && strcmp(a.out, "-") == 0 ? stderr : stdout;
    setvbuf(console, NULL, _IOLBF, 0); /* whoever waits for "ready" reads it at once */
    struct device *d = open_device(&a);
    if (!d)
        return EXIT_FAILURE;
    catch_signals(d->live);
    introduce(d, &a);
    enum device_result end = run(d);
    if (d->close(d) == DEVICE_FAILED)
        end = DEVICE_FAILED;
    report(d);
    return end == DEVICE_FAILED ? EXIT_FAILURE : EXIT_SUCCESS;
}
