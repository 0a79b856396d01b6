# SPDX-License-Identifier: BSD-2-Clause
"""Writes the fuzzers' seeds: python3 seeds.py DIRECTORY makes DIRECTORY/{frames,options,virtq}.

Each seed is small and valid: a frame of every protocol that we speak or will, sequences of them, a
command line, a device at work. Checksums and lengths are left to the fuzzer, which repairs them.
"""
import pathlib
import struct
import sys

OURS = bytes.fromhex("525400123456")  # script.c's first host
PEER = bytes.fromhex("5254000a0b0c")
ALL = b"\xff" * 6
IP, PEER_IP = bytes([192, 168, 100, 2]), bytes([192, 168, 100, 1])
REPAIR, ROOMY, TICK = 0x07, 0x08, 0x80


def eth(kind, payload, dst=OURS, tag=b""):
    return (dst + PEER + tag + struct.pack("!H", kind) + payload).ljust(60, b"\0")


def arp(op, spa=PEER_IP, tpa=IP, dst=ALL):
    return eth(0x0806, struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + PEER + spa + bytes(6) + tpa, dst)


def ipv4(protocol, payload, options=b"", flags=0, ident=1, tos=0, dst=IP, **link):
    words = 5 + len(options) // 4
    return eth(0x0800, struct.pack("!BBHHHBBH", 0x40 | words, tos, words * 4 + len(payload), ident,
                                   flags, 64, protocol, 0) + PEER_IP + dst + options + payload, **link)


def icmp(kind, rest=b"\x12\x34\x00\x01", data=b"", code=0):
    return struct.pack("!BBH", kind, code, 0) + rest + data


def udp(port, data, source=40000):
    return struct.pack("!HHHH", source, port, 8 + len(data), 0) + data


def tcp(flags, port=80):
    return struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 0x50, flags, 1024, 0, 0)


def ipv6(following, payload, dst=bytes.fromhex("fe80000000000000505400fffe123456")):
    source = bytes.fromhex("fe8000000000000050540afffe0a0b0c")
    return eth(0x86DD, struct.pack("!IHBB", 6 << 28, len(payload), following, 255) + source + dst + payload)


def fragments(data, mtu=1500, ident=77):
    """One echo request in pieces; its checksum covers all of them."""
    whole = bytearray(icmp(8, data=data))
    even = bytes(whole) + b"\0" * (len(whole) % 2)
    total = sum(struct.unpack(f"!{len(even) // 2}H", even))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    whole[2:4] = struct.pack("!H", ~total & 0xFFFF)
    step = (mtu - 20) // 8 * 8
    for at in range(0, len(whole), step):
        more = 0x2000 if at + step < len(whole) else 0
        yield ipv4(1, bytes(whole[at:at + step]), flags=more | at // 8, ident=ident)


def frames():
    ping, letters = icmp(8, data=bytes(range(56))), b"abcdefgh" * 5
    stamp = struct.pack("!III H", 1, 2, 3, 0x8001) + bytes(30)
    yield "arp-request", [arp(1)]
    yield "arp-unicast-probe", [arp(1, spa=bytes(4), dst=OURS)]
    yield "arp-gratuitous-conflict", [arp(1, IP, IP), arp(2, IP, IP)]
    yield "arp-reply", [arp(2, dst=OURS)]
    yield "ping", [ipv4(1, ping)]
    yield "ping-empty-odd", [ipv4(1, icmp(8)), ipv4(1, icmp(8, data=b"x"))]
    yield "ping-large", [ipv4(1, icmp(8, data=bytes(1472)))]
    yield "ping-tos-df-code", [ipv4(1, ping, tos=0xB8, flags=0x4000), ipv4(1, icmp(8, code=3))]
    yield "ping-broadcast", [ipv4(1, ping, dst=bytes([192, 168, 100, 255])), ipv4(1, ping, dst=b"\xff" * 4)]
    yield "ping-link-broadcast", [ipv4(1, ping, **{"tag": b""}), eth(0x0800, ipv4(1, ping)[14:], ALL)]
    yield "option-record-route", [ipv4(1, ping, b"\x07\x0b\x04" + bytes(8) + b"\0")]
    yield "option-record-route-full", [ipv4(1, ping, b"\x07\x07\x08" + PEER_IP + b"\x01")]
    yield "option-record-route-part", [ipv4(1, ping, b"\x07\x0a\x08" + bytes(7) + b"\0\0")]
    yield "option-timestamp", [ipv4(1, ping, b"\x44\x0c\x05\x01" + bytes(8))]
    yield "option-source-route", [ipv4(1, ping, b"\x83\x07\x04" + PEER_IP + b"\0"),
                                  ipv4(1, ping, b"\x01\x89\x07\x04" + PEER_IP)]
    yield "option-router-alert", [ipv4(1, ping, b"\x94\x04\0\0"), ipv4(1, ping, b"\x01\x01\x01\0")]
    for kind in (0, 3, 4, 5, 11, 12, 13, 15, 17):
        yield f"icmp-{kind}", [ipv4(1, icmp(kind, data=letters))]
    yield "fragments", list(fragments(b"0123456789" * 200, 576))
    yield "fragments-disordered", list(fragments(bytes(100), 60))[::-1]
    yield "fragments-twice", [f for f in fragments(bytes(40), 60) for _ in range(2)]
    yield "udp-echo", [ipv4(17, udp(7, letters))]
    yield "udp-discard-closed", [ipv4(17, udp(9, b"x")), ipv4(17, udp(33434, b"closed"))]
    yield "stamp", [ipv4(17, udp(862, stamp)), ipv4(17, udp(862, stamp[:14]))]
    yield "stamp-tlv", [ipv4(17, udp(862, stamp + b"\x80\x01\x00\x04abcd"))]
    yield "dhcp-offer", [ipv4(17, udp(68, b"\2\1\6\0" + bytes(232) + b"\x63\x82\x53\x63\x35\1\2\xff", 67))]
    yield "tcp", [ipv4(6, tcp(flags)) for flags in (2, 16, 4, 18)]
    yield "protocol-other", [ipv4(47, letters)]
    yield "vlan", [eth(0x0806, arp(1)[14:], ALL, b"\x81\0\0\x64"), eth(0x0800, ipv4(1, ping)[14:], tag=b"\x81\0\0\0")]
    yield "ipv6-ping", [ipv6(58, icmp(128, data=letters))]
    yield "ipv6-neighbour", [ipv6(58, icmp(135, bytes(4), bytes(16) + b"\1\1" + PEER))]
    yield "length-stp", [eth(38, b"\x42\x42\3" + bytes(35), bytes.fromhex("0180c2000000"))]
    yield "lldp-other", [eth(0x88CC, bytes(46)), eth(0x1234, letters)]
    yield "short", [eth(0x0800, b"")[:n] for n in (0, 13, 14)]
    yield "many", [arp(1), ipv4(1, ping), ipv4(17, udp(7, letters)), arp(2), ipv4(1, ping)]


def script(steps):
    for host in range(7):
        octets = bytearray([host])
        for frame in steps:
            octets += struct.pack("!BH", REPAIR | (ROOMY if host % 2 else 0), len(frame)) + frame
        octets += struct.pack("!BHI", TICK, 4, 1_000_000)
        yield host, bytes(octets)


OPTIONS = ["ip=192.168.100.7/24", "ip=none", "ip=10.0.0.1/8", "ip=192.0.2.0/31", "ip=1.2.3.4/32",
           "ip=1.2.3.4/0", "ip=127.0.0.1/8", "ip=224.0.0.1/4", "ip=1.2.3.4", "ip=1.2.3.04/24",
           "ip=256.1.1.1/24", "ip=192.168.1.255/24", "ip=192.168.1.0/24", "ip=1.1.1.1/33", "ip=dhcp",
           "ttl=1", "ttl=255", "ttl=0", "ttl=256", "ttl=007", "ttl=", "ttl", "=", "", "x=1",
           "on_panic=exit", "on_panic=halt", "on_panic=reset", "on_panic=", "gw=192.168.100.1",
           "build/unipong.elf"]

DEVICE = bytes.fromhex("00 00 00 00 52 05dc 00 3f")
RECEIVE, SENT, TURN, SPARE, HELD = b"\x00\x00\x40\x11", b"\x02", b"\x03", b"\x05\x00\x64", b"\x06"
LIES = [b"\x87" + lie + bytes(4) for lie in (b"\x00", b"\x81", b"\x42", b"\x04", b"\x05", b"\x06",
                                            b"\x08", b"\x0a", b"\x0c", b"\x0e")]
DEVICES = {
    "echo": (RECEIVE * 3 + TURN + b"\0" + SENT * 3) * 8,
    "recycle": (RECEIVE * 16 + TURN + b"\1") * 6,
    "hold": (RECEIVE * 4 + TURN + b"\2" + HELD + b"\0" + HELD + b"\1" + SENT) * 4,
    "spare": (SPARE + b"\0" + SPARE + b"\4" + TURN + b"\0" + SENT * 2) * 4,
    "quiet": b"\x37" + (RECEIVE + TURN + b"\0" + b"\x47" + SENT) * 4,
}


def write(directory, seeds):
    directory.mkdir(parents=True, exist_ok=True)
    for name, octets in seeds:
        (directory / name).write_bytes(octets)


def main():
    root = pathlib.Path(sys.argv[1])
    write(root / "frames", ((f"{name}-{kind}", octets) for name, steps in frames()
                            for kind, octets in script(steps)))
    write(root / "options", ((f"{i:02}", word.encode()) for i, word in enumerate(OPTIONS)))
    write(root / "options", [("all", "\0".join(OPTIONS).encode())])
    write(root / "virtq", ((name, DEVICE + play) for name, play in DEVICES.items()))
    write(root / "virtq", ((f"lie{i}", DEVICE + RECEIVE * 4 + TURN + b"\0" + lie + RECEIVE + TURN + b"\2" + HELD)
                           for i, lie in enumerate(LIES)))


if __name__ == "__main__":
    main()
