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

static uint16_t group_of(const struct ip_address *ip, int i)
{
    uint32_t word = be32(ip->word[i / 2]);
    return (uint16_t)(i % 2 ? word : word >> 16);
}

/* The longest run of zero groups, of at least two, the first of equals: where it begins, and in
 * *length how long it is. */
static int longest_zeros(const struct ip_address *ip, int *length)
{
    int found = -1;
    *length = 1;
    for (int i = 0, run = 0; i < 8; i++) {
        run = group_of(ip, i) == 0 ? run + 1 : 0;
        if (run > *length) {
            *length = run;
            found = i - run + 1;
        }
    }
    return found;
}

/* Writes a group without leading zeros and returns what is behind it. */
static char *write_group(char *to, unsigned value)
{
    for (int shift = 12; shift >= 0; shift -= 4)
        if (value >> shift || shift == 0)
            *to++ = DIGITS[value >> shift & 15];
    return to;
}

struct text text_ip6(const struct ip_address *ip)
{
    struct text t = {""};
    char *to = t.characters;
    int zeros, first = longest_zeros(ip, &zeros);
    for (int i = 0; i < 8; i++) {
        if (i == first) {
            *to++ = ':';
            i += zeros - 1;
            if (i == 7)
                *to++ = ':';
            continue;
        }
        if (i > 0)
            *to++ = ':';
        to = write_group(to, group_of(ip, i));
    }
    *to = '\0';
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

/* Reads a group of one to four digits, -1 if there is none. */
static int read_group(const char **text)
{
    int value = 0, digits = 0, digit;
    while (digits < 5 && (digit = hex_digit(**text)) >= 0) {
        value = value << 4 | digit;
        digits++;
        ++*text;
    }
    return digits >= 1 && digits <= 4 ? value : -1;
}

bool text_read_ip6(const char **text, struct ip_address *ip)
{
    uint16_t groups[8] = {0};
    int count = 0, gap = -1;
    const char *p = *text;
    if (p[0] == ':' && p[1] != ':')
        return false;
    while (count < 8) {
        if (p[0] == ':' && p[1] == ':') {
            if (gap >= 0)
                return false;
            gap = count;
            p += 2;
            if (hex_digit(*p) < 0)
                break;
        } else if (count > 0) {
            if (*p != ':')
                break;
            p++;
        }
        int group = read_group(&p);
        if (group < 0)
            return false;
        groups[count++] = (uint16_t)group;
    }
    if (count < 8 ? gap < 0 : gap >= 0)
        return false;
    for (int i = 0; i < 8; i++) {
        int from = gap < 0 || i < gap ? i : i - (8 - count);
        uint32_t group = from >= 0 && (gap < 0 || i < gap || from >= gap) ? groups[from] : 0;
        uint32_t word = be32(ip->word[i / 2]);
        ip->word[i / 2] = to_be32(i % 2 ? (word & 0xffff0000) | group : group << 16);
    }
    if (*p == '%')
        while (*p != '\0' && *p != '/' && *p != ',')
            p++;
    *text = p;
    return true;
}

int text_read_ip6_prefix(const char **text, struct ip_address *ip)
{
    if (!text_read_ip6(text, ip) || *(*text)++ != '/')
        return -1;
    return text_read_number(text, 128);
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
