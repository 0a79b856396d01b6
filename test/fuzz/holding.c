/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments (RFC 791 3.2, RFC 1122 3.3.2, RFC 5722 4): the buffers that the core holds tell what it
 * knows, so what it has to do next can be said without keeping a table of its own.
 */
#include "holding.h"
#include "wire.h"

#include <string.h>

#define LEAST 60000000u  /* microseconds that a datagram may take (RFC 1122 3.3.2) */
#define MOST  120000000u /* and after which it is given up */

static size_t payload_size(const struct slot *s)
{
    return get16(s->ip + IP_TOTAL) - ip_header_size(s->ip);
}

static size_t payload_end(const struct slot *s)
{
    return ip_offset(s->ip) + payload_size(s);
}

/* The VLANs before the type, of which those with identifier 0 in front don't count. */
static unsigned vlans(const uint8_t *request, size_t type)
{
    unsigned vids = 0;
    for (size_t at = ETH_TYPE; at < type; at += 4)
        vids = vids * 4096 + get16(request + at + 2) % 4096;
    return vids;
}

/* Whether both are of one datagram. */
static bool same_datagram(const struct slot *s, const struct slot *t)
{
    return memcmp(s->ip + IP_ID, t->ip + IP_ID, 2) == 0 &&
           s->ip[IP_PROTOCOL] == t->ip[IP_PROTOCOL] &&
           memcmp(s->ip + IP_SRC, t->ip + IP_SRC, 8) == 0 && s->vlans == t->vlans;
}

/* The loop over the slots that are, or until now were, held. */
#define FOR_EACH_HELD(s)                                                                           \
    for (struct slot * (s) = slots + slots_back; (s) < slots + slots_used; (s)++)                  \
        if ((s)->place == HELD)

static void excuse_datagram(const struct slot *of)
{
    FOR_EACH_HELD(s)
    if (same_datagram(s, of))
        s->excused = true;
}

/* Whether it is longer than the link lets packets be: then it may be ignored. */
static bool is_giant(const struct judge *j, const struct slot *s)
{
    return get16(s->ip + IP_TOTAL) > j->us->mtu;
}

static bool duplicates(const struct slot *s, const struct slot *t)
{
    return ip_offset(s->ip) == ip_offset(t->ip) && payload_size(s) == payload_size(t) &&
           ip_more(s->ip) == ip_more(t->ip);
}

/* Whether the two can't both be parts of one datagram. */
static bool contradicts(const struct slot *s, const struct slot *t)
{
    size_t start = ip_offset(s->ip), other = ip_offset(t->ip);
    if (start < payload_end(t) && other < payload_end(s))
        return true;
    bool last = !ip_more(s->ip), other_last = !ip_more(t->ip);
    return (last && payload_end(t) > start) || (other_last && payload_end(s) > other);
}

/* There is no room for all of them: the oldest may be given up. */
static bool excuse_for_room(const struct judge *j, bool certain)
{
    unsigned fragments = 0, datagrams = 0;
    uint64_t oldest = UINT64_MAX;
    FOR_EACH_HELD(s)
    {
        fragments++;
        datagrams += s->opens;
        if (s->since < oldest)
            oldest = s->since;
    }
    if (fragments < j->us->held_max && fragments < REASSEMBLY_FRAGMENTS_MAX - 1 &&
        datagrams < HELD_DATAGRAMS)
        return false;
    FOR_EACH_HELD(s)
    {
        if (s->opens && s->since == oldest)
            excuse_datagram(s);
        if (!certain)
            s->excused = true;
    }
    return true;
}

void holding_expect(const struct judge *j, struct slot *s, struct expectation *e, bool certain)
{
    if (e->kind != FRAGMENT)
        return;
    const uint8_t *request = slot_request(s);
    size_t type = tags_end(request, s->given.len);
    bool known = false;
    s->ip = request + type + 2;
    s->vlans = vlans(request, type);
    s->opens = true;
    FOR_EACH_HELD(t)
    {
        if (!same_datagram(s, t))
            continue;
        s->opens = false;
        if (duplicates(s, t))
            known = true;
        else if (contradicts(s, t))
            s->contradicts = true;
    }
    if (s->contradicts)
        excuse_datagram(s);
    if (known || s->contradicts)
        e->answer = NEVER;
    /* What it contradicts may not be there any more. */
    if ((excuse_for_room(j, certain) || !certain) && j->us->held_max > 0)
        e->answer = MAY;
}

/*
 * Puts the datagram of the slot together, from requests or from answers. False if something is
 * missing or twice. The fragments of requests are those held; of them released ones if so wanted.
 */
static bool assemble(const struct slot *of, bool answers, bool released, uint8_t *octets,
                     struct payload *p)
{
    size_t sum = 0, total = 0;
    *p = (struct payload){.octets = octets};
    FOR_EACH_HELD(s)
    {
        if (!same_datagram(s, of) || s->released != released || (answers && !s->sent))
            continue;
        const uint8_t *ip = s->ip;
        if (answers)
            ip = s->frame.data + (ip - slot_request(s));
        size_t header = ip_header_size(ip), start = ip_offset(ip);
        size_t n = get16(ip + IP_TOTAL) - header;
        if (start + n > 65535)
            return false;
        memcpy(octets + start, ip + header, n);
        sum += n;
        if (start == 0) {
            p->ip = ip;
            p->first = n;
        }
        if (!ip_more(ip)) {
            if (total != 0)
                return false;
            total = start + n;
        }
    }
    p->n = total;
    return p->ip && sum > 0 && sum == total;
}

/* Judges each answer on its own, and counts them. */
static unsigned check_each(struct judge *j, const struct slot *of, enum kind kind)
{
    unsigned count = 0;
    /* In the order of their offsets: the identification of the first is that of all. */
    for (int first = 1; first >= 0; first--)
        FOR_EACH_HELD(s)
        {
            if (!s->released || !s->sent || (ip_offset(s->ip) == 0) != first)
                continue;
            if (!same_datagram(s, of))
                wrong("an answer to another datagram", s->frame.data, s->frame.len);
            count++;
            if (kind == PORT_ERROR || kind == PROTOCOL_ERROR)
                check_answer(j, kind, slot_request(s), s->frame.data, s->frame.len);
            else
                check_fragment(j, kind, slot_request(s), s->frame.data, s->frame.len);
        }
    return count;
}

/* Judges the end of the datagram of slot of, which was released. */
static void judge_datagram(struct judge *j, const struct slot *of)
{
    static uint8_t asked[65536], said[65536];
    struct payload request, answer;
    if (!assemble(of, false, true, asked, &request))
        wrong("a datagram released that is not whole", slot_request(of), of->given.len);
    struct expectation e = expect_payload(j, &request, false);
    if (ip_header_size(request.ip) + request.n > 65535)
        e = (struct expectation){NEVER, NOTHING, "datagram longer than can be"};
    unsigned sent = check_each(j, of, e.kind);
    if (e.answer == NEVER && sent > 0)
        wrong(e.why, request.ip, IP_HEADER);
    if (e.answer == MUST && sent == 0)
        wrong(e.why, request.ip, IP_HEADER);
    if (sent == 0)
        return;
    if (e.kind == PORT_ERROR || e.kind == PROTOCOL_ERROR || e.kind == RESET) {
        if (sent != 1)
            wrong("an answer of one frame, in more", NULL, 0);
        if (e.kind != RESET)
            return;
    }
    if (!assemble(of, true, true, said, &answer))
        wrong("the fragments of an answer don't make a datagram", NULL, 0);
    check_payload(j, e.kind, &request, &answer);
}

/* Whoever is released without an answer has a reason. */
static void check_excuses(void)
{
    FOR_EACH_HELD(s)
    if (s->released && !s->sent && !s->excused)
        wrong("a fragment given up without a reason", slot_request(s), s->given.len);
}

/* Of answers that can't be judged, what they mean for those to come. */
static void count_errors(struct judge *j)
{
    FOR_EACH_HELD(s)
    if (s->released && s->sent && s->frame.head != s->given.head)
        judge_error(j);
    j->last_id = -1;
}

/* Whether none of the others that are still held is of its datagram. */
static bool opens(const struct slot *of)
{
    FOR_EACH_HELD(s)
    if (s != of && !s->released && same_datagram(s, of))
        return false;
    return true;
}

void holding_judge_input(struct judge *j, struct slot *s, bool certain)
{
    static uint8_t octets[65536];
    struct payload whole;
    if (s->released) {
        excuse_datagram(s);
        if (certain)
            judge_datagram(j, s);
        else
            count_errors(j);
    } else {
        FOR_EACH_HELD(t)
        if (t->released && t->sent)
            wrong("an answer that nobody has asked for", t->frame.data, t->frame.len);
        if (s->place == HELD) /* those that were there may have been given up for it */
            s->opens = opens(s);
        if (certain && s->contradicts && !is_giant(j, s) && !opens(s))
            wrong("a fragment and what it contradicts are held", slot_request(s), s->given.len);
        if (certain && s->place == HELD && assemble(s, false, false, octets, &whole))
            wrong("a datagram that is whole is held", slot_request(s), s->given.len);
    }
    check_excuses();
}

/* When the first fragment of the datagram came. */
static uint64_t datagram_since(const struct slot *of)
{
    uint64_t since = UINT64_MAX;
    FOR_EACH_HELD(s)
    if (same_datagram(s, of) && s->since < since)
        since = s->since;
    return since;
}

/* Whether the datagram that the fragment begins deserves a Time Exceeded (RFC 1122 3.2.2). */
static bool deserves_error(const struct slot *s)
{
    const uint8_t *ip = s->ip;
    unsigned type = ip[ip_header_size(ip)];
    bool icmp_error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    return ip_offset(ip) == 0 && !(ip[IP_PROTOCOL] == 1 && icmp_error);
}

void holding_judge_tick(struct judge *j)
{
    bool more_errors = false;
    FOR_EACH_HELD(s)
    {
        if (!s->released) {
            if (s->opens && j->now - s->since >= MOST)
                wrong("a datagram held for too long", slot_request(s), s->given.len);
            continue;
        }
        uint64_t age = j->now - datagram_since(s);
        if (age < LEAST && !s->excused)
            wrong("a datagram given up too soon", slot_request(s), s->given.len);
        if (s->sent && !deserves_error(s))
            wrong("Time Exceeded about what must have none", slot_request(s), s->given.len);
        if (s->sent)
            check_answer(j, TIME_ERROR, slot_request(s), s->frame.data, s->frame.len);
        else if (!s->excused && deserves_error(s))
            more_errors = true;
    }
    if (more_errors && judge_has_error(j))
        wrong("no Time Exceeded, though the rate would let us", NULL, 0);
}
