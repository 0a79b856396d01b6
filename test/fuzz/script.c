/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts of frames: taking them apart, and repairing frames, so that most of what libFuzzer tries
 * is still a sequence of frames that are nearly right.
 */
#include "script.h"
#include "wire.h"

#include <string.h>

bool script_step(const uint8_t *script, size_t size, size_t offset, struct step *step)
{
    if (offset >= size || size - offset < STEP_HEADER)
        return false;
    const uint8_t *p = script + offset;
    size_t left = size - offset - STEP_HEADER, len = get16(p + 6);
    if (len > left)
        len = left;
    *step = (struct step){.frame = p + STEP_HEADER,
                          .len = len < STEP_MOST ? len : STEP_MOST,
                          .offset = offset,
                          .end = offset + STEP_HEADER + len,
                          .flags = p[0],
                          .kind = p[1] % STEP_KINDS,
                          .a = get16(p + 2),
                          .b = get16(p + 4)};
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
        if (flags & STEP_CHECKSUMS && n >= TCP_SIZE)
            repair_sum(p + TCP_CHECKSUM, pseudo16(ip, n), p, n);
        break;
    case 17:
        if (flags & STEP_LENGTHS && n >= UDP_SIZE)
            put16(p + UDP_LENGTH, (unsigned)n);
        if (flags & STEP_CHECKSUMS && n >= UDP_SIZE) {
            size_t length = get16(p + UDP_LENGTH);
            if (length >= UDP_SIZE) /* where the length is wrong, only the length is */
                repair_sum(p + UDP_CHECKSUM, pseudo16(ip, length), p, length < n ? length : n);
            if (get16(p + UDP_CHECKSUM) == 0)
                put16(p + UDP_CHECKSUM, 0xffff); /* RFC 768: zero says that there is none */
        }
        break;
    default:
        break;
    }
}

/* Whether the address is one that the host may be asked for, whatever its own. */
static bool is_known(const struct host *us, uint32_t ip)
{
    return host_owns(us, us->ip, ip) || host_is_broadcast(us, ip) || ip == 0xffffffff;
}

static void repair_ipv4(const struct host *us, uint8_t flags, uint8_t *ip, size_t n)
{
    if (n < IP_HEADER)
        return;
    size_t header = ip_header_size(ip), total = get16(ip + IP_TOTAL);
    if (flags & STEP_ADDRESS && !is_known(us, get32(ip + IP_DST)))
        put32(ip + IP_DST, us->ip ? us->ip : us->vip);
    if (flags & STEP_LENGTHS) {
        bool padded = n <= ETH_LEAST - ETH_HEADER && total >= header && total < n;
        total = padded ? total : n < 65535 ? n : 65535;
        put16(ip + IP_TOTAL, (unsigned)total);
    }
    if (header < IP_HEADER || header > total || total > n)
        return;
    /* The checksum of a fragmented datagram covers all fragments: it can't be repaired in one. */
    if ((get16(ip + IP_FLAGS) & 0x3fff) == 0)
        repair_transport(flags, ip, ip + header, total - header);
    if (flags & STEP_CHECKSUMS)
        repair_sum(ip + IP_CHECKSUM, 0, ip, header);
}

/* Where the EtherType behind the tags stands, 0 if the frame is too short. */
static size_t type_at(const uint8_t *frame, size_t len)
{
    size_t at = ETH_TYPE;
    while (at + 6 <= len && (get16(frame + at) == 0x8100 || get16(frame + at) == 0x88a8))
        at += 4; /* IEEE 802.1Q */
    return at + 2 <= len ? at : 0;
}

void script_repair(const struct host *us, uint8_t flags, uint8_t *frame, size_t len)
{
    size_t type = type_at(frame, len);
    if (type == 0)
        return;
    if (flags & STEP_ADDRESS && frame[ETH_DST] % 2 == 0)
        memcpy(frame + ETH_DST, us->mac, 6);
    uint8_t *rest = frame + type + 2;
    size_t left = len - type - 2;
    if (get16(frame + type) == 0x0800)
        repair_ipv4(us, flags, rest, left);
    if (get16(frame + type) == 0x0806 && left >= ARP_SIZE && flags & STEP_ADDRESS) {
        if (!is_known(us, get32(rest + ARP_TPA)) && !host_is_proxied(us, get32(rest + ARP_TPA)))
            put32(rest + ARP_TPA, us->ip);
        if (get32(rest + ARP_SPA) == 0xc0a86402) /* our address in the seeds: a conflict */
            put32(rest + ARP_SPA, us->ip);
    }
}

size_t script_ipv4(const uint8_t *frame, size_t len)
{
    size_t type = type_at(frame, len);
    if (type == 0 || get16(frame + type) != 0x0800 || len - type - 2 < IP_HEADER)
        return 0;
    return type + 2;
}

size_t script_frame(const struct host *us, const struct step *step, uint8_t *frame, size_t room)
{
    size_t len = step->len + step->a % room;
    if (len > room)
        len = room;
    if (step->len > 0)
        memcpy(frame, step->frame, step->len);
    memset(frame + step->len, 0x5c, len - step->len);
    script_repair(us, step->flags, frame, len);
    return len;
}
