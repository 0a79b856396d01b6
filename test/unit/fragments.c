/* SPDX-License-Identifier: BSD-2-Clause */
#include "fragments.h"

#include <string.h>

struct datagram_text request, reply;

enum verdict give_only(const struct wire *w)
{
    enum verdict v = pool_input(w);
    assert_false(verdict_replies(v));
    return v;
}

void tick_at(uint64_t now)
{
    uint8_t spare[FRAME_MIN];
    struct frame f = {.data = spare, .cap = sizeof spare};
    nif.now = now;
    nif.claim.announcements_left = 0; /* those are for other tests */
    assert_int_equal(net_tick(&nif, &f), VERDICT_NONE);
    collect();
}

int fragments_setup(void **state)
{
    frames_setup(state);
    frame_pool_start();
    nif.claim.announcements_left = 0;
    return 0;
}

int fragments_teardown(void **state)
{
    (void)state;
    tick_at(nif.now + 2 * TIMEOUT);
    if (with_core() > 0 || nif.held > 0 || net_due(&nif) != UINT64_MAX)
        return 1;
    return 0;
}

void use_ping(size_t data_len)
{
    request.ip = ip_request(1);
    request.len = 8 + data_len;
    for (size_t i = 0; i < request.len; i++)
        request.payload[i] = (uint8_t)(i * 7 + (i >> 8) + 3);
    set16(request.payload, 0x0800);
    set16(request.payload + 2, 0);
    memcpy(reply.payload, request.payload, request.len);
    reply.len = request.len;
    set16(reply.payload, 0x0000);
    set16(request.payload + 2, (uint16_t)~plain_sum(request.payload, request.len));
    set16(reply.payload + 2, (uint16_t)~plain_sum(reply.payload, reply.len));
}

void use_udp(int dport, size_t data_len)
{
    request.ip = ip_request(17);
    request.len = 8 + data_len;
    for (size_t i = 0; i < request.len; i++)
        request.payload[i] = (uint8_t)(i * 11 + (i >> 8));
    set16(request.payload, 50000);
    set16(request.payload + 2, (unsigned)dport);
    set16(request.payload + 4, (unsigned)request.len);
    set16(request.payload + 6, 0);
    unsigned sum = transport_sum(PEER_IP, OUR_IP, 17, request.payload, request.len);
    set16(request.payload + 6, sum == 0xffff ? 0xffff : ~sum & 0xffff);
    memcpy(reply.payload, request.payload, request.len);
    reply.len = request.len;
    set16(reply.payload, (unsigned)dport);
    set16(reply.payload + 2, 50000);
}

void wire_piece(struct wire *w, const struct datagram_text *d, size_t offset, size_t len)
{
    struct ip ip = d->ip;
    ip.flags_offset |= (int)(offset / 8) | (offset + len < d->len ? 0x2000 : 0);
    wire_ip(w, &ip, len);
    wire_copy(w, d->payload + offset, len);
}

enum verdict give_piece(size_t offset, size_t len)
{
    struct wire w;
    wire_piece(&w, &request, offset, len);
    return pool_give(&w);
}

void expect_piece(size_t at, const struct cut *cut)
{
    struct wire w;
    wire_piece(&w, &reply, cut->offset, cut->len);
    wire_fill(&w, 0, FRAME_MIN);
    sent_is(at, &w);
}

void expect_answer(const struct cut *cuts, size_t count)
{
    assert_int_equal(sent_count, count);
    nif.ip_id--; /* so that ip_reply() tells the one that was used */
    reply.ip = ip_reply(&request.ip);
    nif.ip_id++;
    for (size_t i = 0; i < count; i++)
        expect_piece(i, &cuts[i]);
    sent_count = 0;
}

void expect_silence(void)
{
    assert_int_equal(sent_count, 0);
}

size_t cut_by_mtu(struct cut *cuts, size_t mtu)
{
    size_t step = (mtu - 20) / 8 * 8, count = 0;
    for (size_t offset = 0; offset < request.len; offset += step) {
        size_t left = request.len - offset;
        cuts[count++] = (struct cut){offset, left < step ? left : step};
    }
    return count;
}

size_t gather(struct cut *cuts, size_t count, size_t most)
{
    while (count > 1 && cuts[0].len < most) {
        size_t n = most - cuts[0].len < cuts[1].len ? most - cuts[0].len : cuts[1].len;
        cuts[0].len += n;
        cuts[1] = (struct cut){cuts[1].offset + n, cuts[1].len - n};
        if (cuts[1].len == 0)
            memmove(&cuts[1], &cuts[2], (--count - 1) * sizeof cuts[0]);
    }
    return count;
}

void give_all(const struct cut *cuts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_silence();
        assert_int_equal(give_piece(cuts[i].offset, cuts[i].len), HELD_FRAGMENT);
    }
}

void give_tagged(const uint8_t *tags, size_t len, size_t offset, size_t octets)
{
    struct wire w;
    wire_piece(&w, &request, offset, octets);
    wire_tag(&w, tags, len);
    assert_int_equal(pool_give(&w), HELD_FRAGMENT);
}

void give_first_of(int id)
{
    use_ping(117);
    request.ip.id = id;
    assert_int_equal(give_piece(0, 40), HELD_FRAGMENT);
}
