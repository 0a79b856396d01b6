/* SPDX-License-Identifier: BSD-2-Clause */
/* What is printed about an interface: each line once, however often something happens. */
#include "report.h"

#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ASKING[] = "net0: asking whether 192.168.100.2 is free\n";
static const char READY[] = "net0: ip 192.168.100.2/24\nunipong: ready\n";

/* Whether the next call prints this. */
static void expect_report(const char *lines)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    report_news(out, &nif);
    fclose(out);
    assert_string_equal(text, lines);
    free(text);
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

/* report_news() remembers what it has said, so this is one test: from the start to a conflict
 * that goes on for a minute. */
static void test_c023_changes(void **state)
{
    (void)state;
    struct netif_config config = DEFAULT_CONFIG;
    config.probe = true;
    frames_start(&config);
    expect_report(ASKING);
    expect_report("");
    another_claims_our_address(PEER_MAC);
    expect_report("net0: warning: 00:00:5e:00:53:01 claims 192.168.100.2 too; "
                  "we leave it alone and ask again in a minute\n");
    use_ip(OUR_IP, 24);
    expect_report(READY);
    expect_report("");
    nif.now += 3600ull * SECOND; /* nothing is said of what is over */
    expect_report("");
    for (unsigned i = 0; i < 60001; i++) {
        bool again = i % 10000 == 0;
        another_claims_our_address(i % 3 ? PEER_MAC : OTHER_MAC);
        another_claims_our_address(again ? PEER_MAC : OTHER_MAC);
        expect_report(again ? "net0: warning: 00:00:5e:00:53:01 claims 192.168.100.2 too; "
                              "we keep it, one of the two hosts needs another address\n"
                            : "");
        nif.now += SECOND / 1000;
    }
    assert_int_equal(nif.claim.conflicts, 120003);
    net_link_up(&nif);
    expect_report(ASKING);
    expect_report("");
    use_ip(OUR_IP, 24);
    expect_report("net0: ip 192.168.100.2/24\n"); /* ready we were before */
    expect_report("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_c023_changes)};
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
