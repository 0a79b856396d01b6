/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a pcap file (draft-ietf-opsawg-pcap) with nanoseconds, in the machine's byte order.
 *
 * However the run ends, the file ends with a whole record: each is one write(), and one that fails
 * is taken back. (Only SIGKILL may cut the write that it hits. What is in a pipe stays there.)
 */
#include "host/capture_out.h"

#include "host/console.h"
#include "host/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAGIC_NANOSECONDS 0xa1b23c4d
#define LINKTYPE_ETHERNET 1
#define PATIENCE          10 /* tenths of a second for the rest of a record, after a signal */

struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zero[2];
    uint32_t snap_length;
    uint32_t link_type;
};

struct record_header {
    uint32_t seconds; /* since 1970, until 2106 */
    uint32_t nanoseconds;
    uint32_t captured;
    uint32_t length;
};

_Static_assert(sizeof(struct file_header) == 24, "pcap");
_Static_assert(sizeof(struct record_header) == 16, "pcap");

static struct {
    int fd;
    const char *name;
    bool incomplete; /* an answer had a stamp that the file cannot hold */
} out;

static const char *problem(int error)
{
    switch (error) {
    case EPIPE:
        return "whoever read the answers has ended";
    case EINTR:
        return "nobody reads the answers";
    default:
        return strerror(error);
    }
}

/* A record of which only a part was written is cut off again. */
static void take_back(size_t written)
{
    off_t end = lseek(out.fd, 0, SEEK_CUR);
    if (written > 0 && (end < 0 || ftruncate(out.fd, end - (off_t)written) != 0))
        console_error("%s: its last record is not whole", out.name);
}

/* A signal that ends the program does so before the first octet, or after the last. */
static enum device_result write_whole(const void *octets, size_t length)
{
    size_t written = 0;
    for (unsigned patience = PATIENCE; written < length;) {
        ssize_t n = write(out.fd, (const uint8_t *)octets + written, length - written);
        if (n >= 0)
            written += (size_t)n;
        else if (errno == EINTR && signals_ending && written == 0)
            return DEVICE_NONE;
        else if (errno != EINTR || (signals_ending && patience-- == 0))
            break;
    }
    if (written == length)
        return DEVICE_OK;
    console_error("%s: %s; the answers from here on are missing", out.name, problem(errno));
    take_back(written);
    return DEVICE_FAILED;
}

bool capture_out_open(const char *name)
{
    static const struct file_header header = {
        .magic = MAGIC_NANOSECONDS,
        .major = 2,
        .minor = 4,
        .snap_length = UINT16_MAX,
        .link_type = LINKTYPE_ETHERNET,
    };
    bool standard = strcmp(name, "-") == 0;
    out.name = standard ? "the standard output" : name;
    out.fd = standard ? STDOUT_FILENO : open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (out.fd < 0) {
        console_error("%s: it cannot be written: %s", out.name, strerror(errno));
        return false;
    }
    return write_whole(&header, sizeof header) == DEVICE_OK;
}

enum device_result capture_out_write(struct stamp stamp, const uint8_t *data, size_t length)
{
    static struct {
        struct record_header header;
        uint8_t data[UINT16_MAX];
    } record;

    if (stamp.seconds < 0 || stamp.seconds > UINT32_MAX) {
        if (!out.incomplete)
            console_error("%s: an answer is left out, as are all like it: its time stamp is "
                          "%" PRId64 " s after 1970, and pcap, the format of this file, has "
                          "those from 0 to %" PRIu32 " (the year 2106)",
                          out.name, stamp.seconds, UINT32_MAX);
        out.incomplete = true;
        return DEVICE_NONE;
    }
    record.header = (struct record_header){
        .seconds = (uint32_t)stamp.seconds,
        .nanoseconds = stamp.nanoseconds,
        .captured = (uint32_t)length,
        .length = (uint32_t)length,
    };
    memcpy(record.data, data, length);
    return write_whole(&record, sizeof record.header + length);
}

enum device_result capture_out_close(void)
{
    if (close(out.fd) == 0)
        return out.incomplete ? DEVICE_FAILED : DEVICE_OK;
    console_error("%s: %s", out.name, strerror(errno));
    return DEVICE_FAILED;
}
