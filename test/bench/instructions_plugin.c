/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plugin for QEMU's TCG that counts the guest's instructions from one sleep to the next, and
 * writes each count as a line to a file:  -plugin instructions.so,counts=PATH
 *
 * Debian ships QEMU with plugins but without their header: what is used of the interface, version 1
 * of docs/devel/tcg-plugins.rst (QEMU 4.2 to 8.1), is declared here. QEMU refuses a plugin of
 * another version.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PUBLIC __attribute__((visibility("default")))

enum { INLINE_ADD_U64 };

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
                                           void (*translated)(uint64_t id, void *block));
void qemu_plugin_register_vcpu_idle_cb(uint64_t id, void (*idle)(uint64_t id, unsigned cpu));
size_t qemu_plugin_tb_n_insns(const void *block);
void *qemu_plugin_tb_get_insn(const void *block, size_t index);
void qemu_plugin_register_vcpu_insn_exec_inline(void *instruction, int operation, void *counter,
                                                uint64_t operand);
int qemu_plugin_install(uint64_t id, const void *about, int count, char **arguments);

PUBLIC int qemu_plugin_version = 1;

static uint64_t executed;
static FILE *counts;

/* Each instruction on its own, since an interrupt or an exception can end a block early. */
static void count_block(uint64_t id, void *block)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++)
        qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(block, i),
                                                   INLINE_ADD_U64, &executed, 1);
}

static void sleeps(uint64_t id, unsigned cpu)
{
    (void)id;
    (void)cpu;
    fprintf(counts, "%llu\n", (unsigned long long)executed);
    fflush(counts);
    executed = 0;
}

PUBLIC int qemu_plugin_install(uint64_t id, const void *about, int count, char **arguments)
{
    static const char key[] = "counts=";

    (void)about;
    if (count != 1 || strncmp(arguments[0], key, sizeof key - 1) != 0)
        return 1;
    counts = fopen(arguments[0] + sizeof key - 1, "w");
    if (!counts)
        return 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
    qemu_plugin_register_vcpu_idle_cb(id, sleeps);
    return 0;
}
