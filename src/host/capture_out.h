/* SPDX-License-Identifier: BSD-2-Clause */
/* The capture that answers are written to: a pcap file with nanoseconds. */
#ifndef HOST_CAPTURE_OUT_H
#define HOST_CAPTURE_OUT_H

#include "host/capture_clock.h"
#include "host/device.h"

#include <stddef.h>
#include <stdint.h>

/* Opens the file, "-" for the standard output, and writes its header. False: the user was told why
 * not. */
bool capture_out_open(const char *name);

/*
 * Writes a frame. DEVICE_NONE: it is left out, as a signal has ended the program before it could be
 * written, or as the file cannot hold its stamp.
 */
enum device_result capture_out_write(struct stamp stamp, const uint8_t *data, size_t length);

/* DEVICE_FAILED: what was written is not safe, or not all could be. */
enum device_result capture_out_close(void);

#endif
