/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ARP (RFC 826, RFC 5227): who is answered, to where, and that everything else is silence and
 * leaves the frame alone.
 */
#include "frames.h"

#include <string.h>

static void test_c009_request(void **state)
{
    (void)state;
    struct arp a = arp_request();
    arp_answered(&a);
    /* The target's hardware address means nothing in a request (RFC 826). */
    const uint8_t *const tha[] = {BROADCAST_MAC, OUR_MAC, OTHER_MAC, MULTICAST_MAC};
    for (size_t i = 0; i < COUNT(tha); i++) {
        a.tha = tha[i];
        arp_answered(&a);
    }
    a.spa = 0x08080808; /* nor need the asker be of our subnet: that is its affair */
    arp_answered(&a);
}

static void test_c010_for_another_address(void **state)
{
    (void)state;
    static const uint32_t others[] = {0,          OTHER_IP,   PEER_IP,    0xc0a864ff,
                                      0xc0a86400, 0xffffffff, 0x7f000001, 0xe0000001};
    struct arp a = arp_request();
    for (unsigned bit = 0; bit < 32; bit++) {
        a.tpa = OUR_IP ^ 1u << bit;
        arp_dropped(&a, DROP_ARP_NOT_OURS);
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        a.tpa = others[i];
        arp_dropped(&a, DROP_ARP_NOT_OURS);
    }
}

static void test_c011_every_hardware(void **state)
{
    (void)state;
    struct arp a = arp_request();
    for (a.hrd = 0; a.hrd <= 0xffff; a.hrd++) {
        if (a.hrd == 1)
            arp_answered(&a);
        else
            arp_dropped(&a, DROP_ARP_HARDWARE);
    }
}

static void test_c012_every_protocol(void **state)
{
    (void)state;
    struct arp a = arp_request();
    for (a.pro = 0; a.pro <= 0xffff; a.pro++) {
        if (a.pro == 0x0800)
            arp_answered(&a);
        else
            arp_dropped(&a, DROP_ARP_PROTOCOL);
    }
}

static void test_c013_address_lengths(void **state)
{
    (void)state;
    struct arp a = arp_request();
    for (int length = 0; length < 256; length++) {
        a.hln = length, a.pln = 4;
        if (length != 6)
            arp_dropped(&a, DROP_ARP_LENGTHS);
        a.hln = 6, a.pln = length;
        if (length != 4)
            arp_dropped(&a, DROP_ARP_LENGTHS);
    }
}

static void test_c014_every_opcode(void **state)
{
    (void)state;
    struct arp a = arp_request();
    for (a.op = 0; a.op <= 0xffff; a.op++) {
        if (a.op == 1)
            arp_answered(&a);
        else
            arp_dropped(&a, DROP_ARP_NOT_REQUEST);
    }
}

/* Our choice: the answer goes to sha, where the asker says that it is, also in the Ethernet header.
 */
static void test_c015_answer_goes_to_sha(void **state)
{
    (void)state;
    struct arp a = arp_request();
    a.eth_src = OTHER_MAC;
    arp_answered(&a);
    a.eth_src = PEER_MAC;
    a.sha = OTHER_MAC;
    arp_answered(&a);
}

static void test_c016_unicast_request(void **state)
{
    (void)state;
    struct arp a = arp_request();
    a.eth_dst = OUR_MAC;
    arp_answered(&a);
    a.tha = OUR_MAC;
    arp_answered(&a);
    a.eth_dst = MULTICAST_MAC;
    arp_answered(&a);
}

static void test_c017_every_truncation(void **state)
{
    (void)state;
    struct wire in;
    struct arp a = arp_request();
    wire_arp(&in, &a);
    assert_int_equal(in.len, 42);
    for (in.len = 14; in.len < 42; in.len++)
        expect_drop(&in, DROP_ARP_SHORT);
}

/* A probe has no sender address yet; the answer's tpa is 0.0.0.0 (RFC 5227 2.1.1, 2.5). */
static void test_c018_probe(void **state)
{
    (void)state;
    static const int prefixes[] = {0, 1, 24, 31, 32};
    struct arp a = arp_request();
    a.spa = 0;
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        use_ip(OUR_IP, (unsigned)prefixes[i]);
        arp_answered(&a);
    }
    a.tpa = OTHER_IP;
    arp_dropped(&a, DROP_ARP_NOT_OURS);
}

/* Another host says that it has our address: not answered as a request, whatever else it says. It
 * was defended a moment ago; defending it is test_net_arp_claim.c's. */
static void test_c022_conflict(void **state)
{
    (void)state;
    static const uint32_t targets[] = {OUR_IP, PEER_IP, 0};
    struct arp a = arp_request();
    nif.claim.defend_after = nif.now + 10 * SECOND;
    a.spa = OUR_IP;
    static const int others[] = {0, 3, 8, 9}; /* neither request nor reply: of another protocol */
    for (size_t i = 0; i < COUNT(others); i++) {
        a.op = others[i];
        arp_dropped(&a, DROP_ARP_NOT_REQUEST);
    }
    for (a.op = 1; a.op <= 2; a.op++) {
        for (size_t i = 0; i < COUNT(targets); i++) {
            a.tpa = targets[i];
            arp_dropped(&a, DROP_ARP_CONFLICT);
        }
    }
}

/* Our own announcement, come back by a loop or a mirror port, is no conflict. */
static void test_c022_own_frame_comes_back(void **state)
{
    (void)state;
    struct arp a = arp_request();
    a.eth_src = a.sha = OUR_MAC;
    a.spa = OUR_IP;
    for (a.op = 1; a.op <= 2; a.op++) {
        a.tpa = OUR_IP;
        arp_dropped(&a, DROP_ARP_OWN);
        a.tpa = PEER_IP;
        arp_dropped(&a, DROP_ARP_OWN);
    }
}

static void test_c024_sender_is_no_host(void **state)
{
    (void)state;
    static const uint32_t senders[] = {
        0xc0a864ff, 0xc0a86400, 0xffffffff, /* broadcast, old and limited */
        0x7f000000, 0x7f000001, 0x7fffffff, /* loopback */
        0xe0000000, 0xe0000001, 0xefffffff, /* multicast */
        0xf0000000, 0xf0000001, 0xfffffffe, /* class E */
        0x00000001, 0x00ffffff,             /* this network; 0.0.0.0 itself is a probe's */
    };
    static const uint32_t neighbours[] = {0x7effffff, 0x80000000, 0xdfffffff, 0xc0a86401,
                                          0xc0a864fe, 0xc0a863ff, 0xc0a86500};
    struct arp a = arp_request();
    for (a.op = 1; a.op <= 2; a.op++) {
        for (size_t i = 0; i < COUNT(senders); i++) {
            a.spa = senders[i];
            arp_dropped(&a, DROP_ARP_SENDER_IP);
        }
    }
    a.op = 1;
    for (size_t i = 0; i < COUNT(neighbours); i++) {
        a.spa = neighbours[i];
        arp_answered(&a);
    }
}

static void test_c025_sender_is_a_group(void **state)
{
    (void)state;
    struct arp a = arp_request();
    a.sha = MULTICAST_MAC;
    arp_dropped(&a, DROP_ARP_SENDER_MAC);
    a.sha = BROADCAST_MAC;
    arp_dropped(&a, DROP_ARP_SENDER_MAC);
    a.spa = OUR_IP; /* nobody to defend against either */
    arp_dropped(&a, DROP_ARP_SENDER_MAC);
}

static void test_c026_gratuitous(void **state)
{
    (void)state;
    struct arp a = arp_request();
    a.spa = a.tpa = OTHER_IP;
    arp_dropped(&a, DROP_ARP_NOT_OURS);
    a.op = 2;
    arp_dropped(&a, DROP_ARP_NOT_REQUEST);
    a.tha = BROADCAST_MAC;
    arp_dropped(&a, DROP_ARP_NOT_REQUEST);
}

/* Without an address nothing is ours, 0.0.0.0 least of all. */
static void test_no_address(void **state)
{
    (void)state;
    static const uint32_t addresses[] = {0, OUR_IP, PEER_IP, 0xffffffff};
    use_ip(0, 0);
    struct arp a = arp_request();
    for (size_t i = 0; i < COUNT(addresses); i++) {
        a.tpa = addresses[i];
        a.spa = PEER_IP;
        arp_dropped(&a, DROP_ARP_NOT_OURS);
        a.spa = 0;
        arp_dropped(&a, DROP_ARP_NOT_OURS);
    }
}

/* RFC 3021: on a link of two, the other one is a host and no broadcast address; so with /32. */
static void test_small_subnets(void **state)
{
    (void)state;
    struct arp a = arp_request();
    for (uint8_t prefix = 31; prefix <= 32; prefix++) {
        use_ip(OUR_IP, prefix);
        nif.claim.defend_after = nif.now + 10 * SECOND;
        for (uint32_t low = 0; low < 256; low++) {
            a.spa = 0xc0a86400 | low;
            if (a.spa != OUR_IP)
                arp_answered(&a);
        }
        a.spa = 0xffffffff;
        arp_dropped(&a, DROP_ARP_SENDER_IP);
        a.spa = OUR_IP;
        arp_dropped(&a, DROP_ARP_CONFLICT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c009_request),
        TEST(test_c010_for_another_address),
        TEST(test_c011_every_hardware),
        TEST(test_c012_every_protocol),
        TEST(test_c013_address_lengths),
        TEST(test_c014_every_opcode),
        TEST(test_c015_answer_goes_to_sha),
        TEST(test_c016_unicast_request),
        TEST(test_c017_every_truncation),
        TEST(test_c018_probe),
        TEST(test_c022_conflict),
        TEST(test_c022_own_frame_comes_back),
        TEST(test_c024_sender_is_no_host),
        TEST(test_c025_sender_is_a_group),
        TEST(test_c026_gratuitous),
        TEST(test_no_address),
        TEST(test_small_subnets),
    };
    return cmocka_run_group_tests_name("arp", tests, NULL, NULL);
}
