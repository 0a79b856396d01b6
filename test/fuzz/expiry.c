/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams of which not all has come in time (RFC 1122 3.3.2). */
#include "datagram.h"
#include "holding.h"
#include "neighbours.h"

#include "net/reassembly.h"

_Static_assert(REASSEMBLY_TIMEOUT_US >= 60000000 && REASSEMBLY_TIMEOUT_US <= 120000000,
               "RFC 1122 3.3.2");

/* When the first fragment of the datagram came. */
static uint64_t datagram_since(const struct slot *of)
{
    uint64_t since = UINT64_MAX;
    FOR_EACH_FRAGMENT(s)
    if (same_datagram(s, of) && s->since < since)
        since = s->since;
    return since;
}

static bool is_over(const struct judge *j, const struct slot *of)
{
    return j->now - datagram_since(of) >= REASSEMBLY_TIMEOUT_US;
}

/* Whether the datagram that the fragment begins deserves a Time Exceeded (RFC 1122 3.2.2), the
 * link has room for it, and it was for an address that is in use. */
static bool deserves_error(const struct judge *j, const struct slot *s)
{
    const uint8_t *ip = s->ip;
    size_t header = ip_header_size(ip), n = get16(ip + IP_TOTAL) - header;
    unsigned type = ip[header];
    bool icmp_error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    return ip_offset(ip) == 0 && host_owns(j->us, j->ip, get32(ip + IP_DST)) &&
           !(ip[IP_PROTOCOL] == 1 && icmp_error) &&
           judge_error_fits(j, &(struct payload){ip, ip + header, n, n});
}

/*
 * Of the Time Exceeded that are due now and go to neighbours there may be one: the order of
 * several, or of one and of giving a neighbour up, does not show.
 */
static void look_for_order(struct judge *j)
{
    unsigned n = 0;
    FOR_EACH_FRAGMENT(s)
    n += deserves_error(j, s) && neighbours_next_hop(j, s->ip) != 0 && is_over(j, s);
    j->lost |= n > 1 || (n == 1 && neighbours_gives_up(j));
}

/* The start of a datagram that was given up: was it right to answer, to keep an answer or to drop
 * it. Whether an error could have been sent. */
static bool judge_end(struct judge *j, struct slot *s)
{
    uint8_t peer[6];
    if (s->released && !s->sent)
        return deserves_error(j, s);
    if (!deserves_error(j, s))
        wrong("Time Exceeded about what must have none", slot_request(s), s->given.len);
    enum way way = datagram_route(j, slot_request(s), s->ip, peer);
    if ((way == TO_BE_KEPT) != !s->released)
        wrong("Time Exceeded is to be held, or a datagram is held for too long", slot_request(s),
              s->given.len);
    if (s->released)
        check_answer(j, TIME_ERROR, peer, slot_request(s), s->frame.data, s->frame.len);
    else
        datagram_keep(j, s, TIME_ERROR, NULL);
    return false;
}

/* Whether something was released or should have been. */
static bool is_quiet(const struct judge *j)
{
    FOR_EACH_FRAGMENT(s)
    if (s->released || j->now - s->since >= REASSEMBLY_TIMEOUT_US)
        return false;
    return true;
}

void holding_judge_tick(struct judge *j)
{
    bool more_errors = false;
    if (is_quiet(j))
        return;
    look_for_order(j);
    if (j->lost)
        return;
    FOR_EACH_FRAGMENT(s)
    {
        bool over = is_over(j, s);
        if (s->released && !over && !s->excused)
            wrong("a datagram given up too soon", slot_request(s), s->given.len);
        if (!s->released && over && ip_offset(s->ip) != 0)
            wrong("a fragment held for too long", slot_request(s), s->given.len);
    }
    FOR_EACH_FRAGMENT(s)
    if (s->released || is_over(j, s))
        more_errors |= judge_end(j, s) && !s->excused;
    if (more_errors && judge_has_error(j))
        wrong("no Time Exceeded, though the rate would let us", NULL, 0);
}
