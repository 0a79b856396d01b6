/* SPDX-License-Identifier: BSD-2-Clause */
/* What bucket.c remembers between frames: how much has been sent to whom lately. */
#ifndef NET_STATE_BUCKET_H
#define NET_STATE_BUCKET_H

#include <stdint.h>

#define BUCKETS 64

struct buckets {
    uint64_t full[BUCKETS]; /* when each token bucket will be full again */
    uint32_t key;           /* which senders share a bucket: another number for each start */
};

#endif
