/* SPDX-License-Identifier: BSD-2-Clause */
#include "octets.h"

#include <string.h>

void wire_put(struct wire *w, unsigned octets, uint32_t value)
{
    while (octets-- > 0)
        w->octet[w->len++] = (uint8_t)(value >> 8 * octets);
}

void wire_copy(struct wire *w, const uint8_t *data, size_t len)
{
    if (len > 0)
        memcpy(w->octet + w->len, data, len);
    w->len += len;
}

void wire_fill(struct wire *w, uint8_t value, size_t until)
{
    while (w->len < until)
        w->octet[w->len++] = value;
}

void set16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

void wire_set16(struct wire *w, size_t offset, uint16_t value)
{
    set16(w->octet + offset, value);
}

uint16_t plain_sum(const uint8_t *data, size_t len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < len; i += 2) {
        uint32_t low = i + 1 < len ? data[i + 1] : 0;
        sum += (uint32_t)data[i] * 256 + low;
        if (sum > 0xffff)
            sum -= 0xffff;
    }
    return (uint16_t)sum;
}

uint16_t transport_sum(uint32_t src, uint32_t dst, int protocol, const uint8_t *data, size_t len)
{
    struct wire pseudo = {.len = 0};
    wire_put(&pseudo, 4, src);
    wire_put(&pseudo, 4, dst);
    wire_put(&pseudo, 2, (uint32_t)protocol);
    wire_put(&pseudo, 2, (uint32_t)len);
    uint32_t sum = (uint32_t)plain_sum(pseudo.octet, pseudo.len) + plain_sum(data, len);
    return (uint16_t)(sum > 0xffff ? sum - 0xffff : sum);
}

void wire_tag(struct wire *w, const uint8_t *tags, size_t len)
{
    memmove(w->octet + 12 + len, w->octet + 12, w->len - 12);
    memcpy(w->octet + 12, tags, len);
    w->len += len;
}
