/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * COM1, a UART 16550A (National Semiconductor PC16550D, 8.0 "Registers"), polled.
 *
 * A console that does not take what we write must not stop the answers to the network: every wait
 * has an end, and after a wait in vain there is no other one until the port takes octets again.
 */
#include "platform/serial.h"

#include "platform/cpu.h"

#include <stdbool.h>

#define COM1             0x3f8
#define DATA             (COM1 + 0) /* transmit and receive; with DLAB: divisor, low octet */
#define INTERRUPT_ENABLE (COM1 + 1) /* with DLAB: divisor, high octet */
#define FIFO_CONTROL     (COM1 + 2)
#define LINE_CONTROL     (COM1 + 3)
#define MODEM_CONTROL    (COM1 + 4)
#define LINE_STATUS      (COM1 + 5)

#define LINE_8N1         0x03
#define LINE_DLAB        0x80
#define DIVISOR          1 /* 115200 bit/s */
#define FIFO_ON_CLEARED  0x07
#define MODEM_DTR_RTS    0x03
#define MODEM_INTERRUPT  0x08 /* OUT2, which on a PC connects the interrupt */
#define RECEIVE_READY    0x01 /* in INTERRUPT_ENABLE */
#define STATUS_DATA      0x01
#define STATUS_EMPTY     0x20 /* the transmit FIFO has room for FIFO_SIZE octets */
#define STATUS_NO_DEVICE 0xff
#define FIFO_SIZE        16
#define WAIT_READS       10000 /* of the status; each takes about a microsecond on a real port */

static unsigned room; /* octets that the FIFO takes before the status has to be read again */
static bool stuck;    /* the last wait was in vain */

void serial_init(void)
{
    outb(INTERRUPT_ENABLE, 0);
    outb(LINE_CONTROL, LINE_8N1 | LINE_DLAB);
    outb(DATA, DIVISOR);
    outb(INTERRUPT_ENABLE, DIVISOR >> 8);
    outb(LINE_CONTROL, LINE_8N1);
    outb(FIFO_CONTROL, FIFO_ON_CLEARED);
    outb(MODEM_CONTROL, MODEM_DTR_RTS | MODEM_INTERRUPT);
}

static void write_octet(char octet)
{
    for (unsigned reads = 0; room == 0; reads++) {
        uint8_t status = inb(LINE_STATUS);
        if (status == STATUS_NO_DEVICE)
            return;
        if (status & STATUS_EMPTY) {
            room = FIFO_SIZE;
            stuck = false;
        } else if (stuck || reads == WAIT_READS) {
            stuck = true;
            return;
        }
    }
    room--;
    outb(DATA, (uint8_t)octet);
}

void serial_write(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            write_octet('\r');
        write_octet(text[i]);
    }
}

int serial_read(void)
{
    uint8_t status = inb(LINE_STATUS);

    if (status == STATUS_NO_DEVICE || !(status & STATUS_DATA))
        return -1;
    return inb(DATA);
}

void serial_listen(void)
{
    outb(INTERRUPT_ENABLE, RECEIVE_READY);
}
