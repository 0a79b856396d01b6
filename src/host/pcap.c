/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capture files: the frames of one file go in, the answers go to another, each with its request's
 * time stamp. libpcap reads pcap in both byte orders and with micro- and nanoseconds, and pcapng.
 *
 * Time passes as the stamps say, by the rules of capture_clock.h. What is due between two frames is
 * done before the second one, each at its own time, and is stamped with that; the time of day in an
 * answer is that of its request. After LOOKS_MAX times between two frames what else is due then is
 * done at the second one's time. What would be due after the last frame is not done.
 *
 * A stamp's seconds are 32 bits without a sign in pcap (libpcap 1.10 gives them with one, but for
 * the other byte order), so they end in 2106; in pcapng they are 64. A fraction of a second or more,
 * which only a damaged file has, counts as the last nanosecond of its second.
 */
#include "host/capture_out.h"
#include "host/console.h"
#include "host/device.h"
#include "host/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOKS_MAX   1000 /* between two frames */
#define NANOSECONDS 1000000000

static struct {
    pcap_t *pcap;
    int fd;
    const char *name;
    bool is_pcapng;
    char buffer[65536];
    uint64_t frames; /* that were read */
    bool was_back;   /* a stamp went back, and the user was told */

    struct capture_clock clock;
    struct stamp sending; /* the stamp of what is sent now */

    /* The frame that was read last. */
    struct pcap_pkthdr *header;
    const u_char *data;
    struct stamp stamp;
    bool is_waiting; /* its time has not come yet */
    uint64_t arrival;
    unsigned looks; /* at what is due before it */
} in;

static uint64_t pcap_now(void)
{
    return in.clock.now;
}

/* Reads the file for libpcap, which would not go on after a signal. */
static ssize_t pcap_read(void *cookie, char *to, size_t size)
{
    ssize_t n = -1;
    (void)cookie;
    errno = EINTR;
    while (n < 0 && errno == EINTR && !signals_ending)
        n = read(in.fd, to, size);
    return n;
}

static struct stamp read_stamp(void)
{
    struct stamp stamp = {in.header->ts.tv_sec, NANOSECONDS - 1};
    if (!in.is_pcapng)
        stamp.seconds = (uint32_t)stamp.seconds;
    /* libpcap gives nanoseconds in tv_usec. */
    if (in.header->ts.tv_usec >= 0 && in.header->ts.tv_usec < NANOSECONDS)
        stamp.nanoseconds = (uint32_t)in.header->ts.tv_usec;
    return stamp;
}

/* Reads the next frame and finds out when it arrives. */
static enum device_result read_next(void)
{
    int result = pcap_next_ex(in.pcap, &in.header, &in.data);
    if (result == PCAP_ERROR_BREAK || signals_ending)
        return DEVICE_END;
    if (result != 1) {
        console_error("%s: frame %" PRIu64 ": %s; those before it are answered", in.name,
                      in.frames + 1, pcap_geterr(in.pcap));
        return DEVICE_FAILED;
    }
    in.frames++;
    in.stamp = read_stamp();
    if (capture_clock_is_back(&in.clock, in.stamp) && !in.was_back) {
        console_warning("%s: frame %" PRIu64 " has an earlier time stamp than a frame before it; "
                        "the clock stands still there, and at all others like it",
                        in.name, in.frames);
        in.was_back = true;
    }
    in.arrival = capture_clock_arrival(&in.clock, in.stamp);
    in.is_waiting = true;
    in.looks = 0;
    return DEVICE_OK;
}

/* It is this time of day now, for the core and for what is sent. */
static void set_time_of_day(struct device *d, struct stamp stamp)
{
    in.sending = stamp;
    d->wall_offset = capture_clock_wall_offset(&in.clock, stamp);
}

static enum device_result pcap_receive(struct device *d, struct frame *f, uint64_t due)
{
    enum device_result result = in.is_waiting ? DEVICE_OK : read_next();
    if (result != DEVICE_OK)
        return result;
    if (due > in.clock.now && due <= in.arrival && in.looks < LOOKS_MAX) {
        in.looks++;
        capture_clock_pass(&in.clock, due);
        set_time_of_day(d, in.clock.stamp);
        return DEVICE_NONE;
    }
    in.is_waiting = false;
    capture_clock_arrive(&in.clock, in.arrival, in.stamp);
    set_time_of_day(d, in.stamp);
    if (in.header->caplen > f->cap)
        return device_count(d, HOST_TOO_LONG);
    if (in.header->caplen < in.header->len)
        return device_count(d, HOST_CUT_SHORT);
    memcpy(f->data, in.data, in.header->caplen);
    f->len = (uint16_t)in.header->caplen;
    return DEVICE_OK;
}

static enum device_result pcap_send(struct device *d, struct frame *f)
{
    enum device_result result = capture_out_write(in.sending, f->data, f->len);
    return result == DEVICE_NONE ? device_count(d, HOST_NOT_SENT) : result;
}

static enum device_result pcap_files_close(struct device *d)
{
    (void)d;
    pcap_close(in.pcap);
    return capture_out_close();
}

/* Whether both names are one file: opening it for writing would empty it. */
static bool same_file(const char *a, const char *b)
{
    struct stat sa;
    struct stat sb;
    return stat(a, &sa) == 0 && stat(b, &sb) == 0 && S_ISREG(sa.st_mode) &&
           sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* Opens the file for libpcap. NULL: it could not, and the user was told why. */
static FILE *open_file(const char *name)
{
    static const cookie_io_functions_t functions = {.read = pcap_read};
    bool standard = strcmp(name, "-") == 0;
    in.name = standard ? "the standard input" : name;
    in.fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    FILE *file = in.fd >= 0 ? fopencookie(NULL, "r", functions) : NULL;
    if (!file) {
        console_error("%s: it cannot be read: %s", in.name, strerror(errno));
        return NULL;
    }
    setvbuf(file, in.buffer, _IOFBF, sizeof in.buffer);
    return file;
}

static bool open_in(const char *name)
{
    char problem[PCAP_ERRBUF_SIZE];
    FILE *file = open_file(name);
    if (!file)
        return false;
    in.pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, problem);
    if (!in.pcap) {
        console_error("%s: %s; expected a capture file, pcap or pcapng, not compressed", in.name,
                      problem);
        fclose(file);
        return false;
    }
    in.is_pcapng = pcap_major_version(in.pcap) < 2; /* pcapng is 1.0, pcap 2.4 */
    int type = pcap_datalink(in.pcap);
    if (type != DLT_EN10MB) {
        const char *type_name = pcap_datalink_val_to_name(type);
        console_error("%s: its link type is %d (%s); only Ethernet, %d, is answered", in.name, type,
                      type_name ? type_name : "unknown", DLT_EN10MB);
        pcap_close(in.pcap);
        return false;
    }
    return true;
}

struct device *pcap_files_open(const char *name, const char *out)
{
    static struct device device = {
        .kind = "pcap",
        .mtu = ETHERNET_MTU, /* no interface says otherwise */
        .receive = pcap_receive,
        .send = pcap_send,
        .now = pcap_now,
        .close = pcap_files_close,
    };
    snprintf(device.name, sizeof device.name, "%.60s", name);
    device_default_mac(&device);
    if (same_file(name, out)) {
        console_error("%s and %s are one file; expected two: writing the answers would erase the "
                      "requests",
                      name, out);
        return NULL;
    }
    return open_in(name) && capture_out_open(out) ? &device : NULL;
}
