/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The packet socket. What always holds: sending never waits, and a slot of the receive ring is
 * given back to the kernel before the next one is looked at.
 */
#define _GNU_SOURCE
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define RING_SIZE  (16u << 20)
#define BLOCK_SIZE (64u << 10)

void die(const char *format, ...)
{
    va_list list;
    fprintf(stderr, "generator: ");
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, "\n");
    exit(1);
}

int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void set(int fd, int option, int value)
{
    if (setsockopt(fd, SOL_PACKET, option, &value, sizeof value) != 0)
        die("packet socket, option %d: %s", option, strerror(errno));
}

/* A socket on the interface for one protocol; for 0 it receives nothing. */
static int packet_socket(const char *interface, uint16_t protocol)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET};
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0)
        die("packet socket: %s", strerror(errno));
    address.sll_protocol = htons(protocol);
    address.sll_ifindex = (int)if_nametoindex(interface);
    if (address.sll_ifindex == 0)
        die("no interface %s", interface);
    if (protocol != 0) {
        set(fd, PACKET_VERSION, TPACKET_V2);
        set(fd, PACKET_IGNORE_OUTGOING, 1);
    }
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("%s: %s", interface, strerror(errno));
    return fd;
}

void wire_open(struct wire *w, const char *interface, size_t size)
{
    size_t slot = size > 1600 ? 16384 : 2048;
    struct tpacket_req ring = {.tp_block_size = BLOCK_SIZE,
                               .tp_block_nr = RING_SIZE / BLOCK_SIZE,
                               .tp_frame_size = (unsigned)slot,
                               .tp_frame_nr = (unsigned)(RING_SIZE / slot)};
    w->slot_size = slot;
    w->slots = ring.tp_frame_nr;
    w->out = packet_socket(interface, 0);
    set(w->out, PACKET_QDISC_BYPASS, 1);
    w->in = packet_socket(interface, ETH_P_ALL);
    if (setsockopt(w->in, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring) != 0)
        die("receive ring: %s", strerror(errno));
    w->ring = mmap(NULL, RING_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, w->in, 0);
    if (w->ring == MAP_FAILED)
        die("receive ring: %s", strerror(errno));
}

void wire_send(struct wire *w, uint8_t *frames, size_t stride, size_t size, unsigned count)
{
    struct mmsghdr messages[WIRE_BATCH];
    struct iovec parts[WIRE_BATCH];
    for (unsigned i = 0; i < count; i++) {
        parts[i] = (struct iovec){frames + i * stride, size};
        messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1}};
    }
    for (unsigned done = 0; done < count;) {
        int sent = sendmmsg(w->out, messages + done, count - done, MSG_DONTWAIT);
        if (sent > 0) {
            done += (unsigned)sent;
        } else if (errno == ENOBUFS || errno == EAGAIN || errno == ENETDOWN) {
            w->refused++;
            done++;
        } else if (errno != EINTR) {
            die("sending: %s", strerror(errno));
        }
    }
}

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
    put16(p, value >> 16);
    put16(p + 2, value & 0xffff);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* An ARP packet of ours (RFC 826): op 1 asks everybody for the peer, op 2 tells to. */
static void send_arp(struct wire *w, unsigned op, const uint8_t to[6])
{
    uint8_t f[60] = {0};
    memcpy(f, to, 6);
    memcpy(f + 6, w->mac, 6);
    put16(f + 12, ETH_P_ARP);
    put16(f + 14, 1);
    put16(f + 16, ETH_P_IP);
    f[18] = 6;
    f[19] = 4;
    put16(f + 20, op);
    memcpy(f + 22, w->mac, 6);
    put32(f + 28, w->ip);
    if (op == 2)
        memcpy(f + 32, to, 6);
    put32(f + 38, w->peer_ip);
    wire_send(w, f, sizeof f, sizeof f, 1);
}

/* The ARP operation if it comes from our peer and asks for or tells to us, else 0. */
static unsigned arp_operation(const struct wire *w, const uint8_t *f, size_t length)
{
    if (length < 42 || f[12] != 0x08 || f[13] != 0x06 || get32(f + 28) != w->peer_ip ||
        get32(f + 38) != w->ip)
        return 0;
    return f[21];
}

static struct tpacket2_hdr *slot(struct wire *w)
{
    return (struct tpacket2_hdr *)(void *)(w->ring + w->next * w->slot_size);
}

/* The next frame as it is, ARP too. */
static const uint8_t *take(struct wire *w, size_t *length, bool *checked)
{
    struct tpacket2_hdr *h;
    if (w->held) {
        __atomic_store_n(&w->held->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        w->held = NULL;
    }
    h = slot(w);
    if (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
        return NULL;
    w->held = h;
    w->next = (w->next + 1) % w->slots;
    *length = h->tp_snaplen;
    *checked = !(h->tp_status & TP_STATUS_CSUMNOTREADY);
    return (const uint8_t *)h + h->tp_mac;
}

const uint8_t *wire_receive(struct wire *w, size_t *length, bool *checked)
{
    const uint8_t *f;
    while ((f = take(w, length, checked)) && arp_operation(w, f, *length) == 1)
        send_arp(w, 2, f + 22);
    return f;
}

void wire_wait(struct wire *w, int64_t ns)
{
    struct pollfd p = {.fd = w->in, .events = POLLIN};
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    ppoll(&p, 1, &t, NULL);
}

bool wire_resolve(struct wire *w, int64_t gap_ns, int64_t limit_ns)
{
    static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    int64_t end = now_ns() + limit_ns;
    while (now_ns() < end) {
        const uint8_t *f;
        size_t length;
        bool checked;
        send_arp(w, 1, everybody);
        wire_wait(w, gap_ns);
        while ((f = wire_receive(w, &length, &checked))) {
            if (arp_operation(w, f, length) == 2) {
                memcpy(w->peer_mac, f + 22, 6);
                return true;
            }
        }
    }
    return false;
}
