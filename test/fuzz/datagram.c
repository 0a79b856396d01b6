/* SPDX-License-Identifier: BSD-2-Clause */
/* Fragments put together (RFC 791 3.2): those of a request, and those of its answer. */
#include "datagram.h"
#include "call.h"

#include <string.h>

/* Octets of payload that the first fragment has in the end, if they are there. */
#define HEADER_MOST 56
#define UNITS       (65536 / 8)

/* A payload, and which units of eight octets of it are there. */
struct parts {
    uint8_t octets[65536];
    uint8_t there[UNITS / 8];
    size_t sum, total; /* octets that are there, and that there are */
};

bool same_datagram(const struct slot *s, const struct slot *t)
{
    return memcmp(s->ip + IP_ID, t->ip + IP_ID, 2) == 0 &&
           s->ip[IP_PROTOCOL] == t->ip[IP_PROTOCOL] &&
           memcmp(s->ip + IP_SRC, t->ip + IP_SRC, 8) == 0 && s->vlans == t->vlans;
}

size_t payload_end(const struct slot *s)
{
    return ip_offset(s->ip) + get16(s->ip + IP_TOTAL) - ip_header_size(s->ip);
}

size_t payload_start(const struct slot *s)
{
    return ip_offset(s->ip);
}

struct slot *datagram_first(const struct slot *of)
{
    FOR_EACH_FRAGMENT(s)
    if (same_datagram(s, of) && ip_offset(s->ip) == 0)
        return s;
    return NULL;
}

uint64_t datagram_since(const struct slot *of)
{
    uint64_t since = UINT64_MAX;
    FOR_EACH_FRAGMENT(s)
    if (same_datagram(s, of) && s->since < since)
        since = s->since;
    return since;
}

static void start(struct parts *p)
{
    memset(p->there, 0, sizeof p->there);
    p->sum = p->total = 0;
}

/* False if some of it is there already, or this is another end. */
static bool add(struct parts *p, const uint8_t *ip)
{
    size_t header = ip_header_size(ip), first = ip_offset(ip), n = get16(ip + IP_TOTAL) - header;
    if (first + n > 65535)
        return false;
    for (size_t unit = first / 8; unit < (first + n + 7) / 8; unit++) {
        if (p->there[unit / 8] & 1 << unit % 8)
            return false;
        p->there[unit / 8] |= (uint8_t)(1 << unit % 8);
    }
    memcpy(p->octets + first, ip + header, n);
    p->sum += n;
    if (ip_more(ip))
        return true;
    bool another = p->total != 0;
    p->total = first + n;
    return !another;
}

/*
 * Octets of payload in the first fragment of n in all: what header follows in the others is
 * gathered there, in units of eight, as far as the buffer and the link allow.
 */
static size_t gathered(const struct judge *j, const struct slot *s, size_t n)
{
    const uint8_t *request = slot_request(s);
    size_t header = ip_header_size(s->ip), own = payload_end(s);
    size_t room = s->given.cap - (size_t)(s->ip + header - request);
    size_t most = j->mtu - header < room ? j->mtu - header : room;
    most = most < HEADER_MOST ? most / 8 * 8 : HEADER_MOST;
    most = most < n ? most : n;
    return own > most ? own : most;
}

bool datagram_assemble(const struct judge *j, const struct slot *of, struct payload *p)
{
    static struct parts parts;
    const struct slot *first = datagram_first(of);
    start(&parts);
    if (!first)
        return false;
    FOR_EACH_FRAGMENT(s)
    if (same_datagram(s, of) && !add(&parts, s->ip))
        return false;
    *p = (struct payload){.ip = first->ip,
                          .octets = parts.octets,
                          .n = parts.total,
                          .first = gathered(j, first, parts.total)};
    return parts.sum == parts.total;
}

/* The answer in the buffer of a request: its IPv4 header. */
static const uint8_t *said_in(const struct slot *s)
{
    return s->frame.data + (s->ip - slot_request(s));
}

/* Judges each frame of the answer on its own. How many there are. */
static unsigned check_each(struct judge *j, enum kind kind, const uint8_t *peer,
                           const struct payload *request)
{
    unsigned count = 0;
    /* The first one first: its identification is that of all. */
    for (int first = 1; first >= 0; first--)
        FOR_EACH_SLOT(s)
        {
            if (!s->part || (payload_start(s) == 0) != first)
                continue;
            const uint8_t *asked = slot_request(s), *to = peer ? peer : asked + ETH_SRC;
            count++;
            if (memcmp(s->ip + IP_SRC, request->ip + IP_SRC, 8) != 0)
                wrong("an answer to another datagram", s->frame.data, s->frame.len);
            if (is_error(kind)) {
                check_error_about(j, kind, to, asked, request, s->frame.data, s->frame.len);
                continue;
            }
            check_fragment(j, kind, to, asked, s->frame.data, s->frame.len);
        }
    return count;
}

void datagram_check_answer(struct judge *j, enum kind kind, const uint8_t *peer,
                           const struct payload *request)
{
    static struct parts parts;
    struct payload answer = {.octets = parts.octets};
    unsigned count = check_each(j, kind, peer, request);
    if ((is_error(kind) || kind == RESET) && count != 1)
        wrong("an answer of one frame, in more", NULL, 0);
    if (is_error(kind))
        return;
    start(&parts);
    FOR_EACH_SLOT(s)
    {
        if (!s->part)
            continue;
        if (!add(&parts, said_in(s)))
            wrong("the fragments of an answer overlap", s->frame.data, s->frame.len);
        if (ip_offset(said_in(s)) == 0)
            answer.ip = said_in(s);
    }
    answer.n = answer.first = parts.total;
    if (!answer.ip || parts.sum != parts.total)
        wrong("the fragments of an answer don't make a datagram", NULL, 0);
    check_payload(j, kind, request, &answer);
}
