/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of an IPv4 header (RFC 791 3.1). The end of the list and the no-operation have one
 * octet each. Every other option has a type, a length (which counts type and length too) and data.
 */
#include "net/ipv4_options.h"

#include "net/wire/ipv4.h"

#include <stdbool.h>
#include <string.h>

/* Octets of the option at p, 0 if it does not fit into the size octets that are left. */
static size_t option_length(const uint8_t *p, size_t size)
{
    if (p[0] == IPV4_OPTION_NOP)
        return 1;
    if (size < 2 || p[1] < 2 || p[1] > size)
        return 0;
    return p[1];
}

/*
 * Whether a list has some room left, but too little for an entry: then the packet is in error (RFC
 * 791 3.1, "Record Route" and "Internet Timestamp"). The pointer counts octets from 1.
 */
static bool room_is_short(size_t pointer, size_t entry, size_t length)
{
    return pointer <= length && pointer - 1 + entry > length;
}

/* Octets of an entry of a timestamp option, 0 if we do not know the flag. */
static size_t timestamp_entry(const uint8_t *option)
{
    unsigned flag = option[3] & 15;
    return flag == 0 ? 4 : flag == 1 || flag == 3 ? 8 : 0;
}

/* Whether the list of a record route or timestamp option is impossible. */
static bool list_is_bad(const uint8_t *option, size_t length)
{
    if (option[0] == IPV4_OPTION_RECORD_ROUTE)
        return length >= 3 && option[2] >= 4 && room_is_short(option[2], 4, length);
    if (option[0] != IPV4_OPTION_TIMESTAMP || length < 4 || option[2] < 5)
        return false;
    if (option[2] > length) /* full: its count of hosts must not overflow */
        return timestamp_entry(option) > 0 && option[3] >> 4 == 15;
    return room_is_short(option[2], timestamp_entry(option), length);
}

enum verdict ipv4_options_check(const uint8_t *options, size_t size)
{
    size_t length;
    for (size_t at = 0; at < size && options[at] != IPV4_OPTION_END; at += length) {
        const uint8_t *option = options + at;
        length = option_length(option, size - at);
        if (length == 0)
            return DROP_IPV4_OPTION;
        if (option[0] == IPV4_OPTION_LOOSE_SOURCE_ROUTE ||
            option[0] == IPV4_OPTION_STRICT_SOURCE_ROUTE)
            return DROP_IPV4_SOURCE_ROUTE;
        if (list_is_bad(option, length))
            return DROP_IPV4_OPTION;
    }
    return VERDICT_NONE;
}

/* Writes a number into an option, at this offset. */
static void put(uint8_t *option, size_t offset, uint32_t value)
{
    be32_t wire = to_be32(value);
    memcpy(option + offset, &wire, sizeof wire);
}

/*
 * Record route: type, length, pointer, addresses. The pointer counts octets from the type, starting
 * with 1, to the next free place; a full list is left as it is.
 */
static void record_route(uint8_t *option, size_t length, uint32_t ip)
{
    size_t pointer = length >= 3 ? option[2] : 0;
    if (pointer < 4 || pointer + 3 > length)
        return;
    put(option, pointer - 1, ip);
    option[2] = (uint8_t)(pointer + 4);
}

/* The address that stands where the pointer of an option points. */
static uint32_t address_at(const uint8_t *option, size_t pointer)
{
    be32_t wire;
    memcpy(&wire, option + pointer - 1, sizeof wire);
    return be32(wire);
}

/*
 * Timestamp: type, length, pointer, overflow count and flag in half an octet each, entries. An
 * entry is a time (flag 0), or an address and a time (flag 1; with flag 3 the sender has written
 * the addresses). When the list is full, the hosts that find no room are counted.
 */
static void timestamp(const struct netif *nif, uint8_t *option, size_t length, uint32_t ip)
{
    size_t pointer = length >= 4 ? option[2] : 0;
    if (pointer < 5)
        return;
    unsigned flag = option[3] & 15;
    size_t entry = timestamp_entry(option);
    if (entry == 0)
        return;
    if (pointer > length) {
        option[3] = (uint8_t)(option[3] + 0x10);
        return;
    }
    if (pointer - 1 + entry > length) /* impossible after the check */
        return;
    if (flag == 3 && !netif_owns(nif, address_at(option, pointer))) /* not our turn (RFC 791 3.1) */
        return;
    if (flag == 1)
        put(option, pointer - 1, ip);
    put(option, pointer - 1 + entry - 4, netif_ms_of_day(nif));
    option[2] = (uint8_t)(pointer + entry);
}

void ipv4_options_answer(const struct netif *nif, uint8_t *options, size_t size, uint32_t ip)
{
    size_t length;
    for (size_t at = 0; at < size && options[at] != IPV4_OPTION_END; at += length) {
        uint8_t *option = options + at;
        length = option_length(option, size - at);
        if (length == 0) /* impossible after the check, but this loop would have no end */
            return;
        if (option[0] == IPV4_OPTION_RECORD_ROUTE)
            record_route(option, length, ip);
        else if (option[0] == IPV4_OPTION_TIMESTAMP)
            timestamp(nif, option, length, ip);
        else
            memset(option, IPV4_OPTION_NOP, length);
    }
}
