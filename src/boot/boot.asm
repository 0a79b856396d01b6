; SPDX-License-Identifier: BSD-2-Clause
;
; From the multiboot loader to kernel_main: 32-bit protected mode to long mode.
;
; Multiboot 1 (Multiboot Specification 0.6.96), long mode as the AMD64 Architecture Programmer's
; Manual enters it (volume 2, 14.6). One CPU, interrupts off from here on. SSE and x87 stay off: an
; instruction that uses them traps.

        global  boot_start, boot_gdt_tss, boot_page_table
        extern  kernel_main
        extern  image_start, rodata_start, data_start, data_end, image_end
        extern  stack_guard, stack_bottom, stack_top
        extern  trap_guard, trap_stack_bottom, sealed_start, sealed_end

MULTIBOOT_MAGIC         equ 0x1badb002
MULTIBOOT_MEMORY_INFO   equ 1 << 1              ; we want the memory map
MULTIBOOT_ADDRESSES     equ 1 << 16             ; load by the addresses here: the file may be ELF64
MULTIBOOT_FLAGS         equ MULTIBOOT_MEMORY_INFO | MULTIBOOT_ADDRESSES

CPUID_EXTENDED          equ 0x80000000
CPUID_EXTENDED_FEATURES equ 0x80000001
CPUID_NX                equ 1 << 20             ; in EDX
CPUID_LONG_MODE         equ 1 << 29             ; in EDX

CR0_EM                  equ 1 << 2              ; x87 and MMX instructions trap
CR0_WP                  equ 1 << 16             ; read-only pages are read-only for us too
CR0_PG                  equ 1 << 31
CR4_PAE                 equ 1 << 5
MSR_EFER                equ 0xc0000080
EFER_LME                equ 1 << 8
EFER_NXE                equ 1 << 11

PAGE                    equ 4096
PAGE_PRESENT            equ 1 << 0
PAGE_WRITE              equ 1 << 1
PAGE_NX_HIGH            equ 1 << 31             ; bit 63, in an entry's upper half

COM1                    equ 0x3f8
DEBUG_EXIT              equ 0xf4                ; QEMU's isa-debug-exit
DEBUG_EXIT_PANIC        equ 0x12

; --------------------------------------------------------------------------------------------------
        section .multiboot progbits alloc noexec nowrite align=4
        bits    32

multiboot_header:
        dd      MULTIBOOT_MAGIC
        dd      MULTIBOOT_FLAGS
        dd      -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
        dd      multiboot_header
        dd      image_start                     ; load address
        dd      data_end                        ; end of what is loaded
        dd      image_end                       ; end of what is cleared
        dd      boot_start

; --------------------------------------------------------------------------------------------------
        section .text

; Stage 1: 32-bit protected mode, paging off, as the loader leaves us.
; IN:   eax = multiboot's magic, ebx = address of its information, .bss cleared by the loader
; OUT:  esi, edi = the arguments of kernel_main: information, magic; a stack
boot_start:
        cli
        cld
        mov     esp, stack_top
        mov     edi, eax
        mov     esi, ebx

; Stage 2: does the CPU have what stage 4 needs?
; OUT:  goes on to stage 3, or says what is missing and stops
check_cpu:
        mov     eax, CPUID_EXTENDED
        cpuid
        cmp     eax, CPUID_EXTENDED_FEATURES
        jb      no_long_mode
        mov     eax, CPUID_EXTENDED_FEATURES
        cpuid
        and     edx, CPUID_LONG_MODE | CPUID_NX
        cmp     edx, CPUID_LONG_MODE | CPUID_NX
        jne     no_long_mode

; Stage 3: page tables for the first 2 MiB, address equal to physical address; the rest is mmu.c's.
; OUT:  page_map_4 and the tables below it: text read and execute, constants read-only, everything
;       else no-execute, page 0 and the guard pages absent, these tables themselves read-only
make_page_tables:
        mov     dword [page_map_4], page_directory_pointers + (PAGE_PRESENT | PAGE_WRITE)
        mov     dword [page_directory_pointers], page_directory + (PAGE_PRESENT | PAGE_WRITE)
        mov     dword [page_directory], boot_page_table + (PAGE_PRESENT | PAGE_WRITE)

        mov     eax, PAGE                       ; from page 1: page 0 stays absent
        mov     ecx, image_start
        mov     ebx, PAGE_PRESENT | PAGE_WRITE
        mov     edx, PAGE_NX_HIGH
        call    map_pages
        mov     ecx, rodata_start               ; text
        mov     ebx, PAGE_PRESENT
        xor     edx, edx
        call    map_pages
        mov     ecx, data_start                 ; constants
        mov     edx, PAGE_NX_HIGH
        call    map_pages
        mov     ecx, stack_guard                ; variables
        mov     ebx, PAGE_PRESENT | PAGE_WRITE
        call    map_pages
        mov     eax, stack_bottom               ; over the guard page
        mov     ecx, trap_guard
        call    map_pages
        mov     eax, trap_stack_bottom          ; over the other one
        mov     ecx, sealed_start
        call    map_pages
        mov     ecx, sealed_end                 ; page tables, interrupt table
        mov     ebx, PAGE_PRESENT
        call    map_pages
        mov     ecx, 512 * PAGE                 ; more variables, and to the end of the table
        mov     ebx, PAGE_PRESENT | PAGE_WRITE
        call    map_pages

; Stage 4: long mode. The order is the manual's: PAE, page tables, EFER, then paging.
; OUT:  64-bit code segment, paging with no-execute and write protection
enter_long_mode:
        mov     eax, CR4_PAE
        mov     cr4, eax
        mov     eax, page_map_4
        mov     cr3, eax
        mov     ecx, MSR_EFER
        rdmsr
        or      eax, EFER_LME | EFER_NXE
        wrmsr
        mov     eax, cr0
        or      eax, CR0_PG | CR0_WP | CR0_EM
        mov     cr0, eax
        lgdt    [gdt_pointer]
        jmp     GDT_CODE:start_64

; map_pages: page table entries for a run of pages.
; IN:   eax, ecx = first address and the one behind the last, both on a page, below 2 MiB
;       ebx, edx = the lower and upper half of the entries' flags
; OUT:  eax = ecx; all others as they were
map_pages:
        cmp     eax, ecx
        jae     .done
        mov     ebp, eax
        shr     ebp, 9                          ; page number times 8
        add     ebp, boot_page_table
        mov     [ebp], eax
        or      [ebp], ebx
        mov     [ebp + 4], edx
        add     eax, PAGE
        jmp     map_pages
.done:  ret

; no_long_mode: the end on a CPU that is too old, with a message on COM1 as its reset left that.
no_long_mode:
        mov     esi, .message
        mov     ecx, .length
        mov     dx, COM1
        rep outsb
        mov     eax, DEBUG_EXIT_PANIC
        out     DEBUG_EXIT, eax
.stop:  hlt
        jmp     .stop
.message: db    "unipong: panic: the CPU has no long mode with no-execute pages", 13, 10
.length equ     $ - .message

; Stage 5: 64-bit mode.
; IN:   esi, edi from stage 1
; OUT:  kernel_main(magic, information), which does not return
        bits    64
start_64:
        mov     eax, GDT_DATA
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        xor     eax, eax
        mov     fs, eax
        mov     gs, eax
        mov     rsp, stack_top
        xor     ebp, ebp                        ; the end of a debugger's chain of frames
        mov     edi, edi                        ; upper halves: undefined until written
        mov     esi, esi
        call    kernel_main
.stop:  cli
        hlt
        jmp     .stop

; --------------------------------------------------------------------------------------------------
        section .rodata align=8

; The segments of long mode, where base and limit mean nothing any more. trap.c fills in the task
; state segment, and lifts the protection for that.
gdt:
        dq      0
GDT_CODE equ    $ - gdt
        dq      0x00209b0000000000              ; present, code, accessed, 64-bit
GDT_DATA equ    $ - gdt
        dq      0x0000930000000000              ; present, data, writable, accessed
boot_gdt_tss:
        dq      0, 0
gdt_pointer:
        dw      gdt_pointer - gdt - 1
        dq      gdt

; --------------------------------------------------------------------------------------------------
        section .bss.sealed nobits alloc noexec write align=4096

page_map_4:              resb PAGE
page_directory_pointers: resb PAGE
page_directory:          resb PAGE
boot_page_table:         resb PAGE
