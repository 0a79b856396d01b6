/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line: a table of keys, and one function for each that takes its value
 * whole or says what is wrong with it.
 */
#include "options.h"

#include "config.h"
#include "net/ipv4.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Reads a decimal number of at most three digits that is at most max, and moves *text behind it.
 * Returns -1 where there is none. "007" is no number: some would read it as octal.
 */
static int number(const char **text, int max)
{
    const char *p = *text;
    int value = 0;
    if (*p == '0' && p[1] >= '0' && p[1] <= '9')
        return -1;
    while (*p >= '0' && *p <= '9' && p - *text < 3)
        value = value * 10 + (*p++ - '0');
    if (p == *text || value > max || (*p >= '0' && *p <= '9'))
        return -1;
    *text = p;
    return value;
}

/* Reads A.B.C.D and moves *text behind it. */
static bool address(const char **text, uint32_t *ip)
{
    *ip = 0;
    for (int i = 0; i < 4; i++) {
        if (i > 0 && *(*text)++ != '.')
            return false;
        int octet = number(text, 255);
        if (octet < 0)
            return false;
        *ip = *ip << 8 | (uint32_t)octet;
    }
    return true;
}

static const char *set_ip(struct options *o, const char *value)
{
    uint32_t ip;
    int prefix;
    if (strcmp(value, "none") == 0) {
        o->ip = 0;
        o->prefix = 0;
        return NULL;
    }
    if (!address(&value, &ip))
        return "that is no IPv4 address; expected A.B.C.D/N with numbers from 0 to 255, or none";
    if (*value++ != '/')
        return "the prefix length is missing; expected A.B.C.D/N such as 192.168.100.2/24";
    if ((prefix = number(&value, 32)) < 0 || *value != '\0')
        return "the prefix length is wrong; expected a number from 0 to 32 after the slash";
    if (ipv4_is_zero(ip) || ipv4_is_loopback(ip) || ipv4_is_group(ip))
        return "no host can have this address; expected one from 1.0.0.0 to 223.255.255.255 "
               "outside "
               "127.0.0.0/8";
    uint32_t host = prefix == 32 ? 0 : 0xffffffffu >> prefix;
    if (prefix < 31 && ((ip & host) == 0 || (ip & host) == host)) /* RFC 3021 frees /31 */
        return "that is the subnet's own or its broadcast address; expected one of a host in it";
    o->ip = ip;
    o->prefix = (uint8_t)prefix;
    return NULL;
}

static const char *set_ttl(struct options *o, const char *value)
{
    int ttl = number(&value, 255);
    if (ttl < 1 || *value != '\0')
        return "expected a time to live from 1 to 255";
    o->ttl = (uint8_t)ttl;
    return NULL;
}

static const char *set_on_panic(struct options *o, const char *value)
{
    if (strcmp(value, "exit") == 0)
        o->on_panic = ON_PANIC_EXIT;
    else if (strcmp(value, "halt") == 0)
        o->on_panic = ON_PANIC_HALT;
    else if (strcmp(value, "reset") == 0)
        o->on_panic = ON_PANIC_RESET;
    else
        return "expected exit, halt or reset";
    return NULL;
}

/* Each takes a value; NULL, or a phrase that says what is wrong with it. */
static const struct {
    const char *key;
    const char *(*set)(struct options *o, const char *value);
    const char *fallback;
} keys[] = {
    {"ip", set_ip, CONFIG_IP},
    {"ttl", set_ttl, CONFIG_TTL},
    {"on_panic", set_on_panic, CONFIG_ON_PANIC},
};

#define KEYS (sizeof keys / sizeof keys[0])

void options_init(struct options *o)
{
    for (size_t i = 0; i < KEYS; i++)
        keys[i].set(o, keys[i].fallback);
}

enum option_result options_set(struct options *o, const char *word, const char **problem)
{
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : 0;
    for (size_t i = 0; i < KEYS; i++) {
        if (equals && strlen(keys[i].key) == length && memcmp(word, keys[i].key, length) == 0) {
            *problem = keys[i].set(o, equals + 1);
            return *problem ? OPTION_BAD : OPTION_OK;
        }
    }
    *problem = equals ? "no such key" : "expected KEY=VALUE";
    return OPTION_UNKNOWN;
}
