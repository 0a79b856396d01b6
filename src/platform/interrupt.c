/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt controllers: the local APIC (Intel 64 Software Developer's Manual volume 3, chapter
 * 10 "APIC") for messages and the timer, and behind its LINT0 the pair of 8259A (PIC) for lines.
 *
 * The PIC is used rather than the I/O APIC, because firmware writes the PIC's line into each PCI
 * device's interrupt line register. The I/O APIC's line is told only by ACPI's bytecode, which
 * would need an interpreter.
 */
#include "platform/interrupt.h"

#include "platform/clock.h"
#include "platform/cpu.h"
#include "platform/mmu.h"

#define CPUID_APIC     (1U << 9) /* leaf 1, edx */
#define MSR_APIC_BASE  0x1b
#define APIC_BASE_X2   (1U << 10) /* registers as MSRs: firmware leaves this off */
#define APIC_BASE_MASK 0x000ffffffffff000ULL

/* Registers, in 32-bit words */
#define APIC_ID             (0x020 / 4)
#define APIC_TASK_PRIORITY  (0x080 / 4)
#define APIC_EOI            (0x0b0 / 4)
#define APIC_SPURIOUS       (0x0f0 / 4)
#define APIC_LVT_TIMER      (0x320 / 4)
#define APIC_LVT_LINT0      (0x350 / 4)
#define APIC_TIMER_START    (0x380 / 4)
#define APIC_TIMER_NOW      (0x390 / 4)
#define APIC_TIMER_DIVIDE   (0x3e0 / 4)
#define APIC_ENABLE         (1U << 8)
#define APIC_DELIVER_EXTINT (7U << 8) /* the PIC gives the vector */
#define APIC_DIVIDE_128     0xa

#define MESSAGE_ADDRESS  0xfee00000U /* 10.11.1 */
#define MESSAGE_ID_SHIFT 12

/* Intel 8259A, "Programming the 8259A" */
#define PIC_1             0x20
#define PIC_2             0xa0
#define PIC_ICW1          0x11  /* edges, a pair, ICW4 follows */
#define PIC_ICW4          0x03  /* 8086 mode, automatic end of interrupt */
#define PIC_CASCADE       2     /* the first PIC's line that the second is connected to */
#define PIC_EDGE_OR_LEVEL 0x4d0 /* the chipset's ELCR: a bit for each line, set for level */

static volatile uint32_t *apic; /* NULL: there is none */
static uint16_t lines;          /* of the PIC, a bit for each that is not masked */
static uint64_t timer_started;  /* rdtsc() just before the timer was started at boot */
static uint64_t timer_rate;     /* ticks per microsecond, times 2^16; 0: not known yet */
static uint64_t timer_due;      /* when the timer interrupts; 0: it is not set */

static void pic_mask(void)
{
    outb(PIC_1 + 1, (uint8_t)~lines);
    outb(PIC_2 + 1, (uint8_t)(~lines >> 8));
}

static void pic_init(void)
{
    outb(PIC_1, PIC_ICW1);
    outb(PIC_2, PIC_ICW1);
    outb(PIC_1 + 1, INTERRUPT_LINE_0);
    outb(PIC_2 + 1, INTERRUPT_LINE_0 + 8);
    outb(PIC_1 + 1, 1 << PIC_CASCADE);
    outb(PIC_2 + 1, PIC_CASCADE);
    outb(PIC_1 + 1, PIC_ICW4);
    outb(PIC_2 + 1, PIC_ICW4);
    lines = 1 << PIC_CASCADE;
    pic_mask();
}

static void apic_init(void)
{
    uint64_t base = rdmsr(MSR_APIC_BASE);

    apic = mmu_map_device(base & APIC_BASE_MASK, 4096);
    apic[APIC_SPURIOUS] = APIC_ENABLE | INTERRUPT_SPURIOUS;
    apic[APIC_TASK_PRIORITY] = 0;
    apic[APIC_LVT_LINT0] = APIC_DELIVER_EXTINT;
    apic[APIC_TIMER_DIVIDE] = APIC_DIVIDE_128;
    apic[APIC_LVT_TIMER] = INTERRUPT_TIMER; /* one shot */
    timer_started = rdtsc();
    apic[APIC_TIMER_START] = UINT32_MAX; /* runs for minutes: timer_measure needs it */
}

bool interrupt_init(void)
{
    pic_init();
    if ((cpuid(1, 0).edx & CPUID_APIC) && !(rdmsr(MSR_APIC_BASE) & APIC_BASE_X2))
        apic_init();
    return apic != NULL;
}

bool interrupt_line(unsigned line, bool level)
{
    uint16_t port = (uint16_t)(PIC_EDGE_OR_LEVEL + line / 8);
    uint8_t bit = (uint8_t)(1U << line % 8);

    if (line > 15)
        return false;
    outb(port, (uint8_t)(level ? inb(port) | bit : inb(port) & ~bit));
    lines |= (uint16_t)(1U << line);
    pic_mask();
    return true;
}

struct interrupt_message interrupt_message(uint8_t vector)
{
    return (struct interrupt_message){
        .address = MESSAGE_ADDRESS | apic[APIC_ID] >> 24 << MESSAGE_ID_SHIFT,
        .data = vector, /* fixed, edge */
    };
}

/*
 * Measures the timer's rate, which no register tells: the timer has run since boot, as our clock
 * has. The result is too low rather than too high, so a sleep may end early, which costs another
 * turn of the loop, but not late.
 */
static void timer_measure(void)
{
    uint64_t ticks = UINT32_MAX - apic[APIC_TIMER_NOW];
    uint64_t us = (rdtsc() - timer_started) * 1000 / clock_khz();

    timer_rate = (ticks << 16) / (us + 1) + 1;
}

void interrupt_wake_by(uint64_t due)
{
    if (timer_due != 0 && timer_due <= due) /* early enough, even if it has expired */
        return;
    if (due == UINT64_MAX)
        return;
    if (timer_rate == 0)
        timer_measure();
    uint64_t now = clock_us();
    uint64_t us = due > now ? due - now : 0;
    uint64_t most = ((uint64_t)UINT32_MAX << 16) / timer_rate;
    uint64_t ticks = (us < most ? us : most) * timer_rate >> 16;
    apic[APIC_TIMER_START] = ticks ? (uint32_t)ticks : 1;
    timer_due = due;
}

/*
 * "sti" lets interrupts in only after the next instruction, so none can be taken before "hlt",
 * which would then sleep although it has come (manual, volume 2, "STI"). One stub of trap_stubs.asm
 * runs; it leaves the vector in eax and interrupts off, so a second interrupt stays pending for the
 * next sleep.
 */
uint8_t interrupt_sleep(void)
{
    uint32_t vector = INTERRUPT_SPURIOUS;

    __asm__ volatile("sti; hlt; cli" : "+a"(vector) : : "memory", "cc");
    if (vector >= INTERRUPT_TIMER && vector != INTERRUPT_SPURIOUS)
        apic[APIC_EOI] = 0;
    if (vector == INTERRUPT_TIMER)
        timer_due = 0;
    return (uint8_t)vector;
}
