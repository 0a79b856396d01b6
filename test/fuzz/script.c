/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts of frames: taking them apart, repairing frames, and mutating them step by step, so that
 * most of what libFuzzer tries is still a sequence of frames that are nearly right.
 */
#include "script.h"
#include "wire.h"

#include <string.h>

static const struct host hosts[] = {
    {{0x52, 0x54, 0, 0x12, 0x34, 0x56}, 24, 64, 1500, 0xc0a86402}, /* 192.168.100.2/24 */
    {{0x52, 0x54, 0, 0x12, 0x34, 0x56}, 8, 1, 1500, 0x0a000001},
    {{0x02, 0, 0, 0, 0, 1}, 31, 255, 1500, 0xc0000200}, /* 192.0.2.0/31: no broadcast address */
    {{0x02, 0, 0, 0, 0, 1}, 30, 255, 576, 0xc0000201},
    {{0x02, 0, 0, 0, 0, 1}, 32, 64, 1500, 0xc6336407},
    {{0x02, 0, 0, 0, 0, 1}, 0, 64, 1500, 0x01020304},
    {{0x02, 0, 0, 0, 0, 1}, 0, 64, 1500, 0}, /* no address yet */
};

const struct host *script_host(const uint8_t *script, size_t size)
{
    return &hosts[size > 0 ? script[0] % (sizeof hosts / sizeof hosts[0]) : 0];
}

bool script_step(const uint8_t *script, size_t size, size_t offset, struct step *step)
{
    if (offset >= size || size - offset < STEP_HEADER)
        return false;
    const uint8_t *p = script + offset;
    size_t left = size - offset - STEP_HEADER, len = get16(p + 1);
    if (len > left)
        len = left;
    *step = (struct step){.frame = p + STEP_HEADER,
                          .len = len < STEP_MOST ? len : STEP_MOST,
                          .offset = offset,
                          .end = offset + STEP_HEADER + len,
                          .flags = p[0]};
    return true;
}

/* Sets the two octets at checksum so that the n octets at p, with start, add up. */
static void repair_sum(uint8_t *checksum, unsigned start, const uint8_t *p, size_t n)
{
    put16(checksum, 0);
    put16(checksum, 0xffff - sum16(start, p, n));
}

static void repair_transport(uint8_t flags, uint8_t *ip, uint8_t *p, size_t n)
{
    switch (ip[IP_PROTOCOL]) {
    case 1:
        if (flags & STEP_CHECKSUMS && n >= ICMP_SIZE)
            repair_sum(p + 2, 0, p, n);
        break;
    case 6:
        if (flags & STEP_CHECKSUMS && n >= 20)
            repair_sum(p + 16, pseudo16(ip, n), p, n);
        break;
    case 17:
        if (flags & STEP_LENGTHS && n >= 8)
            put16(p + 4, (unsigned)n);
        if (flags & STEP_CHECKSUMS && n >= 8) {
            repair_sum(p + 6, pseudo16(ip, n), p, n);
            if (get16(p + 6) == 0)
                put16(p + 6, 0xffff); /* RFC 768: zero says that there is none */
        }
        break;
    default:
        break;
    }
}

static void repair_ipv4(const struct host *us, uint8_t flags, uint8_t *ip, size_t n)
{
    if (n < IP_HEADER)
        return;
    size_t header = ip[0] % 16 * 4u, total = get16(ip + IP_TOTAL);
    if (flags & STEP_ADDRESS)
        put32(ip + IP_DST, us->ip);
    if (flags & STEP_LENGTHS) {
        bool padded = n == ETH_LEAST - ETH_HEADER && total >= header && total < n;
        total = padded ? total : n;
        put16(ip + IP_TOTAL, (unsigned)total);
    }
    if (header < IP_HEADER || header > total || total > n)
        return;
    /* The checksum of a fragmented datagram covers them all: whoever made them knows it. */
    if ((get16(ip + IP_FLAGS) & 0x3fff) == 0)
        repair_transport(flags, ip, ip + header, total - header);
    if (flags & STEP_CHECKSUMS)
        repair_sum(ip + IP_CHECKSUM, 0, ip, header);
}

void script_repair(const struct host *us, uint8_t flags, uint8_t *frame, size_t len)
{
    if (len < ETH_HEADER)
        return;
    if (flags & STEP_ADDRESS && frame[ETH_DST] % 2 == 0)
        memcpy(frame + ETH_DST, us->mac, 6);
    size_t type = ETH_TYPE;
    while (type + 6 <= len && get16(frame + type) == 0x8100) /* IEEE 802.1Q */
        type += 4;
    uint8_t *rest = frame + type + 2;
    size_t left = len - type - 2;
    if (get16(frame + type) == 0x0800)
        repair_ipv4(us, flags, rest, left);
    if (get16(frame + type) == 0x0806 && left >= ARP_SIZE && flags & STEP_ADDRESS)
        put32(rest + ARP_TPA, us->ip);
}
