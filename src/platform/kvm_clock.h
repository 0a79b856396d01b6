/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM's paravirtual clock (Linux, Documentation/virt/kvm/x86/msr.rst): it tells the rate of the
 * time stamp counter and the time of day, exactly and without waiting. Only on KVM.
 */
#ifndef PLATFORM_KVM_CLOCK_H
#define PLATFORM_KVM_CLOCK_H

#include <stdint.h>

/* The rate of the time stamp counter in kHz; 0 if this is not KVM. */
uint32_t kvm_clock_khz(void);

/* Microseconds since 1970 now; 0 if this is not KVM. */
uint64_t kvm_clock_wall_us(void);

#endif
