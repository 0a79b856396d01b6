/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for the driver and the loop: gives frames and news to the core and takes frames back. */
#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include "host.h"

/* Starts the core as this host. */
void driver_start(const struct host *us);

/* Gives it a frame, with extra octets behind it in its buffer that are no part of it. flags:
 * STEP_ROOMY, STEP_LAZY. */
void driver_receive(const uint8_t *octets, size_t len, size_t extra, unsigned flags);

/* Lets so many microseconds pass. flags: STEP_NO_SPARE, STEP_LAZY. */
void driver_wait(uint64_t us, unsigned flags);

/* The link has come up; the machine has moved; the link has another MTU. */
void driver_link_up(void);
void driver_announce(void);
void driver_set_mtu(uint16_t mtu);

/* The time of day is told: what it was at time 0, in microseconds since 1970, and its error. */
void driver_set_wall_clock(uint64_t offset, uint16_t error);

/* Takes back what was released, as at the end of each turn of the loop. flags: with STEP_LAZY not now,
 * but later. */
void driver_take_back(unsigned flags);

/* Lets two minutes pass: whatever was held must be back. */
void driver_end(void);

#endif
