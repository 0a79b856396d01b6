# SPDX-License-Identifier: BSD-2-Clause
"""Frames that a tester sends, octet by octet, for tools that count and time: scapy is too slow there.

All are correct. What is wrong on purpose is made with scapy in conformance/wire.py, or by the fuzzers.
"""
import socket
import struct

RUNT = 60  # octets of the shortest frame, without its check sequence
BROADCAST = b"\xff" * 6
ARP, IPV4 = 0x0806, 0x0800
ICMP, UDP = 1, 17


def checksum(data):
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


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
