/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM's paravirtual clock: see the header. We write an address into a register, and KVM writes the
 * time there. We need it once or twice, so the register is cleared at once and KVM stops writing.
 */
#include "platform/kvm_clock.h"

#include "platform/cpu.h"

#include <stdbool.h>

#define CPUID_HYPERVISOR         (1U << 31) /* leaf 1, ecx */
#define CPUID_KVM                0x40000000
#define CPUID_KVM_FEATURES       0x40000001
#define KVM_SIGNATURE            0x4b4d564b /* "KVMK", ebx of its leaf */
#define KVM_FEATURE_CLOCKSOURCE2 (1U << 3)
#define MSR_WALL_CLOCK           0x4b564d00
#define MSR_SYSTEM_TIME          0x4b564d01

/* The system time, which was 0 when the machine started, at one value of the TSC. */
struct system_time {
    uint32_t version, pad;
    uint64_t tsc, ns;
    uint32_t multiplier; /* ns per tick of the shifted TSC, times 2^32 */
    int8_t shift;        /* to the left; to the right if negative */
    uint8_t flags, pad2[2];
};

/* The time of day when the system time was 0. */
struct wall_clock {
    uint32_t version, seconds, ns;
};

/* KVM writes both. Neither may cross a page, hence the alignment. */
static volatile struct system_time system_time __attribute__((aligned(32)));
static volatile struct wall_clock wall_clock __attribute__((aligned(16)));

/* Makes KVM write the system time as it is now. False if there is no KVM. */
static bool read_system_time(void)
{
    if (!(cpuid(1, 0).ecx & CPUID_HYPERVISOR) || cpuid(CPUID_KVM, 0).ebx != KVM_SIGNATURE ||
        !(cpuid(CPUID_KVM_FEATURES, 0).eax & KVM_FEATURE_CLOCKSOURCE2))
        return false;
    wrmsr(MSR_SYSTEM_TIME, (uintptr_t)&system_time | 1);
    wrmsr(MSR_SYSTEM_TIME, 0);
    return system_time.multiplier != 0 && system_time.shift > -32 && system_time.shift < 32;
}

uint32_t kvm_clock_khz(void)
{
    if (!read_system_time())
        return 0;
    int shift = system_time.shift; /* NOLINT(bugprone-signed-char-misuse): it is signed */
    uint64_t rate = (1000000ULL << 32) / system_time.multiplier; /* of the shifted counter */
    return (uint32_t)(shift < 0 ? rate << -shift : rate >> shift);
}

uint64_t kvm_clock_wall_us(void)
{
    if (!read_system_time())
        return 0;
    wrmsr(MSR_WALL_CLOCK, (uintptr_t)&wall_clock);
    int shift = system_time.shift; /* NOLINT(bugprone-signed-char-misuse): it is signed */
    uint64_t ticks = rdtsc() - system_time.tsc;
    ticks = shift < 0 ? ticks >> -shift : ticks << shift;
    uint64_t ns =
        system_time.ns + (uint64_t)((unsigned __int128)ticks * system_time.multiplier >> 32);
    return wall_clock.seconds * 1000000ULL + (wall_clock.ns + ns) / 1000;
}
