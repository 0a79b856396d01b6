/* SPDX-License-Identifier: BSD-2-Clause */
/* Cuts a packet of a script into fragments (RFC 791 3.2), with the faults that the script asks for. */
#include "script.h"
#include "wire.h"

#include <string.h>

struct cut {
    const uint8_t *whole; /* the frame */
    size_t ip;            /* where its IPv4 header begins, its payload, and the end of that */
    size_t payload;
    size_t end;
    size_t piece; /* octets of payload in each fragment but the last */
};

/* Writes the fragment of the payload from octet at of the frame on. Its length. */
static size_t write_fragment(const struct cut *cut, size_t at, uint8_t *out)
{
    size_t n = cut->end - at < cut->piece ? cut->end - at : cut->piece, header = cut->payload;
    memcpy(out, cut->whole, header);
    memcpy(out + header, cut->whole + at, n);
    uint8_t *ip = out + cut->ip;
    unsigned more = at + n < cut->end ? 0x2000 : 0;
    put16(ip + IP_FLAGS,
          (get16(ip + IP_FLAGS) & 0xc000) | more | (unsigned)((at - cut->payload) / 8));
    put16(ip + IP_TOTAL, (unsigned)(header - cut->ip + n));
    put16(ip + IP_CHECKSUM, 0);
    put16(ip + IP_CHECKSUM, 0xffff - sum16(0, ip, header - cut->ip));
    size_t len = header + n;
    if (len < ETH_LEAST) {
        memset(out + len, 0x77, ETH_LEAST - len); /* padding, which the core must not read */
        len = ETH_LEAST;
    }
    return len;
}

void script_fragments(const uint8_t *whole, size_t len, unsigned b,
                      void (*give)(void *to, const uint8_t *frame, size_t len), void *to)
{
    struct cut cut = {.whole = whole, .ip = script_ipv4(whole, len), .end = len};
    if (cut.ip == 0)
        return;
    cut.payload = cut.ip + ip_header_size(whole + cut.ip);
    if (cut.payload < cut.ip + IP_HEADER || cut.payload >= len)
        return;
    size_t total = get16(whole + cut.ip + IP_TOTAL);
    if (total < len - cut.ip && total < 65535) /* padding is none of its payload */
        cut.end = cut.ip + total; /* what is longer than can be said, only fragments can say */
    if (cut.end <= cut.payload)
        return;
    size_t n = cut.end - cut.payload, least = (n / PIECES_MOST + 8) / 8;
    cut.piece = (b >> 8 > least ? b >> 8 : least) * 8;

    static uint8_t out[FRAME_MOST + PACKET_MOST / PIECES_MOST];
    size_t count = (n + cut.piece - 1) / cut.piece, chosen = (b & 15) % count;
    for (size_t i = 0; i < count; i++) {
        size_t place = b & 0x80 ? count - 1 - i : i;
        size_t written = write_fragment(&cut, cut.payload + place * cut.piece, out);
        if (place != chosen || (b >> 4 & 7) == 0) {
            give(to, out, written);
            continue;
        }
        switch (b >> 4 & 7) {
        case 1: /* it is missing */
            break;
        case 2: /* it comes twice */
            give(to, out, written);
            give(to, out, written);
            break;
        case 3: /* it is shifted by eight octets */
            put16(out + cut.ip + IP_FLAGS, get16(out + cut.ip + IP_FLAGS) ^ 1);
            put16(out + cut.ip + IP_CHECKSUM, 0);
            put16(out + cut.ip + IP_CHECKSUM,
                  0xffff - sum16(0, out + cut.ip, cut.payload - cut.ip));
            give(to, out, written);
            break;
        case 4: /* its last octet is another */
            out[written - 1] ^= 1;
            give(to, out, written);
            break;
        default:
            give(to, out, written);
            break;
        }
    }
}
