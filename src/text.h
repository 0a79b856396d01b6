/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and numbers to and from text.
 *
 * A reader moves *text behind what it has read; if it fails, where *text then points has no meaning.
 * Each value has one way to be written that is read.
 */
#ifndef TEXT_H
#define TEXT_H

#include "net/ip.h"

#include <stdbool.h>
#include <stdint.h>

/* The text of one address. As a result it lasts until the end of the full expression (C11 6.2.4),
 * so it can be given to print: print("%s\n", text_ipv4(ip).characters). */
struct text {
    char characters[48]; /* with the 0 at its end */
};

/* "192.168.100.2" */
struct text text_ipv4(uint32_t ip);

/* "192.168.100.2/24"; an ip of 0 is "none". */
struct text text_ipv4_prefix(uint32_t ip, uint8_t prefix);

/* "2001:db8::1" (RFC 5952 4) */
struct text text_ip6(const struct ip_address *ip);

/* "52:54:00:12:34:56" */
struct text text_mac(const uint8_t octets[6]);

/* A decimal number from 0 to max, which is at most 999,999. -1: there is none, or it has a leading
 * zero, as some would read "010" as an octal number. */
int text_read_number(const char **text, int max);

/* A.B.C.D */
bool text_read_ipv4(const char **text, uint32_t *ip);

/* A.B.C.D/N. Returns N, 0 to 32, or -1. */
int text_read_ipv4_prefix(const char **text, uint32_t *ip);

/* Eight groups of up to four hexadecimal digits with colons between; "::" stands for some zero groups
 * (RFC 4291 2.2). A zone behind a percent sign is passed over. */
bool text_read_ip6(const char **text, struct ip_address *ip);

/* The same with /N behind it. Returns N, 0 to 128, or -1. */
int text_read_ip6_prefix(const char **text, struct ip_address *ip);

/* Six octets of two hexadecimal digits each, with colons between. */
bool text_read_mac(const char **text, uint8_t octets[6]);

#endif
