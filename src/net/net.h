/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network core: a frame goes in, a verdict comes out, and if the verdict is a reply the same
 * octets in the same buffer are the answer.
 *
 * Each layer pulls its header off the cursor, applies one rule of its standard after the other, and
 * hands the rest to the layer above. Only if that layer has replied does it rewrite its own header.
 * On the way down nothing is written, on the way up nothing can fail. The core allocates nothing,
 * prints nothing and knows no machine.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "net/frame.h"
#include "net/netif.h"
#include "net/verdict.h"

#include <stdint.h>

/* Octets of frame.head that an answer may need: an IPv4 and an ICMP header (RFC 792). */
#define NET_HEAD_MIN 28
/* Octets of frame.cap at least: a short request can have a longer answer. */
#define NET_CAP_MIN 128

/*
 * Starts an interface at time now. It begins to claim the address that config has, and net_tick()
 * goes on with that. At most held_max frames are held at once.
 */
void net_init(struct netif *nif, const struct netif_config *config, const mac_t *mac, uint16_t mtu,
              uint16_t held_max, uint64_t now);

/*
 * Sets the time of day: time 0 was offset microseconds after the beginning of 1970. error says how
 * exact that is, in the format of STAMP's Error Estimate (RFC 4656 4.1.2).
 */
void net_set_wall_clock(struct netif *nif, uint64_t offset, uint16_t error);

/*
 * Tells by how much that error grows from then on, in parts per million of the time: 0 at first.
 * The clock then counts as one that is not synchronised.
 */
void net_set_wall_drift(struct netif *nif, uint32_t ppm);

/* The wire's MTU has changed: an IP packet may now have this many octets. */
void net_set_mtu(struct netif *nif, uint16_t mtu);

/*
 * The link has come up at time nif->now: our address is announced once more. If config asks for
 * probes it is first probed for again, and not used until that is done (RFC 5227 2.1).
 */
void net_link_up(struct netif *nif);

/*
 * Announces our address once more, as the machine has moved to another place in the network, with
 * its address and the neighbours that it knows.
 */
void net_announce(struct netif *nif);

/*
 * Judges a frame that was first seen at time nif->now. The verdict is counted in nif and returned.
 * After a reply the frame is the answer to send. After a hold it belongs to the core until
 * net_released() gives it back. After any other verdict it is unchanged.
 */
enum verdict net_input(struct netif *nif, struct frame *f);

/*
 * Returns the next frame that the core no longer holds, NULL if there is none. *is_answer says
 * whether it is to be sent, or is only a buffer to receive into. To be called until it returns NULL
 * after each net_input(), net_tick() and net_link_up(), or at least before the caller sleeps.
 */
struct frame *net_released(struct netif *nif, bool *is_answer);

/* When net_tick() has something to do, on the clock of nif->now; UINT64_MAX for never. */
uint64_t net_due(const struct netif *nif);

/*
 * Does what is due at time nif->now. After a SENT_ verdict the spare frame is a frame to send, and
 * net_tick() is to be called again with another one. After VERDICT_NONE the spare frame is
 * unchanged.
 */
enum verdict net_tick(struct netif *nif, struct frame *spare);

/*
 * Writes the transmit time into an answer with f->stamp. To be called just before the device sees
 * the answer, with the time at that moment.
 */
void net_stamp(const struct netif *nif, struct frame *f, uint64_t now);

#endif
