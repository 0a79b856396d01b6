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
#include "report.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define TICK_US  100000 /* how often the loop looks up from a silent wire */
#define HELD_MAX 128    /* frames that the core holds at once */

static struct netif nif;
static FILE *console; /* the standard output, unless the answers go there */
static struct report_told told;
static volatile sig_atomic_t ending;

/* Prints on the console: where report.h's lines go. */
static void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(console, format, arguments);
    va_end(arguments);
}

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
    mac_t mac;
    char kind[sizeof d->name + 16];
    memcpy(&mac, a->mac_given ? a->mac : d->mac, sizeof mac);
    net_init(&nif, &a->options.net, &mac, d->mtu, HELD_MAX, d->now());
    nif.wall_known = true;
    nif.wall_offset = d->wall_offset;
    if (!d->live)
        nif.claim.announcements_left = 0; /* a capture is asked for answers only */
    nif.wall_error = 0x1601;              /* 2^-10 s: the system's clock, as NTP keeps it */
    fprintf(console, "unipong " UNIPONG_VERSION "\n");
    snprintf(kind, sizeof kind, "%s %s", d->kind, d->name);
    report_device(print, kind, &nif);
}

/* The buffers: one to receive into, the others for what the core holds. */
static struct frame *empty[HELD_MAX + 2];
static size_t empty_count;

static bool make_buffers(void)
{
    for (; empty_count < sizeof empty / sizeof empty[0]; empty_count++) {
        struct frame *f = malloc(sizeof *f + DEVICE_HEAD + DEVICE_HEADER + DEVICE_FRAME + 1);
        if (!f)
            return false;
        empty[empty_count] = f;
    }
    return true;
}

/* An empty buffer; there is one, since the core holds at most HELD_MAX of them. */
static struct frame *take(void)
{
    struct frame *f = empty[--empty_count];
    *f = (struct frame){
        .data = (uint8_t *)(f + 1) + DEVICE_HEAD + DEVICE_HEADER,
        .cap = DEVICE_FRAME,
        .head = DEVICE_HEAD,
    };
    return f;
}

static void give_back(struct frame *f)
{
    empty[empty_count++] = f;
}

/* Sends an answer; one to a STAMP test packet says when that was. */
static enum device_result send(struct device *d, struct frame *f)
{
    if (f->stamp)
        net_stamp(&nif, f, d->now());
    return d->send(d, f);
}

/* Sends what the core held, where it is an answer. */
static enum device_result release(struct device *d)
{
    enum device_result result = DEVICE_OK;
    struct frame *f;
    bool is_answer;
    while ((f = net_released(&nif, &is_answer))) {
        if (is_answer && result != DEVICE_FAILED)
            result = send(d, f);
        give_back(f);
    }
    return result;
}

/* Sends what is due of our own accord. */
static enum device_result tick(struct device *d)
{
    enum device_result result = DEVICE_OK;
    while (net_due(&nif) <= nif.now && result != DEVICE_FAILED) {
        struct frame *f = take();
        if (net_tick(&nif, f) != VERDICT_NONE)
            result = d->send(d, f);
        give_back(f);
    }
    return result == DEVICE_FAILED ? result : release(d);
}

/* Answers a received frame, and keeps its buffer if the core holds it. */
static enum device_result answer(struct device *d, struct frame *f)
{
    enum device_result result = DEVICE_OK;
    enum verdict v = net_input(&nif, f);
    if (verdict_replies(v))
        result = send(d, f);
    if (!verdict_holds(v))
        give_back(f);
    return verdict_replies(v) ? result : release(d);
}

/* Answers frames until no more can come or the user has had enough. */
static enum device_result run(struct device *d)
{
    while (!ending) {
        struct frame *f = take();
        enum device_result result = d->receive(d, f);
        nif.now = d->now();
        if (result == DEVICE_OK)
            result = answer(d, f);
        else
            give_back(f);
        if (result == DEVICE_END || result == DEVICE_FAILED || tick(d) == DEVICE_FAILED)
            return result == DEVICE_END ? DEVICE_END : DEVICE_FAILED;
        report_news(print, &told, &nif);
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
    report_stats(print, &nif);
    for (size_t i = 0; i < DEVICE_COUNTERS_COUNT; i++)
        if (d->counters[i] > 0)
            fprintf(console, "%12" PRIu64 "  %-30s %s\n", d->counters[i], own[i].name,
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
    if (!make_buffers()) {
        host_error("no memory for %zu buffers", sizeof empty / sizeof empty[0]);
        return EXIT_FAILURE;
    }
    catch_signals(d->live);
    introduce(d, &a);
    report_news(print, &told, &nif);
    enum device_result end = run(d);
    if (d->close(d) == DEVICE_FAILED)
        end = DEVICE_FAILED;
    report(d);
    return end == DEVICE_FAILED ? EXIT_FAILURE : EXIT_SUCCESS;
}
