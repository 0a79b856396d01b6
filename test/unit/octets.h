/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Octets as they go over the wire, for the tests of the network core.
 *
 * Nothing here uses the core's own headers, checksum or byte order, so a mistake there can't hide
 * here.
 */
#ifndef TEST_OCTETS_H
#define TEST_OCTETS_H

#include <stddef.h>
#include <stdint.h>

struct wire {
    uint8_t octet[2048];
    size_t len;
};

void wire_put(struct wire *w, unsigned octets, uint32_t value); /* most significant first */
void wire_copy(struct wire *w, const uint8_t *data, size_t len);
void wire_fill(struct wire *w, uint8_t value, size_t until); /* up to this length */
void wire_set16(struct wire *w, size_t offset, uint16_t value);

/* Puts VLAN tags, four octets each, into a frame that has none. */
void wire_tag(struct wire *w, const uint8_t *tags, size_t len);

void set16(uint8_t *at, unsigned value);
unsigned get16(const uint8_t *at);

/* RFC 1071, as plain as it can be: the sum of 16-bit words, carries added back in at each step. */
uint16_t plain_sum(const uint8_t *data, size_t len);

/* The same over the pseudo-header of UDP and TCP and a message of len octets. */
uint16_t transport_sum(uint32_t src, uint32_t dst, int protocol, const uint8_t *data, size_t len);

#endif
