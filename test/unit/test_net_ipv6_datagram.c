/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv6 packets in fragments (RFC 8200 4.5, RFC 5722, RFC 6946, RFC 7112): the answers, fragment by
 * fragment, and what becomes of those that do not fit together. */
#include "net/ipv6_address.h"
#include "net/reassembly.h"

#include "frame_pool.h" /* its nif would shadow a parameter in the headers above */
#include "frames6.h"

#include <stdlib.h>
#include <string.h>

#define TIMEOUT ((uint64_t)REASSEMBLY_TIMEOUT_US)

/* The payload of the packet, headers behind the fragment header included, and of its answer. */
static uint8_t request[70000], reply[70000];
static size_t request_len, reply_len;
static int first_header;       /* what the request begins with */
static struct chain6 in_front; /* of the fragment header */
static uint32_t id;

static void use(int protocol, size_t headers, size_t len)
{
    first_header = protocol;
    request_len = headers + len;
    reply_len = len;
    id++;
    in_front.len = 0;
    for (size_t i = 0; i < request_len; i++)
        request[i] = (uint8_t)(i * 7 + (i >> 8) + 3);
}

/* An echo request with so many octets of data, behind a header of options of so many octets. */
static void use_echo(size_t headers, size_t data)
{
    uint8_t *icmp = request + headers;
    use(headers ? 60 : 58, headers, 8 + data);
    if (headers) {
        memset(request, 0, headers);
        request[0] = 58;
        request[1] = (uint8_t)(headers / 8 - 1);
    }
    memset(icmp, 0, 4);
    icmp[0] = 128;
    memcpy(reply, icmp, reply_len);
    set16(icmp + 2, (uint16_t)~sum6(PEER_IP6, OUR_IP6, 58, icmp, reply_len));
    reply[0] = 129;
    set16(reply + 2, (uint16_t)~sum6(PEER_IP6, OUR_IP6, 58, reply, reply_len));
}

static void use_udp(unsigned port, size_t data)
{
    use(17, 0, 8 + data);
    set16(request, 50000);
    set16(request + 2, port);
    set16(request + 4, (unsigned)request_len);
    set16(request + 6, 0);
    set16(request + 6, (uint16_t)~sum6(PEER_IP6, OUR_IP6, 17, request, request_len));
    memcpy(reply, request, reply_len);
    set16(reply, port);
    set16(reply + 2, 50000);
}

static struct packet6 piece(size_t offset, size_t len, bool more)
{
    struct packet6 p = echo6();
    p.chain = in_front;
    chain6_fragment(&p.chain, (unsigned)offset, more, id);
    p.protocol = first_header;
    packet6_payload(&p, request + offset, len);
    p.checksum = AS_IS;
    return p;
}

static enum verdict give(const struct packet6 *p)
{
    struct wire w;
    wire_packet6(&w, p);
    return pool_give(&w);
}

static enum verdict give_piece(size_t offset, size_t len)
{
    struct packet6 p = piece(offset, len, offset + len < request_len);
    return give(&p);
}

/* Expects that this is what was sent: the reply in fragments of these lengths, in order. */
static void answered(const size_t *lens, size_t count)
{
    assert_int_equal(sent_count, count);
    uint32_t answer_id = get16(sent[0].octet + 58) << 16 | get16(sent[0].octet + 60);
    size_t offset = 0;
    for (size_t i = 0; i < count; offset += lens[i++]) {
        struct packet6 asked = echo6(), p = answer6(&asked);
        struct wire w;
        chain6_fragment(&p.chain, (unsigned)offset, i + 1 < count, answer_id);
        packet6_payload(&p, reply + offset, lens[i]);
        p.checksum = AS_IS;
        p.protocol = first_header == 60 ? 58 : first_header;
        wire_packet6(&w, &p);
        wire_fill(&w, 0, FRAME_MIN);
        sent_is(i, &w);
    }
    assert_int_equal(offset, reply_len);
    sent_count = 0;
}

/* As a sender with this MTU cuts it; the lengths of the answer's fragments. */
static size_t cut(size_t *offsets, size_t *lens, size_t mtu)
{
    size_t step = (mtu - 48 - in_front.len) / 8 * 8, count = 0;
    for (size_t at = 0; at < request_len; at += step) {
        offsets[count] = at;
        lens[count++] = request_len - at < step ? request_len - at : step;
    }
    return count;
}

static size_t offsets[256], lens[256], shrunk[256];

/* Gives all, in order or not, and expects the answer. */
static void round_trip(size_t mtu, bool backwards)
{
    size_t count = cut(offsets, lens, mtu);
    for (size_t i = 0; i < count; i++) {
        size_t n = backwards ? count - 1 - i : i;
        assert_int_equal(sent_count, 0);
        assert_int_equal(give_piece(offsets[n], lens[n]), HELD_FRAGMENT);
    }
    memcpy(shrunk, lens, sizeof shrunk);
    shrunk[0] -= request_len - reply_len;
    answered(shrunk, count);
    assert_int_equal(with_core(), 0);
}

static void test_c104_sizes(void **state)
{
    (void)state;
    for (size_t data = 1300; data < 1330; data++)
        for (int backwards = 0; backwards < 2; backwards++) {
            use_echo(0, data);
            round_trip(1280, backwards);
        }
    static const size_t sizes[] = {3000, 9001, 30000, 65000, 65526, 65527};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        use_echo(0, sizes[i]);
        round_trip(1500, i % 2);
    }
}

static void test_c104_udp(void **state)
{
    (void)state;
    static const size_t sizes[] = {1500, 1501, 40003, 65527};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        use_udp(7, sizes[i]);
        round_trip(1500, i % 2);
    }
}

/* All orders of four fragments. */
static void test_c104_any_order(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 256; code++) {
        unsigned order[4] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6}, seen = 0;
        static const size_t four[4] = {16, 24, 8, 9};
        for (int i = 0; i < 4; i++)
            seen |= 1u << order[i];
        if (seen != 15)
            continue;
        use_echo(0, 57 - 8);
        for (int i = 0; i < 4; i++) {
            size_t offset = 0;
            for (unsigned j = 0; j < order[i]; j++)
                offset += four[j];
            assert_int_equal(sent_count, 0);
            assert_int_equal(give_piece(offset, four[order[i]]), HELD_FRAGMENT);
        }
        answered(four, 4);
    }
}

/* Headers behind the fragment header do not go back: the offsets shrink. Nor do those in front. */
static void test_c104_options(void **state)
{
    (void)state;
    static const size_t headers[] = {8, 16, 64, 512, 1024};
    for (size_t i = 0; i < COUNT(headers); i++) {
        use_echo(headers[i], 3001);
        round_trip(1500, false);
        use_echo(headers[i], 3001);
        chain6_add(&in_front, 0, (const uint8_t[6]){1, 4}, 6);
        chain6_add(&in_front, 43, (const uint8_t[6]){4, 0}, 6);
        round_trip(1500, true);
    }
}

/* A header behind the fragment header is judged when the datagram is whole. Hop-by-hop options are
 * no header there (RFC 8200 4.1). The pointers count in the first fragment as it came. */
static void test_c102_headers_of_the_datagram(void **state)
{
    (void)state;
    static const struct {
        int header;
        uint8_t octets[4];
        int code;
        uint32_t pointer;
    } cases[] = {{0, {58, 0, 1, 4}, 1, 40},
                 {60, {58, 0, 0x82, 4}, 2, 50},
                 {60, {58, 0, 0xc2, 4}, 2, 50},
                 {43, {58, 0, 0, 1}, 0, 50},
                 {60, {200, 0, 1, 4}, 1, 48}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct wire first, error;
        use_echo(8, 3000);
        first_header = cases[i].header;
        memcpy(request, cases[i].octets, 4);
        nif.now += SECOND;
        assert_int_equal(give_piece(1440, request_len - 1440), HELD_FRAGMENT);
        struct packet6 p = piece(0, 1440, true);
        wire_packet6(&first, &p);
        assert_int_equal(pool_give(&first), HELD_FRAGMENT);
        wire_error6(&error, &first, 4, cases[i].code, cases[i].pointer);
        sent_only(&error);
    }
}

/* Those in front are judged in each fragment as it comes, whatever the order and whatever the payload
 * looks like (RFC 8200 4.5). */
static void test_c232_later_fragment_first(void **state)
{
    (void)state;
    for (unsigned octet = 0; octet < 256; octet++)
        for (unsigned action = 0; action < 4; action++) {
            struct packet6 p;
            struct wire in, error;
            use_echo(0, 100);
            nif.now += SECOND;
            request[40] = (uint8_t)octet;
            uint8_t body[6] = {(uint8_t)(action << 6 | 5), 4};
            chain6_add(&in_front, 60, body, sizeof body);
            p = piece(40, 68, false);
            p.protocol = 58;
            wire_packet6(&in, &p);
            if (action == 0) {
                assert_int_equal(pool_give(&in), HELD_FRAGMENT);
            } else if (action == 1) {
                expect_drop(&in, DROP_IPV6_OPTION);
            } else {
                wire_error6(&error, &in, 4, 2, 42);
                expect_reply(&in, REPLY_ICMP_PARAMETER_PROBLEM, &error);
            }
        }
}

/* Only the next header of the first fragment counts. */
static void test_c232_other_next_header(void **state)
{
    (void)state;
    for (int next = 0; next < 256; next++) {
        static const size_t two[] = {48, 60};
        use_echo(0, 100);
        struct packet6 p = piece(48, 60, false);
        p.protocol = next;
        p.checksum = AS_IS;
        assert_int_equal(give(&p), HELD_FRAGMENT);
        assert_int_equal(give_piece(0, 48), HELD_FRAGMENT);
        answered(two, 2);
    }
}

static void problem(const struct packet6 *p, int code, uint32_t pointer)
{
    struct wire in, error;
    nif.now += SECOND;
    wire_packet6(&in, p);
    wire_error6(&error, &in, 4, code, pointer);
    expect_reply(&in, REPLY_ICMP_PARAMETER_PROBLEM, &error);
}

static void test_c155_odd_length(void **state)
{
    (void)state;
    use_echo(0, 2000);
    for (size_t len = 9; len < 40; len++) {
        struct packet6 p = piece(0, len, true), later = piece(80, len, true);
        if (len % 8 == 0)
            continue;
        problem(&p, 0, 4);
        problem(&later, 0, 4); /* whatever its payload looks like */
        packet6_to_group(&p, ALL_NODES);
        dropped6(&p, DROP_IPV6_PROBLEM);
    }
    assert_int_equal(with_core(), 0);
}

static void test_c156_beyond(void **state)
{
    (void)state;
    use_echo(0, 2000);
    for (size_t len = 1; len < 40; len++) {
        struct packet6 p = piece(0, len, false);
        set16(p.chain.octet + 2, 65528);
        if (len <= 7) {
            assert_int_equal(give(&p), HELD_FRAGMENT);
            id++;
        } else {
            problem(&p, 0, 42);
        }
    }
    chain6_add(&in_front, 60, (const uint8_t[6]){1, 4}, 6);
    struct packet6 p = piece(0, 8, true);
    set16(p.chain.octet + 8 + 2, 65529);
    problem(&p, 0, 50);
}

/* RFC 7112 5: TCP 20 octets, UDP and ICMPv6 8, others 1. */
static void test_c157_first_fragment(void **state)
{
    (void)state;
    static const struct {
        int protocol;
        size_t least;
    } cases[] = {{6, 24}, {17, 8}, {58, 8}, {60, 16}, {43, 16}};
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t len = 8; len <= 32; len += 8) {
            use_echo(0, 200);
            first_header = cases[i].protocol;
            if (first_header == 60 || first_header == 43) {
                memset(request, 0, 8);
                request[0] = 58;
            }
            struct packet6 p = piece(0, len, true);
            if (len < cases[i].least)
                problem(&p, 3, 0);
            else
                assert_int_equal(give(&p), HELD_FRAGMENT);
        }
    use_echo(0, 200);
    first_header = 59; /* a chain that ends here is whole */
    struct packet6 p = piece(0, 8, true);
    assert_int_equal(give(&p), HELD_FRAGMENT);
    use_echo(0, 200);
    first_header = 60; /* a header that is cut */
    request[0] = 58;
    request[1] = 3;
    p = piece(0, 24, true);
    problem(&p, 3, 0);
}

/* RFC 4443 2.4 e.1: where the first fragment shows that it is an error, none answers it. */
static void test_c098_about_errors(void **state)
{
    (void)state;
    use_echo(0, 200);
    request[0] = 1;
    struct packet6 p = piece(0, 25, true);
    dropped6(&p, DROP_IPV6_PROBLEM);
    assert_int_equal(give_piece(0, 24), HELD_FRAGMENT);
    nif.now += TIMEOUT;
    assert_int_equal(next_made(NULL, nif.now), VERDICT_NONE);
    collect();
    assert_int_equal(sent_count, 0);
    expect_count(DROP_FRAGMENT_TIMEOUT, 1);
}

/* RFC 8200 4.5, RFC 5722 4: an exact duplicate is dropped, any other overlap ends the datagram, and no
 * error is sent. */
static void test_c159_overlap(void **state)
{
    (void)state;
    for (size_t offset = 0; offset < 120; offset += 8)
        for (size_t len = 8; len <= 40; len += 8) {
            use_echo(0, 192);
            assert_int_equal(give_piece(0, 40), HELD_FRAGMENT);
            assert_int_equal(give_piece(80, 40), HELD_FRAGMENT);
            bool same = (offset == 0 || offset == 80) && len == 40;
            bool overlaps = offset < 40 || (offset < 120 && offset + len > 80);
            assert_int_equal(give_piece(offset, len), same       ? DROP_FRAGMENT_DUPLICATE
                                                      : overlaps ? DROP_FRAGMENT_OVERLAP
                                                                 : HELD_FRAGMENT);
            assert_int_equal(with_core(), same ? 2 : overlaps ? 0 : 3);
            if (with_core() > 0) {
                nif.now += TIMEOUT;
                assert_int_equal(next_made(NULL, nif.now), VERDICT_NONE);
                collect();
                sent_count = 0;
            }
            assert_int_equal(sent_count, 0);
        }
}

/* What others got wrong: the last octet overlapping, two ends, an empty end, an atomic fragment with
 * the identification of others. */
static void test_c159_others_faults(void **state)
{
    (void)state;
    use_echo(0, 100);
    assert_int_equal(give_piece(48, 60), HELD_FRAGMENT);
    struct packet6 p = piece(96, 12, true);
    p.len = 16;
    assert_int_equal(give(&p), DROP_FRAGMENT_OVERLAP);
    use_echo(0, 100);
    assert_int_equal(give_piece(48, 60), HELD_FRAGMENT);
    p = piece(112, 8, false);
    assert_int_equal(give(&p), DROP_FRAGMENT_OVERLAP);
    use_echo(0, 100);
    assert_int_equal(give_piece(0, 48), HELD_FRAGMENT);
    p = piece(48, 0, false);
    assert_int_equal(give(&p), DROP_FRAGMENT_LENGTH);
    struct packet6 atomic = echo6();
    chain6_fragment(&atomic.chain, 0, false, id);
    echoed6(&atomic);
    static const size_t two[] = {48, 60};
    assert_int_equal(give_piece(48, 60), HELD_FRAGMENT);
    answered(two, 2);
}

/* RFC 8200 4.5: after 60 s; told if the first fragment came, which is quoted as it came. */
static void test_c158_timeout(void **state)
{
    (void)state;
    struct wire first, error;
    uint64_t start = nif.now;
    use_echo(0, 3000);
    struct packet6 p = piece(0, 1448, true);
    wire_packet6(&first, &p);
    assert_int_equal(pool_give(&first), HELD_FRAGMENT);
    nif.now += 30 * SECOND;
    assert_int_equal(give_piece(2000, 1000), HELD_FRAGMENT);
    assert_int_equal(next_made(NULL, start + 60 * SECOND), VERDICT_NONE);
    nif.now = start + TIMEOUT;
    assert_int_equal(next_made(NULL, nif.now), VERDICT_NONE);
    collect();
    wire_error6(&error, &first, 3, 1, 0);
    sent_only(&error);
    expect_count(REPLY_ICMP_TIME_EXCEEDED, 1);
    assert_int_equal(with_core(), 0);

    use_echo(0, 3000);
    assert_int_equal(give_piece(1448, 1448), HELD_FRAGMENT);
    nif.now += TIMEOUT;
    assert_int_equal(next_made(NULL, nif.now), VERDICT_NONE);
    collect();
    assert_int_equal(sent_count, 0);
    expect_count(DROP_FRAGMENT_TIMEOUT, 1);
}

/* To a group, in a group's frame, to an address that is no longer ours, without IPv6: no error. */
static void test_c158_no_error(void **state)
{
    for (int i = 0; i < 4; i++) {
        frames6_setup(state);
        use_echo(0, 200);
        struct packet6 p = piece(0, 48, true);
        if (i == 0)
            packet6_to_group(&p, ALL_NODES);
        if (i == 1)
            p.eth_dst = MULTICAST_MAC;
        assert_int_equal(give(&p), HELD_FRAGMENT);
        if (i == 2)
            ipv6_address_remove(&nif, &nif.ipv6.addresses[1]);
        if (i == 3)
            ipv6_address_is_duplicate(&nif, &nif.ipv6.addresses[0]);
        nif.now += TIMEOUT;
        while (next_made(NULL, nif.now) != VERDICT_NONE)
            continue;
        collect();
        assert_int_equal(sent_count, 0);
        expect_count(DROP_FRAGMENT_TIMEOUT, 1);
    }
}

/* RFC 6946: a fragment that is a whole packet is answered without a fragment header, at once. */
static void test_c104_atomic(void **state)
{
    (void)state;
    for (unsigned reserved = 0; reserved < 8; reserved += 2) {
        struct packet6 p = echo6();
        chain6_fragment(&p.chain, 0, false, 0x01020304);
        p.chain.octet[1] = 0xff; /* reserved, as are two bits behind the offset */
        p.chain.octet[3] |= (uint8_t)reserved;
        echoed6(&p);
        chain6_fragment(&p.chain, 0, false, 7);
        echoed6(&p);
    }
}

/* RFC 7739: identifications of ours are not the question's, and do not count up by one. */
static void test_c160_identification(void **state)
{
    (void)state;
    uint32_t before = 0, steps[8];
    for (size_t i = 0; i < COUNT(steps); i++) {
        use_echo(0, 100);
        id = 42;
        assert_int_equal(give_piece(0, 48), HELD_FRAGMENT);
        assert_int_equal(give_piece(48, 60), HELD_FRAGMENT);
        uint32_t now = get16(sent[0].octet + 58) << 16 | get16(sent[0].octet + 60);
        steps[i] = now - before;
        before = now;
        sent_count = 0;
        assert_int_not_equal(now, 42);
        for (size_t j = 1; j < i; j++)
            assert_int_not_equal(steps[i], steps[j]);
    }
}

/* What is answered in one frame, whatever came in several. */
static void test_single_answers(void **state)
{
    (void)state;
    struct wire first, error;
    use_udp(33434, 3000);
    struct packet6 p = piece(0, 1448, true);
    wire_packet6(&first, &p);
    assert_int_equal(give_piece(1448, request_len - 1448), HELD_FRAGMENT);
    assert_int_equal(pool_give(&first), HELD_FRAGMENT);
    wire_error6(&error, &first, 1, 4, 0);
    sent_only(&error);
    use_udp(9, 3000);
    assert_int_equal(give_piece(0, 1448), HELD_FRAGMENT);
    assert_int_equal(give_piece(1448, request_len - 1448), HELD_FRAGMENT);
    expect_count(CONSUMED_UDP_DISCARD, 1);
    assert_int_equal(sent_count, 0);
}

/* RFC 6980 5, in real fragments. */
static void test_c119_neighbour_discovery(void **state)
{
    (void)state;
    for (int type = 134; type <= 136; type++) {
        use_echo(0, 100);
        request[0] = (uint8_t)type;
        set16(request + 2, 0);
        set16(request + 2, (uint16_t)~sum6(PEER_IP6, OUR_IP6, 58, request, request_len));
        assert_int_equal(give_piece(0, 48), HELD_FRAGMENT);
        assert_int_equal(give_piece(48, 60), HELD_FRAGMENT);
        expect_count(DROP_ND_FRAGMENT, (uint64_t)(type - 133));
    }
    assert_int_equal(sent_count, 0);
}

/* Each VLAN is a network of its own, and so are sources, destinations and identifications. */
static void test_keys(void **state)
{
    (void)state;
    static const uint8_t tag[] = {0x81, 0x00, 0x00, 0x07};
    use_echo(0, 100);
    assert_int_equal(give_piece(0, 48), HELD_FRAGMENT);
    struct packet6 p = piece(48, 60, false);
    p.src = OTHER_IP6;
    assert_int_equal(give(&p), HELD_FRAGMENT);
    p = piece(48, 60, false);
    p.dst = OUR_LINK;
    assert_int_equal(give(&p), HELD_FRAGMENT);
    id++;
    assert_int_equal(give_piece(48, 60), HELD_FRAGMENT);
    id--;
    p = piece(48, 60, false);
    struct wire w;
    wire_packet6(&w, &p);
    wire_tag(&w, tag, 4);
    assert_int_equal(pool_give(&w), HELD_FRAGMENT);
    assert_int_equal(sent_count, 0);
    static const size_t two[] = {48, 60};
    assert_int_equal(give_piece(48, 60), HELD_FRAGMENT);
    answered(two, 2);
}

/* A router that has made the MTU smaller since: no part is sent. */
static void test_c161_mtu(void **state)
{
    (void)state;
    use_echo(0, 3000);
    nif.ipv6.mtu = 1400;
    assert_int_equal(give_piece(0, 1448), HELD_FRAGMENT);
    assert_int_equal(give_piece(1448, request_len - 1448), HELD_FRAGMENT);
    expect_count(DROP_IPV6_MTU, 1);
    assert_int_equal(sent_count, 0);
    use_echo(0, 3000);
    round_trip(1400, false);
}

static int setup(void **state)
{
    frames6_setup(state);
    frame_pool_start();
    return 0;
}

/* Nothing stays behind. */
static int teardown(void **state)
{
    (void)state;
    uint64_t until = nif.now + 2 * TIMEOUT;
    while (next_made(NULL, until) != VERDICT_NONE)
        continue;
    collect();
    return with_core() > 0 || nif.held > 0 || net_due(&nif) != UINT64_MAX;
}

#define FRAGMENTS6(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRAGMENTS6(test_c104_sizes),
        FRAGMENTS6(test_c104_udp),
        FRAGMENTS6(test_c104_any_order),
        FRAGMENTS6(test_c104_options),
        FRAGMENTS6(test_c102_headers_of_the_datagram),
        FRAGMENTS6(test_c232_later_fragment_first),
        FRAGMENTS6(test_c232_other_next_header),
        FRAGMENTS6(test_c155_odd_length),
        FRAGMENTS6(test_c156_beyond),
        FRAGMENTS6(test_c157_first_fragment),
        FRAGMENTS6(test_c098_about_errors),
        FRAGMENTS6(test_c159_overlap),
        FRAGMENTS6(test_c159_others_faults),
        FRAGMENTS6(test_c158_timeout),
        FRAGMENTS6(test_c158_no_error),
        FRAGMENTS6(test_c104_atomic),
        FRAGMENTS6(test_c160_identification),
        FRAGMENTS6(test_single_answers),
        FRAGMENTS6(test_c119_neighbour_discovery),
        FRAGMENTS6(test_keys),
        FRAGMENTS6(test_c161_mtu),
    };
    return cmocka_run_group_tests_name("IPv6 fragments", tests, NULL, NULL);
}
