/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames for the tests of the network core: the builders and the one judge of what comes back. */
#include "frames.h"

#include "net/arp_claim.h"
#include "net/reassembly.h"

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

uint64_t frame_transmit;
size_t frame_room;

/* What config.h says. */
const struct netif_config DEFAULT_CONFIG = {
    .ip = OUR_IP,
    .prefix = 24,
    .ttl = 64,
    .services = SERVICE_ECHO | SERVICE_DISCARD | SERVICE_STAMP,
    .stamp_port = 862,
    .icmp_rate = 1000,
    .icmp_burst = 50,
    .any_vlan = true,
};

void frames_start(const struct netif_config *config)
{
    mac_t mac;
    memcpy(&mac, OUR_MAC, sizeof mac);
    memset(&nif, 0xa5, sizeof nif);
    net_init(&nif, config, &mac, 1500, 128, 5000ull * SECOND);
    nif.ip_id = 0x1233;
    frame_transmit = 0;
    frame_room = 0;
}

int frames_setup(void **state)
{
    (void)state;
    frames_start(&DEFAULT_CONFIG);
    return 0;
}

void hold_at_most(unsigned frames)
{
    nif.held = 0;
    nif.held_max = (uint16_t)frames;
    nif.released = (struct frame_list){0};
    reassembly_init(&nif.reassembly);
}

void use_ip(uint32_t ip, unsigned prefix)
{
    arp_claim(&nif, ip, (uint8_t)prefix, false);
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

uint16_t transport_sum(uint32_t src, uint32_t dst, int protocol, const uint8_t *data, size_t len)
{
    struct wire pseudo = {.len = 0};
    wire_put(&pseudo, 4, src);
    wire_put(&pseudo, 4, dst);
    wire_put(&pseudo, 2, (uint32_t)protocol);
    wire_put(&pseudo, 2, (uint32_t)len);
    uint32_t sum = (uint32_t)plain_sum(pseudo.octet, pseudo.len) + plain_sum(data, len);
    return (uint16_t)(sum > 0xffff ? sum - 0xffff : sum);
}

void wire_tag(struct wire *w, const uint8_t *tags, size_t len)
{
    memmove(w->octet + 12 + len, w->octet + 12, w->len - 12);
    memcpy(w->octet + 12, tags, len);
    w->len += len;
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
    reply.ttl = nif.config.ttl;
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

struct ip ip_request(int protocol)
{
    return (struct ip){
        .eth_dst = OUR_MAC,
        .eth_src = PEER_MAC,
        .total_length = AUTO,
        .id = 0xbeef,
        .ttl = 63,
        .protocol = protocol,
        .src = PEER_IP,
        .dst = OUR_IP,
    };
}

/* As ping_reply(). */
struct ip ip_reply(const struct ip *ip)
{
    struct ip reply = *ip;
    reply.eth_dst = ip->eth_src;
    reply.eth_src = OUR_MAC;
    reply.total_length = AUTO;
    reply.id = (uint16_t)(nif.ip_id + 1);
    reply.flags_offset = ip->flags_offset & 0x4000;
    reply.ttl = nif.config.ttl;
    reply.src = ip->dst;
    reply.dst = ip->src;
    return reply;
}

void wire_ip(struct wire *w, const struct ip *ip, size_t payload_len)
{
    size_t hlen = 20 + ip->options_len;
    w->len = 0;
    wire_copy(w, ip->eth_dst, 6);
    wire_copy(w, ip->eth_src, 6);
    wire_put(w, 2, 0x0800);
    wire_put(w, 1, (uint32_t)(0x40 | hlen / 4));
    wire_put(w, 1, (uint32_t)ip->tos);
    wire_put(w, 2,
             ip->total_length == AUTO ? (uint32_t)(hlen + payload_len)
                                      : (uint32_t)ip->total_length);
    wire_put(w, 2, (uint32_t)ip->id);
    wire_put(w, 2, (uint32_t)ip->flags_offset);
    wire_put(w, 1, (uint32_t)ip->ttl);
    wire_put(w, 1, (uint32_t)ip->protocol);
    wire_put(w, 2, 0);
    wire_put(w, 4, ip->src);
    wire_put(w, 4, ip->dst);
    wire_copy(w, ip->options, ip->options_len);
    put_checksum(w, 14, 24, AUTO);
}

struct udp udp_request(int dport)
{
    static uint8_t data[56];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 3 + 1);
    return (struct udp){
        .ip = ip_request(17),
        .sport = 50000,
        .dport = dport,
        .length = AUTO,
        .checksum = AUTO,
        .data = data,
        .data_len = sizeof data,
    };
}

struct udp udp_reply(const struct udp *udp)
{
    struct udp reply = *udp;
    reply.ip = ip_reply(&udp->ip);
    reply.sport = udp->dport;
    reply.dport = udp->sport;
    return reply;
}

/* RFC 768: a checksum that comes to 0 is sent as 0xffff. */
void wire_udp(struct wire *w, const struct udp *udp)
{
    size_t length = udp->length == AUTO ? 8 + udp->data_len : (size_t)udp->length;
    wire_ip(w, &udp->ip, 8 + udp->data_len);
    size_t start = w->len;
    wire_put(w, 2, (uint32_t)udp->sport);
    wire_put(w, 2, (uint32_t)udp->dport);
    wire_put(w, 2, (uint32_t)length);
    wire_put(w, 2, 0);
    wire_copy(w, udp->data, udp->data_len);
    uint16_t checksum = (uint16_t)udp->checksum;
    if (udp->checksum == AUTO) {
        size_t octets = length < w->len - start ? length : w->len - start;
        checksum = (uint16_t)~transport_sum(udp->ip.src, udp->ip.dst, 17, w->octet + start, octets);
        checksum = checksum == 0 ? 0xffff : checksum;
    }
    wire_set16(w, start + 6, checksum);
}

struct tcp tcp_request(int flags)
{
    return (struct tcp){
        .ip = ip_request(6),
        .sport = 50000,
        .dport = 80,
        .seq = 0x12345678,
        .ack = 0x9abcdef0,
        .offset = AUTO,
        .flags = flags,
        .window = 0x7210,
        .checksum = AUTO,
        .urgent = 0x0102,
    };
}

struct tcp tcp_reset(const struct tcp *tcp)
{
    struct tcp reset = {.ip = ip_reply(&tcp->ip),
                        .sport = tcp->dport,
                        .dport = tcp->sport,
                        .offset = AUTO,
                        .checksum = AUTO};
    if (tcp->flags & 0x10) {
        reset.seq = tcp->ack;
        reset.flags = 0x04;
    } else {
        uint32_t syn_and_fin = (tcp->flags >> 1 & 1u) + (tcp->flags & 1u);
        reset.ack = tcp->seq + (uint32_t)tcp->data_len + syn_and_fin;
        reset.flags = 0x14;
    }
    return reset;
}

void wire_tcp(struct wire *w, const struct tcp *tcp)
{
    size_t hlen = 20 + tcp->options_len;
    size_t offset = tcp->offset == AUTO ? hlen / 4 : (size_t)tcp->offset;
    wire_ip(w, &tcp->ip, hlen + tcp->data_len);
    size_t start = w->len;
    wire_put(w, 2, (uint32_t)tcp->sport);
    wire_put(w, 2, (uint32_t)tcp->dport);
    wire_put(w, 4, tcp->seq);
    wire_put(w, 4, tcp->ack);
    wire_put(w, 1, (uint32_t)(offset << 4 | (size_t)tcp->reserved));
    wire_put(w, 1, (uint32_t)tcp->flags);
    wire_put(w, 2, (uint32_t)tcp->window);
    wire_put(w, 2, 0);
    wire_put(w, 2, (uint32_t)tcp->urgent);
    wire_copy(w, tcp->options, tcp->options_len);
    wire_copy(w, tcp->data, tcp->data_len);
    uint16_t checksum = (uint16_t)tcp->checksum;
    if (tcp->checksum == AUTO)
        checksum =
            (uint16_t)~transport_sum(tcp->ip.src, tcp->ip.dst, 6, w->octet + start, w->len - start);
    wire_set16(w, start + 16, checksum);
}

void wire_icmp_error(struct wire *w, const struct wire *in, int type, int code, size_t octets)
{
    struct ip ip = ip_request(1);
    if (octets == 0)
        octets = (size_t)(in->octet[16] << 8 | in->octet[17]);
    if (octets > 548)
        octets = 548;
    ip.eth_dst = in->octet + 6;
    ip.eth_src = OUR_MAC;
    ip.id = (uint16_t)(nif.ip_id + 1);
    ip.ttl = nif.config.ttl;
    ip.src = (uint32_t)in->octet[30] << 24 | (uint32_t)in->octet[31] << 16 |
             (uint32_t)in->octet[32] << 8 | in->octet[33];
    ip.dst = (uint32_t)in->octet[26] << 24 | (uint32_t)in->octet[27] << 16 |
             (uint32_t)in->octet[28] << 8 | in->octet[29];
    wire_ip(w, &ip, 8 + octets);
    wire_put(w, 1, (uint32_t)type);
    wire_put(w, 1, (uint32_t)code);
    wire_put(w, 2, 0);
    wire_put(w, 4, 0);
    wire_copy(w, in->octet + 14, octets);
    put_checksum(w, 34, 36, AUTO);
    wire_fill(w, 0, FRAME_MIN);
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

static bool is_ip_reply(enum verdict v)
{
    return verdict_replies(v) && v != REPLY_ARP && v != REPLY_ARP_DEFENCE;
}

static bool is_error(enum verdict v)
{
    return v == REPLY_ICMP_PORT_UNREACHABLE || v == REPLY_ICMP_PROTOCOL_UNREACHABLE;
}

/* What the verdict does to the interface. A conflict's claim and a fragment are other tests'. */
static void apply(struct netif *expected, enum verdict want)
{
    expected->verdicts[want]++;
    if (is_ip_reply(want))
        expected->ip_id++;
    if (is_error(want)) {
        if (expected->icmp_full < expected->now)
            expected->icmp_full = expected->now;
        expected->icmp_full += SECOND / expected->config.icmp_rate;
    }
    if (want == REPLY_ARP_DEFENCE || want == DROP_ARP_CONFLICT)
        memcpy(&expected->claim, &nif.claim, sizeof nif.claim);
}

/* Compares all but the tables of the fragments, which are large. */
static bool interface_is(const struct netif *expected)
{
    const size_t tables = offsetof(struct netif, reassembly.datagrams);
    const size_t rest = offsetof(struct netif, neighbours);
    return memcmp(&nif, expected, tables) == 0 &&
           memcmp((uint8_t *)&nif + rest, (const uint8_t *)expected + rest, sizeof nif - rest) == 0;
}

static bool all_are(const uint8_t *octet, size_t len, uint8_t value)
{
    while (len > 0)
        if (octet[--len] != value)
            return false;
    return true;
}

void frame_expect(const struct wire *in, enum verdict want, const struct wire *answer,
                  const char *file, int line)
{
    static struct netif expected;
    const struct wire *after = answer ? answer : in;
    const size_t moved = is_error(want) ? NET_HEAD_MIN : 0;
    size_t room = answer && after->len - moved > in->len ? after->len - moved - in->len : 0;
    if (!answer)
        room = frame_room;
    const size_t cap = in->len + room;
    uint8_t *buffer = malloc(NET_HEAD_MIN + cap);
    assert_non_null(buffer);
    memset(buffer, 0xa5, NET_HEAD_MIN + cap);
    memcpy(buffer + NET_HEAD_MIN, in->octet, in->len);
    struct frame f = {.data = buffer + NET_HEAD_MIN,
                      .len = (uint16_t)in->len,
                      .cap = (uint16_t)cap,
                      .head = NET_HEAD_MIN,
                      .id = 7};
    memcpy(&expected, &nif, sizeof nif);

    enum verdict v = net_input(&nif, &f);

    const char *problem = NULL;
    apply(&expected, want);
    bool to_stamp = f.stamp != NULL;
    if (to_stamp && frame_transmit != 0)
        net_stamp(&nif, &f, frame_transmit);
    if (v != want)
        problem = "another verdict";
    else if (to_stamp != (v == REPLY_STAMP))
        problem = "a transmit time to be written, or none";
    else if (f.data != buffer + NET_HEAD_MIN - moved || f.cap != cap + moved ||
             f.head != NET_HEAD_MIN - moved || f.id != 7)
        problem = "the frame's buffer changed";
    else if (f.len != after->len || memcmp(f.data, after->octet, f.len) != 0)
        problem = answer ? "another answer" : "a dropped frame changed";
    else if (!answer && (!all_are(buffer, NET_HEAD_MIN, 0xa5) ||
                         !all_are(f.data + f.len, (size_t)(f.cap - f.len), 0xa5)))
        problem = "something around a dropped frame changed";
    else if (!interface_is(&expected))
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

void tick_expect(uint64_t now, enum verdict want, const struct wire *made, const char *file,
                 int line)
{
    uint8_t *buffer = malloc(FRAME_MIN);
    assert_non_null(buffer);
    memset(buffer, 0xa5, FRAME_MIN);
    struct frame f = {.data = buffer, .cap = FRAME_MIN, .id = 9};
    uint64_t before = want == VERDICT_NONE ? 0 : nif.verdicts[want];
    nif.now = now;

    enum verdict v = net_tick(&nif, &f);

    const char *problem = NULL;
    if (v != want)
        problem = "another verdict";
    else if (f.data != buffer || f.cap != FRAME_MIN || f.head != 0 || f.id != 9)
        problem = "the frame's buffer changed";
    else if (!made && (f.len != 0 || !all_are(buffer, FRAME_MIN, 0xa5)))
        problem = "the spare frame changed";
    else if (made && (f.len != made->len || memcmp(f.data, made->octet, f.len) != 0))
        problem = "another frame";
    else if (want != VERDICT_NONE && nif.verdicts[want] != before + 1)
        problem = "not counted once";
    if (problem) {
        print_error("%s: got %s, expected %s\n", problem,
                    v == VERDICT_NONE ? "nothing" : verdict_name(v),
                    want == VERDICT_NONE ? "nothing" : verdict_name(want));
        print_octets("got", f.data, f.len);
        if (made)
            print_octets("expected", made->octet, made->len);
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
