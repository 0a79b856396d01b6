/* SPDX-License-Identifier: BSD-2-Clause */
#include "frames6.h"

#include <string.h>

const address6 OUR_LINK = {0xfe, 0x80, 0, 0,    0,    0,    0,    0,
                           0x50, 0x54, 0, 0xff, 0xfe, 0x12, 0x34, 0x56};
const address6 OUR_IP6 = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
const address6 PEER_LINK = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
const address6 PEER_IP6 = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
const address6 OTHER_IP6 = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3};
const address6 NO_IP6 = {0};
const address6 ALL_NODES = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
const address6 ALL_ROUTERS = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
const address6 ALL_MLD = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16};
const address6 OUR_LINK_GROUP = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x12, 0x34, 0x56};
const address6 OUR_GROUP = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 2};

const struct netif_config CONFIG6 = {
    .ttl = 64,
    .services = SERVICE_ECHO | SERVICE_DISCARD | SERVICE_STAMP,
    .stamp_port = 862,
    .icmp_rate = 1000,
    .icmp_burst = 50,
    .any_vlan = true,
    .ip6_count = 1,
    .ip6 = {{{{{0xb80d0120}, {0}, {0}, {0x02000000}}}, 64}},
};

void chain6_add(struct chain6 *chain, uint8_t type, const uint8_t *body, size_t len)
{
    if (chain->len == 0)
        chain->first = type;
    else
        chain->octet[chain->link] = type;
    assert_true((len + 2) % 8 == 0 && chain->len + 2 + len <= sizeof chain->octet);
    chain->link = chain->len;
    chain->octet[chain->len + 1] = (uint8_t)((len + 2) / 8 - 1);
    memcpy(chain->octet + chain->len + 2, body, len);
    chain->len += 2 + len;
}

void chain6_fragment(struct chain6 *chain, unsigned offset, bool more, uint32_t id)
{
    uint8_t body[6] = {(uint8_t)(offset >> 8), (uint8_t)(offset | more), (uint8_t)(id >> 24),
                       (uint8_t)(id >> 16),    (uint8_t)(id >> 8),       (uint8_t)id};
    chain6_add(chain, 44, body, sizeof body);
    chain->octet[chain->link + 1] = 0; /* reserved */
}

/* Where an upper layer's checksum is; 0: it has none. */
static size_t checksum_at(int protocol)
{
    return protocol == 58 ? 2 : protocol == 17 ? 6 : protocol == 6 ? 16 : 0;
}

uint16_t sum6(const uint8_t *src, const uint8_t *dst, int protocol, const uint8_t *data, size_t len)
{
    struct wire pseudo = {.len = 0};
    wire_copy(&pseudo, src, 16);
    wire_copy(&pseudo, dst, 16);
    wire_put(&pseudo, 4, (uint32_t)len);
    wire_put(&pseudo, 4, (uint32_t)protocol);
    uint32_t sum = (uint32_t)plain_sum(pseudo.octet, pseudo.len) + plain_sum(data, len);
    return (uint16_t)(sum > 0xffff ? sum - 0xffff : sum);
}

void wire_packet6(struct wire *w, const struct packet6 *p)
{
    size_t payload = p->chain.len + p->len;
    w->len = 0;
    wire_copy(w, p->eth_dst, 6);
    wire_copy(w, p->eth_src, 6);
    wire_put(w, 2, 0x86dd);
    wire_put(w, 4,
             (uint32_t)p->version << 28 | (uint32_t)p->traffic_class << 20 | (uint32_t)p->flow);
    wire_put(w, 2, p->payload_length == AUTO ? (uint32_t)payload : (uint32_t)p->payload_length);
    wire_put(w, 1, p->chain.len ? p->chain.first : (uint32_t)p->protocol);
    wire_put(w, 1, (uint32_t)p->hop_limit);
    wire_copy(w, p->src, 16);
    wire_copy(w, p->dst, 16);
    wire_copy(w, p->chain.octet, p->chain.len);
    if (p->chain.len)
        w->octet[54 + p->chain.link] = (uint8_t)p->protocol;
    size_t start = w->len, field = checksum_at(p->protocol);
    wire_copy(w, p->payload, p->len);
    if (field == 0 || p->len < field + 2 || p->checksum == AS_IS)
        return;
    wire_set16(w, start + field, 0);
    uint16_t sum = (uint16_t)~sum6(p->src, p->dst, p->protocol, w->octet + start, p->len);
    if (sum == 0 && p->protocol == 17)
        sum = 0xffff;
    wire_set16(w, start + field, p->checksum == AUTO ? sum : (uint16_t)p->checksum);
}

void packet6_to_group(struct packet6 *p, const uint8_t *group)
{
    static uint8_t macs[16][6];
    static size_t next;
    uint8_t *mac = macs[next++ % 16];
    mac[0] = mac[1] = 0x33;
    memcpy(mac + 2, group + 12, 4);
    p->dst = group;
    p->eth_dst = mac;
}

void packet6_payload(struct packet6 *p, const uint8_t *payload, size_t len)
{
    assert_true(len <= sizeof p->payload);
    if (len > 0)
        memcpy(p->payload, payload, len);
    p->len = len;
}

static struct packet6 packet6(int protocol)
{
    return (struct packet6){
        .eth_dst = OUR_MAC,
        .eth_src = PEER_MAC,
        .version = 6,
        .payload_length = AUTO,
        .hop_limit = 63,
        .src = PEER_IP6,
        .dst = OUR_IP6,
        .protocol = protocol,
        .checksum = AUTO,
    };
}

struct packet6 message6(int type, int code, const uint8_t *rest, size_t len)
{
    struct packet6 p = packet6(58);
    uint8_t octet[2048] = {(uint8_t)type, (uint8_t)code};
    if (len > 0)
        memcpy(octet + 4, rest, len);
    packet6_payload(&p, octet, 4 + len);
    return p;
}

struct packet6 echo6(void)
{
    uint8_t rest[60] = {0x12, 0x34, 0, 1};
    for (size_t i = 4; i < sizeof rest; i++)
        rest[i] = (uint8_t)(i * 3 + 1);
    return message6(128, 0, rest, sizeof rest);
}

struct packet6 udp6(int dport)
{
    struct packet6 p = packet6(17);
    uint8_t octet[64] = {50000 >> 8, 50000 & 255, (uint8_t)(dport >> 8), (uint8_t)dport, 0, 64};
    for (size_t i = 8; i < sizeof octet; i++)
        octet[i] = (uint8_t)(i * 3 + 1);
    packet6_payload(&p, octet, sizeof octet);
    return p;
}

struct packet6 tcp6(int flags)
{
    struct packet6 p = packet6(6);
    uint8_t octet[20] = {0xc3, 0x50, 0,    80,   0x12, 0x34, 0x56,
                         0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x50, (uint8_t)flags,
                         0x72, 0x10, 0,    0,    1,    2};
    packet6_payload(&p, octet, sizeof octet);
    return p;
}

struct packet6 answer6(const struct packet6 *p)
{
    struct packet6 answer = *p;
    answer.eth_dst = p->eth_src;
    answer.eth_src = OUR_MAC;
    answer.version = 6;
    answer.traffic_class = p->traffic_class & 0xfc;
    answer.flow = 0;
    answer.payload_length = answer.checksum = AUTO;
    answer.hop_limit = 64;
    answer.src = p->dst;
    answer.dst = p->src;
    answer.chain.len = 0;
    return answer;
}

struct packet6 echo6_reply(const struct packet6 *p)
{
    struct packet6 reply = answer6(p);
    reply.payload[0] = 129;
    return reply;
}

void wire_error6(struct wire *w, const struct wire *in, int type, int code, uint32_t pointer)
{
    uint8_t octet[1240] = {(uint8_t)type,
                           (uint8_t)code,
                           0,
                           0,
                           (uint8_t)(pointer >> 24),
                           (uint8_t)(pointer >> 16),
                           (uint8_t)(pointer >> 8),
                           (uint8_t)pointer};
    size_t quoted = 40 + get16(in->octet + 18);
    if (quoted > sizeof octet - 8)
        quoted = sizeof octet - 8;
    memcpy(octet + 8, in->octet + 14, quoted);
    struct packet6 error = packet6(58);
    error.eth_dst = in->octet + 6;
    error.eth_src = OUR_MAC;
    error.hop_limit = 64;
    error.src = in->octet[38] == 0xff ? OUR_IP6 : in->octet + 38;
    error.dst = in->octet + 22;
    packet6_payload(&error, octet, 8 + quoted);
    wire_packet6(w, &error);
    wire_fill(w, 0, FRAME_MIN);
}

void packet6_expect(const struct packet6 *p, enum verdict want, const struct packet6 *answer,
                    const char *file, int line)
{
    struct wire in, out;
    wire_packet6(&in, p);
    if (answer) {
        wire_packet6(&out, answer);
        wire_fill(&out, 0, FRAME_MIN);
    }
    frame_expect(&in, want, answer ? &out : NULL, file, line);
}

void error6_expect(const struct packet6 *p, enum verdict want, int type, int code, uint32_t pointer,
                   const char *file, int line)
{
    struct wire in, out;
    wire_packet6(&in, p);
    wire_error6(&out, &in, type, code, pointer);
    frame_expect(&in, want, &out, file, line);
}

void echoed6_(const struct packet6 *p, const char *file, int line)
{
    struct packet6 reply = echo6_reply(p);
    packet6_expect(p, REPLY_ICMP6_ECHO, &reply, file, line);
}

size_t ticks(struct wire *made, size_t most)
{
    size_t count = 0;
    uint64_t now = nif.now;
    while (count < most && next_made(made ? &made[count] : NULL, now) != VERDICT_NONE)
        count++;
    nif.now = now;
    return count;
}

enum verdict next_made(struct wire *w, uint64_t until)
{
    static struct wire other;
    struct wire *to = w ? w : &other;
    for (unsigned steps = 0; net_due(&nif) <= until; steps++) {
        assert_true(steps < 100);
        struct frame f = {.data = to->octet, .cap = sizeof to->octet, .id = 9};
        if (net_due(&nif) > nif.now)
            nif.now = net_due(&nif);
        enum verdict v = net_tick(&nif, &f);
        if (v == VERDICT_NONE)
            continue;
        assert_ptr_equal(f.data, to->octet);
        to->len = f.len;
        return v;
    }
    return VERDICT_NONE;
}

void frames6_start(const struct netif_config *config)
{
    frames_start(config);
    while (next_made(NULL, START + 100 * SECOND) != VERDICT_NONE)
        continue;
}

int frames6_setup(void **state)
{
    (void)state;
    frames6_start(&CONFIG6);
    return 0;
}
