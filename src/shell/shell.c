/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial console's command lines: typed characters are gathered, and a whole line is looked up
 * in one table.
 *
 * Nothing here waits: a half-typed line stays in its buffer while packets are answered.
 */
#include "shell/shell.h"

#include "platform/power.h"
#include "platform/print.h"
#include "platform/serial.h"
#include "report.h"

#include <inttypes.h>
#include <string.h>

static struct {
    const struct loop *loop;
    char line[64];
    size_t length;
} shell;

static void shell_help(void);

/* An instruction that is defined to be undefined, to see the panic screen. */
static void shell_panic(void)
{
    __asm__ volatile("ud2");
}

static const struct {
    const char *name;
    void (*run)(void);
    const char *what;
} commands[] = {
    {"help", shell_help, "this list"},
    {"stats", shell_stats, "what became of the frames so far"},
    {"poweroff", shell_power_off, "print the counters and power off"},
    {"panic", shell_panic, "crash on purpose, to see the panic screen"},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static void shell_help(void)
{
    for (size_t i = 0; i < COMMANDS; i++)
        print("%-10s %s\n", commands[i].name, commands[i].what);
}

void shell_stats(void)
{
    const struct virtio_net *net = &shell.loop->net;

    report_stats(print, &shell.loop->nif);
    print("%12" PRIu64 "  %-30s %s\n", shell.loop->pace.sleeps, "SLEEPS",
          "times that the guest slept");
    if (net->resets > 0)
        print("%12" PRIu64 "  %-30s %s\n", net->resets, "RESETS",
              "times that the device was reset, because it did not work");
    for (enum virtio_net_error e = 0; e < VIRTIO_NET_ERROR_COUNT; e++)
        if (net->errors[e] > 0)
            print("%12" PRIu64 "  the device broke the rules: %s\n", net->errors[e],
                  virtio_net_error_text(e));
}

void shell_power_off(void)
{
    print("unipong: power off\n");
    shell_stats();
    power_off();
}

static void shell_run(const char *line)
{
    if (*line == '\0')
        return;
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(line, commands[i].name) == 0) {
            commands[i].run();
            return;
        }
    }
    print("%s: no such command; \"help\" lists them\n", line);
}

void shell_init(const struct loop *loop)
{
    shell.loop = loop;
}

/* One typed character: kept and echoed, or a key that edits or ends the line. */
static void shell_key(char c)
{
    if (c == '\r' || c == '\n') {
        serial_write("\n", 1);
        shell.line[shell.length] = '\0';
        shell.length = 0;
        shell_run(shell.line);
    } else if ((c == '\b' || c == 0x7f) && shell.length > 0) {
        shell.length--;
        serial_write("\b \b", 3);
    } else if (c >= ' ' && c <= '~' && shell.length < sizeof shell.line - 1) {
        shell.line[shell.length++] = c;
        serial_write(&c, 1);
    }
}

void shell_poll(void)
{
    int c;
    while ((c = serial_read()) >= 0)
        shell_key((char)c);
}
