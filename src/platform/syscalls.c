/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What newlib asks of an operating system: there is one open file, the console, for standard input,
 * output and error. newlib's manual, "Syscalls", has the list; on this target the names have no
 * underscore.
 */
#include "platform/panic.h"
#include "platform/serial.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAP_SIZE 2048 /* for the corners of stdio; our own code allocates nothing */

int write(int file, const void *text, size_t length)
{
    (void)file;
    serial_write(text, length);
    return (int)length;
}

/* Nobody reads from stdin: the shell takes octets from the serial port itself, without waiting. */
int read(int file, void *text, size_t length)
{
    (void)file, (void)text, (void)length;
    return 0;
}

int close(int file)
{
    (void)file;
    return 0;
}

int fstat(int file, struct stat *status)
{
    (void)file;
    status->st_mode = S_IFCHR;
    status->st_blksize = 128; /* octets of stdout's buffer: a line */
    return 0;
}

int isatty(int file)
{
    (void)file;
    return 1;
}

off_t lseek(int file, off_t offset, int whence)
{
    (void)file, (void)offset, (void)whence;
    return 0;
}

pid_t getpid(void)
{
    return 1;
}

int kill(pid_t process, int signal)
{
    (void)process;
    panic("signal %d raised", signal);
}

void *sbrk(ptrdiff_t increment)
{
    static char heap[HEAP_SIZE] __attribute__((aligned(16)));
    static ptrdiff_t used;

    if (increment < -used || increment > HEAP_SIZE - used) {
        errno = ENOMEM;
        return (void *)-1;
    }
    used += increment;
    return heap + used - increment;
}

_Noreturn void _exit(int status)
{
    panic("exit with status %d", status);
}
