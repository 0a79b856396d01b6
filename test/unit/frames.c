/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames for the tests of the network core: the builders and the one judge of what comes back. */
#include "frames.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The peer's are from RFC 9542's block for documentation. */
const uint8_t OUR_MAC[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
const uint8_t PEER_MAC[6] = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x01};
const uint8_t OTHER_MAC[6] = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x02};
const uint8_t BROADCAST_MAC[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
const uint8_t MULTICAST_MAC[6] = {0x01, 0x00, 0x5e, 0x00, 0x00, 0x01};
const uint8_t ZERO_MAC[6] = {0};

struct netif nif;

int frames_setup(void **state)
{
    (void)state;
    memset(&nif, 0, sizeof nif);
    memcpy(&nif.mac, OUR_MAC, sizeof OUR_MAC);
    nif.mtu = 1500;
    nif.ttl = 64;
    nif.ip_id = 0x1233;
    netif_set_ip(&nif, OUR_IP, 24);
    return 0;
}

void wire_put(struct wire *w, unsigned octets, uint32_t value)
{
    while (octets-- > 0)
        w->octet[w->len++] = (uint8_t)(value >> 8 * octets);
}

void wire_copy(struct wire *w, const uint8_t *data, size_t len)
{
    if (len > 0)
        memcpy(w->octet + w->len, data, len);
    w->len += len;
}

void wire_fill(struct wire *w, uint8_t value, size_t until)
{
    while (w->len < until)
        w->octet[w->len++] = value;
}

void wire_set16(struct wire *w, size_t offset, uint16_t value)
{
    w->octet[offset] = (uint8_t)(value >> 8);
    w->octet[offset + 1] = (uint8_t)value;
}

uint16_t plain_sum(const uint8_t *data, size_t len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < len; i += 2) {
        uint32_t low = i + 1 < len ? data[i + 1] : 0;
        sum += (uint32_t)data[i] * 256 + low;
        if (sum > 0xffff)
            sum -= 0xffff;
    }
    return (uint16_t)sum;
}

/* Puts in a checksum over the octets from start to the end, or the value asked for. */
static void put_checksum(struct wire *w, size_t start, size_t field, int value)
{
    if (value == AUTO)
        value = (uint16_t)~plain_sum(w->octet + start, w->len - start);
    wire_set16(w, field, (uint16_t)value);
}

struct ping ping_request(void)
{
    static uint8_t data[56];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i + 1);
    return (struct ping){
        .eth_dst = OUR_MAC,
        .eth_src = PEER_MAC,
        .ethertype = 0x0800,
        .version = 4,
        .ihl = AUTO,
        .total_length = AUTO,
        .id = 0xbeef,
        .ttl = 64,
        .protocol = 1,
        .ip_checksum = AUTO,
        .src = PEER_IP,
        .dst = OUR_IP,
        .type = 8,
        .icmp_checksum = AUTO,
        .ident = 0x1234,
        .sequence = 1,
        .data = data,
        .data_len = sizeof data,
    };
}

/*
 * RFC 792: addresses reversed, type 0, all lengths and checksums anew, code and data as they came.
 * RFC 1349 5.1: the type of service as it came. Ours: "don't fragment" as it came, identifications
 * that count up.
 */
struct ping ping_reply(const struct ping *ping)
{
    struct ping reply = *ping;
    reply.eth_dst = ping->eth_src;
    reply.eth_src = OUR_MAC;
    reply.ihl = reply.total_length = reply.ip_checksum = AUTO;
    reply.id = (uint16_t)(nif.ip_id + 1);
    reply.flags_offset = ping->flags_offset & 0x4000;
    reply.ttl = nif.ttl;
    reply.src = ping->dst;
    reply.dst = ping->src;
    reply.type = 0;
    reply.icmp_checksum = AUTO;
    return reply;
}

void wire_ping(struct wire *w, const struct ping *ping)
{
    size_t hlen = 20 + ping->options_len;
    int total = (int)(hlen + 8 + ping->data_len);

    w->len = 0;
    wire_copy(w, ping->eth_dst, 6);
    wire_copy(w, ping->eth_src, 6);
    wire_put(w, 2, (uint32_t)ping->ethertype);

    wire_put(w, 1,
             (uint32_t)(ping->version << 4 | (ping->ihl == AUTO ? (int)hlen / 4 : ping->ihl)));
    wire_put(w, 1, (uint32_t)ping->tos);
    wire_put(w, 2, (uint32_t)(ping->total_length == AUTO ? total : ping->total_length));
    wire_put(w, 2, (uint32_t)ping->id);
    wire_put(w, 2, (uint32_t)ping->flags_offset);
    wire_put(w, 1, (uint32_t)ping->ttl);
    wire_put(w, 1, (uint32_t)ping->protocol);
    wire_put(w, 2, 0);
    wire_put(w, 4, ping->src);
    wire_put(w, 4, ping->dst);
    wire_copy(w, ping->options, ping->options_len);
    put_checksum(w, 14, 24, ping->ip_checksum);

    wire_put(w, 1, (uint32_t)ping->type);
    wire_put(w, 1, (uint32_t)ping->code);
    wire_put(w, 2, 0);
    wire_put(w, 2, (uint32_t)ping->ident);
    wire_put(w, 2, (uint32_t)ping->sequence);
    wire_copy(w, ping->data, ping->data_len);
    put_checksum(w, 14 + hlen, 14 + hlen + 2, ping->icmp_checksum);
}

struct arp arp_request(void)
{
    return (struct arp){
        .eth_dst = BROADCAST_MAC,
        .eth_src = PEER_MAC,
        .hrd = 1,
        .pro = 0x0800,
        .hln = 6,
        .pln = 4,
        .op = 1,
        .sha = PEER_MAC,
        .spa = PEER_IP,
        .tha = ZERO_MAC,
        .tpa = OUR_IP,
    };
}

/* RFC 826, "Packet Reception": fields swapped, ours put in, sent to the new target's address. */
struct arp arp_reply(const struct arp *arp)
{
    struct arp reply = *arp;
    reply.eth_dst = arp->sha;
    reply.eth_src = OUR_MAC;
    reply.op = 2;
    reply.sha = OUR_MAC;
    reply.spa = arp->tpa;
    reply.tha = arp->sha;
    reply.tpa = arp->spa;
    return reply;
}

void wire_arp(struct wire *w, const struct arp *arp)
{
    w->len = 0;
    wire_copy(w, arp->eth_dst, 6);
    wire_copy(w, arp->eth_src, 6);
    wire_put(w, 2, 0x0806);
    wire_put(w, 2, (uint32_t)arp->hrd);
    wire_put(w, 2, (uint32_t)arp->pro);
    wire_put(w, 1, (uint32_t)arp->hln);
    wire_put(w, 1, (uint32_t)arp->pln);
    wire_put(w, 2, (uint32_t)arp->op);
    wire_copy(w, arp->sha, 6);
    wire_put(w, 4, arp->spa);
    wire_copy(w, arp->tha, 6);
    wire_put(w, 4, arp->tpa);
}

static void print_octets(const char *what, const uint8_t *octet, size_t len)
{
    print_error("%s, %zu octets:", what, len);
    for (size_t i = 0; i < len; i++)
        print_error(i == 14 || i == 34 ? "  %02x" : " %02x", octet[i]);
    print_error("\n");
}

void frame_expect(const struct wire *in, enum verdict want, const struct wire *answer,
                  const char *file, int line)
{
    size_t cap = answer && in->len < FRAME_MIN ? FRAME_MIN : in->len;
    uint8_t *buffer = malloc(cap);
    assert_non_null(buffer);
    memset(buffer, 0xa5, cap);
    memcpy(buffer, in->octet, in->len);
    struct frame f = {.data = buffer, .len = (uint16_t)in->len, .cap = (uint16_t)cap, .id = 7};
    struct netif expected;
    memcpy(&expected, &nif, sizeof nif);
    expected.verdicts[want]++;
    expected.ip_id = (uint16_t)(nif.ip_id + (want == REPLY_ICMP_ECHO));

    enum verdict v = net_input(&nif, &f);

    const struct wire *after = answer ? answer : in;
    const char *problem = NULL;
    if (v != want)
        problem = "another verdict";
    else if (f.data != buffer || f.cap != cap || f.head != 0 || f.id != 7)
        problem = "the frame's buffer changed";
    else if (f.len != after->len || memcmp(f.data, after->octet, f.len) != 0)
        problem = answer ? "another answer" : "a dropped frame changed";
    else if (memcmp(&nif, &expected, sizeof nif) != 0)
        problem = "the interface changed otherwise";
    if (problem) {
        print_error("%s: got %s, expected %s\n", problem, verdict_name(v), verdict_name(want));
        print_octets("in", in->octet, in->len);
        print_octets("got", f.data, f.len);
        print_octets("expected", after->octet, after->len);
    }
    free(buffer);
    if (problem)
        _fail(file, line);
}

void ping_expect(const struct ping *ping, enum verdict want, const struct ping *answer,
                 const char *file, int line)
{
    struct wire in, out;
    wire_ping(&in, ping);
    if (answer) {
        wire_ping(&out, answer);
        wire_fill(&out, 0, FRAME_MIN);
    }
    frame_expect(&in, want, answer ? &out : NULL, file, line);
}

void arp_expect(const struct arp *arp, enum verdict want, const struct arp *answer,
                const char *file, int line)
{
    struct wire in, out;
    wire_arp(&in, arp);
    if (answer) {
        wire_arp(&out, answer);
        wire_fill(&out, 0, FRAME_MIN);
    }
    frame_expect(&in, want, answer ? &out : NULL, file, line);
}

void ping_answered_(const struct ping *ping, const char *file, int line)
{
    struct ping answer = ping_reply(ping);
    ping_expect(ping, REPLY_ICMP_ECHO, &answer, file, line);
}

void arp_answered_(const struct arp *arp, const char *file, int line)
{
    struct arp answer = arp_reply(arp);
    arp_expect(arp, REPLY_ARP, &answer, file, line);
}
