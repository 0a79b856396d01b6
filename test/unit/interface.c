/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface.h"

#include "net/arp_claim.h"
#include "net/reassembly.h"

/* The peer's are from RFC 9542's block for documentation. */
const uint8_t OUR_MAC[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
const uint8_t PEER_MAC[6] = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x01};
const uint8_t OTHER_MAC[6] = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x02};
const uint8_t BROADCAST_MAC[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
const uint8_t MULTICAST_MAC[6] = {0x01, 0x00, 0x5e, 0x00, 0x00, 0x01};
const uint8_t ZERO_MAC[6] = {0};

struct netif nif;

/* What config.h says. */
const struct netif_config DEFAULT_CONFIG = {
    .ip = OUR_IP,
    .prefix = 24,
    .ttl = 64,
    .services = SERVICE_ECHO | SERVICE_DISCARD | SERVICE_STAMP,
    .stamp_port = 862,
    .icmp_rate = 1000,
    .icmp_burst = 50,
    .any_vlan = true,
};

void hold_at_most(unsigned frames)
{
    nif.held = 0;
    nif.held_max = (uint16_t)frames;
    nif.released = (struct frame_list){0};
    reassembly_init(&nif.reassembly);
}

void use_ip(uint32_t ip, unsigned prefix)
{
    arp_claim(&nif, ip, (uint8_t)prefix, false);
}
