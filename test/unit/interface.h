/* SPDX-License-Identifier: BSD-2-Clause */
/* The one interface under test, and the hosts of the tests. */
#ifndef TEST_INTERFACE_H
#define TEST_INTERFACE_H

#include "net/netif.h"

#include <stdint.h>

#define OUR_IP   0xc0a86402u /* 192.168.100.2/24 */
#define PEER_IP  0xc0a86401u
#define OTHER_IP 0xc0a86403u

#define SECOND 1000000u           /* of nif.now */
#define START  (5000ull * SECOND) /* nif.now at the start of each test */

extern const uint8_t OUR_MAC[6], PEER_MAC[6], OTHER_MAC[6], BROADCAST_MAC[6], MULTICAST_MAC[6],
    ZERO_MAC[6];

/* What config.h says. */
extern const struct netif_config DEFAULT_CONFIG;

extern struct netif nif; /* frames_setup() starts it */

void use_ip(uint32_t ip, unsigned prefix); /* in use at once; 0: none */
void hold_at_most(unsigned frames);        /* and nothing is held now */

#endif
