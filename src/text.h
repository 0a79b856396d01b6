/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and numbers to and from text.
 *
 * A reader moves *text behind what it has read; if it fails, where *text then points has no meaning.
 * Each value has one way to be written that is read.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* The text of one address. As a result it lasts until the end of the full expression (C11 6.2.4),
 * so it can be given to print: print("%s\n", text_ipv4(ip).characters). */
struct text {
    char characters[24]; /* with the 0 at its end */
};

/* "192.168.100.2" */
struct text text_ipv4(uint32_t ip);

/* "192.168.100.2/24"; an ip of 0 is "none". */
struct text text_ipv4_prefix(uint32_t ip, uint8_t prefix);

/* "52:54:00:12:34:56" */
struct text text_mac(const uint8_t octets[6]);

/* A decimal number from 0 to max, which is at most 999,999. -1: there is none, or it has a leading
 * zero, as some would read "010" as an octal number. */
int text_read_number(const char **text, int max);

/* A.B.C.D */
bool text_read_ipv4(const char **text, uint32_t *ip);

/* A.B.C.D/N. Returns N, 0 to 32, or -1. */
int text_read_ipv4_prefix(const char **text, uint32_t *ip);

/* Six octets of two hexadecimal digits each, with colons between. */
bool text_read_mac(const char **text, uint8_t octets[6]);

#endif
