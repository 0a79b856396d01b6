/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Included in front of net/net.c by host.mk: although the program is compiled as one piece,
 * net_input stays a function of this name, so that valgrind can count what happens in it
 * (test/bench/instructions.py).
 */
#ifndef HOST_KEEP_NET_INPUT_H
#define HOST_KEEP_NET_INPUT_H

#include "net/net.h"

__attribute__((noinline, noclone)) enum verdict net_input(struct netif *nif, struct frame *f);

#endif
