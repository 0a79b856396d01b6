/* SPDX-License-Identifier: BSD-2-Clause */
#include "packets.h"

#include "interface.h"

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

/* Writes the headers of an IPv4 packet; AUTO: what is sound. */
static void put_headers(struct wire *w, const struct ip *ip, size_t payload_len, int ethertype,
                        int version, int ihl, int checksum)
{
    size_t hlen = 20 + ip->options_len;
    int total = (int)(hlen + payload_len);
    w->len = 0;
    wire_copy(w, ip->eth_dst, 6);
    wire_copy(w, ip->eth_src, 6);
    wire_put(w, 2, (uint32_t)ethertype);
    wire_put(w, 1, (uint32_t)(version << 4 | (ihl == AUTO ? (int)hlen / 4 : ihl)));
    wire_put(w, 1, (uint32_t)ip->tos);
    wire_put(w, 2, (uint32_t)(ip->total_length == AUTO ? total : ip->total_length));
    wire_put(w, 2, (uint32_t)ip->id);
    wire_put(w, 2, (uint32_t)ip->flags_offset);
    wire_put(w, 1, (uint32_t)ip->ttl);
    wire_put(w, 1, (uint32_t)ip->protocol);
    wire_put(w, 2, 0);
    wire_put(w, 4, ip->src);
    wire_put(w, 4, ip->dst);
    wire_copy(w, ip->options, ip->options_len);
    put_checksum(w, 14, 24, checksum);
}

void wire_ping(struct wire *w, const struct ping *ping)
{
    const struct ip ip = {ping->eth_dst, ping->eth_src,      ping->tos,     ping->total_length,
                          ping->id,      ping->flags_offset, ping->ttl,     ping->protocol,
                          ping->src,     ping->dst,          ping->options, ping->options_len};
    put_headers(w, &ip, 8 + ping->data_len, ping->ethertype, ping->version, ping->ihl,
                ping->ip_checksum);
    size_t start = w->len;
    wire_put(w, 1, (uint32_t)ping->type);
    wire_put(w, 1, (uint32_t)ping->code);
    wire_put(w, 2, 0);
    wire_put(w, 2, (uint32_t)ping->ident);
    wire_put(w, 2, (uint32_t)ping->sequence);
    wire_copy(w, ping->data, ping->data_len);
    put_checksum(w, start, start + 2, ping->icmp_checksum);
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
    put_headers(w, ip, payload_len, 0x0800, 4, AUTO, AUTO);
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
        octets = get16(in->octet + 16);
    if (octets > 548)
        octets = 548;
    ip.eth_dst = in->octet + 6;
    ip.eth_src = OUR_MAC;
    ip.id = (uint16_t)(nif.ip_id + 1);
    ip.ttl = nif.config.ttl;
    ip.src = get16(in->octet + 30) << 16 | get16(in->octet + 32);
    ip.dst = get16(in->octet + 26) << 16 | get16(in->octet + 28);
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

/* RFC 5944 4.6: the target of a reply that nobody asked for is the host that the mapping leads to. */
struct arp arp_ours(const uint8_t *eth_dst, int op, uint32_t spa, uint32_t tpa)
{
    struct arp a = arp_request();
    a.eth_dst = eth_dst;
    a.eth_src = a.sha = OUR_MAC;
    a.op = op;
    a.spa = spa;
    a.tha = op == 2 ? OUR_MAC : ZERO_MAC;
    a.tpa = tpa;
    return a;
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
