/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capture files by libpcap: the frames of one file go in, the answers go to another, each with its
 * request's time stamp.
 *
 * libpcap reads pcap in both byte orders and with micro- and nanoseconds, and pcapng. The output is
 * pcap with nanoseconds. However the run ends, the output ends with a whole record: each is one
 * write, and one that fails is taken back. (Only SIGKILL may cut the write that it hits.)
 */
#include "host/device.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MTU 1500 /* no interface says otherwise */

static struct {
    pcap_t *in;
    pcap_dumper_t *out;
    const char *in_name;
    const char *out_name;
    struct pcap_pkthdr *request;    /* of the frame that was read last */
    uint64_t now;                   /* the latest time stamp so far: microseconds since 1970 */
    off_t whole;                    /* octets of the output that are whole records */
    char buffer[DEVICE_FRAME + 64]; /* of the output: one record and its header */
} files;

static uint64_t pcap_now(void)
{
    return files.now;
}

/* Time passes as it did for the capture, but never back. libpcap gives nanoseconds in tv_usec. */
static void pass_time(void)
{
    const struct timeval *stamp = &files.request->ts;
    uint64_t us = (uint64_t)stamp->tv_sec * 1000000 + (uint64_t)stamp->tv_usec / 1000;
    if (us > files.now)
        files.now = us;
}

static enum device_result pcap_receive(struct device *d, struct frame *f)
{
    const u_char *data;
    errno = 0;
    int result = pcap_next_ex(files.in, &files.request, &data);
    if (result == PCAP_ERROR_BREAK)
        return DEVICE_END;
    if (result != 1) {
        if (errno == EINTR) /* a read from a pipe, ended by a signal */
            return DEVICE_END;
        host_error("%s: %s", files.in_name, pcap_geterr(files.in));
        return DEVICE_FAILED;
    }
    pass_time();
    if (files.request->caplen > f->cap)
        return device_count(d, HOST_TOO_LONG);
    if (files.request->caplen < files.request->len)
        return device_count(d, HOST_CUT_SHORT);
    memcpy(f->data, data, files.request->caplen);
    f->len = (uint16_t)files.request->caplen;
    return DEVICE_OK;
}

/* Hands what was written to the system; a record that it takes only in part is cut off again. */
static enum device_result flush(void)
{
    FILE *file = pcap_dump_file(files.out);
    if (pcap_dump_flush(files.out) == 0) {
        files.whole = ftello(file);
        return DEVICE_OK;
    }
    host_error("%s: %s", files.out_name, strerror(errno));
    if (files.whole > 0 && ftruncate(fileno(file), files.whole) != 0)
        host_error("%s: its last record is not whole: %s", files.out_name, strerror(errno));
    return DEVICE_FAILED;
}

static enum device_result pcap_send(struct device *d, struct frame *f)
{
    struct pcap_pkthdr header = {.ts = files.request->ts, .caplen = f->len, .len = f->len};
    (void)d;
    pcap_dump((u_char *)files.out, &header, f->data);
    return flush();
}

static enum device_result pcap_files_close(struct device *d)
{
    (void)d;
    pcap_dump_close(files.out); /* flushed after each record: nothing is left to fail */
    pcap_close(files.in);
    return DEVICE_OK;
}

/* Whether both names are one file: opening it for writing would empty it. */
static bool same_file(const char *a, const char *b)
{
    struct stat sa;
    struct stat sb;
    return stat(a, &sa) == 0 && stat(b, &sb) == 0 && S_ISREG(sa.st_mode) &&
           sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

static bool open_in(const char *name)
{
    char problem[PCAP_ERRBUF_SIZE];
    files.in_name = name;
    files.in = pcap_open_offline_with_tstamp_precision(name, PCAP_TSTAMP_PRECISION_NANO, problem);
    if (!files.in) {
        /* Some of its messages begin with the name. */
        bool named = strncmp(problem, name, strlen(name)) == 0;
        host_error("%s%s%s", named ? "" : name, named ? "" : ": ", problem);
        return false;
    }
    int type = pcap_datalink(files.in);
    if (type != DLT_EN10MB) {
        const char *type_name = pcap_datalink_val_to_name(type);
        host_error("%s: its link type is %d (%s); only Ethernet, %d, is answered", name, type,
                   type_name ? type_name : "unknown", DLT_EN10MB);
        pcap_close(files.in);
        return false;
    }
    return true;
}

static bool open_out(const char *name)
{
    bool standard = strcmp(name, "-") == 0;
    FILE *file = standard ? stdout : fopen(name, "wbe");
    pcap_t *format =
        pcap_open_dead_with_tstamp_precision(DLT_EN10MB, DEVICE_FRAME, PCAP_TSTAMP_PRECISION_NANO);
    files.out_name = standard ? "the standard output" : name;
    if (!file || !format) {
        host_error("%s: %s", files.out_name, strerror(errno));
        if (file && !standard)
            fclose(file);
        if (format)
            pcap_close(format);
        return false;
    }
    setvbuf(file, files.buffer, _IOFBF, sizeof files.buffer); /* a record is one write() */
    files.out = pcap_dump_fopen(format, file);
    if (!files.out)
        host_error("%s: %s", files.out_name, pcap_geterr(format));
    pcap_close(format);
    return files.out && flush() == DEVICE_OK;
}

struct device *pcap_files_open(const char *in, const char *out)
{
    static struct device device = {
        .kind = "pcap",
        .mtu = MTU,
        .receive = pcap_receive,
        .send = pcap_send,
        .now = pcap_now,
        .close = pcap_files_close,
    };
    snprintf(device.name, sizeof device.name, "%.60s", in);
    device_default_mac(&device);
    if (same_file(in, out)) {
        host_error("%s and %s are one file", in, out);
        return NULL;
    }
    return open_in(in) && open_out(out) ? &device : NULL;
}
