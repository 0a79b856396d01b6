/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Token buckets, one for some of the senders each: a sender that empties its own does not silence
 * what the others are told. A bucket is kept as the time when it will be full again.
 */
#include "net/bucket.h"

void bucket_init(struct buckets *buckets, uint32_t key)
{
    *buckets = (struct buckets){.key = key};
}

/* The sender's bucket. Multiplying spreads each bit upwards, and so the upper bits tell. */
static uint64_t *bucket_of(struct buckets *buckets, const struct ip_address *sender)
{
    uint64_t hash = buckets->key;
    for (int i = 0; i < 4; i++)
        hash = (hash ^ sender->word[i].wire) * 0x9e3779b97f4a7c15u;
    return &buckets->full[hash >> 32 & (BUCKETS - 1)];
}

bool bucket_take(struct netif *nif, const struct packet *p)
{
    struct ip_address sender = packet_source(p);
    if (nif->config.icmp_rate == 0)
        return false;
    uint64_t *bucket = bucket_of(&nif->buckets, &sender);
    uint64_t token = NETIF_SECOND / nif->config.icmp_rate; /* microseconds until another one */
    uint64_t full = *bucket > nif->now ? *bucket : nif->now;
    if (full + token > nif->now + token * nif->config.icmp_burst)
        return false;
    *bucket = full + token;
    return true;
}
