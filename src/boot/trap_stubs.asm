; SPDX-License-Identifier: BSD-2-Clause
;
; Where the CPU's 32 exceptions arrive (AMD64 Architecture Programmer's Manual volume 2, 8.2), and
; behind them 32 interrupts. The stubs are 16 octets each: trap.c finds number n at
; trap_stubs + 16 * n.
;
; An exception's stub makes the same struct trap_frame (trap.c) and hands it on; nothing returns. An
; interrupt can only arrive in interrupt_sleep (interrupt.c), which sleeps and does nothing else. So
; its stub need not save anything, it wakes: it says which vector it was, and returns with
; interrupts off.

        global  trap_stubs
        extern  trap_panic

; Exceptions for which the CPU pushes an error code itself: #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX.
ERROR_CODES equ 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | 1 << 21 | \
                1 << 29 | 1 << 30

INTERRUPTS  equ 32
RFLAGS_IF   equ 1 << 9

        section .text
        bits    64

; IN:   the CPU's frame on the trap stack: ss, rsp, rflags, cs, rip, perhaps an error code
        align   16
trap_stubs:
%assign vector 0
%rep 32
        align   16
%if (ERROR_CODES >> vector & 1) == 0
        push    0
%endif
        push    vector
        jmp     near trap_common
%assign vector vector + 1
%endrep

; IN:   the CPU's frame on the trap stack: ss, rsp, rflags, cs, rip
; OUT:  eax = the vector, IF = 0
%rep INTERRUPTS
        align   16
        mov     eax, vector
        and     dword [rsp + 16], ~RFLAGS_IF
        iretq
%assign vector vector + 1
%endrep

; IN:   the same frame, always with an error code, and the vector on top
; OUT:  trap_panic(struct trap_frame *), which does not return
trap_common:
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
