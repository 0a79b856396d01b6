/* SPDX-License-Identifier: BSD-2-Clause */
/* Who the fuzzed core is told to be, in the fuzzers' own words. */
#ifndef FUZZ_HOST_H
#define FUZZ_HOST_H

#include <stdint.h>

struct host {
    uint8_t mac[6];
    uint8_t prefix;
    uint8_t ttl;
    uint16_t mtu;
    uint32_t ip;
};

#endif
