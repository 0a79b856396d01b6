/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors of our own (RFC 792, RFC 1122 3.2.2). */
#ifndef NET_ICMP_ERROR_H
#define NET_ICMP_ERROR_H

#include "net/frame.h"
#include "net/icmp.h"
#include "net/ipv4.h"
#include "net/netif.h"

#include <stdint.h>

/*
 * Turns the packet p, whose payload is under the cursor, into the ICMP error about itself. It stays
 * where it is, now quoted, and the new headers go in front of it. reply is the verdict if an error
 * is due, silence if none is, because they are limited in number.
 */
enum verdict icmp_error(struct netif *nif, struct cursor *c, struct ipv4_packet *p, uint8_t type,
                        uint8_t code, enum verdict reply, enum verdict silence);

#endif
