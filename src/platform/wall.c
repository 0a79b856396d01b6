/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time of day: see the header. The battery's clock is an MC146818 (its data sheet), which QEMU
 * sets to UTC unless told otherwise.
 *
 * It counts whole seconds, and QEMU's those since QEMU started, at whatever part of a second that
 * was: so it is slow by up to a second, and how much can't be seen. Which part of its own second it
 * is in shows after some looks.
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

#define SECOND_US 1000000
#define KVM_ERROR 1000    /* microseconds, either way */
#define PERIOD_US 1100000 /* not a second: looks fall into all parts of one */

#define UNITS_PER_US 4295 /* 2^-32 s, the unit of an error estimate */

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

/* Microseconds since 1970 now, in whole seconds; 0 if there is no such clock or its fields are wrong. */
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
    return (minutes * 60 + t[SECOND]) * SECOND_US;
}

/* RFC 4656 4.1.2: seconds are multiplier * 2^(scale - 32), rounded up here. Whether the clock is
 * synchronised to UTC is unknown, so the bit S stays 0. */
static uint16_t error_estimate(uint64_t us)
{
    uint64_t units = us * UNITS_PER_US;
    unsigned scale = units < 128 ? 0 : 57 - (unsigned)__builtin_clzll(units);

    return (uint16_t)(scale << 8 | ((units >> scale) + 1));
}

/* What is known now is what was known, as far as the counter may have strayed since, and what is
 * seen. If these contradict each other, the time has jumped and only what is seen counts. */
static void narrow(struct wall *w, uint64_t low, uint64_t high, uint64_t strayed)
{
    bool jumped = w->low > high + strayed || w->high + strayed < low;

    w->low = jumped || low + strayed > w->low ? low : w->low - strayed;
    w->high = jumped || high < w->high + strayed ? high : w->high + strayed;
}

bool wall_look(struct wall *w, bool moved)
{
    uint64_t before = clock_us(), early = KVM_ERROR, late = KVM_ERROR, slow = 0;
    if (before < w->next && !moved)
        return false;
    w->next = before + PERIOD_US;
    uint64_t us = kvm_clock_wall_us();
    if (us == 0) {
        us = rtc_us();
        early = 0;
        late = slow = SECOND_US;
    }
    if (us == 0)
        return false;
    uint64_t now = clock_us();
    if (moved) /* nothing is known any more */
        w->low = w->high = 0;
    narrow(w, us - early - now, us + late - before, (now - w->looked) * w->ppm / 1000000 + 1);
    if (w->offset < w->low || w->offset > w->high + slow)
        w->offset = w->low + (w->high + slow - w->low) / 2;
    uint64_t back = w->offset - w->low, ahead = w->high + slow - w->offset;
    w->error = error_estimate(back > ahead ? back : ahead);
    w->ppm = clock_ppm();
    w->looked = now;
    return true;
}
