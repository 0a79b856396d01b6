/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of verdicts: one row for each, a sound frame with one thing wrong. A verdict without a
 * row fails, so that a new rule comes with its frame; and every frame is tried cut at every octet.
 */
#include "frames.h"

#include "net/arp.h"
#include "net/eth.h"
#include "net/icmp.h"
#include "net/ipv4.h"

#include <stdlib.h>
#include <string.h>

enum base { NO_ROW, PING, ARP, OUR_ARP };

/* Two octets of the base frame become value, checksums are made right, then it is cut. */
static const struct row {
    enum base base;
    size_t offset;
    uint16_t value;
    size_t cut; /* to this length, if not 0 */
} rows[VERDICT_COUNT] = {
    /* Ethernet begins at 0; ARP and IPv4 at 14; four octets of options at 34; ICMP at 38. */
    [REPLY_ARP] = {ARP, 20, 1, 0},
    [REPLY_ICMP_ECHO] = {PING, 38, 0x0800, 0},
    [DROP_ETH_SHORT] = {PING, 12, 0x0800, 13},
    [DROP_ETH_SOURCE_GROUP] = {PING, 6, 0x0100, 0},
    [DROP_ETH_NOT_OURS] = {PING, 4, 0x0000, 0},
    [DROP_ETH_LENGTH] = {PING, 12, 0x05ff, 0},
    [DROP_ETH_TYPE] = {PING, 12, 0x86dd, 0},
    [DROP_ARP_SHORT] = {ARP, 20, 1, 41},
    [DROP_ARP_HARDWARE] = {ARP, 14, 6, 0},
    [DROP_ARP_PROTOCOL] = {ARP, 16, 0x86dd, 0},
    [DROP_ARP_LENGTHS] = {ARP, 18, 0x0406, 0},
    [DROP_ARP_SENDER_MAC] = {ARP, 22, 0xffff, 0},
    [DROP_ARP_SENDER_IP] = {ARP, 28, 0x7f00, 0},
    [DROP_ARP_OWN] = {OUR_ARP, 30, 0x6402, 0},
    [DROP_ARP_CONFLICT] = {ARP, 30, 0x6402, 0},
    [DROP_ARP_NOT_REQUEST] = {ARP, 20, 2, 0},
    [DROP_ARP_NOT_OURS] = {ARP, 40, 0x6403, 0},
    [DROP_IPV4_SHORT] = {PING, 14, 0x4600, 33},
    [DROP_IPV4_VERSION] = {PING, 14, 0x6600, 0},
    [DROP_IPV4_IHL] = {PING, 14, 0x4400, 0},
    [DROP_IPV4_HEADER_CUT] = {PING, 14, 0x4600, 37},
    [DROP_IPV4_CHECKSUM] = {PING, 24, 0x0000, 0},
    [DROP_IPV4_LENGTH_LOW] = {PING, 16, 23, 0},
    [DROP_IPV4_LENGTH_HIGH] = {PING, 16, 89, 0},
    [DROP_IPV4_SOURCE_ZERO] = {PING, 26, 0x0001, 0},
    [DROP_IPV4_SOURCE_LOOPBACK] = {PING, 26, 0x7f00, 0},
    [DROP_IPV4_SOURCE_GROUP] = {PING, 26, 0xe000, 0},
    [DROP_IPV4_SOURCE_BROADCAST] = {PING, 28, 0x64ff, 0},
    [DROP_IPV4_SOURCE_OWN] = {PING, 28, 0x6402, 0},
    [DROP_IPV4_BROADCAST] = {PING, 32, 0x64ff, 0},
    [DROP_IPV4_NOT_OURS] = {PING, 32, 0x6403, 0},
    [DROP_IPV4_LINK_BROADCAST] = {PING, 0, 0x5354, 0},
    [DROP_IPV4_OPTION] = {PING, 34, 0x5e05, 0},
    [DROP_IPV4_SOURCE_ROUTE] = {PING, 34, 0x8304, 0},
    [DROP_IPV4_FRAGMENT] = {PING, 20, 0x2000, 0},
    [DROP_IPV4_PROTOCOL] = {PING, 22, 0x4006, 0},
    [DROP_ICMP_SHORT] = {PING, 16, 31, 0},
    [DROP_ICMP_CHECKSUM] = {PING, 40, 0x0000, 0},
    [DROP_ICMP_ECHO_REPLY] = {PING, 38, 0x0000, 0},
    [DROP_ICMP_ERROR] = {PING, 38, 0x0301, 0},
    [DROP_ICMP_TYPE] = {PING, 38, 0x0d00, 0},
};

static void repair_checksum(struct wire *w, size_t start, size_t end, size_t field)
{
    wire_set16(w, field, 0);
    wire_set16(w, field, (uint16_t)~plain_sum(w->octet + start, end - start));
}

static void row_frame(struct wire *w, const struct row *row)
{
    static const uint8_t unknown_option[4] = {0x5e, 4, 0, 0};
    if (row->base == PING) {
        struct ping p = ping_request();
        p.options = unknown_option;
        p.options_len = sizeof unknown_option;
        wire_ping(w, &p);
        wire_set16(w, row->offset, row->value);
        repair_checksum(w, 14, 38, 24);
        repair_checksum(w, 38, w->len, 40);
    } else {
        struct arp a = arp_request();
        a.sha = row->base == OUR_ARP ? OUR_MAC : PEER_MAC;
        wire_arp(w, &a);
    }
    wire_set16(w, row->offset, row->value);
    if (row->cut != 0)
        w->len = row->cut;
}

/* One frame for each verdict, one count for each frame. */
static void test_each_verdict_is_reached(void **state)
{
    (void)state;
    for (enum verdict v = 0; v < VERDICT_COUNT; v++) {
        struct wire w;
        if (rows[v].base == NO_ROW)
            fail_msg("no frame for %s", verdict_name(v));
        row_frame(&w, &rows[v]);
        if (verdict_replies(v)) { /* what the answer is, is for other tests */
            struct frame f = {.data = w.octet, .len = (uint16_t)w.len, .cap = sizeof w.octet};
            assert_int_equal(net_input(&nif, &f), v);
        } else {
            expect_drop(&w, v);
        }
    }
    for (enum verdict v = 0; v < VERDICT_COUNT; v++)
        assert_int_equal(nif.verdicts[v], 1);
}

/* A frame that is cut anywhere is silence, read no further than its end, and left alone. */
static void test_each_truncation(void **state)
{
    (void)state;
    for (enum verdict v = 0; v < VERDICT_COUNT; v++) {
        struct wire w;
        row_frame(&w, &rows[v]);
        for (size_t len = 0; len < w.len; len++) {
            uint8_t *buffer = malloc(len);
            memcpy(buffer, w.octet, len);
            struct frame f = {.data = buffer, .len = (uint16_t)len, .cap = (uint16_t)len};
            assert_false(verdict_replies(net_input(&nif, &f)));
            assert_ptr_equal(f.data, buffer);
            assert_int_equal(f.len, len);
            assert_memory_equal(f.data, w.octet, len);
            free(buffer);
        }
    }
}

static void test_which_truncation(void **state)
{
    (void)state;
    struct wire w;
    row_frame(&w, &rows[REPLY_ARP]);
    for (w.len = 0; w.len < 42; w.len++)
        expect_drop(&w, w.len < 14 ? DROP_ETH_SHORT : DROP_ARP_SHORT);

    row_frame(&w, &rows[REPLY_ICMP_ECHO]);
    size_t whole = w.len;
    for (w.len = 0; w.len < whole; w.len++)
        expect_drop(&w, w.len < 14   ? DROP_ETH_SHORT
                        : w.len < 34 ? DROP_IPV4_SHORT
                        : w.len < 38 ? DROP_IPV4_HEADER_CUT
                                     : DROP_IPV4_LENGTH_HIGH);
}

/* After a reply a layer's cursor is over its part of the answer, padding left out (frame.h). */
static void test_each_layer_returns_its_part(void **state)
{
    (void)state;
    struct wire w;
    mac_t peer;
    row_frame(&w, &rows[REPLY_ICMP_ECHO]);
    struct cursor c = {w.octet + 38, w.octet + w.len};
    assert_int_equal(icmp_input(&c), REPLY_ICMP_ECHO);
    assert_ptr_equal(c.pos, w.octet + 38);
    assert_ptr_equal(c.end, w.octet + w.len);

    row_frame(&w, &rows[REPLY_ICMP_ECHO]);
    c = (struct cursor){w.octet + 14, w.octet + w.len + 9};
    assert_int_equal(ipv4_input(&nif, &c, false), REPLY_ICMP_ECHO);
    assert_ptr_equal(c.pos, w.octet + 14);
    assert_ptr_equal(c.end, w.octet + w.len);

    row_frame(&w, &rows[REPLY_ARP]);
    c = (struct cursor){w.octet + 14, w.octet + 60};
    assert_int_equal(arp_input(&nif, &c, &peer), REPLY_ARP);
    assert_ptr_equal(c.pos, w.octet + 14);
    assert_ptr_equal(c.end, w.octet + 42);
    assert_memory_equal(&peer, PEER_MAC, 6);

    row_frame(&w, &rows[REPLY_ICMP_ECHO]);
    c = (struct cursor){w.octet, w.octet + w.len + 9};
    assert_int_equal(eth_input(&nif, &c), REPLY_ICMP_ECHO);
    assert_ptr_equal(c.pos, w.octet);
    assert_ptr_equal(c.end, w.octet + w.len);
}

/* The names are those of the list, each with its own meaning, and a reply is called one. */
static void test_names(void **state)
{
    (void)state;
    for (enum verdict v = 0; v < VERDICT_COUNT; v++) {
        assert_true(strncmp(verdict_name(v), verdict_replies(v) ? "REPLY_" : "DROP_", 5) == 0);
        assert_true(strlen(verdict_meaning(v)) > 0);
        for (enum verdict other = 0; other < v; other++) {
            assert_string_not_equal(verdict_name(v), verdict_name(other));
            assert_string_not_equal(verdict_meaning(v), verdict_meaning(other));
        }
    }
    assert_string_equal(verdict_name(REPLY_ARP), "REPLY_ARP");
    assert_string_equal(verdict_name(DROP_ICMP_TYPE), "DROP_ICMP_TYPE");
    assert_false(verdict_replies(VERDICT_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_verdict_is_reached),
        TEST(test_each_truncation),
        TEST(test_which_truncation),
        TEST(test_each_layer_returns_its_part),
        TEST(test_names),
    };
    return cmocka_run_group_tests_name("verdicts", tests, NULL, NULL);
}
