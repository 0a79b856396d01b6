/* SPDX-License-Identifier: BSD-2-Clause */
/* The host program's arguments: one device, and the image's KEY=VALUE words. */
#include "host/arguments.h"

#include "config.h"
#include "contradiction.h"
#include "host/console.h"
#include "text.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: unipong-host --tap NAME      [OPTION]... [KEY=VALUE]...\n"
    "       unipong-host --packet IFACE  [OPTION]... [KEY=VALUE]...\n"
    "       unipong-host --pcap IN OUT   [OPTION]... [KEY=VALUE]...\n"
    "\n"
    "Answers frames as the unipong image does, with the same code.\n"
    "\n"
    "  --tap NAME      on a TAP, which is made if it is not there; then, elsewhere:\n"
    "                  ip address add 192.168.100.1/24 dev NAME; ip link set NAME up\n"
    "  --packet IFACE  on an interface, beside the kernel: give an address it does not have\n"
    "  --pcap IN OUT   reads a capture (pcap, pcapng), writes the answers, each with its\n"
    "                  request's time stamp; - is standard input or output\n"
    "  --mac MAC       our address on the wire (02:75:6e:69:70:6f; the interface's for --packet)\n"
    "  --mtu OCTETS    of the longest packet, 68 to 65535 (the interface's, also when that is\n"
    "                  changed; 1500 for --pcap)\n"
    "  --help, --version\n"
    "\n"
    "The words are the image's, for instance ip=192.168.100.2/24 ttl=64.\n"
    "SIGINT or SIGTERM ends it; then it prints what became of the frames.\n"
    "Status: 0 ended as asked, 1 something failed, 2 wrong usage.\n";

static enum arguments_result bad(const char *what, const char *problem)
{
    console_error("%s: %s; see unipong-host --help", what, problem);
    return ARGUMENTS_BAD;
}

/* An option whose value, the next word, is not there or is wrong. */
static enum arguments_result bad_value(char **word, const char *problem)
{
    console_error("%s %s: %s; see unipong-host --help", word[0], word[1] ? word[1] : "", problem);
    return ARGUMENTS_BAD;
}

/* A MAC of a single host, and nothing else. */
static bool read_mac(const char *text, uint8_t mac[6])
{
    return text_read_mac(&text, mac) && *text == '\0' && !(mac[0] & 1);
}

/* The number that a text of digits is, from 68 (RFC 791 3.2) to 65535; else 0. */
static uint16_t read_mtu(const char *text)
{
    unsigned long n = 0;
    for (const char *digit = text; *digit; digit++) {
        if (*digit < '0' || *digit > '9' || n > UINT16_MAX)
            return 0;
        n = n * 10 + (unsigned long)(*digit - '0');
    }
    return n >= 68 && n <= UINT16_MAX ? (uint16_t)n : 0;
}

/* Takes a device and its one or two names, which follow it. */
static enum arguments_result read_device(struct arguments *a, char ***argv)
{
    char **word = *argv;
    if (a->device != DEVICE_NOT_GIVEN)
        return bad(word[0], "one device is enough");
    if (strcmp(word[0], "--pcap") == 0) {
        if (!word[1] || !word[2])
            return bad(word[0], "the two files IN and OUT are missing");
        a->device = DEVICE_PCAP;
        a->name = word[1];
        a->out = word[2];
        *argv += 2;
        return ARGUMENTS_OK;
    }
    if (!word[1] || *word[1] == '\0' || strlen(word[1]) >= IFNAMSIZ)
        return bad(word[0], "the name of an interface, at most 15 characters, is missing");
    a->device = strcmp(word[0], "--tap") == 0 ? DEVICE_TAP : DEVICE_PACKET;
    a->name = word[1];
    *argv += 1;
    return ARGUMENTS_OK;
}

/* Takes a word of the image's command line. */
static enum arguments_result read_word(struct arguments *a, const char *word)
{
    const char *problem;
    enum option_result result = options_set(&a->options, word, &problem);
    if (result == OPTION_UNKNOWN && !strchr(word, '='))
        return bad(word, problem);
    if (result == OPTION_UNKNOWN)
        console_warning("%s: %s, ignored", word, problem);
    if (result == OPTION_BAD)
        console_error("%s: %s", word, problem);
    return result == OPTION_BAD ? ARGUMENTS_BAD : ARGUMENTS_OK;
}

static enum arguments_result read_argument(struct arguments *a, char ***argv)
{
    const char *word = **argv;
    if (strcmp(word, "--tap") == 0 || strcmp(word, "--packet") == 0 || strcmp(word, "--pcap") == 0)
        return read_device(a, argv);
    if (strcmp(word, "--mac") == 0) {
        if (!(*argv)[1] || !read_mac((*argv)[1], a->mac))
            return bad_value(*argv,
                             "expected six octets such as 02:00:00:00:00:01, of a single host");
        a->mac_given = true;
        *argv += 1;
        return ARGUMENTS_OK;
    }
    if (strcmp(word, "--mtu") == 0) {
        a->mtu = (*argv)[1] ? read_mtu((*argv)[1]) : 0;
        if (a->mtu == 0)
            return bad_value(*argv, "expected a number of octets, 68 to 65535");
        *argv += 1;
        return ARGUMENTS_OK;
    }
    if (word[0] == '-')
        return bad(word, "no such option");
    return read_word(a, word);
}

enum arguments_result arguments_read(struct arguments *a, char **argv)
{
    memset(a, 0, sizeof *a);
    options_init(&a->options);
    for (char **word = argv + 1; *word; word++) {
        if (strcmp(*word, "--help") == 0 || strcmp(*word, "-h") == 0) {
            fputs(usage, stdout);
            return ARGUMENTS_DONE;
        }
        if (strcmp(*word, "--version") == 0) {
            puts("unipong-host " UNIPONG_VERSION);
            return ARGUMENTS_DONE;
        }
        enum arguments_result result = read_argument(a, &word);
        if (result != ARGUMENTS_OK)
            return result;
    }
    if (a->device == DEVICE_NOT_GIVEN)
        return bad("no device", "expected --tap, --packet or --pcap");
    struct contradiction contradiction;
    if (contradiction_find(&a->options, &contradiction)) {
        console_contradiction(&a->options, &contradiction);
        return ARGUMENTS_BAD;
    }
    return ARGUMENTS_OK;
}
