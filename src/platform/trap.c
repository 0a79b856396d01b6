/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions (AMD64 Architecture Programmer's Manual volume 2, chapter 8): each leads to the panic
 * screen.
 *
 * All of them, non-maskable interrupt and double fault included, run on a stack of their own, as
 * nothing here returns: so a stack that has run into its guard page gets its screen too, and with
 * the true cause on it.
 */
#include "platform/trap.h"

#include "platform/cpu.h"
#include "platform/panic.h"
#include "platform/print.h"

#include <stddef.h>
#include <stdint.h>

#define EXCEPTIONS     32
#define VECTORS        64 /* with the interrupts */
#define STUB_SIZE      16
#define STACK_SIZE     8192
#define GATE_INTERRUPT 0x8e /* present, 64-bit interrupt gate */
#define SEGMENT_CODE   0x08 /* boot.asm's table */
#define SEGMENT_TASK   0x18
#define TASK_AVAILABLE 0x89 /* present, 64-bit task state segment */
#define STACK_WORDS    16   /* on the screen */

/* What a stub of trap_stubs.asm leaves on the stack, lowest address first. */
struct trap_frame {
    uint64_t general[15]; /* in the order of print_registers */
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct gate {
    uint16_t offset_0, segment;
    uint8_t stack, type;
    uint16_t offset_16;
    uint32_t offset_32, reserved;
};
_Static_assert(sizeof(struct gate) == 16, "the CPU's layout");

/* 64-bit task state segment, in 32-bit words as its addresses are not aligned: 0x24 is the first
 * stack's. */
struct task {
    uint32_t reserved[9], stack_1_low, stack_1_high, rest[14];
    uint16_t reserved_2, io_map;
};
_Static_assert(sizeof(struct task) == 104 && offsetof(struct task, stack_1_low) == 0x24,
               "the CPU's layout");

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed)); /* the CPU's layout */

extern const char trap_stubs[];            /* trap_stubs.asm */
extern uint64_t boot_gdt_tss[2];           /* boot.asm */
extern char stack_guard[], stack_bottom[]; /* image.ld */
extern char stack_top[];
_Noreturn void trap_panic(const struct trap_frame *t); /* trap_stubs.asm calls it */

static struct gate gates[VECTORS];
static struct task task;
static char stack[STACK_SIZE] __attribute__((aligned(16)));

static void set_task(void)
{
    uint64_t top = (uintptr_t)stack + sizeof stack;
    uint64_t base = (uintptr_t)&task;

    task.stack_1_low = (uint32_t)top;
    task.stack_1_high = (uint32_t)(top >> 32);
    task.io_map = sizeof task;
    boot_gdt_tss[0] = (sizeof task - 1) | (base & 0xffffff) << 16 | (uint64_t)TASK_AVAILABLE << 40 |
                      (base >> 24 & 0xff) << 56;
    boot_gdt_tss[1] = base >> 32;
    __asm__ volatile("ltr %w0" : : "r"(SEGMENT_TASK) : "memory");
}

void trap_init(void)
{
    struct table_pointer pointer = {sizeof gates - 1, (uintptr_t)gates};

    set_task();
    for (unsigned i = 0; i < VECTORS; i++) {
        uint64_t stub = (uintptr_t)trap_stubs + i * STUB_SIZE;
        gates[i] = (struct gate){.offset_0 = (uint16_t)stub,
                                 .offset_16 = (uint16_t)(stub >> 16),
                                 .offset_32 = (uint32_t)(stub >> 32),
                                 .segment = SEGMENT_CODE,
                                 .stack = 1,
                                 .type = GATE_INTERRUPT};
    }
    __asm__ volatile("lidt %0" : : "m"(pointer) : "memory");
}

static const char *vector_name(uint64_t vector)
{
    static const char *const names[] = {
        "divide error",
        "debug",
        "non-maskable interrupt",
        "breakpoint",
        "overflow",
        "bound range",
        "invalid opcode",
        "device not available",
        "double fault",
        "coprocessor overrun",
        "invalid TSS",
        "segment not present",
        "stack fault",
        "general protection",
        "page fault",
        "reserved",
        "x87 floating point",
        "alignment check",
        "machine check",
        "SIMD floating point",
    };
    return vector < sizeof names / sizeof names[0] ? names[vector] : "reserved";
}

static void print_registers(const struct trap_frame *t)
{
    static const char register_names[][4] = {"r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8",
                                             "rdi", "rsi", "rbp", "rbx", "rdx", "rcx", "rax"};

    print("  rip %016lx  rsp %016lx  cr2 %016lx\n", t->rip, t->rsp, read_cr2());
    print("  flg %016lx  cs  %016lx  ss  %016lx\n", t->rflags, t->cs, t->ss);
    for (unsigned i = 0; i < sizeof t->general / sizeof t->general[0]; i++)
        print("  %-3s %016lx%s", register_names[i], t->general[i], i % 3 == 2 ? "\n" : "");
}

/* The words at rsp, as far as rsp is in the stack. */
static void print_stack(uint64_t rsp)
{
    uint64_t word = rsp & ~7ULL;

    if (rsp >= (uintptr_t)stack_guard && rsp <= (uintptr_t)stack_bottom) {
        print("  the stack has overflowed into its guard page\n");
        word = (uintptr_t)stack_bottom;
    }
    if (word < (uintptr_t)stack_bottom || word >= (uintptr_t)stack_top) {
        print("  rsp is not in the stack\n");
        return;
    }
    for (unsigned i = 0; i < STACK_WORDS && word < (uintptr_t)stack_top; i++, word += 8)
        print("%s%016lx", i % 4 ? " " : i ? "\n  stack " : "  stack ", *(uint64_t *)word);
    print("\n");
}

_Noreturn void trap_panic(const struct trap_frame *t)
{
    panic_begin();
    print("unipong: panic: exception %lu, %s, error code 0x%lx, at 0x%lx\n", t->vector,
          vector_name(t->vector), t->error, t->rip);
    print_registers(t);
    print_stack(t->rsp);
    panic_end();
}
