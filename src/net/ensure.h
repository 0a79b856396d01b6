/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An assertion that stays in the image: a broken promise of our own code traps, which is the panic
 * screen on the image, a finding under the fuzzer and an obligation for the prover.
 */
#ifndef NET_ENSURE_H
#define NET_ENSURE_H

#define ensure(condition) ((condition) ? (void)0 : __builtin_trap())

#endif
