/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for the driver and the loop of main.c: gives frames to the core and takes them back. */
#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include "host.h"

/* Starts the core as this host. */
void driver_start(const struct host *us);

/* Gives it a frame, with extra octets behind it in its buffer that are no part of it. flags:
 * STEP_ROOMY, STEP_LAZY. */
void driver_receive(const uint8_t *octets, size_t len, size_t extra, unsigned flags);

/* Lets so many microseconds pass. flags: STEP_NO_SPARE. */
void driver_wait(uint64_t us, unsigned flags);

void driver_link_up(void);

/* Lets two minutes pass: whatever was held must be back. */
void driver_end(void);

#endif
