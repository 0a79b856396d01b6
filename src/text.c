/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and numbers to and from text, octet by octet. */
#include "text.h"

static const char DIGITS[] = "0123456789abcdef";

/* Writes a number from 0 to 255 and returns what is behind it. */
static char *write_octet(char *to, unsigned value)
{
    if (value >= 100)
        *to++ = DIGITS[value / 100];
    if (value >= 10)
        *to++ = DIGITS[value / 10 % 10];
    *to++ = DIGITS[value % 10];
    return to;
}

/* Writes A.B.C.D and returns what is behind it. */
static char *write_ipv4(char *to, uint32_t ip)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        to = write_octet(to, ip >> shift & 255);
        if (shift > 0)
            *to++ = '.';
    }
    return to;
}

struct text text_ipv4(uint32_t ip)
{
    struct text t = {""};
    *write_ipv4(t.characters, ip) = '\0';
    return t;
}

struct text text_ipv4_prefix(uint32_t ip, uint8_t prefix)
{
    struct text t = {"none"};
    if (ip == 0)
        return t;
    char *to = write_ipv4(t.characters, ip);
    *to++ = '/';
    *write_octet(to, prefix) = '\0';
    return t;
}

struct text text_mac(const uint8_t octets[6])
{
    struct text t = {""};
    char *to = t.characters;
    for (int i = 0; i < 6; i++) {
        *to++ = DIGITS[octets[i] >> 4];
        *to++ = DIGITS[octets[i] & 15];
        *to++ = i < 5 ? ':' : '\0';
    }
    return t;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int text_read_number(const char **text, int max)
{
    const char *p = *text;
    int value = 0;
    if (*p == '0' && is_digit(p[1]))
        return -1;
    while (is_digit(*p) && p - *text < 7)
        value = value * 10 + (*p++ - '0');
    if (p == *text || value > max) /* seven digits are more than any max */
        return -1;
    *text = p;
    return value;
}

bool text_read_ipv4(const char **text, uint32_t *ip)
{
    *ip = 0;
    for (int i = 0; i < 4; i++) {
        if (i > 0 && *(*text)++ != '.')
            return false;
        int octet = text_read_number(text, 255);
        if (octet < 0)
            return false;
        *ip = *ip << 8 | (uint32_t)octet;
    }
    return true;
}

int text_read_ipv4_prefix(const char **text, uint32_t *ip)
{
    if (!text_read_ipv4(text, ip) || *(*text)++ != '/')
        return -1;
    return text_read_number(text, 32);
}

/* The value of a hexadecimal digit, -1 if it is none. */
static int hex_digit(char c)
{
    for (int i = 0; i < 16; i++)
        if (c == DIGITS[i] || (c >= 'A' && c - 'A' + 'a' == DIGITS[i]))
            return i;
    return -1;
}

bool text_read_mac(const char **text, uint8_t octets[6])
{
    for (int i = 0; i < 6; i++) {
        if (i > 0 && *(*text)++ != ':')
            return false;
        int high = hex_digit(**text);
        int low = high < 0 ? -1 : hex_digit((*text)[1]);
        if (low < 0)
            return false;
        octets[i] = (uint8_t)(high << 4 | low);
        *text += 2;
    }
    return true;
}
