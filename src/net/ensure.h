/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An assertion that stays in the image. If our own code has broken a promise it traps: the image
 * shows its panic screen, and the fuzzer reports a crash. For a prover each one is something to be
 * proved.
 */
#ifndef NET_ENSURE_H
#define NET_ENSURE_H

#define ensure(condition) ((condition) ? (void)0 : __builtin_trap())

#endif
