/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions (AMD64 Architecture Programmer's Manual volume 2, chapter 8): each leads to the panic
 * screen.
 *
 * All of them, non-maskable interrupt and double fault included, run on one stack of their own,
 * since none returns. So a stack that has overflowed into its guard page gets its screen too, with
 * the true cause on it.
 */
#include "platform/trap.h"

#include "platform/cpu.h"
#include "platform/panic.h"
#include "platform/print.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EXCEPTIONS     32
#define VECTORS        64 /* with the interrupts */
#define STUB_SIZE      4
#define STACK_SIZE     8192
#define GATE_INTERRUPT 0x8e /* present, 64-bit interrupt gate */
#define SEGMENT_CODE   0x08 /* boot.asm's table */
#define SEGMENT_TASK   0x18
#define TASK_AVAILABLE 0x89 /* present, 64-bit task state segment */
#define STACK_WORDS    16   /* on the screen */

/* Exceptions for which the CPU pushes an error code: #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX. */
#define ERROR_CODES                                                                                \
    (1U << 8 | 1U << 10 | 1U << 11 | 1U << 12 | 1U << 13 | 1U << 14 | 1U << 17 | 1U << 21 |        \
     1U << 29 | 1U << 30)

/* What the CPU pushes last, behind an error code where there is one. */
struct cpu_frame {
    uint64_t rip, cs, rflags, rsp, ss;
};

/* What an exception's stub of trap_stubs.asm leaves on the stack, lowest address first. */
struct trap_frame {
    uint64_t general[15]; /* in the order of print_registers */
    uint64_t vector;
    uint64_t cpu[]; /* perhaps an error code, then struct cpu_frame */
};

struct gate {
    uint16_t offset_0, segment;
    uint8_t stack, type;
    uint16_t offset_16;
    uint32_t offset_32, reserved;
};
_Static_assert(sizeof(struct gate) == 16, "the CPU's layout");

/* 64-bit task state segment, in 32-bit words as its addresses are not aligned. stack_1 is the
 * address that a gate with .stack = 1 switches to. */
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

extern const char exception_stubs[], interrupt_stubs[]; /* trap_stubs.asm */
extern uint64_t boot_gdt_tss[2];                        /* boot.asm */
extern char stack_guard[], stack_bottom[];              /* image.ld */
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
        uint64_t stub = i < EXCEPTIONS ? (uintptr_t)exception_stubs + i * STUB_SIZE
                                       : (uintptr_t)interrupt_stubs + (i - EXCEPTIONS) * STUB_SIZE;
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
    /* In one string, by vector. Those behind the last one are reserved. */
    /* NOLINTNEXTLINE(bugprone-string-literal-with-embedded-nul): the loop below knows */
    static const char names[] = "divide error\0"
                                "debug\0"
                                "non-maskable interrupt\0"
                                "breakpoint\0"
                                "overflow\0"
                                "bound range\0"
                                "invalid opcode\0"
                                "device not available\0"
                                "double fault\0"
                                "coprocessor overrun\0"
                                "invalid TSS\0"
                                "segment not present\0"
                                "stack fault\0"
                                "general protection\0"
                                "page fault\0"
                                "reserved\0"
                                "x87 floating point\0"
                                "alignment check\0"
                                "machine check\0"
                                "SIMD floating point\0"
                                "reserved";
    const char *name = names;

    while (vector-- > 0 && name + sizeof "reserved" < names + sizeof names)
        name += strlen(name) + 1;
    return name;
}

static void print_registers(const struct trap_frame *t, const struct cpu_frame *cpu)
{
    static const char register_names[][4] = {"r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8",
                                             "rdi", "rsi", "rbp", "rbx", "rdx", "rcx", "rax"};

    print("  rip %016lx  rsp %016lx  cr2 %016lx\n", cpu->rip, cpu->rsp, read_cr2());
    print("  flg %016lx  cs  %016lx  ss  %016lx\n", cpu->rflags, cpu->cs, cpu->ss);
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
    bool has_error = t->vector < EXCEPTIONS && ERROR_CODES >> t->vector & 1;
    const struct cpu_frame *cpu = (const struct cpu_frame *)(t->cpu + has_error);

    panic_begin();
    print("unipong: panic: exception %lu, %s, error code 0x%lx, at 0x%lx\n", t->vector,
          vector_name(t->vector), has_error ? t->cpu[0] : 0, cpu->rip);
    print_registers(t, cpu);
    print_stack(cpu->rsp);
    panic_end();
}
