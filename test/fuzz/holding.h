/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of fragments that are held (RFC 791 3.2, RFC 1122 3.3.2, RFC 5722 4). The buffers that the
 * core holds tell what it knows, so what it has to do next can be said without a table.
 */
#ifndef FUZZ_HOLDING_H
#define FUZZ_HOLDING_H

#include "call.h"
#include "slots.h"

/* Takes note that the frame is a fragment for us. The verdict that it has to have. */
enum verdict holding_expect(struct slot *s);

/* Judges what the latest call, which was given the fragment, has released of this kind; v is its
 * verdict. */
void holding_judge_input(struct call *call, struct slot *s, enum verdict v);

/* Judges what has become of datagrams now that time has passed. ip: the address that was in use when
 * that began. */
void holding_judge_tick(struct call *call, uint32_t ip);

#endif
