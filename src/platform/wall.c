/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time of day: see the header. The battery's clock is an MC146818 (its data sheet), which QEMU
 * sets to UTC unless told otherwise.
 *
 * It counts whole seconds, so half a second is added. To wait for the next second would be more
 * exact, but the network does not wait that long.
 */
#include "platform/wall.h"

#include "platform/clock.h"
#include "platform/cpu.h"
#include "platform/kvm_clock.h"

#include <stdbool.h>
#include <string.h>

#define RTC_INDEX 0x70
#define RTC_DATA  0x71

#define RTC_A          0x0a
#define RTC_A_UPDATING 0x80 /* in less than 244 us the clock will move on */
#define RTC_B          0x0b
#define RTC_B_24_HOURS 0x02
#define RTC_B_BINARY   0x04 /* else two decimal digits an octet */
#define RTC_PM         0x80 /* in the hour, where the clock counts twelve */
#define RTC_TRIES      4

/* RFC 4656 4.1.2: seconds are multiplier * 2^(scale - 32). Whether the clock is synchronised to UTC
 * is unknown, so the bit S stays 0. */
#define ERROR_ESTIMATE(scale, multiplier) (uint16_t)((scale) << 8 | (multiplier))
#define ERROR_1_MS                        ERROR_ESTIMATE(22, 1)
#define ERROR_1_S                         ERROR_ESTIMATE(32, 1)

/* The fields of the time, and their registers. The century's is the one that ACPI usually names. */
enum { SECOND, MINUTE, HOUR, DAY, MONTH, YEAR, CENTURY, FIELDS };
static const uint8_t places[FIELDS] = {0x00, 0x02, 0x04, 0x07, 0x08, 0x09, 0x32};

static uint8_t rtc_read(uint8_t place)
{
    outb(RTC_INDEX, place);
    return inb(RTC_DATA);
}

static void read_fields(uint8_t *fields)
{
    for (unsigned i = 0; i < FIELDS; i++)
        fields[i] = rtc_read(places[i]);
}

/* Reads all fields until they are twice the same and no update is near. False if they never are. */
static bool read_time(uint8_t *fields)
{
    uint8_t again[FIELDS];

    for (unsigned i = 0; i < RTC_TRIES; i++) {
        bool updating = rtc_read(RTC_A) & RTC_A_UPDATING;
        read_fields(fields);
        read_fields(again);
        if (memcmp(fields, again, FIELDS) == 0 && (!updating || i == RTC_TRIES - 1))
            return true;
    }
    return false;
}

static unsigned digits(uint8_t octet)
{
    return (octet >> 4) * 10U + (octet & 15U);
}

/* Days from 1970 to a day of the Gregorian calendar. The year begins in March here, so that the
 * leap day is its last day. */
static uint64_t days(unsigned year, unsigned month, unsigned day)
{
    if (month <= 2)
        year--;
    unsigned since_march = (month + 9) % 12;
    uint64_t to_year = year * 365ULL + year / 4 - year / 100 + year / 400;
    return to_year + (since_march * 153 + 2) / 5 + day - 1 - 719468;
}

/* Microseconds since 1970 now, to a second; 0 if there is no such clock or its fields are wrong. */
static uint64_t rtc_us(void)
{
    uint8_t octets[FIELDS];
    unsigned t[FIELDS];

    if (!read_time(octets))
        return 0;
    uint8_t mode = rtc_read(RTC_B);
    bool afternoon = !(mode & RTC_B_24_HOURS) && (octets[HOUR] & RTC_PM);
    octets[HOUR] &= (uint8_t)~RTC_PM;
    for (unsigned i = 0; i < FIELDS; i++)
        t[i] = mode & RTC_B_BINARY ? octets[i] : digits(octets[i]);
    if (!(mode & RTC_B_24_HOURS))
        t[HOUR] = t[HOUR] % 12 + (afternoon ? 12 : 0);
    if (t[SECOND] > 59 || t[MINUTE] > 59 || t[HOUR] > 23 || t[DAY] < 1 || t[DAY] > 31 ||
        t[MONTH] < 1 || t[MONTH] > 12 || t[YEAR] > 99)
        return 0;
    unsigned century = t[CENTURY] >= 19 && t[CENTURY] <= 99 ? t[CENTURY] : 20;
    uint64_t minutes =
        (days(century * 100 + t[YEAR], t[MONTH], t[DAY]) * 24 + t[HOUR]) * 60 + t[MINUTE];
    return (minutes * 60 + t[SECOND]) * 1000000 + 500000;
}

struct wall wall_read(void)
{
    uint64_t us = kvm_clock_wall_us();
    uint16_t error = ERROR_1_MS;

    if (us == 0) {
        us = rtc_us();
        error = ERROR_1_S;
    }
    if (us == 0)
        return (struct wall){.offset = 0};
    return (struct wall){.offset = us - clock_us(), .error = error};
}
