/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Transmission Control Protocol with every connection in the state CLOSED: each segment but a
 * reset is answered with a reset, which is such that the sender accepts it (RFC 9293 3.10.7.1).
 */
#include "net/tcp.h"

#include "net/checksum.h"
#include "net/wire/tcp.h"

/* Octets of sequence space that the segment takes: its data, and one for each of SYN and FIN. */
static uint32_t sequence_length(const struct tcp_header *tcp, uint32_t data)
{
    return data + (tcp->flags & TCP_SYN ? 1 : 0) + (tcp->flags & TCP_FIN ? 1 : 0);
}

enum verdict tcp_input(const struct netif *nif, struct cursor *c, struct packet *p)
{
    struct tcp_header *tcp = (struct tcp_header *)c->pos;
    if (c->left < sizeof *tcp)
        return DROP_TCP_SHORT;
    uint32_t length = (uint32_t)c->left + p->rest_octets;
    uint32_t hlen = (uint32_t)(tcp->data_offset >> 4) * 4;
    if (hlen < sizeof *tcp || hlen > length)
        return DROP_TCP_OFFSET;
    uint64_t sum = checksum_add(packet_pseudo_sum(p, length), tcp, c->left);
    if (checksum_fold(checksum_join(sum, p->rest_sum)) != 0xffff) /* RFC 9293 3.1, MUST-3 */
        return DROP_TCP_CHECKSUM;
    if (tcp->flags & TCP_RST)
        return DROP_TCP_RESET;
    if (packet_is_too_long(nif, p, (uint8_t *)(tcp + 1))) /* a small MTU, and options */
        return DROP_IPV4_MTU;

    be16_t ours = tcp->dst;
    tcp->dst = tcp->src;
    tcp->src = ours;
    if (tcp->flags & TCP_ACK) {
        tcp->seq = tcp->ack;
        tcp->ack = to_be32(0);
        tcp->flags = TCP_RST;
    } else {
        tcp->ack = to_be32(be32(tcp->seq) + sequence_length(tcp, length - hlen));
        tcp->seq = to_be32(0);
        tcp->flags = TCP_RST | TCP_ACK;
    }
    tcp->data_offset = sizeof *tcp / 4 << 4;
    tcp->window = tcp->checksum = tcp->urgent = to_be16(0);
    cursor_trim(c, sizeof *tcp);
    p->rest_octets = 0;
    /* Swapped addresses leave the pseudo-header's sum as it is. */
    tcp->checksum =
        checksum_finish(checksum_add(packet_pseudo_sum(p, sizeof *tcp), tcp, sizeof *tcp));
    return REPLY_TCP_RESET;
}
