; SPDX-License-Identifier: BSD-2-Clause
;
; Where interrupts arrive. They can only in interrupt_sleep (interrupt.c), which sleeps and does nothing else.
;
; So a handler need not save anything, it wakes: it says which vector it was, and returns with interrupts off.

        global  interrupt_stubs

FIRST_VECTOR    equ 32                          ; behind the exceptions
VECTORS         equ 32
RFLAGS_IF       equ 1 << 9

        section .text
        bits    64

; IN:   the CPU's frame: rip, cs, rflags, rsp, ss
; OUT:  eax = the vector, IF = 0
        align   16
interrupt_stubs:
%assign vector FIRST_VECTOR
%rep VECTORS
        align   16
        mov     eax, vector
        and     dword [rsp + 16], ~RFLAGS_IF
        iretq
%assign vector vector + 1
%endrep
