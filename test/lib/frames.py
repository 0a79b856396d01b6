# SPDX-License-Identifier: BSD-2-Clause
"""Frames that a tester sends, octet by octet, for tools that count and time: scapy is too slow there.

All are correct. What is wrong on purpose is made with scapy in conformance/wire.py, or by the fuzzers.
"""
import socket
import struct

RUNT = 60  # octets of the shortest frame, without its check sequence
BROADCAST = b"\xff" * 6
ARP, IPV4, IPV6 = 0x0806, 0x0800, 0x86DD
ICMP, UDP, ICMP6 = 1, 17, 58


def checksum(data):
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def link_local(mac):
    """The IPv6 address that a host makes of its MAC (RFC 4291 appendix A)."""
    return (
        bytes.fromhex("fe80000000000000") + bytes((mac[0] ^ 2,)) + mac[1:3] + b"\xff\xfe" + mac[3:]
    )


class Sender:
    """One host that speaks to another: (MAC as six octets, IPv4 address as text) of each."""

    def __init__(self, own, other):
        (self.mac, ip), (self.other_mac, other_ip) = own, other
        self.ip, self.other_ip = socket.inet_aton(ip), socket.inet_aton(other_ip)

    def ethernet(self, kind, payload, to=None):
        frame = (to or self.other_mac) + self.mac + struct.pack("!H", kind) + payload
        return frame.ljust(RUNT, b"\0")

    def ipv4(self, protocol, payload):
        fields = (0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0)
        header = struct.pack("!BBHHHBBH", *fields) + self.ip + self.other_ip
        header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
        return self.ethernet(IPV4, header + payload)

    def echo(self, data, number=0):
        """A ping."""
        message = struct.pack("!BBHHH", 8, 0, 0, 0x1234, number) + data
        return self.ipv4(ICMP, message[:2] + struct.pack("!H", checksum(message)) + message[4:])

    def echo6(self, data, number=0):
        """A ping over IPv6, between the link-local addresses."""
        addresses = link_local(self.mac) + link_local(self.other_mac)
        message = struct.pack("!BBHHH", 128, 0, 0, 0x1234, number) + data
        pseudo = addresses + struct.pack("!LL", len(message), ICMP6)
        message = message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:]
        header = struct.pack("!LHBB", 6 << 28, len(message), ICMP6, 64) + addresses
        return self.ethernet(IPV6, header + message)

    def udp(self, port, data, source=40000):
        length = 8 + len(data)
        pseudo = self.ip + self.other_ip + struct.pack("!HH", UDP, length)
        ports = struct.pack("!HHH", source, port, length)
        total = checksum(pseudo + ports + b"\0\0" + data) or 0xFFFF
        return self.ipv4(UDP, ports + struct.pack("!H", total) + data)

    def arp(self):
        """Who has the other's address?"""
        fields = struct.pack("!HHBBH", 1, IPV4, 6, 4, 1) + self.mac + self.ip
        return self.ethernet(ARP, fields + bytes(6) + self.other_ip, to=BROADCAST)
