/* SPDX-License-Identifier: BSD-2-Clause */
/* The host program's arguments: one device, and the image's KEY=VALUE words. */
#ifndef HOST_ARGUMENTS_H
#define HOST_ARGUMENTS_H

#include "options.h"

#include <stdbool.h>
#include <stdint.h>

enum arguments_result {
    ARGUMENTS_OK,
    ARGUMENTS_DONE, /* --help or --version was all */
    ARGUMENTS_BAD,  /* the user was told why */
};

struct arguments {
    enum { DEVICE_NOT_GIVEN, DEVICE_TAP, DEVICE_PACKET, DEVICE_PCAP } device;
    const char *name; /* of the interface, or of the file to read */
    const char *out;  /* the file to write; "-" is the standard output */
    bool mac_given;
    uint8_t mac[6];
    uint16_t mtu; /* 0: not given */
    struct options options;
};

enum arguments_result arguments_read(struct arguments *a, char **argv);

#endif
