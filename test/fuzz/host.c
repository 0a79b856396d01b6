/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosts that fuzz_frames plays, one of each kind, and what their addresses are. */
#include "host.h"

#define QEMU                                                                                       \
    {                                                                                              \
        0x52, 0x54, 0, 0x12, 0x34, 0x56                                                            \
    }
#define ONE                                                                                        \
    {                                                                                              \
        0x02, 0, 0, 0, 0, 1                                                                        \
    }

static const struct host hosts[] = {
    {QEMU, 0xc0a86402, 24, 64, 1500, SERVE_ALL, 862, /* 192.168.100.2/24 */
     .icmp_rate = 1000, .icmp_burst = 50, .held_max = 128},
    {QEMU, 0xac100001, 12, 1, 9000, SERVE_ALL, 862, .vip = 0xcb007105, .proxy = 0xac100000,
     .broadcast = true, .announce = 1, .icmp_rate = 1, .icmp_burst = 2, .held_max = 65535,
     .wall = 1700000000, .wall_error = 0x8a12},
    {ONE, 0xc0000200, 31, 255, 1500, 0, 862, /* 192.0.2.0/31: no broadcast address */
     .vlan = 100, .broadcast = true, .icmp_rate = 1000, .icmp_burst = 1, .held_max = 4},
    {ONE, 0xc0000201, 30, 255, 576, SERVE_ALL, 7, .vlan = 4095, .proxy = 0xac100000, .icmp_rate = 0,
     .icmp_burst = 50, .held_max = 1},
    {QEMU, 0xc0a86402, 24, 64, 1500, SERVE_ALL, 40001, .vip = 0xcb007105, .proxy = 0xc0a00000,
     .gateway = 0xc0a864fe, .broadcast = true, .probe = true, .announce = 3600, .icmp_rate = 1000,
     .icmp_burst = 50, .held_max = 40, .wall = 4102444799, .wall_error = 0x0101},
    {ONE, 0x01020304, 0, 64, 1500, SERVE_ECHO | SERVE_STAMP, 9, .proxy = 0xac100000,
     .icmp_rate = 1000, .icmp_burst = 0, .held_max = 0},
    {ONE, 0, 0, 64, 1500, SERVE_ALL, 862, .vip = 0xcb007105, /* only a virtual address */
     .gateway = 0xc0a864fe, .broadcast = true, .probe = true, .icmp_rate = 1000000, .icmp_burst = 3,
     .held_max = 16},
    {ONE, 0xc6336407, 32, 64, 1500, SERVE_STAMP | SERVE_DISCARD, 862, .vlan = 5, .probe = true,
     .icmp_rate = 1000, .icmp_burst = 50, .held_max = 511},
    {QEMU, 0xcb007102, 32, 64, 1500, SERVE_ALL, 862, .vip = 0xcb007105, /* all behind a gateway */
     .gateway = 0xc0a864fe, .icmp_rate = 1000, .icmp_burst = 50, .held_max = 3},
    {QEMU, 0xc0a86402, 24, 64, 68, SERVE_ALL, 862, .vip = 0xcb007105, /* the least MTU (RFC 791) */
     .broadcast = true, .icmp_rate = 1000, .icmp_burst = 50, .held_max = 60},
    {ONE, 0x08080808, 0, 64, 1500, SERVE_ALL, 862, .vip = 0xcb007105, /* none is behind it */
     .gateway = 0xc0a864fe, .broadcast = true, .icmp_rate = 1000, .icmp_burst = 50, .held_max = 24},
    {QEMU, 0xc0a86402, 24, 64, 1500, SERVE_ALL, 862, .vip = 0xcb007105, .gateway = 0xc0a864fe,
     .never_announce = true, .announce = 10, .icmp_rate = 1000, .icmp_burst = 50, .held_max = 8},
    {ONE, 0xc0a86402, 24, 64, 1280, SERVE_ALL, 862, .vip = 0xcb007105, .gateway = 0xc0a864fe,
     .probe = true, .never_announce = true, .icmp_rate = 10, .icmp_burst = 4, .held_max = 32},
};

const struct host *host_choose(const uint8_t *script, size_t size)
{
    return &hosts[size > 0 ? script[0] % (sizeof hosts / sizeof hosts[0]) : 0];
}

bool host_owns(const struct host *us, uint32_t ip, uint32_t address)
{
    return address != 0 && (address == ip || address == us->vip);
}

bool host_is_broadcast(const struct host *us, uint32_t address)
{
    if (us->ip == 0 || us->prefix > 30)
        return false;
    uint32_t mask = us->prefix == 0 ? 0xffffffff : (1u << (32 - us->prefix)) - 1;
    return (address & ~mask) == (us->ip & ~mask) &&
           ((address & mask) == mask || (address & mask) == 0);
}

bool host_is_single(const struct host *us, uint32_t address)
{
    unsigned top = address >> 24;
    return top != 0 && top != 127 && top < 224 && !host_is_broadcast(us, address);
}

bool host_is_proxied(const struct host *us, uint32_t address)
{
    return us->proxy != 0 && address >> 20 == us->proxy >> 20;
}
