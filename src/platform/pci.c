/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI (PCI Local Bus Specification 3.0, chapter 6): configuration mechanism 1, with the addresses
 * and bus numbers that firmware gave out.
 *
 * What a device says of itself is not trusted: each loop ends, whatever the device says.
 */
#include "platform/pci.h"

#include "platform/cpu.h"
#include "platform/interrupt.h"
#include "platform/mmu.h"
#include "platform/panic.h"
#include "platform/ram.h"

#include <stddef.h>

#define CONFIG_ADDRESS 0xcf8 /* 3.2.2.3.2 */
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  (1U << 31)

#define VENDOR_ID    0x00
#define COMMAND      0x04
#define STATUS       0x06
#define HEADER_TYPE  0x0e
#define BAR_0        0x10
#define CAPABILITIES 0x34
#define LINE         0x3c

#define COMMAND_MEMORY      (1U << 1)
#define COMMAND_MASTER      (1U << 2)
#define STATUS_CAPABILITIES (1U << 4)
#define HEADER_MULTIPLE     0x80 /* more functions than number 0 */
#define BAR_IO              (1U << 0)
#define BAR_TYPE            (3U << 1)
#define BAR_TYPE_64         (2U << 1)
#define BAR_FLAGS           0xfU
#define BARS                6
#define DEVICES             32 /* of a bus */
#define FUNCTIONS           8  /* of a device */
#define CAPABILITIES_MAX    48 /* four octets each, from 0x40 on */
#define NO_VENDOR           0xffff

#define CAP_ID_MSIX  0x11 /* 6.8.2 */
#define MSIX_CONTROL 2    /* offsets in the capability */
#define MSIX_TABLE   4
#define MSIX_LAST    0x7ffU /* in the control word: messages, less one */
#define MSIX_ENABLE  (1U << 15)
#define MSIX_MASK    (1U << 14) /* of all messages */
#define MSIX_BAR     7U         /* low bits of the table's place; the others are the offset */

static uint16_t select(const struct pci_device *d, uint8_t offset)
{
    outl(CONFIG_ADDRESS, CONFIG_ENABLE | (uint32_t)d->bus << 16 | (uint32_t)d->device << 11 |
                             (uint32_t)d->function << 8 | (offset & 0xfcU));
    return (uint16_t)(CONFIG_DATA + (offset & 3));
}

uint8_t pci_read8(const struct pci_device *d, uint8_t offset)
{
    return inb(select(d, offset));
}

uint16_t pci_read16(const struct pci_device *d, uint8_t offset)
{
    return inw(select(d, offset));
}

uint32_t pci_read32(const struct pci_device *d, uint8_t offset)
{
    return inl(select(d, offset));
}

void pci_write16(const struct pci_device *d, uint8_t offset, uint16_t value)
{
    outw(select(d, offset), value);
}

/* Makes d the next place: function, device, bus. False behind the last bus. */
static bool step(struct pci_device *d, bool skip_functions)
{
    if (!skip_functions && ++d->function < FUNCTIONS)
        return true;
    d->function = 0;
    if (++d->device < DEVICES)
        return true;
    d->device = 0;
    return ++d->bus != 0;
}

/* Is there a function at the place that d names? */
static bool present(struct pci_device *d)
{
    uint32_t ids = pci_read32(d, VENDOR_ID);

    d->vendor_id = (uint16_t)ids;
    d->device_id = (uint16_t)(ids >> 16);
    if (d->vendor_id == 0)
        d->vendor_id = NO_VENDOR;
    return d->vendor_id != NO_VENDOR;
}

static bool has_functions(const struct pci_device *d)
{
    return d->vendor_id != NO_VENDOR && (pci_read8(d, HEADER_TYPE) & HEADER_MULTIPLE);
}

/* All buses, not only those that bridges lead to: a host bridge may have its own (QEMU's pxb), and
 * only ACPI's bytecode tells which. */
bool pci_next(struct pci_device *d)
{
    if (d->vendor_id == 0) { /* the walk begins: at 0:0.0, if there is a mechanism 1 */
        outl(CONFIG_ADDRESS, CONFIG_ENABLE);
        if (inl(CONFIG_ADDRESS) != CONFIG_ENABLE)
            return false;
        if (present(d))
            return true;
    }
    while (step(d, d->function == 0 && !has_functions(d)))
        if (present(d))
            return true;
    return false;
}

uint8_t pci_capability(const struct pci_device *d, uint8_t id, uint8_t after)
{
    uint8_t offset = after;

    if (!(pci_read16(d, STATUS) & STATUS_CAPABILITIES))
        return 0;
    for (unsigned i = 0; i < CAPABILITIES_MAX; i++) {
        offset = pci_read8(d, offset ? (uint8_t)(offset + 1) : CAPABILITIES) & 0xfc;
        if (offset < 0x40)
            return 0;
        if (pci_read8(d, offset) == id)
            return offset;
    }
    return 0;
}

volatile void *pci_map_bar(const struct pci_device *d, unsigned bar, uint64_t octets,
                           uint64_t *most)
{
    if (bar >= BARS)
        return NULL;
    uint8_t offset = (uint8_t)(BAR_0 + 4 * bar);
    uint32_t low = pci_read32(d, offset);
    uint64_t address = low & ~BAR_FLAGS;
    bool wide = (low & BAR_TYPE) == BAR_TYPE_64;
    if ((low & BAR_IO) || (wide && bar == BARS - 1))
        return NULL;
    if (wide)
        address |= (uint64_t)pci_read32(d, (uint8_t)(offset + 4)) << 32;
    if (address == 0)
        return NULL;
    *most = address & -address;
    if (octets > *most)
        octets = *most;
    if (ram_has(address, octets))
        panic("PCI %02x:%02x.%x: BAR %u is at 0x%lx, where RAM is: firmware has set it wrong",
              d->bus, d->device, d->function, bar, (unsigned long)address);
    return mmu_map_device(address, octets);
}

void pci_enable(const struct pci_device *d)
{
    uint16_t command = pci_read16(d, COMMAND);
    pci_write16(d, COMMAND, (uint16_t)(command | COMMAND_MEMORY | COMMAND_MASTER));
}

/* An entry of MSI-X's table, 6.8.2.6 to 6.8.2.9. */
struct msix_entry {
    uint32_t address_low, address_high, data, control;
};

unsigned pci_msix(const struct pci_device *d, const uint8_t *vectors, unsigned count)
{
    uint8_t at = pci_capability(d, CAP_ID_MSIX, 0);
    if (at == 0)
        return 0;
    uint16_t control = pci_read16(d, (uint8_t)(at + MSIX_CONTROL));
    uint32_t place = pci_read32(d, (uint8_t)(at + MSIX_TABLE));
    uint64_t offset = place & ~MSIX_BAR, most;
    if (count > (control & MSIX_LAST) + 1)
        count = (control & MSIX_LAST) + 1;
    uint64_t end = offset + count * sizeof(struct msix_entry);
    volatile uint8_t *bar = pci_map_bar(d, place & MSIX_BAR, end, &most);
    if (bar == NULL || end > most)
        return 0;
    volatile struct msix_entry *table = (volatile struct msix_entry *)(bar + offset);
    for (unsigned i = 0; i < count; i++) {
        struct interrupt_message message = interrupt_message(vectors[i]);
        table[i].address_low = (uint32_t)message.address;
        table[i].address_high = (uint32_t)(message.address >> 32);
        table[i].data = message.data;
        table[i].control = 0; /* not masked */
    }
    control = (uint16_t)((control & ~MSIX_MASK) | MSIX_ENABLE);
    pci_write16(d, (uint8_t)(at + MSIX_CONTROL), control);
    return count;
}

bool pci_line(const struct pci_device *d)
{
    return interrupt_line(pci_read8(d, LINE), true);
}
