/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of an IPv4 header (RFC 791 3.1). One octet each for the end of the list and the
 * no-operation, else type, length (which counts both), data.
 */
#include "net/ipv4_options.h"

#include "net/be.h"

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

enum verdict ipv4_options_check(const uint8_t *options, size_t size)
{
    while (size > 0 && options[0] != IPV4_OPTION_END) {
        size_t length = option_length(options, size);
        if (length == 0)
            return DROP_IPV4_OPTION;
        if (options[0] == IPV4_OPTION_LOOSE_SOURCE_ROUTE ||
            options[0] == IPV4_OPTION_STRICT_SOURCE_ROUTE)
            return DROP_IPV4_SOURCE_ROUTE;
        if (options[0] == IPV4_OPTION_RECORD_ROUTE && length >= 3 && options[2] <= length &&
            options[2] >= 4 && options[2] + 3u > length)
            return DROP_IPV4_OPTION;
        options += length;
        size -= length;
    }
    return VERDICT_NONE;
}

/*
 * Record route: type, length, pointer, addresses. The pointer counts octets from the type, starting
 * with 1, to the next free place; a full list is left as it is.
 */
static void record_route(uint8_t *option, size_t length, uint32_t ip)
{
    size_t pointer = length >= 3 ? option[2] : 0;
    be32_t wire = to_be32(ip);
    if (pointer < 4 || pointer - 1 + sizeof wire > length)
        return;
    memcpy(option + pointer - 1, &wire, sizeof wire);
    option[2] = (uint8_t)(pointer + sizeof wire);
}

void ipv4_options_answer(uint8_t *options, size_t size, uint32_t ip)
{
    while (size > 0 && options[0] != IPV4_OPTION_END) {
        size_t length = option_length(options, size);
        if (options[0] == IPV4_OPTION_RECORD_ROUTE)
            record_route(options, length, ip);
        else
            memset(options, IPV4_OPTION_NOP, length);
        options += length;
        size -= length;
    }
}
