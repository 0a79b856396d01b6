/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network core: a frame goes in, a verdict comes out, and if the verdict is a reply the same
 * bytes in the same buffer are the answer.
 *
 * Each layer pulls its header off the cursor, applies one rule of its standard after the other, and
 * hands the rest up. Only if the layer above replied does it rewrite its own header. Going down
 * nothing is written, going up nothing can fail. The core allocates nothing, prints nothing and
 * knows no machine.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/verdict.h"

#include <stdint.h>

/* Octets of frame.head that an answer may need: an IPv4 and an ICMP header (RFC 792). */
#define NET_HEAD_MIN 28
/* Octets of frame.cap at least: short requests can have a longer answer. */
#define NET_CAP_MIN 128

/*
 * Starts an interface at time now: its address is claimed as config asks, which net_tick() carries
 * on. At most held_max frames of fragmented datagrams are held at once.
 */
void net_init(struct netif *nif, const struct netif_config *config, const mac_t *mac, uint16_t mtu,
              uint16_t held_max, uint64_t now);

/*
 * Tells the time of day: that time 0 was offset microseconds after 1970 began, give or take what
 * error says as RFC 4656 4.1.2 writes it (STAMP's Error Estimate).
 */
void net_set_wall_clock(struct netif *nif, uint64_t offset, uint16_t error);

/* Tells by how much that error grows from then on, in parts per million of the time: 0 at first. Then the
 * clock counts as one that is not synchronised. */
void net_set_wall_drift(struct netif *nif, uint32_t ppm);

/* The wire's MTU has changed, to this many octets of an IP packet. */
void net_set_mtu(struct netif *nif, uint16_t mtu);

/*
 * The link has come up at time nif->now: where config asks for probes our address is not used until
 * it was probed for anew (RFC 5227 2.1), else it is announced once more.
 */
void net_link_up(struct netif *nif);

/* The machine has moved, with its address and its neighbours: announces that address once more. */
void net_announce(struct netif *nif);

/*
 * Takes a frame that was first seen at time nif->now, counts the verdict in nif and returns it.
 * After a reply the frame is the answer to send. After a hold the frame is the core's, until
 * net_released() gives it back. Else it is unchanged.
 */
enum verdict net_input(struct netif *nif, struct frame *f);

/*
 * The next frame that was held and no longer is, NULL if there is none: *is_answer tells whether it
 * is to be sent or only a buffer to receive into. To be asked until it is NULL after each
 * net_input(), net_tick() and net_link_up(), or at least before the caller rests.
 */
struct frame *net_released(struct netif *nif, bool *is_answer);

/* When net_tick() has something to do, on the clock of nif->now; UINT64_MAX for never. */
uint64_t net_due(const struct netif *nif);

/*
 * Does what is due at time nif->now. A SENT_... verdict if the spare frame now is one to send:
 * then it is to be called again with another one. Else VERDICT_NONE, and spare is unchanged.
 */
enum verdict net_tick(struct netif *nif, struct frame *spare);

/*
 * Writes the transmit time into an answer with f->stamp. To be called just before the device sees
 * the answer, with the time of right then.
 */
void net_stamp(const struct netif *nif, struct frame *f, uint64_t now);

#endif
