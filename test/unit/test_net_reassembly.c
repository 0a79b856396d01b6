/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragmented datagrams (RFC 791 3.2, RFC 1122 3.3.2): put together in any order, answered in the
 * frames that they came in, or given up; and every frame that the core keeps comes back once.
 */
#include "frame_pool.h"

#include "net/reassembly.h"

#include <stdlib.h>
#include <string.h>

#define TIMEOUT ((uint64_t)REASSEMBLY_TIMEOUT_US)

/* Gives a frame to the core, and does not collect. A fragment is never the answer by itself. */
static enum verdict give_only(const struct wire *w)
{
    enum verdict v = pool_input(w);
    assert_false(verdict_replies(v));
    return v;
}

static enum verdict give(const struct wire *w)
{
    enum verdict v = give_only(w);
    collect();
    return v;
}

static void tick_at(uint64_t now)
{
    uint8_t spare[FRAME_MIN];
    struct frame f = {.data = spare, .cap = sizeof spare};
    nif.now = now;
    nif.claim.announcements_left = 0; /* those are for other tests */
    assert_int_equal(net_tick(&nif, &f), VERDICT_NONE);
    collect();
}

static int setup(void **state)
{
    frames_setup(state);
    frame_pool_start();
    nif.claim.announcements_left = 0;
    return 0;
}

/* Nothing stays behind: what is held is given up in time, and then the core wants nothing more. */
static int teardown(void **state)
{
    (void)state;
    tick_at(nif.now + 2 * TIMEOUT);
    if (with_core() > 0 || nif.held > 0 || net_due(&nif) != UINT64_MAX)
        return 1;
    return 0;
}

#define FRAGMENT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- datagrams and their pieces -----------------------------------------------------------------
 */

struct datagram_text {
    struct ip ip;
    uint8_t payload[65536];
    size_t len;
};

static struct datagram_text request, reply; /* the reply's header is made when it is expected */

struct cut {
    size_t offset, len;
};

static void set16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* An echo request with so many octets of data, and its reply. */
static void use_ping(size_t data_len)
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

/* A UDP datagram and its echo. */
static void use_udp(int dport, size_t data_len)
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

static void wire_piece(struct wire *w, const struct datagram_text *d, size_t offset, size_t len)
{
    struct ip ip = d->ip;
    ip.flags_offset |= (int)(offset / 8) | (offset + len < d->len ? 0x2000 : 0);
    wire_ip(w, &ip, len);
    wire_copy(w, d->payload + offset, len);
}

static enum verdict give_piece(size_t offset, size_t len)
{
    struct wire w;
    wire_piece(&w, &request, offset, len);
    return give(&w);
}

/* What was sent since the last expectation is the reply in these pieces. */
static void expect_answer(const struct cut *cuts, size_t count)
{
    assert_int_equal(sent_count, count);
    nif.ip_id--; /* so that ip_reply() tells the one that was used */
    reply.ip = ip_reply(&request.ip);
    nif.ip_id++;
    for (size_t i = 0; i < count; i++) {
        struct wire w;
        wire_piece(&w, &reply, cuts[i].offset, cuts[i].len);
        wire_fill(&w, 0, FRAME_MIN);
        assert_int_equal(sent[i].len, w.len);
        assert_memory_equal(sent[i].octet, w.octet, w.len);
    }
    sent_count = 0;
}

static void expect_silence(void)
{
    assert_int_equal(sent_count, 0);
}

static void expect_count(enum verdict v, uint64_t count)
{
    if (nif.verdicts[v] != count)
        fail_msg("%s: %lu, expected %lu", verdict_name(v), (unsigned long)nif.verdicts[v],
                 (unsigned long)count);
}

/* As a sender with this MTU cuts it: the pieces, and how many there are. */
static size_t cut_by_mtu(struct cut *cuts, size_t mtu)
{
    size_t step = (mtu - 20) / 8 * 8, count = 0;
    for (size_t offset = 0; offset < request.len; offset += step) {
        size_t left = request.len - offset;
        cuts[count++] = (struct cut){offset, left < step ? left : step};
    }
    return count;
}

/* The pieces of the answer, where the first one takes up to so many octets from those behind it. */
static size_t gather(struct cut *cuts, size_t count, size_t most)
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

static void give_all(const struct cut *cuts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_silence();
        assert_int_equal(give_piece(cuts[i].offset, cuts[i].len), HELD_FRAGMENT);
    }
}

/* --- put together
 * --------------------------------------------------------------------------------- */

/* `ping -s 2000` to `ping -s 65507`, over links of any MTU; UDP echo alike. */
static void test_c056_in_order(void **state)
{
    (void)state;
    static const size_t sizes[] = {1473, 2000, 2001, 4000, 9000, 65506, 65507};
    static const size_t mtus[] = {1500, 576, 1006};
    struct cut cuts[128];
    for (size_t i = 0; i < COUNT(sizes); i++) {
        for (size_t j = 0; j < COUNT(mtus); j++) {
            use_ping(sizes[i]);
            size_t count = cut_by_mtu(cuts, mtus[j]);
            give_all(cuts, count);
            expect_answer(cuts, count);
            use_udp(7, sizes[i]);
            give_all(cuts, count);
            expect_answer(cuts, count);
        }
    }
    expect_count(REPLY_ICMP_ECHO, COUNT(sizes) * COUNT(mtus));
    expect_count(REPLY_UDP_ECHO, COUNT(sizes) * COUNT(mtus));
}

/* From both ends to the middle, backwards, first the odd ones. */
static void test_c057_orders_of_a_large_one(void **state)
{
    (void)state;
    struct cut cuts[128];
    use_ping(65507);
    size_t n = cut_by_mtu(cuts, 1500);
    for (int order = 0; order < 4; order++) {
        for (size_t i = 0; i < n; i++) {
            size_t at = order == 0   ? n - 1 - i
                        : order == 1 ? (i % 2 ? n - 1 - i / 2 : i / 2)
                        : order == 2 ? (2 * i < n ? 2 * i : 2 * (i - (n + 1) / 2) + 1)
                                     : i * 17 % n;
            expect_silence();
            assert_int_equal(give_piece(cuts[at].offset, cuts[at].len), HELD_FRAGMENT);
        }
        expect_answer(cuts, n);
    }
}

/* All 24 orders of four pieces, the last one odd; after each, the same number is free again. */
static void test_c057_every_order_of_four(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 8}, {48, 64}, {112, 13}};
    for (size_t a = 0; a < 256; a++) {
        size_t order[] = {a & 3, a >> 2 & 3, a >> 4 & 3, a >> 6 & 3};
        unsigned all = 0;
        for (size_t i = 0; i < 4; i++)
            all |= 1u << order[i];
        if (all != 15)
            continue;
        for (int udp = 0; udp <= 1; udp++) {
            if (udp)
                use_udp(7, 117);
            else
                use_ping(117);
            for (size_t i = 0; i < 4; i++) {
                expect_silence();
                assert_int_equal(give_piece(cuts[order[i]].offset, cuts[order[i]].len),
                                 HELD_FRAGMENT);
            }
            expect_answer(cuts, 4);
            assert_int_equal(nif.held, 0);
        }
    }
    expect_count(REPLY_ICMP_ECHO, 24);
    expect_count(REPLY_UDP_ECHO, 24);
    expect_count(HELD_FRAGMENT, 24 * 4 * 2);
}

/* One piece more than once: passed over, and nothing is lost. */
static void test_c058_duplicates(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 8}, {48, 64}, {112, 13}};
    for (size_t a = 0; a < 256; a++) {
        size_t order[] = {a & 3, a >> 2 & 3, a >> 4 & 3, a >> 6 & 3};
        unsigned all = 0;
        for (size_t i = 0; i < 4; i++)
            all |= 1u << order[i];
        if (all != 15)
            continue;
        use_ping(117);
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(give_piece(cuts[order[i]].offset, cuts[order[i]].len), HELD_FRAGMENT);
            for (size_t j = 0; j <= i && i < 3; j++) {
                expect_silence();
                assert_int_equal(give_piece(cuts[order[j]].offset, cuts[order[j]].len),
                                 DROP_FRAGMENT_DUPLICATE);
            }
        }
        expect_answer(cuts, 4);
    }
    expect_count(REPLY_ICMP_ECHO, 24);
}

/* Two of three pieces are there; a third that does not fit ends it: none of it is answered. */
static void test_c059_overlaps(void **state)
{
    (void)state;
    static const struct {
        struct cut held[2];
        size_t held_len; /* of the datagram that they are of */
        struct cut next;
        size_t next_len;
    } cases[] = {
        {{{0, 16}, {32, 16}}, 100, {8, 8}, 100},   /* inside the first */
        {{{0, 16}, {32, 16}}, 100, {8, 16}, 100},  /* over the first's end */
        {{{0, 16}, {32, 16}}, 100, {24, 16}, 100}, /* over the second's start */
        {{{0, 16}, {32, 16}}, 100, {0, 8}, 100},   /* the first's start alone */
        {{{0, 16}, {32, 16}}, 100, {0, 24}, 100},  /* and more than the first */
        {{{0, 16}, {32, 16}}, 100, {32, 8}, 100},  /* the second's start alone */
        {{{0, 16}, {32, 16}}, 100, {40, 8}, 100},  /* inside the last */
        {{{0, 16}, {32, 16}}, 100, {40, 16}, 100}, /* over the last's end */
        {{{0, 16}, {32, 16}}, 100, {16, 24}, 100}, /* the gap and more */
        {{{0, 16}, {32, 16}}, 100, {8, 32}, 100},  /* over both */
        {{{0, 16}, {32, 16}}, 100, {0, 48}, 100},  /* all at once */
        {{{0, 16}, {32, 16}}, 100, {32, 16}, 48},  /* the same, but as the end */
        {{{0, 16}, {32, 16}}, 100, {16, 8}, 24},   /* an end before what is there */
        {{{0, 16}, {32, 16}}, 100, {16, 16}, 32},  /* just before */
        {{{0, 16}, {32, 16}}, 48, {32, 16}, 100},  /* the end again, but not as such */
        {{{0, 16}, {32, 16}}, 48, {48, 16}, 100},  /* behind the end */
        {{{0, 16}, {32, 16}}, 48, {48, 16}, 64},   /* a second end */
        {{{0, 16}, {32, 16}}, 48, {32, 8}, 40},    /* an earlier end */
        {{{0, 16}, {32, 16}}, 48, {32, 15}, 47},   /* by one octet */
        {{{0, 16}, {32, 16}}, 48, {16, 13}, 29},   /* in the gap */
        {{{0, 16}, {32, 16}}, 48, {16, 16}, 32},   /* all of the gap, as the end */
        {{{0, 16}, {32, 13}}, 45, {32, 14}, 46},   /* longer by one octet */
        {{{16, 16}, {32, 16}}, 100, {8, 16}, 100}, /* over the start of all that is there */
        {{{24, 16}, {40, 16}}, 100, {8, 16}, 24},  /* an end before all of it */
        {{{16, 16}, {32, 16}}, 48, {0, 24}, 100},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int swapped = 0; swapped <= 1; swapped++) {
            use_ping(200);
            request.len = cases[i].held_len;
            give_piece(cases[i].held[swapped].offset, cases[i].held[swapped].len);
            give_piece(cases[i].held[!swapped].offset, cases[i].held[!swapped].len);
            assert_int_equal(nif.held, 2);
            request.len = cases[i].next_len;
            if (give_piece(cases[i].next.offset, cases[i].next.len) != DROP_FRAGMENT_OVERLAP)
                fail_msg("case %zu", i);
            assert_int_equal(nif.held, 0);
            expect_silence();
        }
    }
    expect_count(DROP_FRAGMENT_OVERLAP, 2 * COUNT(cases));
    expect_count(REPLY_ICMP_ECHO, 0);
}

/* What comes after an overlap is a datagram of its own, and the next whole one is answered. */
static void test_c059_after_an_overlap(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    use_ping(117);
    give_piece(0, 40);
    assert_int_equal(give_piece(32, 16), DROP_FRAGMENT_OVERLAP);
    give_all(cuts, 2);
    expect_answer(cuts, 2);
}

/* The "ping of death": beyond what a total length can say, counted with the fragment's own header
 * and with the first one's. */
static void test_c060_beyond(void **state)
{
    (void)state;
    static const uint8_t nops[40] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                     1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct wire w;
    for (size_t options = 0; options <= 40; options += 4) {
        use_ping(0);
        request.ip.options = nops;
        request.ip.options_len = options;
        request.len = 65536;
        for (size_t end = 65504; end <= 65536; end++) {
            for (size_t offset = end / 8 * 8 - 64; offset < end; offset += 8) {
                request.len = end;
                wire_piece(&w, &request, offset, end - offset);
                hold_at_most(8);
                if (20 + options + end > 65535) {
                    assert_int_equal(give(&w), DROP_FRAGMENT_BEYOND);
                } else {
                    assert_int_equal(give(&w), HELD_FRAGMENT);
                    tick_at(nif.now + TIMEOUT);
                }
            }
        }
    }
    expect_silence();
}

static void test_c060_beyond_with_the_first_header(void **state)
{
    (void)state;
    static const uint8_t nops[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct cut cuts[128];
    use_ping(65507);
    size_t count = cut_by_mtu(cuts, 1500);
    request.ip.options = nops;
    request.ip.options_len = 8;
    cuts[0].len -= 8;
    cuts[1].offset -= 8;
    cuts[1].len = 8;
    give_piece(cuts[0].offset, cuts[0].len);
    request.ip.options_len = 0;
    give_all(cuts + 1, 1);
    for (size_t i = 2; i <= count; i++)
        give_piece(1480 * (i - 1), i == count ? request.len - 1480 * (i - 1) : 1480);
    expect_silence();
    expect_count(DROP_FRAGMENT_BEYOND, 1);
    assert_int_equal(nif.held, 0);
}

/* Units of eight octets, and at least one octet: all but the last. */
static void test_lengths(void **state)
{
    (void)state;
    use_ping(200);
    for (size_t len = 0; len <= 64; len++) {
        for (size_t offset = 0; offset <= 8; offset += 8) {
            enum verdict want = len % 8 || len == 0 ? DROP_FRAGMENT_LENGTH : HELD_FRAGMENT;
            assert_int_equal(give_piece(offset, len), want);
            tick_at(nif.now + TIMEOUT);
        }
        struct wire w;
        struct ip ip = request.ip;
        ip.flags_offset = 2; /* the last one, anywhere */
        wire_ip(&w, &ip, len);
        wire_copy(&w, request.payload, len);
        assert_int_equal(give(&w), len == 0 ? DROP_FRAGMENT_LENGTH : HELD_FRAGMENT);
        tick_at(nif.now + TIMEOUT);
        sent_count = 0;
    }
}

/* Ethernet pads a short fragment; that is no part of it. */
static void test_padded_fragments(void **state)
{
    (void)state;
    struct cut cuts[] = {{0, 8}, {8, 8}, {16, 8}, {24, 1}};
    use_ping(17);
    for (size_t i = 0; i < 4; i++) {
        struct wire w;
        wire_piece(&w, &request, cuts[i].offset, cuts[i].len);
        wire_fill(&w, 0x5a, FRAME_MIN);
        assert_int_equal(give(&w), HELD_FRAGMENT);
    }
    expect_answer(cuts, gather(cuts, 4, 24)); /* as many as the first one's buffer has room for */
}

/* The least there is: eight octets each, of every length, in buffers of every size. */
static void test_tiny_fragments(void **state)
{
    (void)state;
    struct cut cuts[64];
    for (size_t len = 1; len <= 200; len++) {
        room = len % 40;
        use_ping(len);
        size_t count = cut_by_mtu(cuts, 28);
        give_all(cuts, count);
        size_t most = (60 - 34 + room) / 8 * 8;
        expect_answer(cuts, gather(cuts, count, most < 56 ? most : 56));
    }
}

/* An error quotes the first fragment as it came, not what was gathered behind it. */
static void test_c087_quote_of_a_tiny_fragment(void **state)
{
    (void)state;
    struct cut cuts[8];
    struct wire first, error;
    room = 100;
    use_udp(33434, 40);
    wire_piece(&first, &request, 0, 8);
    wire_icmp_error(&error, &first, 3, 3, 28);
    give_all(cuts, cut_by_mtu(cuts, 28));
    assert_int_equal(sent_count, 1);
    assert_int_equal(sent[0].len, error.len);
    assert_memory_equal(sent[0].octet, error.octet, error.len);
    sent_count = 0;
}

/* No larger than a packet may be. */
static void test_tiny_fragments_and_mtu(void **state)
{
    (void)state;
    struct cut cuts[64];
    room = 100;
    for (unsigned mtu = 68; mtu <= 100; mtu++) {
        nif.mtu = (uint16_t)mtu;
        use_ping(100);
        size_t count = cut_by_mtu(cuts, 28);
        give_all(cuts, count);
        size_t most = (mtu - 20) / 8 * 8;
        expect_answer(cuts, gather(cuts, count, most < 56 ? most : 56));
    }
}

/* What is missing of the first 56 octets comes from behind, wherever it was cut. */
/* The MTU becomes smaller when some of the datagram is here already. */
static void test_mtu_falls(void **state)
{
    (void)state;
    for (int udp = 0; udp < 2; udp++)
        for (unsigned first = 0; first < 2; first++) { /* which of the two comes first */
            struct cut cuts[] = {{0, 1000}, {1000, 504}};
            if (udp)
                use_udp(7, 1496);
            else
                use_ping(1496);
            give_piece(cuts[first].offset, cuts[first].len);
            nif.mtu = 1019;
            give_piece(cuts[!first].offset, cuts[!first].len);
            expect_silence();
            tick_at(nif.now + TIMEOUT); /* the longer one that came later was refused */
            expect_silence();
            nif.mtu = 1020;
            give_all(cuts, 2);
            expect_answer(cuts, 2);
        }
    expect_count(DROP_IPV4_MTU, 4);
}

static void test_gathering(void **state)
{
    (void)state;
    static const size_t lengths[] = {8, 16, 24, 40, 48, 56, 64};
    room = 100;
    for (size_t first = 0; first < COUNT(lengths); first++)
        for (size_t second = 0; second < COUNT(lengths); second++)
            for (size_t rest = 1; rest <= 72; rest++) {
                size_t at = lengths[first] + lengths[second];
                struct cut cuts[] = {
                    {0, lengths[first]}, {lengths[first], lengths[second]}, {at, rest}};
                use_ping(at + rest - 8);
                give_all(cuts, 3);
                expect_answer(cuts, gather(cuts, 3, 56));
            }
}

/* A header may be cut anywhere ("nmap -f"): RFC 791 3.2 knows no least first fragment. */
static void test_header_in_pieces(void **state)
{
    (void)state;
    struct wire w;
    struct tcp t = tcp_request(0x02);
    t.data = request.payload;
    t.data_len = 40;
    wire_tcp(&w, &t);
    for (size_t step = 8; step <= 32; step += 8) {
        struct cut cuts[8];
        request.ip = t.ip;
        request.len = 60;
        memcpy(request.payload, w.octet + 34, 60);
        sent_count = 0;
        give_all(cuts, cut_by_mtu(cuts, 20 + step));
        assert_int_equal(sent_count, 1);
        assert_int_equal(sent[0].octet[47], 0x14); /* reset, acknowledgment */
    }
    expect_count(REPLY_TCP_RESET, 4);
    sent_count = 0;
}

/* --- to whom ------------------------------------------------------------------------------------
 */

/* Each piece by its own way: its own MAC, its own type of service, our one time to live and
 * identification. */
static void test_c065_each_its_own_header(void **state)
{
    (void)state;
    static const uint8_t *const macs[] = {PEER_MAC, OTHER_MAC, ZERO_MAC};
    static const struct cut cuts[] = {{0, 40}, {40, 40}, {80, 45}};
    nif.config.ttl = 17;
    for (int round = 0; round < 3; round++) {
        uint16_t before = nif.ip_id;
        use_ping(117);
        struct ip ip = request.ip;
        for (size_t i = 0; i < 3; i++) {
            size_t at = (i + (size_t)round) % 3;
            struct wire w;
            request.ip = ip;
            request.ip.eth_src = macs[at];
            request.ip.tos = (int)(at * 4);
            request.ip.ttl = (int)at;
            request.ip.flags_offset = at == 1 ? 0x4000 : at == 2 ? 0x8000 : 0;
            wire_piece(&w, &request, cuts[at].offset, cuts[at].len);
            assert_int_equal(give(&w), HELD_FRAGMENT);
        }
        assert_int_equal(nif.ip_id, (uint16_t)(before + 1));
        assert_int_equal(sent_count, 3);
        for (size_t i = 0; i < 3; i++) {
            struct wire w;
            reply.ip = ip_reply(&ip);
            reply.ip.id = nif.ip_id;
            reply.ip.eth_dst = macs[i];
            reply.ip.tos = (int)(i * 4);
            reply.ip.flags_offset = i == 1 ? 0x4000 : 0;
            wire_piece(&w, &reply, cuts[i].offset, cuts[i].len);
            wire_fill(&w, 0, FRAME_MIN);
            assert_int_equal(sent[i].len, w.len);
            assert_memory_equal(sent[i].octet, w.octet, w.len);
        }
        sent_count = 0;
    }
}

/* Options go back in the fragment that they came in. */
static void test_options(void **state)
{
    (void)state;
    static const uint8_t route[8] = {7, 7, 4}, filled[8] = {7, 7, 8, 192, 168, 100, 2};
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    use_ping(117);
    for (size_t with = 0; with < 2; with++) {
        for (size_t i = 0; i < 2; i++) {
            request.ip.options = route;
            request.ip.options_len = i == with ? sizeof route : 0;
            assert_int_equal(give_piece(cuts[i].offset, cuts[i].len), HELD_FRAGMENT);
        }
        assert_int_equal(sent_count, 2);
        for (size_t i = 0; i < 2; i++) {
            struct wire w;
            reply.ip = ip_reply(&request.ip);
            reply.ip.id = nif.ip_id;
            reply.ip.options = filled;
            reply.ip.options_len = i == with ? sizeof filled : 0;
            wire_piece(&w, &reply, cuts[i].offset, cuts[i].len);
            wire_fill(&w, 0, FRAME_MIN);
            assert_int_equal(sent[i].len, w.len);
            assert_memory_equal(sent[i].octet, w.octet, w.len);
        }
        sent_count = 0;
    }
}

static void give_tagged(const uint8_t *tags, size_t len, size_t offset, size_t octets)
{
    struct wire w;
    wire_piece(&w, &request, offset, octets);
    wire_tag(&w, tags, len);
    assert_int_equal(give(&w), HELD_FRAGMENT);
}

/* Each with its own tags back; the priority may differ. */
static void test_c031_tagged(void **state)
{
    (void)state;
    static const uint8_t tags[2][8] = {{0x88, 0xa8, 0x20, 5, 0x81, 0, 0x40, 6},
                                       {0x88, 0xa8, 0x60, 5, 0x81, 0, 0xe0, 6}};
    static const struct cut cuts[] = {{0, 40}, {40, 5}};
    for (size_t len = 4; len <= 8; len += 4) {
        use_ping(37);
        give_tagged(tags[0], len, 0, 40);
        give_tagged(tags[1], len, 40, 5);
        assert_int_equal(sent_count, 2);
        for (size_t i = 0; i < 2; i++) {
            struct wire w;
            reply.ip = ip_reply(&request.ip);
            reply.ip.id = nif.ip_id;
            wire_piece(&w, &reply, cuts[i].offset, cuts[i].len);
            wire_tag(&w, tags[i], len);
            wire_fill(&w, 0, FRAME_MIN);
            assert_int_equal(sent[i].len, w.len);
            assert_memory_equal(sent[i].octet, w.octet, w.len);
        }
        sent_count = 0;
    }
}

/* Two VLANs are two networks: the same addresses and number there are another datagram. */
static void test_c031_vlans_apart(void **state)
{
    (void)state;
    static const uint8_t tags[5][8] = {{0x81, 0, 0, 5, 0x81, 0, 0, 6},
                                       {0x81, 0, 0, 6, 0x81, 0, 0, 5},
                                       {0x81, 0, 0, 5, 0x81, 0, 0, 7}};
    use_ping(37);
    assert_int_equal(give_piece(0, 40), HELD_FRAGMENT);
    give_tagged(tags[0], 4, 0, 40);
    give_tagged(tags[1], 4, 0, 40);
    give_tagged(tags[0], 8, 0, 40);
    give_tagged(tags[1], 8, 0, 40);
    give_tagged(tags[2], 8, 0, 40);
    assert_int_equal(nif.held, 6);
    expect_silence();
    give_tagged(tags[1], 8, 40, 5);
    assert_int_equal(sent_count, 2);
    sent_count = 0;
    give_tagged(tags[0], 4, 40, 5);
    assert_int_equal(sent_count, 2);
    assert_int_equal(sent[0].octet[15], 5);
    assert_int_equal(sent[1].octet[15], 5);
    sent_count = 0;
    assert_int_equal(nif.held, 4);
    nif.config.icmp_rate = 0;
}

/* Source, destination, number and protocol: each tells datagrams apart (RFC 791 3.2). */
static void test_interleaved(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 48}, {48, 48}, {96, 29}};
    nif.config.vip[0] = 0xcb007107;
    nif.config.vip_count = 1;
    for (size_t i = 0; i < 3; i++) {
        for (int key = 0; key < 5; key++) {
            expect_silence();
            use_ping(117);
            if (key == 4) {
                use_udp(7, 117);
                set16(request.payload + 6, 0);
                set16(reply.payload + 6, 0);
            }
            /* outside our subnet, or we would have to ask where it is */
            request.ip.src = key == 1 ? 0xc6336402 : 0xc6336401;
            if (key == 2)
                request.ip.dst = 0xcb007107;
            if (key == 3)
                request.ip.id ^= 0x8000;
            assert_int_equal(give_piece(cuts[i].offset, cuts[i].len), HELD_FRAGMENT);
            if (i == 2)
                expect_answer(cuts, 3);
            else
                assert_int_equal(nif.held, 5 * i + (size_t)key + 1);
        }
    }
}

/* --- what is in it
 * -------------------------------------------------------------------------------- */

/* One bit wrong in any of the pieces. */
static void test_c071_c122_damaged(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 40}, {80, 45}};
    for (size_t octet = 0; octet < 125; octet += 4) {
        use_ping(117);
        request.payload[octet] ^= 0x10;
        give_all(cuts, 3);
        use_udp(7, 117);
        if (octet == 4)
            continue; /* UDP's length: the next test */
        request.payload[octet] ^= 0x10;
        give_all(cuts, 3);
    }
    expect_silence();
    expect_count(DROP_ICMP_CHECKSUM, 32);
    expect_count(DROP_UDP_CHECKSUM, 31);
}

static void test_c123_udp_length(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 40}, {80, 45}};
    for (unsigned length = 0; length <= 200; length++) {
        use_udp(7, 117);
        set16(request.payload + 4, length);
        set16(request.payload + 6, 0);
        give_all(cuts, 3);
        if (length == 125)
            assert_int_equal(sent_count, 3);
        else
            expect_silence();
        sent_count = 0;
    }
    expect_count(DROP_UDP_LENGTH, 200);
}

/* Without a checksum, and with one that is 0xffff for 0. */
static void test_c122_udp_checksums(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    use_udp(7, 117);
    set16(request.payload + 6, 0);
    set16(reply.payload + 6, 0);
    give_all(cuts, 2);
    expect_answer(cuts, 2);
    use_udp(7, 117);
    unsigned checksum = (unsigned)request.payload[6] << 8 | request.payload[7];
    unsigned word = (unsigned)request.payload[60] << 8 | request.payload[61];
    set16(request.payload + 6, 0xffff);
    set16(request.payload + 60, (word + checksum) % 0xffff);
    memcpy(reply.payload + 4, request.payload + 4, 121);
    give_all(cuts, 2);
    expect_answer(cuts, 2);
}

/* The error is about the first piece, as it came; the others go back to receive. */
static void test_c086_closed_port(void **state)
{
    (void)state;
    struct cut cuts[8];
    use_udp(33434, 5000);
    size_t count = cut_by_mtu(cuts, 1500);
    struct wire first, error;
    wire_piece(&first, &request, 0, 1480);
    wire_icmp_error(&error, &first, 3, 3, 0);
    for (size_t i = count; i-- > 0;)
        assert_int_equal(give_piece(cuts[i].offset, cuts[i].len), HELD_FRAGMENT);
    assert_int_equal(sent_count, 1);
    assert_int_equal(sent[0].len, error.len);
    assert_memory_equal(sent[0].octet, error.octet, error.len);
    expect_count(REPLY_ICMP_PORT_UNREACHABLE, 1);

    sent_count = 0;
    request.ip.protocol = 99;
    nif.now += SECOND;
    wire_piece(&first, &request, 0, 1480);
    wire_icmp_error(&error, &first, 3, 2, 0);
    give_all(cuts, count);
    assert_int_equal(sent_count, 1);
    assert_memory_equal(sent[0].octet, error.octet, error.len);
    sent_count = 0;
    nif.config.icmp_rate = 0;
    give_all(cuts, count);
    expect_silence();
    expect_count(DROP_IPV4_PROTOCOL, 1);
}

static void test_c127_discard(void **state)
{
    (void)state;
    struct cut cuts[8];
    use_udp(9, 5000);
    give_all(cuts, cut_by_mtu(cuts, 1500));
    expect_silence();
    expect_count(CONSUMED_UDP_DISCARD, 1);
    assert_int_equal(nif.held, 0);
}

/* A segment in two pieces: the reset is one packet. */
static void test_c139_tcp(void **state)
{
    (void)state;
    struct wire w, answer;
    struct tcp t = tcp_request(0x02), reset;
    t.data = reply.payload;
    t.data_len = 1001;
    wire_tcp(&w, &t);
    request.ip = t.ip;
    request.len = 1021;
    memcpy(request.payload, w.octet + 34, 1021);
    reset = tcp_reset(&t);
    wire_tcp(&answer, &reset);
    wire_fill(&answer, 0, FRAME_MIN);
    give_piece(512, 509);
    give_piece(0, 512);
    assert_int_equal(sent_count, 1);
    assert_int_equal(sent[0].len, answer.len);
    assert_memory_equal(sent[0].octet, answer.octet, answer.len);
    sent_count = 0;
    request.payload[700] ^= 1;
    give_piece(0, 512);
    give_piece(512, 509);
    expect_silence();
    expect_count(DROP_TCP_CHECKSUM, 1);
}

/* A timestamp request is 20 octets, which nobody has to cut. */
static void test_c084_timestamp(void **state)
{
    (void)state;
    nif.config.services = SERVICE_TIMESTAMP;
    for (size_t len = 17; len <= 24; len++) {
        use_ping(len - 8);
        set16(request.payload, 0x0d00);
        set16(request.payload + 2, 0);
        set16(request.payload + 2, (uint16_t)~plain_sum(request.payload, len));
        sent_count = 0;
        give_piece(0, 16);
        give_piece(16, len - 16);
        assert_int_equal(sent_count, len == 20);
    }
    expect_silence();
    expect_count(REPLY_ICMP_TIMESTAMP, 1);
    expect_count(DROP_ICMP_LENGTH, 7);
}

/* Reflected in its pieces; received at the moment it became whole, sent when it is. */
static void test_c129_stamp(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 56}, {56, 80}, {136, 8 + 301 - 136}};
    for (int round = 0; round < 3; round++) {
        use_udp(862, 301);
        nif.wall_known = true;
        nif.wall_offset = 1700000000000000ull - nif.now;
        nif.wall_error = 0x0102;
        frame_transmit = nif.now + SECOND / 2;
        uint8_t *in = request.payload + 8, *out = reply.payload + 8;
        memset(in + 44, 0, 301 - 44);
        memset(in + 44, round == 0 ? 0 : 0x80, 1); /* a TLV over all three pieces */
        in[45] = round == 1 ? 1 : 77;
        set16(in + 46, round == 2 ? 254 : 253);
        set16(request.payload + 6, 0);
        unsigned sum = transport_sum(PEER_IP, OUR_IP, 17, request.payload, request.len);
        set16(request.payload + 6, ~sum & 0xffff);
        memcpy(out, in, 301);
        static const uint8_t now[8] = {0xe8, 0xfe, 0x6f, 0x80};
        static const uint8_t then[8] = {0xe8, 0xfe, 0x6f, 0x80, 0x80};
        memcpy(out + 4, then, 8);
        out[12] = 1, out[13] = 2;
        memcpy(out + 16, now, 8);
        memcpy(out + 24, in, 14);
        memset(out + 38, 0, 6);
        out[40] = 63;
        out[44] = round == 0 ? 0 : round == 1 ? 0 : 0xc0;
        set16(reply.payload + 6, 0);
        sum = transport_sum(PEER_IP, OUR_IP, 17, reply.payload, reply.len);
        set16(reply.payload + 6, ~sum & 0xffff);
        give_all(cuts, 3);
        uint8_t ttl = nif.config.ttl;
        nif.config.ttl = 255;
        expect_answer(cuts, 3);
        nif.config.ttl = ttl;
    }
}

/* Too little of a STAMP packet in the first piece, or in all of them, to be one. */
static void test_c136_stamp_short(void **state)
{
    (void)state;
    for (size_t size = 9; size < 200; size += 5) {
        use_udp(862, size);
        for (size_t first = 8; first < request.len && first <= 56; first += 8) {
            sent_count = 0;
            room = size % 2 * 1000; /* it is not made longer either */
            set16(request.payload + 6, 0);
            give_piece(0, first);
            give_piece(first, request.len - first);
            size_t most = room ? 56 : 24; /* that can be gathered in the first one's buffer */
            most = most < first ? first : most;
            bool whole = request.len <= most; /* then it is a request like any other */
            bool twamp = size >= 14 && (room || size >= 41);
            assert_int_equal(sent_count, whole ? twamp : most >= 8 + 44 ? 2 : 0);
        }
    }
    sent_count = 0;
}

/* --- how many, how long
 * --------------------------------------------------------------------------- */

static void give_first_of(int id)
{
    use_ping(117);
    request.ip.id = id;
    assert_int_equal(give_piece(0, 40), HELD_FRAGMENT);
}

/* No more than the limit: the oldest datagram goes. */
static void test_c063_limit(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    for (uint16_t limit = 2; limit < 20; limit++) {
        hold_at_most(limit);
        uint64_t given_up = nif.verdicts[DROP_FRAGMENT_GIVEN_UP];
        for (int id = 0; id < 100; id++) {
            give_first_of(id);
            nif.now++;
            assert_in_range(nif.held, 1, limit);
            expect_count(DROP_FRAGMENT_GIVEN_UP,
                         given_up + (id < limit ? 0 : (unsigned)(id - limit + 1)));
        }
        expect_silence();
        request.ip.id = 99; /* the youngest is there still, and a whole ping is answered */
        give_piece(40, 85);
        expect_answer(cuts, 2);
        use_ping(117);
        request.ip.id = 1000;
        give_all(cuts, 2);
        expect_answer(cuts, 2);
        nif.config.icmp_rate = 0;
        tick_at(nif.now + 2 * TIMEOUT);
        nif.config.icmp_rate = 1000;
    }
}

/* A datagram of more pieces than may be held never becomes whole, and does no harm. */
static void test_c063_too_many_pieces(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    hold_at_most(4);
    for (int round = 0; round < 10; round++) {
        use_ping(8 * 20);
        for (size_t offset = 0; offset < request.len; offset += 8) {
            give_piece(offset, 8);
            assert_in_range(nif.held, 1, 4);
        }
        expect_silence();
        use_ping(117);
        request.ip.id = 1;
        give_all(cuts, 2);
        expect_answer(cuts, 2);
    }
    nif.config.icmp_rate = 0;
}

/* The table of datagrams is full: the oldest goes, wherever it stands. */
static void test_c063_datagrams(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    for (int id = 0; id < REASSEMBLY_DATAGRAMS_MAX; id++) {
        give_first_of(id);
        nif.now += 1000;
    }
    expect_count(DROP_FRAGMENT_GIVEN_UP, 0);
    use_ping(117);
    request.ip.id = 0; /* completes, and so is no longer the oldest */
    give_piece(40, 85);
    expect_answer(cuts, 2);
    give_first_of(5000);
    expect_count(DROP_FRAGMENT_GIVEN_UP, 0);
    nif.now += 1000;
    give_first_of(5001); /* instead of 1 */
    expect_count(DROP_FRAGMENT_GIVEN_UP, 1);
    assert_int_equal(nif.held, REASSEMBLY_DATAGRAMS_MAX);
    expect_silence();
    use_ping(117);
    request.ip.id = 2;
    give_piece(40, 85);
    expect_answer(cuts, 2);
    request.ip.id = 1;
    give_piece(40, 85); /* the first half is gone */
    expect_silence();
    nif.config.icmp_rate = 0;
}

/* As many as there are entries, and not one more. */
static void test_c063_largest_limit(void **state)
{
    (void)state;
    static const uint16_t limits[] = {511, 512, 513, 65535};
    for (size_t j = 0; j < COUNT(limits); j++) {
        hold_at_most(limits[j]);
        use_ping(8 * 1000);
        for (size_t i = 0; i < 1400; i++) {
            give_piece(i % 900 * 8, 8);
            assert_in_range(nif.held, 1, limits[j] < 512 ? limits[j] : 512);
        }
        expect_silence();
        nif.config.icmp_rate = 0;
        tick_at(nif.now + 2 * TIMEOUT);
    }
}

/* Whatever the memory held before. */
static void test_init(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    memset(&nif.reassembly, 0xa5, sizeof nif.reassembly);
    hold_at_most(8);
    assert_true(net_due(&nif) == UINT64_MAX);
    collect();
    expect_silence();
    for (int id = 0; id < 100; id++) {
        use_ping(117);
        request.ip.id = id;
        give_all(cuts, 2);
        expect_answer(cuts, 2);
    }
}

/* It writes nothing but its own. */
static void test_init_alone(void **state)
{
    (void)state;
    static struct netif before;
    memset(&nif, 0xa5, sizeof nif);
    memset(&before, 0xa5, sizeof before);
    reassembly_init(&nif.reassembly);
    memcpy(&before.reassembly, &nif.reassembly, sizeof before.reassembly);
    assert_memory_equal(&nif, &before, sizeof nif);
    frames_setup(NULL);
}

/* The first entry of the table is free, and is not taken for the oldest datagram. */
static void test_c063_oldest_behind_a_free_entry(void **state)
{
    (void)state;
    hold_at_most(4);
    give_first_of(1);
    nif.now++;
    give_first_of(2);
    use_ping(117);
    request.ip.id = 1;
    give_piece(40, 85); /* whole */
    sent_count = 0;
    request.ip.id = 2;
    for (size_t offset = 48; offset < 72; offset += 8)
        assert_int_equal(give_piece(offset, 8), HELD_FRAGMENT);
    assert_int_equal(nif.held, 4);
    expect_count(DROP_FRAGMENT_GIVEN_UP, 0);
    assert_int_equal(give_piece(72, 8), HELD_FRAGMENT);
    expect_count(DROP_FRAGMENT_GIVEN_UP, 1);
    assert_int_equal(nif.held, 1);
}

static void test_c063_none_at_all(void **state)
{
    (void)state;
    hold_at_most(0);
    use_ping(117);
    assert_int_equal(give_piece(0, 40), DROP_FRAGMENT_GIVEN_UP);
    assert_int_equal(give_piece(40, 85), DROP_FRAGMENT_GIVEN_UP);
    expect_silence();
    struct ping p = ping_request();
    ping_answered(&p);
}

/* A flood of first pieces from everywhere; a whole ping in between is answered. */
static void test_c063_flood(void **state)
{
    (void)state;
    static const struct cut cuts[] = {{0, 40}, {40, 85}};
    for (unsigned i = 0; i < 5000; i++) {
        give_first_of((int)(i & 0xffff));
        nif.now += 10;
        if (i % 100 == 99) {
            use_ping(117);
            request.ip.src = OTHER_IP;
            give_all(cuts, 2);
            expect_answer(cuts, 2);
        }
    }
    nif.config.icmp_rate = 0;
}

/* The caller is late in taking frames back: no harm, whatever comes. */
static void test_caller_is_late(void **state)
{
    (void)state;
    struct wire w;
    hold_at_most(4);
    for (unsigned i = 0; i < 3000; i++) {
        use_ping(117);
        request.ip.id = (int)(i / 3 % 2);
        static const struct cut mix[] = {{0, 40}, {40, 40}, {32, 16}, {80, 45}, {40, 40}};
        wire_piece(&w, &request, mix[i % 5].offset, mix[i % 5].len);
        give_only(&w);
        if (i % 600 == 599)
            collect();
    }
    collect();
    tick_at(nif.now + 2 * TIMEOUT);
    sent_count = 0;
    /* The one that hurt: a datagram up to the limit, released by a fragment that overlaps. */
    hold_at_most(4);
    use_ping(117);
    for (unsigned at = 0; at < 32; at += 8) {
        wire_piece(&w, &request, at, 8);
        give_only(&w);
    }
    wire_piece(&w, &request, 0, 16);
    assert_int_equal(give_only(&w), DROP_FRAGMENT_OVERLAP);
    wire_piece(&w, &request, 0, 16);
    assert_int_equal(give_only(&w), DROP_FRAGMENT_GIVEN_UP);
    collect();
    assert_int_equal(give(&w), HELD_FRAGMENT);
    nif.config.icmp_rate = 0;
}

/* What is not kept costs nobody's place: not the oldest's, although the limit is reached. */
static void test_c063_dropped_at_the_limit(void **state)
{
    (void)state;
    struct wire w;
    hold_at_most(4);
    give_first_of(1);
    use_ping(117);
    request.ip.id = 2;
    for (unsigned at = 0; at < 24; at += 8) {
        wire_piece(&w, &request, at, 8);
        assert_int_equal(give(&w), HELD_FRAGMENT);
    }
    wire_piece(&w, &request, 8, 8);
    assert_int_equal(give(&w), DROP_FRAGMENT_DUPLICATE);
    assert_int_equal(nif.verdicts[DROP_FRAGMENT_GIVEN_UP], 0);
    assert_int_equal(nif.held, 4);
    wire_piece(&w, &request, 0, 16);
    assert_int_equal(give(&w), DROP_FRAGMENT_OVERLAP);
    assert_int_equal(nif.verdicts[DROP_FRAGMENT_GIVEN_UP], 0);
    assert_int_equal(nif.held, 1);
    nif.config.icmp_rate = 0;
}

/* So late that every entry is taken: what comes then is dropped. */
static void test_caller_is_very_late(void **state)
{
    (void)state;
    unsigned held = 0;
    nif.config.icmp_rate = 0;
    hold_at_most(500);
    for (int id = 0; id < 600; id++) {
        struct wire w;
        use_ping(117);
        request.ip.id = id;
        wire_piece(&w, &request, 0, 40);
        enum verdict v = give_only(&w);
        assert_int_equal(v, held <= 500 ? HELD_FRAGMENT : DROP_FRAGMENT_GIVEN_UP);
        held += v == HELD_FRAGMENT;
    }
    collect();
    assert_in_range(nif.held, 1, REASSEMBLY_DATAGRAMS_MAX);
}

/* So long from the first piece that came, whatever came since (RFC 1122 3.3.2). */
static void test_c061_time_out(void **state)
{
    (void)state;
    const uint64_t start = nif.now;
    assert_true(net_due(&nif) == UINT64_MAX);
    use_ping(117);
    give_piece(40, 40);
    assert_int_equal(net_due(&nif), start + TIMEOUT);
    nif.now = start + 59 * SECOND;
    give_piece(80, 45);
    assert_int_equal(net_due(&nif), start + TIMEOUT);
    request.ip.id = 7;
    give_piece(40, 40);
    assert_int_equal(net_due(&nif), start + TIMEOUT);
    tick_at(start + TIMEOUT - 1);
    assert_int_equal(nif.held, 3);
    tick_at(start + TIMEOUT);
    assert_int_equal(nif.held, 1);
    assert_int_equal(net_due(&nif), start + TIMEOUT + 59 * SECOND);
    tick_at(start + TIMEOUT + 59 * SECOND);
    assert_int_equal(nif.held, 0);
    assert_true(net_due(&nif) == UINT64_MAX);
    expect_count(DROP_FRAGMENT_TIMEOUT, 2);
    expect_silence(); /* the first piece never came */
}

/* Time Exceeded, code 1, about the first piece: byte by byte, the others silent. */
static void test_c061_time_exceeded(void **state)
{
    (void)state;
    static const size_t firsts[] = {8, 40, 520, 528, 1480};
    static const uint8_t tag[4] = {0x81, 0, 0x20, 9};
    for (size_t i = 0; i < COUNT(firsts); i++) {
        for (int tagged = 0; tagged <= 1; tagged++) {
            struct wire first, error;
            use_udp(7, 5000);
            wire_piece(&first, &request, 0, firsts[i]);
            wire_icmp_error(&error, &first, 11, 1, 0);
            if (tagged) {
                wire_tag(&first, tag, 4);
                size_t len = 14 + (size_t)(error.octet[16] << 8 | error.octet[17]);
                error.len = len;
                wire_tag(&error, tag, 4);
                wire_fill(&error, 0, FRAME_MIN);
                give_tagged(tag, 4, 2960, 1480);
                give_tagged(tag, 4, 4440, 568);
            } else {
                give_piece(2960, 1480);
                give_piece(4440, 568);
            }
            assert_int_equal(give(&first), HELD_FRAGMENT);
            expect_silence();
            tick_at(nif.now + TIMEOUT);
            assert_int_equal(sent_count, 1);
            assert_int_equal(sent[0].len, error.len);
            assert_memory_equal(sent[0].octet, error.octet, error.len);
            sent_count = 0;
        }
    }
    expect_count(REPLY_ICMP_TIME_EXCEEDED, 2 * COUNT(firsts));
}

/* No word from an address that was given up meanwhile; one that is back has its say. */
static void test_c061_address_given_up(void **state)
{
    (void)state;
    for (int back = 0; back <= 1; back++) {
        use_ip(OUR_IP, 24);
        use_ping(117);
        give_piece(0, 40);
        use_ip(0, 0);
        if (back)
            use_ip(OUR_IP, 24);
        tick_at(nif.now + TIMEOUT);
        assert_int_equal(sent_count, back);
        expect_count(DROP_FRAGMENT_TIMEOUT, 1);
        sent_count = 0;
    }
}

/* Never about an ICMP error (RFC 1122 3.2.2); about a ping, yes. */
static void test_c088_no_time_exceeded_about_errors(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        use_ping(117);
        request.payload[0] = (uint8_t)type;
        give_piece(0, 40);
        tick_at(nif.now + TIMEOUT);
        bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
        assert_int_equal(sent_count, !error);
        sent_count = 0;
    }
    expect_count(DROP_FRAGMENT_TIMEOUT, 5);
}

/* ... nor is it taken for one what only begins like it: a datagram from a port 0x03xx. */
static void test_c061_time_exceeded_about_udp(void **state)
{
    (void)state;
    static const uint8_t types[] = {3, 4, 5, 11, 12};
    for (size_t i = 0; i < COUNT(types); i++) {
        use_udp(7, 117);
        request.payload[0] = types[i];
        give_piece(0, 40);
        tick_at(nif.now + TIMEOUT);
        assert_int_equal(sent_count, 1);
        sent_count = 0;
    }
}

/* All at once, from a time before: limited like any error. */
static void test_c094_time_exceeded_is_limited(void **state)
{
    (void)state;
    nif.config.icmp_burst = 10;
    for (int id = 0; id < 25; id++)
        give_first_of(id);
    tick_at(nif.now + TIMEOUT + 5 * SECOND);
    assert_int_equal(sent_count, 10);
    expect_count(REPLY_ICMP_TIME_EXCEEDED, 10);
    expect_count(DROP_FRAGMENT_TIMEOUT, 15);
    assert_int_equal(nif.held, 0);
}

/* The loop that sends what is due ends: after a tick nothing is due any more. */
static void test_due_is_done(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 2000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        use_ping(117);
        request.ip.id = (int)(random >> 40 & 0x3f);
        give_piece(random >> 60 & 1 ? 40 : 0, 40);
        tick_at(nif.now + (random >> 50 & 15) * SECOND);
        assert_true(net_due(&nif) > nif.now);
        sent_count = 0;
    }
}

/* --- anything at all
 * ------------------------------------------------------------------------------ */

/* A plain account of one datagram: which octets are there, and in which pieces. */
struct account {
    struct {
        size_t offset, len;
        bool more;
    } piece[64];
    size_t count, total;
    uint64_t since;
};

/* What the piece is to the account, by RFC 791 and RFC 5722, and notes it there. */
static enum verdict account_for(struct account *a, size_t offset, size_t len, bool more,
                                bool *whole)
{
    size_t received = len;
    *whole = false;
    for (size_t i = 0; i < a->count; i++)
        if (a->piece[i].offset == offset && a->piece[i].len == len && a->piece[i].more == more)
            return DROP_FRAGMENT_DUPLICATE;
    bool bad = a->total && (!more || offset + len > a->total);
    for (size_t i = 0; i < a->count; i++) {
        size_t start = a->piece[i].offset, end = start + a->piece[i].len;
        bad = bad || (offset < end && start < offset + len) || (!more && start > offset);
        received += a->piece[i].len;
    }
    if (bad) {
        a->count = a->total = 0;
        return DROP_FRAGMENT_OVERLAP;
    }
    a->piece[a->count].offset = offset;
    a->piece[a->count].len = len;
    a->piece[a->count++].more = more;
    if (!more)
        a->total = offset + len;
    if (received == a->total) {
        *whole = true;
        a->count = a->total = 0;
    }
    return HELD_FRAGMENT;
}

/* Random pieces of a few datagrams at random times, each verdict foretold. */
static void test_c057_c058_c059_random(void **state)
{
    (void)state;
    static struct account accounts[4];
    uint64_t random = 20240607, whole_count = 0;
    memset(accounts, 0, sizeof accounts);
    nif.config.icmp_rate = 0;
    for (unsigned round = 0; round < 200000; round++) {
        struct wire w;
        bool whole;
        random = random * 6364136223846793005u + 1442695040888963407u;
        unsigned id = random >> 33 & 3;
        size_t offset = (random >> 35 & 3) * 8, len = (1 + (random >> 38 & 1)) * 8;
        bool more = (random >> 41 & 7) > 1;
        if (!more)
            len -= random >> 45 & 7;
        if (offset == 0 && !more)
            more = true, len = 8;
        use_ping(117);
        struct ip ip = request.ip;
        ip.id = (int)id;
        ip.flags_offset = (int)(offset / 8) | (more ? 0x2000 : 0);
        wire_ip(&w, &ip, len);
        wire_copy(&w, request.payload + offset, len);
        struct account *a = &accounts[id];
        if (a->count == 0)
            a->since = nif.now;
        enum verdict want = account_for(a, offset, len, more, &whole);
        uint64_t done = nif.verdicts[REPLY_ICMP_ECHO] + nif.verdicts[DROP_ICMP_CHECKSUM];
        assert_int_equal(give(&w), want);
        done = nif.verdicts[REPLY_ICMP_ECHO] + nif.verdicts[DROP_ICMP_CHECKSUM] - done;
        assert_int_equal(done, whole);
        whole_count += whole;
        size_t held = 0;
        for (size_t i = 0; i < COUNT(accounts); i++)
            held += accounts[i].count;
        assert_int_equal(nif.held, held);
        if (round % 16 == 15) {
            tick_at(nif.now + (random >> 48) % 40 * SECOND);
            for (size_t i = 0; i < COUNT(accounts); i++)
                if (accounts[i].count > 0 && nif.now - accounts[i].since >= TIMEOUT)
                    accounts[i].count = accounts[i].total = 0;
        }
    }
    assert_true(whole_count > 1000);
    assert_true(nif.verdicts[DROP_FRAGMENT_TIMEOUT] > 100);
    expect_silence();
}

/* The same with everything that there is: tags, services, few places, errors on. No frame is lost
 * and none comes twice; collect() says so. */
static void test_leaks(void **state)
{
    (void)state;
    uint64_t random = 42;
    hold_at_most(24);
    nif.config.vip[0] = 0xcb007107;
    nif.config.vip_count = 1;
    for (unsigned round = 0; round < 100000; round++) {
        static const int ports[] = {7, 9, 862, 33434};
        struct wire w;
        random = random * 6364136223846793005u + 1442695040888963407u;
        if (random >> 63)
            use_udp(ports[random >> 33 & 3], 117);
        else
            use_ping(117);
        if (random >> 63)
            set16(request.payload + 6, 0);
        size_t piece = (random >> 35) % 5;
        request.ip.id = (int)(random >> 40 & 3);
        wire_piece(&w, &request, piece * 24, piece == 4 ? 125 - 96 : 24);
        static const uint8_t tags[8] = {0x88, 0xa8, 0, 5, 0x81, 0, 0, 6};
        if ((random >> 50 & 7) == 0)
            wire_tag(&w, tags, random >> 53 & 1 ? 8 : 4);
        give(&w);
        if ((random >> 54 & 15) == 0)
            tick_at(nif.now + (random >> 58) * SECOND);
        assert_in_range(nif.held, 0, 24);
        sent_count = 0;
    }
    static const enum verdict seen[] = {
        REPLY_ICMP_ECHO,          REPLY_UDP_ECHO,          CONSUMED_UDP_DISCARD,
        REPLY_ICMP_TIME_EXCEEDED, DROP_FRAGMENT_TIMEOUT,   REPLY_ICMP_PORT_UNREACHABLE,
        DROP_FRAGMENT_GIVEN_UP,   DROP_FRAGMENT_DUPLICATE,
    };
    for (size_t i = 0; i < COUNT(seen); i++)
        if (nif.verdicts[seen[i]] < 20)
            fail_msg("%s: only %lu", verdict_name(seen[i]), (unsigned long)nif.verdicts[seen[i]]);
    nif.config.icmp_rate = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRAGMENT_TEST(test_c056_in_order),
        FRAGMENT_TEST(test_c057_orders_of_a_large_one),
        FRAGMENT_TEST(test_c057_every_order_of_four),
        FRAGMENT_TEST(test_c058_duplicates),
        FRAGMENT_TEST(test_c059_overlaps),
        FRAGMENT_TEST(test_c059_after_an_overlap),
        FRAGMENT_TEST(test_c060_beyond),
        FRAGMENT_TEST(test_c060_beyond_with_the_first_header),
        FRAGMENT_TEST(test_lengths),
        FRAGMENT_TEST(test_padded_fragments),
        FRAGMENT_TEST(test_tiny_fragments),
        FRAGMENT_TEST(test_tiny_fragments_and_mtu),
        FRAGMENT_TEST(test_c087_quote_of_a_tiny_fragment),
        FRAGMENT_TEST(test_mtu_falls),
        FRAGMENT_TEST(test_gathering),
        FRAGMENT_TEST(test_header_in_pieces),
        FRAGMENT_TEST(test_c065_each_its_own_header),
        FRAGMENT_TEST(test_options),
        FRAGMENT_TEST(test_c031_tagged),
        FRAGMENT_TEST(test_c031_vlans_apart),
        FRAGMENT_TEST(test_interleaved),
        FRAGMENT_TEST(test_c071_c122_damaged),
        FRAGMENT_TEST(test_c123_udp_length),
        FRAGMENT_TEST(test_c122_udp_checksums),
        FRAGMENT_TEST(test_c086_closed_port),
        FRAGMENT_TEST(test_c127_discard),
        FRAGMENT_TEST(test_c139_tcp),
        FRAGMENT_TEST(test_c084_timestamp),
        FRAGMENT_TEST(test_c129_stamp),
        FRAGMENT_TEST(test_c136_stamp_short),
        FRAGMENT_TEST(test_c063_limit),
        FRAGMENT_TEST(test_c063_too_many_pieces),
        FRAGMENT_TEST(test_c063_datagrams),
        FRAGMENT_TEST(test_c063_largest_limit),
        FRAGMENT_TEST(test_init),
        FRAGMENT_TEST(test_init_alone),
        FRAGMENT_TEST(test_c063_oldest_behind_a_free_entry),
        FRAGMENT_TEST(test_c063_none_at_all),
        FRAGMENT_TEST(test_c063_flood),
        FRAGMENT_TEST(test_c063_dropped_at_the_limit),
        FRAGMENT_TEST(test_caller_is_late),
        FRAGMENT_TEST(test_caller_is_very_late),
        FRAGMENT_TEST(test_c061_time_out),
        FRAGMENT_TEST(test_c061_time_exceeded),
        FRAGMENT_TEST(test_c061_address_given_up),
        FRAGMENT_TEST(test_c088_no_time_exceeded_about_errors),
        FRAGMENT_TEST(test_c061_time_exceeded_about_udp),
        FRAGMENT_TEST(test_c094_time_exceeded_is_limited),
        FRAGMENT_TEST(test_due_is_done),
        FRAGMENT_TEST(test_c057_c058_c059_random),
        FRAGMENT_TEST(test_leaks),
    };
    return cmocka_run_group_tests_name("reassembly", tests, NULL, NULL);
}
