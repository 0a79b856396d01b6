/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The benchmark's load generator: probes to one address through one interface, every reply
 * verified octet for octet. One line of JSON on standard output says what came of it.
 */
#include "load.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: generator closed|open|overload|first [OPTION]...\n"
    "  closed     keeps --window probes outstanding\n"
    "  open       sends --rate probes a second\n"
    "  overload   the same without mercy, then times one echo and a closed loop\n"
    "  first      asks by ARP until the address answers, and says when that was\n"
    "  --interface NAME (tap0)  --target A.B.C.D (192.168.100.2)  --source A.B.C.D "
    "(192.168.100.3)\n"
    "  --mac M:A:C  the target's, else it is asked for\n"
    "  --size OCTETS of the frame, 60 to 9014 (60)   --udp-echo, --stamp instead of ICMP echo\n"
    "  --window N (1)  --rate N  --seconds S (1)  --count N  --limit S for first (30)\n";

struct settings {
    const char *mode, *interface, *mac;
    uint32_t target, source;
    enum probe_kind kind;
    size_t size;
    unsigned window;
    double rate, seconds, limit;
    uint64_t count;
};

static uint32_t address(const char *text)
{
    struct in_addr a;
    if (inet_pton(AF_INET, text, &a) != 1)
        die("%s is no IPv4 address", text);
    return ntohl(a.s_addr);
}

static double number(const char *text, double low, double high)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= low && value <= high))
        die("%s: expected a number from %g to %g", text, low, high);
    return value;
}

static void parse_mac(uint8_t mac[6], const char *text)
{
    unsigned m[6];
    if (sscanf(text, "%x:%x:%x:%x:%x:%x", m, m + 1, m + 2, m + 3, m + 4, m + 5) != 6)
        die("%s is no MAC address", text);
    for (int i = 0; i < 6; i++)
        mac[i] = (uint8_t)m[i];
}

static struct settings parse(int argc, char **argv)
{
    static const struct option options[] = {
        {"interface", 1, NULL, 'i'}, {"target", 1, NULL, 't'}, {"source", 1, NULL, 's'},
        {"mac", 1, NULL, 'm'},       {"size", 1, NULL, 'z'},   {"udp-echo", 0, NULL, 'u'},
        {"stamp", 0, NULL, 'p'},     {"window", 1, NULL, 'w'}, {"rate", 1, NULL, 'r'},
        {"seconds", 1, NULL, 'n'},   {"count", 1, NULL, 'c'},  {"limit", 1, NULL, 'l'},
        {NULL, 0, NULL, 0}};
    struct settings s = {.interface = "tap0",
                         .target = 0xc0a86402,
                         .source = 0xc0a86403,
                         .size = PROBE_MIN,
                         .window = 1,
                         .seconds = 1,
                         .limit = 30};
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'i':
            s.interface = optarg;
            break;
        case 't':
            s.target = address(optarg);
            break;
        case 's':
            s.source = address(optarg);
            break;
        case 'm':
            s.mac = optarg;
            break;
        case 'z':
            s.size = (size_t)number(optarg, PROBE_MIN, PROBE_MAX);
            break;
        case 'u':
            s.kind = PROBE_UDP_ECHO;
            break;
        case 'p':
            s.kind = PROBE_STAMP;
            break;
        case 'w':
            s.window = (unsigned)number(optarg, 1, 4096);
            break;
        case 'r':
            s.rate = number(optarg, 1, 1e8);
            break;
        case 'n':
            s.seconds = number(optarg, 0.001, 3600);
            break;
        case 'c':
            s.count = (uint64_t)number(optarg, 1, 1e12);
            break;
        case 'l':
            s.limit = number(optarg, 0.001, 3600);
            break;
        default:
            fputs(usage, stderr);
            exit(2);
        }
    }
    if (optind != argc - 1) {
        fputs(usage, stderr);
        exit(2);
    }
    s.mode = argv[optind];
    if (s.kind == PROBE_STAMP && s.size < 86)
        s.size = 86; /* 44 octets of STAMP, RFC 8762 4.2.1 */
    return s;
}

static int64_t ns(double seconds)
{
    return (int64_t)(seconds * 1e9);
}

static void print_load(struct load *l, const char *before, const char *after)
{
    double seconds = (double)(l->ended - l->began) / 1e9;
    printf("%s{\"seconds\": %.6f, \"sent\": %" PRIu64 ", \"good\": %" PRIu64 ", \"bad\": %" PRIu64
           ", \"repeated\": %" PRIu64 ", \"lost\": %" PRIu64 ", \"refused\": %zu, \"rate\": %.1f",
           before, seconds, l->sent, l->good, l->bad, l->repeated, l->sent - l->good,
           l->wire->refused, seconds > 0 ? (double)l->in_time / seconds : 0);
    printf(", \"p50\": %.2f, \"p99\": %.2f, \"p999\": %.2f, \"max\": %.2f}%s",
           load_percentile(l, 0.5) / 1e3, load_percentile(l, 0.99) / 1e3,
           load_percentile(l, 0.999) / 1e3, load_percentile(l, 1) / 1e3, after);
}

/*
 * Times one echo. The interface refuses it as long as the burst fills its queue, which takes a while
 * where QEMU has no processor; that says nothing of the target, so it is sent again.
 */
static void ask_once(struct load *l, struct wire *w, const struct probe *p)
{
    for (int i = 0; i < 100; i++) {
        size_t refused = w->refused;
        load_init(l, w, p);
        load_closed(l, 1, 1, 1);
        if (w->refused == refused) {
            load_drain(l, 1000000000, 1000000000);
            return;
        }
        load_drain(l, 20000000, 300000000);
    }
}

/* A burst without regard to answers; then one echo, timed, and a closed loop. */
static void overload(const struct settings *s, struct wire *w, const struct probe *p)
{
    struct load burst, next, after;
    load_init(&burst, w, p);
    load_open(&burst, s->rate, ns(s->seconds), true);
    load_drain(&burst, 20000000, 300000000);
    ask_once(&next, w, p);
    load_init(&after, w, p);
    load_closed(&after, 64, 200000000, 0);
    load_drain(&after, 50000000, 300000000);
    print_load(&burst, "{\"burst\": ", ", ");
    print_load(&next, "\"next\": ", ", ");
    print_load(&after, "\"after\": ", "}\n");
}

static void run(const struct settings *s, struct wire *w)
{
    static struct probe p;
    struct load l;

    if (s->mac)
        parse_mac(w->peer_mac, s->mac);
    else if (!wire_resolve(w, 10000000, 3000000000))
        die("the target does not answer ARP");
    probe_init(&p, s->kind, s->size, w);
    if (strcmp(s->mode, "overload") == 0) {
        overload(s, w, &p);
        return;
    }
    load_init(&l, w, &p);
    if (strcmp(s->mode, "closed") == 0)
        load_closed(&l, s->window, ns(s->seconds), s->count);
    else if (strcmp(s->mode, "open") == 0 && s->rate > 0)
        load_open(&l, s->rate, ns(s->seconds), false);
    else
        die("'%s' is no load, or its --rate is missing", s->mode);
    load_drain(&l, 300000000, 1000000000);
    print_load(&l, "", "\n");
}

/* Says that it has begun, and when the first answer came, by CLOCK_MONOTONIC. */
static void first(const struct settings *s, struct wire *w)
{
    printf("asking\n");
    fflush(stdout);
    if (!wire_resolve(w, 100000, ns(s->limit)))
        die("no answer within %g s", s->limit);
    printf("{\"answered\": %" PRId64 ", \"mac\": \"%02x:%02x:%02x:%02x:%02x:%02x\"}\n", now_ns(),
           w->peer_mac[0], w->peer_mac[1], w->peer_mac[2], w->peer_mac[3], w->peer_mac[4],
           w->peer_mac[5]);
}

int main(int argc, char **argv)
{
    struct settings s = parse(argc, argv);
    struct wire w = {
        .mac = {0x02, 0x00, 0x5e, 0x10, 0x00, 0x03}, .ip = s.source, .peer_ip = s.target};
    wire_open(&w, s.interface, s.size);
    if (strcmp(s.mode, "first") == 0)
        first(&s, &w);
    else
        run(&s, &w);
    return 0;
}
