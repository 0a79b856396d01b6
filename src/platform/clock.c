/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock: the time stamp counter (TSC) times a factor. Of all clocks the TSC alone is read
 * without leaving the guest. Its rate: tsc_rate.h.
 */
#include "platform/clock.h"

#include "platform/cpu.h"
#include "platform/tsc_rate.h"

static uint64_t zero;    /* TSC at clock_init, later when the rate was last corrected */
static uint64_t zero_us; /* the time then */
static uint32_t khz;
static uint64_t factor; /* microseconds per tick, times 2^32 */
static uint64_t latest; /* what clock_us said last */

static void set_rate(uint32_t rate)
{
    khz = rate;
    factor = (1000ULL << 32) / rate;
}

void clock_init(void)
{
    zero = rdtsc();
    tsc_rate_init();
}

void clock_calibrate(uint16_t acpi_timer)
{
    set_rate(tsc_rate_find(acpi_timer));
}

void clock_refine(void)
{
    uint32_t rate = tsc_rate_refine();

    if (rate == khz)
        return;
    zero_us = clock_us(); /* the time goes on from here: no jump */
    zero = rdtsc();
    set_rate(rate);
}

uint64_t clock_us(void)
{
    uint64_t us = zero_us + (uint64_t)((unsigned __int128)(rdtsc() - zero) * factor >> 32);

    if ((int64_t)(us - latest) > 0)
        latest = us;
    return latest;
}

uint32_t clock_khz(void)
{
    return khz;
}

uint32_t clock_ppm(void)
{
    return tsc_rate_ppm();
}
