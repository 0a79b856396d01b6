/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet socket on one interface: frames out by sendmmsg past the queueing discipline, frames in
 * from a ring that the kernel shares with us (packet(7), TPACKET_V2). We have a MAC and an IPv4
 * address of our own there, so that the host's IP stack takes no part; wire_receive answers ARP
 * for it. The frame that wire_receive returns stays valid until the next call.
 */
#ifndef WIRE_H
#define WIRE_H

#include <linux/if_packet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define WIRE_BATCH 64 /* frames in one system call */

struct wire {
    int in, out;
    uint8_t *ring;
    size_t slot_size;
    unsigned next, slots;
    struct tpacket2_hdr *held; /* the slot last returned, ours until the next call */
    uint8_t mac[6], peer_mac[6];
    uint32_t ip, peer_ip; /* host byte order */
    size_t refused;       /* frames that the interface did not take: its queue was full */
};

/* Opens interface; frames have up to size octets. Ends the program if that fails. */
void wire_open(struct wire *w, const char *interface, size_t size);

/* Sends count frames of size octets, lying stride octets apart. Never blocks. */
void wire_send(struct wire *w, uint8_t *frames, size_t stride, size_t size, unsigned count);

/* The next frame and its length, or NULL. *checked: the sender has filled its checksums in. */
const uint8_t *wire_receive(struct wire *w, size_t *length, bool *checked);

/* Sleeps until a frame is there, or for ns nanoseconds. */
void wire_wait(struct wire *w, int64_t ns);

/* Asks for the peer's MAC every gap_ns until it answers: true, or false after limit_ns. */
bool wire_resolve(struct wire *w, int64_t gap_ns, int64_t limit_ns);

int64_t now_ns(void); /* CLOCK_MONOTONIC */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
