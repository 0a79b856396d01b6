/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits in rate what a sender could abuse: errors, and answers that are longer than their
 * questions (RFC 1812 4.3.2.8).
 */
#ifndef NET_BUCKET_H
#define NET_BUCKET_H

#include "net/netif.h"
#include "net/packet.h"

#include <stdbool.h>
#include <stdint.h>

/* Starts with all buckets full. The key is any number that a sender does not know. */
void bucket_init(struct buckets *buckets, uint32_t key);

/*
 * Takes a token from the bucket of the packet's sender at time netif.now. False if it is empty:
 * there are config.icmp_burst tokens after a quiet time, and config.icmp_rate more a second.
 */
bool bucket_take(struct netif *nif, const struct packet *p);

#endif
