/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP, STAMP and TCP over IPv6 (RFC 8200 8.1): what differs from IPv4 is a sum. */
#include "frames6.h"

#include <string.h>

static void swap_ports(struct packet6 *p)
{
    uint8_t ports[4];
    memcpy(ports, p->payload, 4);
    memcpy(p->payload, ports + 2, 2);
    memcpy(p->payload + 2, ports, 2);
}

static void echoed(const struct packet6 *p)
{
    struct packet6 reply = answer6(p);
    swap_ports(&reply);
    expect6(p, REPLY_UDP_ECHO, &reply);
}

static void test_c124_echo(void **state)
{
    (void)state;
    struct packet6 p = udp6(7);
    for (size_t len = 8; len <= 1460; len += 11) {
        p.len = len;
        set16(p.payload + 4, (unsigned)len);
        echoed(&p);
    }
    p = udp6(7);
    chain6_add(&p.chain, 60, (const uint8_t[6]){1, 4}, 6);
    p.traffic_class = 0xb9;
    echoed(&p);
    p.src = PEER_LINK;
    p.dst = OUR_LINK;
    echoed(&p);
}

/* Headers that make the packet longer than the answer may be do not count: they do not go back. */
static void test_c124_long_chain(void **state)
{
    (void)state;
    static const uint8_t padding[1022];
    struct packet6 p = udp6(7);
    chain6_add(&p.chain, 60, padding, sizeof padding);
    nif.mtu = nif.ipv6.mtu = 1280;
    p.len = 300;
    set16(p.payload + 4, 300);
    echoed(&p);
}

static void test_c105_no_checksum(void **state)
{
    (void)state;
    static const int ports[] = {7, 9, 862, 33434};
    for (size_t i = 0; i < COUNT(ports); i++) {
        struct packet6 p = udp6(ports[i]);
        p.checksum = 0;
        dropped6(&p, DROP_UDP_NO_CHECKSUM);
        p.checksum = 0x1234;
        dropped6(&p, DROP_UDP_CHECKSUM);
    }
}

static void test_c101_port_unreachable(void **state)
{
    (void)state;
    struct packet6 p = udp6(33434);
    error6(&p, REPLY_ICMP_PORT_UNREACHABLE, 1, 4, 0);
    chain6_add(&p.chain, 60, (const uint8_t[6]){1, 4}, 6);
    p.traffic_class = 0xff; /* the error is no answer: it has class 0 */
    error6(&p, REPLY_ICMP_PORT_UNREACHABLE, 1, 4, 0);
}

static void test_c126_loops(void **state)
{
    (void)state;
    struct packet6 p = udp6(7);
    set16(p.payload, 19);
    dropped6(&p, DROP_UDP_LOOP);
    p = udp6(9);
    dropped6(&p, CONSUMED_UDP_DISCARD);
    p = udp6(7);
    packet6_to_group(&p, ALL_NODES);
    dropped6(&p, DROP_IPV6_MULTICAST);
}

/* RFC 9293 3.10.7.1: all flags but RST. */
static void test_c180_reset(void **state)
{
    (void)state;
    for (int flags = 0; flags < 64; flags++) {
        struct packet6 p = tcp6(flags), reset = answer6(&p);
        uint32_t next = 0x12345678u + (flags >> 1 & 1) + (flags & 1);
        if (flags & 4) {
            dropped6(&p, DROP_TCP_RESET);
            continue;
        }
        swap_ports(&reset);
        memset(reset.payload + 4, 0, 16);
        if (flags & 16) {
            memcpy(reset.payload + 4, p.payload + 8, 4);
        } else {
            set16(reset.payload + 8, next >> 16);
            set16(reset.payload + 10, next & 0xffff);
        }
        reset.payload[12] = 0x50;
        reset.payload[13] = flags & 16 ? 4 : 0x14;
        expect6(&p, REPLY_TCP_RESET, &reset);
        packet6_to_group(&p, ALL_NODES);
        dropped6(&p, DROP_IPV6_MULTICAST);
    }
    struct packet6 p = tcp6(2);
    p.checksum = 0x1234;
    dropped6(&p, DROP_TCP_CHECKSUM);
}

/* RFC 8762 4.3: the hop limit in the TTL field, 255 in the header, and a checksum that is never 0. */
static void test_c179_stamp(void **state)
{
    (void)state;
    for (unsigned word = 0; word <= 0xffff; word += word < 64 ? 1 : 13) {
        struct packet6 p = udp6(862);
        p.hop_limit = (int)(word & 255);
        p.len = 8 + 44;
        set16(p.payload + 4, 52);
        set16(p.payload + 8, word);
        struct packet6 reply = answer6(&p);
        swap_ports(&reply);
        reply.hop_limit = 255;
        memset(reply.payload + 12, 0, 40);
        uint32_t seconds = 2208988800u + (uint32_t)(nif.now / SECOND);
        uint32_t fraction = (uint32_t)((nif.now % SECOND << 32) / SECOND);
        for (size_t at = 12; at <= 24; at += 12) { /* when it is sent, and when it came */
            set16(reply.payload + at, seconds >> 16);
            set16(reply.payload + at + 2, seconds & 0xffff);
            set16(reply.payload + at + 4, fraction >> 16);
            set16(reply.payload + at + 6, fraction & 0xffff);
        }
        set16(reply.payload + 20, 0x3f01);
        memcpy(reply.payload + 22, p.payload + 22, 2); /* the session (RFC 8972 3) */
        memcpy(reply.payload + 32, p.payload + 8, 14);
        reply.payload[48] = (uint8_t)word;
        expect6(&p, REPLY_STAMP, &reply);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST6(test_c124_echo),  TEST6(test_c124_long_chain),       TEST6(test_c105_no_checksum),
        TEST6(test_c126_loops), TEST6(test_c101_port_unreachable), TEST6(test_c180_reset),
        TEST6(test_c179_stamp),
    };
    return cmocka_run_group_tests_name("UDP, TCP and STAMP over IPv6", tests, NULL, NULL);
}
