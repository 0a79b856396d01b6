/* SPDX-License-Identifier: BSD-2-Clause */
/* What is printed about an interface: each line once, however often something happens. */
#include "report.h"

#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ASKING[] = "net0: asking whether 192.168.100.2 is free\n";
static const char READY[] = "net0: ip 192.168.100.2/24\nunipong: ready\n";

static char printed[1024];

static void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void print(const char *format, ...)
{
    size_t length = strlen(printed);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(printed + length, sizeof printed - length, format, arguments);
    va_end(arguments);
}

/* Whether the next call prints this. */
static void expect_news(struct report_told *told, const char *lines)
{
    printed[0] = '\0';
    report_news(print, told, &nif);
    assert_string_equal(printed, lines);
}

static void another_claims_our_address(const uint8_t *mac)
{
    struct arp a = arp_request();
    struct wire w;
    a.op = 2;
    a.sha = mac;
    a.spa = OUR_IP;
    wire_arp(&w, &a);
    struct frame f = {.data = w.octet, .len = (uint16_t)w.len, .cap = sizeof w.octet};
    net_input(&nif, &f);
}

/* From the start to a conflict that goes on for a minute. */
static void test_c023_changes(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    struct report_told told = {0};
    config.probe = true;
    frames_start(&config);
    expect_news(&told, ASKING);
    expect_news(&told, "");
    another_claims_our_address(PEER_MAC);
    expect_news(&told, "net0: warning: 00:00:5e:00:53:01 claims 192.168.100.2 too; "
                       "we leave it alone and ask again in a minute\n");
    use_ip(OUR_IP, 24);
    expect_news(&told, READY);
    expect_news(&told, "");
    nif.now += 3600ull * SECOND; /* nothing is said of what is over */
    expect_news(&told, "");
    for (unsigned i = 0; i < 60001; i++) {
        bool again = i % 10000 == 0;
        another_claims_our_address(i % 3 ? PEER_MAC : OTHER_MAC);
        another_claims_our_address(again ? PEER_MAC : OTHER_MAC);
        expect_news(&told, again ? "net0: warning: 00:00:5e:00:53:01 claims 192.168.100.2 too; "
                                   "we keep it, one of the two hosts needs another address\n"
                                 : "");
        nif.now += SECOND / 1000;
    }
    assert_int_equal(nif.claim.conflicts, 120003);
    net_link_up(&nif);
    expect_news(&told, ASKING);
    expect_news(&told, "");
    use_ip(OUR_IP, 24);
    expect_news(&told, "net0: ip 192.168.100.2/24\n"); /* ready we were before */
    expect_news(&told, "");
}

static void test_device(void **state)
{
    (void)state;
    printed[0] = '\0';
    report_device(print, "virtio-net", &nif);
    assert_string_equal(printed, "net0: virtio-net 52:54:00:12:34:56 mtu 1500\n");
}

/* An interface without an address is ready to answer what needs none. */
static void test_no_address(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    struct report_told told = {0};
    config.ip = 0;
    config.prefix = 0;
    frames_start(&config);
    expect_news(&told, "net0: ip none\nunipong: ready\n");
    expect_news(&told, "");
}

static void test_contradiction(void **state)
{
    (void)state;
    struct options o = {.net = {.ip = OUR_IP, .prefix = 24}};
    struct contradiction c = {"gw", 0x08080808, "expected another host in the subnet of"};
    printed[0] = '\0';
    report_contradiction(print, &o, &c);
    assert_string_equal(printed,
                        "unipong: error: gw=8.8.8.8: expected another host in the subnet of "
                        "ip=192.168.100.2/24\n");
    o.net.ip = 0;
    printed[0] = '\0';
    report_contradiction(print, &o, &c);
    assert_non_null(strstr(printed, "in the subnet of ip=none\n"));
}

/* Only what is not zero, aligned. */
static void test_stats(void **state)
{
    (void)state;
    printed[0] = '\0';
    memset(nif.verdicts, 0, sizeof nif.verdicts);
    nif.verdicts[REPLY_ARP] = 3;
    nif.verdicts[DROP_ETH_SHORT] = 18446744073709551615u;
    report_stats(print, &nif);
    assert_string_equal(printed,
                        "           3  REPLY_ARP                      ARP request answered\n"
                        "18446744073709551615  DROP_ETH_SHORT                 "
                        "frame shorter than its Ethernet header\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_c023_changes),  TEST(test_device), TEST(test_no_address),
        TEST(test_contradiction), TEST(test_stats),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
