; SPDX-License-Identifier: BSD-2-Clause
;
; The smallest guest there is: boots by multiboot 1, sends one octet out of COM1 and leaves through
; isa-debug-exit (QEMU's status is 33, as after unipong's own power off). What QEMU spends on it, it
; spends on any image: the floor of the boot times.

BITS 32
ORG 0x100000

MAGIC equ 0x1badb002
FLAGS equ 1 << 16                       ; the address fields below are valid

header:
    dd MAGIC, FLAGS, -(MAGIC + FLAGS)
    dd header, header, end, end, start

start:
    mov dx, 0x3f8                       ; COM1's transmit register
    mov al, '!'
    out dx, al
    mov dx, 0xf4                        ; isa-debug-exit: the status is (0x10 << 1) | 1
    mov eax, 0x10
    out dx, eax
    hlt
end:
