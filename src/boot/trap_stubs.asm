; SPDX-License-Identifier: BSD-2-Clause
;
; Where the CPU's 32 exceptions arrive (AMD64 Architecture Programmer's Manual volume 2, 8.2), and
; 32 interrupts. The stubs are 4 octets each: trap.c finds that of exception n at exception_stubs +
; 4 n, that of interrupt n at interrupt_stubs + 4 n.
;
; An exception's stub leaves a struct trap_frame (trap.c) on the stack and hands it on; nothing
; returns. An interrupt can only arrive in interrupt_sleep (interrupt.c), which sleeps and does
; nothing else. So its stub need not save anything: it leaves its vector in eax and returns with
; interrupts off, which ends the sleep.

        global  exception_stubs, interrupt_stubs
        extern  trap_panic

EXCEPTIONS  equ 32
INTERRUPTS  equ 32
RFLAGS_IF   equ 1 << 9

        section .text
        bits    64

; IN:   the CPU's frame on the trap stack: ss, rsp, rflags, cs, rip
; OUT:  eax = the vector, IF = 0
interrupt_stubs:
%assign vector EXCEPTIONS
%rep INTERRUPTS
        push    vector
        jmp     short wake
%assign vector vector + 1
%endrep
wake:
        pop     rax
        and     byte [rsp + 16 + 1], ~(RFLAGS_IF >> 8)
        iretq

; IN:   the CPU's frame on the trap stack: ss, rsp, rflags, cs, rip, perhaps an error code
; OUT:  trap_panic(struct trap_frame *), which does not return
exception_stubs:
%assign vector 0
%rep EXCEPTIONS
        push    vector
        jmp     short exception
%assign vector vector + 1
%endrep
exception:
        push    rax
        push    rcx
        push    rdx
        push    rbx
        push    rbp
        push    rsi
        push    rdi
        push    r8
        push    r9
        push    r10
        push    r11
        push    r12
        push    r13
        push    r14
        push    r15
        cld
        mov     rdi, rsp
        and     rsp, -16
        xor     ebp, ebp
        call    trap_panic
