/* SPDX-License-Identifier: BSD-2-Clause */
/* One call of the core, and what it counts: see the header. */
#include "call.h"
#include "slots.h"

#include <string.h>

void call_begin(struct call *call)
{
    *call = (struct call){.ends = 0};
    memcpy(call->before, nif.verdicts, sizeof call->before);
}

enum verdict verdict_of(enum kind kind)
{
    static const enum verdict verdicts[] = {
        [NOTHING] = VERDICT_NONE,
        [ARP_REPLY] = REPLY_ARP,
        [ARP_DEFENCE] = REPLY_ARP_DEFENCE,
        [ECHO_REPLY] = REPLY_ICMP_ECHO,
        [TIMESTAMP_REPLY] = REPLY_ICMP_TIMESTAMP,
        [PORT_ERROR] = REPLY_ICMP_PORT_UNREACHABLE,
        [PROTOCOL_ERROR] = REPLY_ICMP_PROTOCOL_UNREACHABLE,
        [TIME_ERROR] = REPLY_ICMP_TIME_EXCEEDED,
        [UDP_ECHO] = REPLY_UDP_ECHO,
        [STAMP_REPLY] = REPLY_STAMP,
        [RESET] = REPLY_TCP_RESET,
        [FRAGMENT] = HELD_FRAGMENT,
    };
    return verdicts[kind];
}

bool is_error(enum kind kind)
{
    return kind == PORT_ERROR || kind == PROTOCOL_ERROR || kind == TIME_ERROR;
}

void call_sent(struct call *call, enum kind kind)
{
    call->replies[verdict_of(kind)]++;
    call->ends++;
}

uint64_t call_counted(const struct call *call, enum verdict v)
{
    return nif.verdicts[v] - call->before[v];
}

void call_end(const struct call *call)
{
    uint64_t sum = 0;
    for (int v = 0; v < VERDICT_COUNT; v++) {
        uint64_t counted = call_counted(call, (enum verdict)v);
        if (verdict_replies((enum verdict)v) && counted != call->replies[v])
            wrong("answers that were not sent are counted, or the other way round", NULL, 0);
        sum += counted;
    }
    if (sum != call->ends)
        wrong("something that ended was not counted once", NULL, 0);
    FOR_EACH_SLOT(s)
    if (s->fresh)
        slot_wrong("a frame was released without a reason", s);
    if (nif.held != slots_held())
        wrong("the core does not know how many frames it holds", NULL, 0);
    if (nif.held > judge.us->held_max + 1u) /* before the caller takes the one that made room */
        wrong("too many frames are held", NULL, 0);
}
