# SPDX-License-Identifier: BSD-2-Clause
"""Writes the fuzzers' seeds: python3 seeds.py DIRECTORY makes DIRECTORY/{frames,options,virtq}.

Each seed is small and valid: a frame of every protocol that we speak or will, sequences of them, a
command line, a device at work. Checksums and lengths are left to the fuzzer, which repairs them.
"""
import pathlib
import struct
import sys

OURS = bytes.fromhex("525400123456")  # host.c's first host
PEER = bytes.fromhex("5254000a0b0c")
NEIGHBOUR = bytes.fromhex("5254000d0e0f")  # not where the frames come from that it has sent
ALL = b"\xff" * 6
IP, PEER_IP = bytes([192, 168, 100, 2]), bytes([192, 168, 100, 1])
VIP, PROXIED = bytes([203, 0, 113, 5]), bytes([172, 16, 0, 9])  # host.c's hosts that have some
FAR, GATEWAY = bytes([10, 9, 8, 7]), bytes([192, 168, 100, 254])
REPAIR, CHECKSUMS, ADDRESS, ROOMY, LAZY, NO_SPARE = 0x07, 0x01, 0x04, 0x08, 0x10, 0x20
FRAME, FRAGMENTS, TIME, LINK_UP, ANNOUNCE, MTU, WALL_CLOCK = range(7)
MICROSECONDS, MILLISECONDS, SECONDS, MINUTES = range(4)
TWICE, BACKWARDS = 0x20, 0x80


def eth(kind, payload, dst=OURS, tag=b""):
    return (dst + PEER + tag + struct.pack("!H", kind) + payload).ljust(60, b"\0")


def arp(op, spa=PEER_IP, tpa=IP, dst=ALL, tag=b"", sha=PEER):
    return eth(
        0x0806, struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + sha + spa + bytes(6) + tpa, dst, tag
    )


def ipv4(
    protocol, payload, options=b"", flags=0, ident=1, tos=0, dst=IP, link=OURS, tag=b"", src=PEER_IP
):
    words = 5 + len(options) // 4
    return eth(
        0x0800,
        struct.pack(
            "!BBHHHBBH", 0x40 | words, tos, words * 4 + len(payload), ident, flags, 64, protocol, 0
        )
        + src
        + dst
        + options
        + payload,
        link,
        tag,
    )


def icmp(kind, rest=b"\x12\x34\x00\x01", data=b"", code=0):
    return struct.pack("!BBH", kind, code, 0) + rest + data


def udp(port, data, source=40000):
    return struct.pack("!HHHH", source, port, 8 + len(data), 0) + data


def tcp(flags, port=80, options=b""):
    return (
        struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 0x50 + len(options) * 4, flags, 1024, 0, 0)
        + options
    )


def ipv6(following, payload, dst=bytes.fromhex("fe80000000000000505400fffe123456")):
    source = bytes.fromhex("fe8000000000000050540afffe0a0b0c")
    return eth(
        0x86DD, struct.pack("!IHBB", 6 << 28, len(payload), following, 255) + source + dst + payload
    )


def step(kind, a=0, b=0, frame=b"", flags=REPAIR):
    return struct.pack("!BBHHH", flags, kind, a, b, len(frame)) + frame


def fragments(frame, piece, mischief=0, grow=0):
    """The packet of the frame, in pieces of so many octets."""
    return step(FRAGMENTS, grow, piece // 8 << 8 | mischief, frame)


def wait(number, unit=SECONDS, flags=0):
    return step(TIME, unit, number, flags=flags)


def plain_frames():
    """Each a name and frames, which are steps of their own."""
    ping, letters = icmp(8, data=bytes(range(56))), b"abcdefgh" * 5
    stamp = struct.pack("!III H", 1, 2, 3, 0x8001) + bytes(30)
    tlvs = b"\x80\x01\x00\x04abcd\x80\x05\x00\x02xy\x80\x01\x00\xff"
    yield "arp-request", [arp(1)]
    yield "arp-unicast-probe", [arp(1, spa=bytes(4), dst=OURS)]
    yield "arp-gratuitous-conflict", [arp(1, IP, IP), arp(2, IP, IP)]
    yield "arp-reply", [arp(2, dst=OURS)]
    yield "arp-proxy", [
        arp(1, tpa=PROXIED),
        arp(1, spa=bytes(4), tpa=PROXIED),
        arp(1, spa=PROXIED, tpa=PROXIED),
    ]
    yield "arp-proxy-broadcast", [
        arp(1, tpa=bytes([172, 31, 255, 255])),
        arp(1, tpa=bytes([172, 16, 0, 0])),
    ]
    yield "arp-virtual", [arp(1, tpa=VIP)]
    yield "ping", [ipv4(1, ping)]
    yield "ping-virtual", [ipv4(1, ping, dst=VIP)]
    yield "ping-empty-odd", [ipv4(1, icmp(8)), ipv4(1, icmp(8, data=b"x"))]
    yield "ping-large", [ipv4(1, icmp(8, data=bytes(1472)))]
    yield "ping-tos-df-code", [ipv4(1, ping, tos=0xB8, flags=0x4000), ipv4(1, icmp(8, code=3))]
    yield "ping-broadcast", [
        ipv4(1, ping, dst=bytes([192, 168, 100, 255]), link=ALL),
        ipv4(1, ping, dst=b"\xff" * 4),
    ]
    yield "ping-link-broadcast", [ipv4(1, ping, link=ALL)]
    yield "option-record-route", [ipv4(1, ping, b"\x07\x0b\x04" + bytes(8) + b"\0")]
    yield "option-record-route-full", [ipv4(1, ping, b"\x07\x07\x08" + PEER_IP + b"\x01")]
    yield "option-record-route-part", [ipv4(1, ping, b"\x07\x0a\x08" + bytes(7) + b"\0\0")]
    yield "option-timestamp", [
        ipv4(1, ping, b"\x44\x0c\x05\x01" + bytes(8)),
        ipv4(1, ping, b"\x44\x08\x05\x00" + bytes(4)),
    ]
    yield "option-timestamp-full", [
        ipv4(1, ping, b"\x44\x08\x09" + count + bytes(4)) for count in (b"\0", b"\xe0", b"\xf0")
    ]
    yield "option-timestamp-empty", [
        ipv4(1, ping, b"\x44\x04\x05" + count) for count in (b"\0", b"\xf0")
    ]
    yield "option-timestamp-asked", [ipv4(1, ping, b"\x44\x0c\x05\x03" + IP + bytes(4))]
    yield "option-source-route", [
        ipv4(1, ping, b"\x83\x07\x04" + PEER_IP + b"\0"),
        ipv4(1, ping, b"\x01\x89\x07\x04" + PEER_IP),
    ]
    yield "option-router-alert", [ipv4(1, ping, b"\x94\x04\0\0"), ipv4(1, ping, b"\x01\x01\x01\0")]
    for name, options, size in (
        ("options", b"\x01" * 40, 12),
        ("data", b"", 600),
        ("more-data", b"", 1600),
    ):  # on a small link
        yield f"long-{name}", [
            ipv4(1, icmp(8, data=bytes(size)), options),
            ipv4(1, icmp(13, data=bytes(12)), options),
            ipv4(17, udp(7, bytes(size)), options),
            ipv4(17, udp(862, bytes(44 + size)), options),
            ipv4(17, udp(53, bytes(size)), options),
            ipv4(6, tcp(2) + bytes(size - 12), options),
        ]
    for kind in (0, 3, 4, 5, 11, 12, 15, 17):
        yield f"icmp-{kind}", [ipv4(1, icmp(kind, data=letters))]
    yield "icmp-timestamp", [ipv4(1, icmp(13, data=bytes(12)))]
    yield "udp-echo", [ipv4(17, udp(7, letters)), ipv4(17, udp(7, b"", 7))]
    yield "udp-discard-closed", [
        ipv4(17, udp(9, b"x")),
        ipv4(17, udp(33434, b"closed")),
        ipv4(17, udp(53, letters * 20)),
    ]
    yield "stamp", [
        ipv4(17, udp(862, stamp)),
        ipv4(17, udp(862, stamp[:14])),
        ipv4(17, udp(862, stamp[:42])),
    ]
    yield "stamp-port", [ipv4(17, udp(port, stamp)) for port in (7, 9, 40001)]
    yield "stamp-tlv", [ipv4(17, udp(862, stamp + tlvs)), ipv4(17, udp(862, stamp + b"\x80\x01"))]
    yield "dhcp-offer", [
        ipv4(17, udp(68, b"\2\1\6\0" + bytes(232) + b"\x63\x82\x53\x63\x35\1\2\xff", 67))
    ]
    yield "tcp", [ipv4(6, tcp(flags)) for flags in (2, 16, 4, 18, 1, 3)] + [
        ipv4(6, tcp(2) + letters)
    ]
    yield "tcp-options", [
        ipv4(6, tcp(flags, options=options) + data)
        for flags in (2, 16)
        for options in (b"\1" * 4, b"\1" * 40)
        for data in (b"", letters)
    ]
    yield "protocol-other", [ipv4(47, letters)]
    for name, tag in (
        ("", "81000064"),
        ("-priority", "8100e000"),
        ("-twice", "88a80005810000c8"),
        ("-priority-inside", "8100000081000005"),
        ("-three", "81000064" * 3),
        ("-reserved", "81000fff"),
    ):
        tag = bytes.fromhex(tag)
        yield f"vlan{name}", [
            arp(1, tag=tag),
            ipv4(1, ping, tag=tag),
            ipv4(17, udp(33434, b"x"), tag=tag),
        ]
    yield "ipv6-ping", [ipv6(58, icmp(128, data=letters))]
    yield "ipv6-neighbour", [ipv6(58, icmp(135, bytes(4), bytes(16) + b"\1\1" + PEER))]
    yield "length-stp", [eth(38, b"\x42\x42\3" + bytes(35), bytes.fromhex("0180c2000000"))]
    yield "lldp-other", [eth(0x88CC, bytes(46)), eth(0x1234, letters)]
    yield "short", [eth(0x0800, b"")[:n] for n in (0, 13, 14)]
    yield "many", [arp(1), ipv4(1, ping), ipv4(17, udp(7, letters)), arp(2), ipv4(1, ping)]


def plays():
    """Each a name and steps: frames in pieces, and time that passes."""
    ping, other = ipv4(1, icmp(8, data=bytes(300))), ipv4(1, icmp(8, data=b"x" * 100), ident=2)
    echo, stamp = ipv4(17, udp(7, bytes(500))), ipv4(17, udp(862, bytes(400)))
    syn, tagged = ipv4(6, tcp(2) + bytes(200)), ipv4(
        1, icmp(8, data=bytes(200)), tag=b"\x81\0\x60\5"
    )
    for name, frame in (
        ("ping", ping),
        ("echo", echo),
        ("stamp", stamp),
        ("syn", syn),
        ("tagged", tagged),
        ("closed", ipv4(17, udp(53, bytes(900)))),
        ("other", ipv4(47, bytes(900))),
        ("timestamp", ipv4(1, icmp(13, data=bytes(12)))),
        *((f"error-{kind}", ipv4(1, icmp(kind, data=bytes(64)))) for kind in (3, 4, 5, 11, 12)),
        (
            "options",
            ipv4(
                1, icmp(8, data=bytes(99)), b"\x07\x0b\x04" + bytes(8) + b"\x44\x08\5\0" + bytes(5)
            ),
        ),
    ):
        yield f"fragments-{name}", [fragments(frame, 104), fragments(frame, 24, BACKWARDS)]
        for kind, mischief in (
            ("missing", 0x10),
            ("second-missing", 0x11),
            ("twice", TWICE),
            ("shifted", 0x31),
            ("changed", 0x41),
        ):
            yield f"fragments-{name}-{kind}", [
                fragments(frame, 64, mischief),
                wait(59),
                wait(2),
                fragments(frame, 64),
            ]
    for length in (
        65535,
        65536,
        65543,
        65553,
    ):  # 46 octets are there already; a datagram of more than 65,535 can only be said in fragments
        yield f"fragments-{length}", [
            fragments(ipv4(1, icmp(8)), 1480, grow=length - 46),
            fragments(ipv4(47, b""), 1480, BACKWARDS, length - 46),
        ]
    for size in (
        65475,
        65476,
        65515,
    ):  # of the payload, behind a first header that is 40 octets longer than the others
        starts = [0, *range(8936, size, 8976)]
        yield f"fragments-long-header-{size}", [
            step(
                FRAME,
                end - start - (26 if start else 0),
                0,
                ipv4(
                    47,
                    b"",
                    b"\1" * (0 if start else 40),
                    flags=start // 8 | (0x2000 if end < size else 0),
                ),
            )
            for start, end in zip(starts, [*starts[1:], size])
        ]
    yield "fragments-of-eight", [fragments(ping, 8, TWICE | BACKWARDS | 3)]
    yield "fragments-between", [
        fragments(ping, 96, 0x10),
        fragments(other, 48),
        wait(30),
        fragments(ping, 96, 0x11),
        wait(32),
        wait(60),
    ]
    for name, dst in (("own", IP), ("virtual", VIP)):  # the sender has two ways to us
        echo = b"\x08\0\xf7\xff" + bytes(76)  # the checksum of a part is not repaired
        halves = [
            ipv4(1, payload, flags=where, dst=dst, ident=7)
            for payload, where in ((echo[:64], 0x2000), (echo[64:], 8))
        ]
        other = halves[1][:6] + NEIGHBOUR + halves[1][12:]
        yield f"fragments-two-ways-{name}", [
            step(FRAME, frame=halves[0]),
            step(FRAME, frame=other),
            wait(0),
            step(FRAME, frame=arp(2, sha=NEIGHBOUR)),
        ]
    for a, b in (
        (b"\x81\0\0\5\x81\0\0\0", b"\x81\0\0\4\x81\0\1\0"),
        (b"\x81\0\5\0", b"\x81\0\0\5\x81\0\0\0"),
        (b"\x81\0\0\5", b"\x81\0\xe0\5"),
        (b"\x81\0\0\0\x81\0\0\5", b"\x81\0\0\5"),
    ):  # each VLAN is a network of its own
        for name, dst in (("own", IP), ("virtual", VIP)):
            parts = [
                [
                    ipv4(47, bytes(64), flags=where, ident=7, tag=tag, dst=dst)
                    for where in (0x2000, 8)
                ]
                for tag in (a, b)
            ]
            yield f"fragments-vlans-{name}-{a.hex()}-{b.hex()}", [
                step(FRAME, frame=f) for f in (parts[0][0], parts[1][1], parts[0][1], parts[1][0])
            ] + [
                step(FRAME, frame=arp(2, tag=a)),
                step(FRAME, frame=parts[1][0]),
                step(FRAME, frame=parts[1][1]),
            ]
    yield "fragments-sources", [
        step(FRAME, frame=ipv4(47, bytes(64), flags=where, src=src, ident=7))
        for where in (0x2000, 8)
        for src in (PEER_IP, PROXIED)
    ]
    yield "fragments-behind-the-end", [
        step(FRAME, frame=ipv4(47, bytes(64), flags=where))
        for where in (8, 0x2010, 8, 16, 8, 0x2000, 0x2008, 0)
    ]
    yield "fragments-oldest", [
        s
        for n in range(40)
        for s in (
            fragments(ipv4(1, icmp(8, data=bytes(60)), ident=n), 40, 0x11),
            wait(1, MILLISECONDS),
        )
    ] + [wait(61)]
    yield "fragments-many", [
        fragments(ipv4(1, icmp(8, data=bytes(60)), ident=n), 40, 0x11) for n in range(40)
    ] + [wait(60)]
    yield "fragments-lazy", [step(FRAGMENTS, 0, 0x0830, ping, REPAIR | LAZY), fragments(ping, 64)]
    yield "ping-jumbo", [
        step(FRAME, 8900, 0, ipv4(1, icmp(8))),
        step(FRAME, 1472, 0, ipv4(1, icmp(8))),
        step(FRAME, 1473, 0, ipv4(1, icmp(8))),
    ]
    for name, frame in (
        ("ping", ping),
        ("arp", arp(1)),
        ("stamp", stamp),
        ("syn", syn),
        ("udp", echo),
        ("tagged", tagged),
    ):
        yield f"cut-{name}", [
            step(FRAME, 0, cut, frame)
            for cut in (1, 4, len(frame) - 60, len(frame) - 40, len(frame) - 20)
        ]
    yield "claim", [wait(n, MILLISECONDS) for n in (0, 1000, 2000, 2000, 2000, 2000)] + [
        step(FRAME, frame=arp(1))
    ]
    yield "claim-rival", [
        wait(1),
        step(FRAME, frame=arp(1, bytes(4))),
        wait(60),
        wait(2),
        wait(2),
        wait(2),
        wait(2),
        step(FRAME, frame=arp(2, IP, IP)),
        wait(9),
        step(FRAME, frame=arp(1, IP)),
        wait(1),
        step(FRAME, frame=arp(1, IP)),
    ]
    yield "claim-no-rival", [
        wait(1),
        step(FRAME, frame=arp(2, bytes(4))),
        wait(2),
        wait(2),
        wait(2),
        wait(2),
    ]
    yield "claim-slowly", [wait(90, MILLISECONDS) for _ in range(150)]
    yield "udp-lengths", [
        step(
            FRAME,
            frame=f[:38] + struct.pack("!H", len(f) - 34 + more) + f[40:],
            flags=CHECKSUMS | ADDRESS,
        )
        for f in (ipv4(17, udp(7, b"x" * 40)), ipv4(17, udp(53, b"x" * 41)))
        for more in (-41, -1, 1, 2, 8)
    ]
    for words in (4, 8, 9, 10):  # near the end of the least buffer
        yield f"stamp-light-room-{words}", [
            step(FRAME, frame=ipv4(17, udp(862, bytes(14)), b"\1" * 4 * words, tag=tag * 2))
            for tag in (b"", b"\x81\0\0\0")
        ]
    yield "announce", [
        wait(5),
        step(ANNOUNCE),
        wait(0),
        wait(1),
        wait(1),
        wait(5),
        step(ANNOUNCE),
        wait(1),
        step(ANNOUNCE),
        wait(1),
        wait(9),
    ]
    yield "announce-early", [
        step(ANNOUNCE),
        wait(1, MILLISECONDS),
        step(ANNOUNCE),
        wait(1),
        step(ANNOUNCE),
        wait(1),
        wait(1),
    ]
    closed = ipv4(17, udp(53, bytes(900)))
    for mtu in (0, 72, 508, 1432, 8932):
        smaller = step(MTU, b=mtu)
        yield f"mtu-{mtu}", [smaller] + [
            step(FRAME, frame=f) for f in (ping, echo, stamp, syn, closed, other)
        ] + [fragments(f, 48) for f in (ping, echo, stamp, closed)]
        summed = ping[:36] + b"\xe5\xca" + ping[38:]  # the checksum of a part is not repaired
        for name, frame in (("ping", summed), ("echo", echo), ("stamp", stamp), ("closed", closed)):
            halves = [
                step(FRAME, frame=f)
                for f in (
                    frame[:20] + b"\x20\0" + frame[22 : 34 + 256],
                    frame[:20] + b"\0\x20" + frame[22:34] + frame[34 + 256 :],
                )
            ]
            yield f"mtu-{mtu}-between-{name}", [
                halves[0],
                smaller,
                halves[1],
                fragments(frame, 96, 0x10),
                step(MTU, b=0),
                wait(61),
            ]
    yield "wall-clock", [
        f
        for clock in (
            step(WALL_CLOCK, 0x3F01, 7),
            step(WALL_CLOCK),
            step(WALL_CLOCK, 0xFFFF, 0xFFFF),
        )
        for f in (
            step(FRAME, frame=stamp),
            clock,
            step(FRAME, frame=stamp),
            step(FRAME, frame=ipv4(1, icmp(13, data=bytes(12)), b"\x44\x08\5\0" + bytes(4))),
        )
    ]
    yield "link-up", [
        wait(5),
        step(LINK_UP),
        wait(0),
        wait(2),
        step(LINK_UP),
        wait(1),
        wait(60, MINUTES),
    ]
    yield "no-spare", [
        wait(5, flags=NO_SPARE),
        fragments(ping, 64, 0x10),
        wait(90, flags=NO_SPARE),
        fragments(ping, 64),
        wait(1),
    ]
    yield "errors", [step(FRAME, frame=ipv4(17, udp(53, b"x"))) for _ in range(60)] + [
        wait(1, MILLISECONDS)
    ] + [step(FRAME, frame=ipv4(47, b"x"))] * 2


def virtual(protocol, payload, client=PEER_IP, tag=b"", ident=1):
    """A frame that is answered from the virtual address."""
    return ipv4(protocol, payload, dst=VIP, src=client, tag=tag, ident=ident)


def neighbours():
    """Answers from the virtual address, which go to a client in the subnet of some hosts or to the gateway of others."""
    echo, tag, other = icmp(8, data=bytes(range(56))), b"\x81\0\x60\5", b"\x81\0\0\x64"
    long, missing = icmp(8, data=bytes(300)), 0x12
    for name, client, hop in (
        ("near", PEER_IP, PEER_IP),
        ("inside", PROXIED, PROXIED),
        ("far", FAR, GATEWAY),
    ):
        ping, tagged = step(FRAME, frame=virtual(1, echo, client)), step(
            FRAME, frame=virtual(1, echo, client, tag)
        )
        reply = step(FRAME, frame=arp(2, hop, dst=OURS, sha=NEIGHBOUR))
        long_ping = step(FRAME, frame=virtual(1, icmp(8, data=bytes(300)), client))
        request = step(FRAME, frame=arp(1, hop, sha=NEIGHBOUR))
        replies = [
            step(FRAME, frame=arp(2, hop, dst=OURS, sha=NEIGHBOUR, tag=t))
            for t in (b"", other, tag)
        ]
        yield f"vip-{name}-reply", [ping, wait(0), reply, ping]
        yield f"vip-{name}-request", [ping, request, ping, wait(1), ping]
        yield f"vip-{name}-other", [ping, step(FRAME, frame=arp(1, hop, tpa=FAR)), ping]
        stamp = step(FRAME, frame=virtual(17, udp(862, bytes(44)), client))
        yield f"vip-{name}-clock", [stamp, step(WALL_CLOCK, 0x1234, 5), wait(0), reply, stamp]
        yield f"vip-{name}-announce", [
            ping,
            step(ANNOUNCE),
            wait(0),
            reply,
            step(MTU, b=0),
            ping,
            long_ping,
        ]
        yield f"vip-{name}-moves", [ping, reply, ping, step(FRAME, frame=arp(2, hop)), ping]
        yield f"vip-{name}-silence", [
            ping,
            wait(0),
            wait(1),
            wait(1),
            ping,
            wait(1),
            ping,
            wait(0),
            ping,
            reply,
        ]
        yield f"vip-{name}-refresh", [
            ping,
            reply,
            wait(29),
            ping,
            wait(0),
            wait(1),
            ping,
            ping,
            wait(0),
            ping,
            wait(0),
            wait(1),
            ping,
            wait(0),
            reply,
            wait(29),
            ping,
            wait(0),
            wait(30),
            ping,
            wait(0),
        ]
        yield f"vip-{name}-no-refresh", [ping, reply, wait(30), ping] + [wait(1), ping] * 29 + [
            wait(1),
            ping,
            wait(0),
            reply,
        ]
        yield f"vip-{name}-expires", [
            ping,
            wait(0),
            reply,
            wait(59),
            wait(1),
            ping,
            ping,
            wait(0),
            reply,
            wait(61),
            ping,
            ping,
        ]
        yield f"vip-{name}-tagged", [
            tagged,
            wait(0),
            *replies,
            ping,
            tagged,
            wait(1),
            reply,
            wait(31),
            tagged,
            wait(0),
        ]
        yield f"vip-{name}-lazy", [
            ping,
            tagged,
            step(FRAME, frame=arp(2, hop, sha=NEIGHBOUR), flags=REPAIR | LAZY),
            ping,
            wait(1),
        ]
        yield f"vip-{name}-late", [
            ping,
            wait(5, flags=NO_SPARE),
            ping,
            wait(0),
            wait(9),
            ping,
            wait(90),
            ping,
        ]
        for kind, protocol, payload in (
            ("echo", 17, udp(7, bytes(40))),
            ("stamp", 17, udp(862, bytes(44))),
            ("syn", 6, tcp(2)),
            ("closed", 17, udp(53, bytes(400))),
            ("other", 47, bytes(80)),
            ("timestamp", 1, icmp(13, data=bytes(12))),
        ):
            frame = step(FRAME, frame=virtual(protocol, payload, client))
            yield f"vip-{name}-{kind}", [frame, wait(0), reply, frame]
            tiny = fragments(virtual(protocol, payload, client), 8)
            yield f"vip-{name}-{kind}-tiny", [tiny, wait(0), reply, tiny]
        whole = [
            fragments(virtual(1, long, client), piece, mischief)
            for piece, mischief in ((8, 0), (24, BACKWARDS), (104, 0))
        ]
        yield f"vip-{name}-fragments", [*whole, ping, whole[2], wait(0), reply, *whole]
        yield f"vip-{name}-fragments-silence", [
            whole[2],
            wait(0),
            wait(1),
            wait(1),
            wait(1),
            whole[2],
            wait(0),
        ]
        part = fragments(virtual(1, long, client), 104, missing)
        yield f"vip-{name}-part", [
            part,
            wait(61),
            reply,
            part,
            wait(61),
            part,
            wait(29),
            reply,
            wait(33),
        ]
        yield f"vip-{name}-part-silence", [
            part,
            wait(61),
            wait(1),
            wait(1),
            wait(1),
            part,
            wait(58),
            ping,
            wait(3),
        ]
        yield f"vip-{name}-link-up", [
            ping,
            wait(0),
            reply,
            tagged,
            part,
            fragments(ipv4(1, long, ident=9), 104, missing),
            step(LINK_UP),
            *(step(FRAME, frame=arp(1, tpa=tpa)) for tpa in (IP, IP[:3] + b"\xff", PEER_IP)),
            ping,
            wait(1),
            wait(2),
            step(FRAME, frame=arp(2, IP)),
            wait(57),
            *[wait(2)] * 5,
            ping,
            wait(0),
            reply,
            ping,
            tagged,
        ]
        room = [fragments(ipv4(1, long, ident=n), 104, 0x13) for n in range(2, 16)]
        yield f"vip-{name}-room", [ping, tagged, *room, wait(0), reply]
        yield f"vip-{name}-no-room", [*room, ping, tagged, part, ping, wait(0), reply, ping]


def crowds():
    """More neighbours than there is room for."""
    many = [bytes([192, 168, 100, n]) for n in range(10, 80)]
    asks = [step(FRAME, frame=virtual(1, icmp(8), client)[:42]) for client in many]
    replies = [step(FRAME, frame=arp(2, client, dst=OURS, sha=NEIGHBOUR)[:42]) for client in many]
    far, gateway = step(FRAME, frame=virtual(1, icmp(8), FAR)), step(
        FRAME, frame=arp(2, GATEWAY, dst=OURS, sha=NEIGHBOUR)
    )
    known, moment = [b"".join(pair) for pair in zip(asks, replies)], wait(1, MILLISECONDS)
    yield "crowd-silent", [
        *asks[:40],
        far,
        wait(0),
        wait(1),
        replies[5],
        asks[39],
        wait(1),
        gateway,
        wait(1),
        asks[38],
        wait(0),
        replies[39],
        replies[0],
    ]
    yield "crowd-known", [s for ask in known[:65] for s in (ask, moment)] + [
        wait(1),
        *asks[64:67],
        moment,
        *asks[:3],
        wait(0),
        *replies[:3],
    ]
    yield "crowd-evicts", [
        asks[0],
        wait(0),
        replies[0],
        *known[1:64],
        asks[64],
        asks[0],
        wait(0),
        moment,
        wait(1),
    ]
    yield "crowd-hurry", [
        s
        for ask in asks[:3]
        for s in (ask, wait(400, MILLISECONDS), ask, wait(599, MILLISECONDS), wait(1, MILLISECONDS))
    ]
    yield "crowd-shared", [far, gateway, moment] + [
        s for ask in known[:35] for s in (ask, moment)
    ] + [
        wait(1),
        *asks[35:],
        wait(0),
        far,
        asks[0],
        asks[7],
        replies[40],
        asks[69],
        wait(3),
        *asks[60:],
        asks[0],
        far,
        wait(0),
    ]
    tags = [struct.pack("!HH", 0x8100, n) for n in range(1, 40)]
    yield "crowd-tagged", [step(FRAME, frame=virtual(1, icmp(8), tag=tag)[:46]) for tag in tags] + [
        wait(0)
    ] + [step(FRAME, frame=arp(2, tag=tag, sha=NEIGHBOUR)) for tag in tags[:37:4]]
    yield "crowd-gateways", [
        step(FRAME, frame=virtual(1, icmp(8), FAR, tag=tag)[:46]) for tag in tags * 2
    ] + [far, wait(0), gateway, wait(3)]


def scans():
    """Headers in several fragments, as of "nmap -f", and of all that has one."""
    for name, frame in (
        ("syn", ipv4(6, tcp(2))),
        ("long-syn", ipv4(6, tcp(2) + bytes(99))),
        ("stamp", ipv4(17, udp(862, bytes(44)))),
        ("stamp-tlv", ipv4(17, udp(862, bytes(44) + b"\x80\1\0\4abcd\x80\5\0\2xy"))),
        ("light", ipv4(17, udp(862, bytes(14)))),
        ("timestamp", ipv4(1, icmp(13, data=bytes(12)))),
        ("closed", ipv4(17, udp(53, bytes(200)))),
        ("echo", ipv4(17, udp(7, bytes(53)))),
        ("options", ipv4(6, tcp(2), b"\x07\x27\x04" + bytes(37), tag=b"\x81\0\0\0\x81\0\0\5")),
        (
            "options-stamp",
            ipv4(17, udp(862, bytes(44)), b"\x07\x27\x04" + bytes(37), tag=b"\x81\0\0\0\x81\0\0\5"),
        ),
    ):
        yield f"scan-{name}", [
            fragments(frame, 8),
            fragments(frame, 16, BACKWARDS),
            fragments(frame, 24),
            fragments(frame, 40),
        ]


def frames():
    for name, octets in plain_frames():
        yield name, [step(FRAME, frame=frame) for frame in octets] + [wait(1)]
    yield from plays()
    yield from neighbours()
    yield from crowds()
    yield from scans()


def script(steps):
    claimed = b"".join(wait(2) for _ in range(5))  # by then every host has its address
    for host in range(13):
        yield host, bytes([host]) + (claimed if host in (4, 7, 12) else b"") + b"".join(steps)


OPTIONS = [
    "ip=192.168.100.7/24",
    "ip=none",
    "ip=10.0.0.1/8",
    "ip=192.0.2.0/31",
    "ip=1.2.3.4/32",
    "ip=1.2.3.4/0",
    "ip=127.0.0.1/8",
    "ip=224.0.0.1/4",
    "ip=1.2.3.4",
    "ip=1.2.3.04/24",
    "ip=256.1.1.1/24",
    "ip=192.168.1.255/24",
    "ip=192.168.1.0/24",
    "ip=1.1.1.1/33",
    "ip=dhcp",
    "vip=10.0.0.1,10.0.0.2",
    "vip=none",
    "vip=1.2.3.4,",
    "proxy=10.1.0.0/16,0.0.0.0/0",
    "proxy=10.1.0.1/16",
    "vlan=all",
    "vlan=none",
    "vlan=1,4094",
    "vlan=1,2,3,4,5,6,7,8,9",
    "services=echo,stamp",
    "services=none",
    "services=timestamp,discard,echo",
    "announce=3600",
    "announce=0",
    "stamp_port=65535",
    "stamp_port=0",
    "probe=on",
    "probe=off",
    "broadcast=on",
    "idle=adaptive",
    "idle=halt",
    "idle=poll",
    "ttl=1",
    "ttl=255",
    "ttl=0",
    "ttl=256",
    "ttl=007",
    "ttl=",
    "ttl",
    "=",
    "",
    "x=1",
    "on_panic=exit",
    "on_panic=halt",
    "on_panic=reset",
    "on_panic=",
    "gw=192.168.100.1",
    "gw=none",
    "gw=192.168.100.255",
    "gw=1.2.3.4",
    "gw=127.0.0.1",
    "gw=192.168.100.1/24",
    "gw=10.0.0.1,10.0.0.2",
    "gw=192.0.2.1",
    "gw=",
    "vip=10.0.0.9,10.0.0.1",
    "gw=10.0.0.9",
    "build/unipong.elf",
]

DEVICE = bytes.fromhex("00 00 00 00 52 05dc 00 3f")
RECEIVE, SENT, TURN, SPARE, HELD = b"\x00\x00\x40\x11", b"\x02", b"\x03", b"\x05\x00\x64", b"\x06"
LIES = [
    b"\x87" + lie + bytes(4)
    for lie in (
        b"\x00",
        b"\x81",
        b"\x42",
        b"\x04",
        b"\x05",
        b"\x06",
        b"\x08",
        b"\x0a",
        b"\x0c",
        b"\x0e",
    )
]
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
    write(
        root / "frames",
        ((f"{name}-{kind}", octets) for name, steps in frames() for kind, octets in script(steps)),
    )
    write(root / "options", ((f"{i:02}", word.encode()) for i, word in enumerate(OPTIONS)))
    write(root / "options", [("all", "\0".join(OPTIONS).encode())])
    write(root / "virtq", ((name, DEVICE + play) for name, play in DEVICES.items()))
    write(
        root / "virtq",
        (
            (f"lie{i}", DEVICE + RECEIVE * 4 + TURN + b"\0" + lie + RECEIVE + TURN + b"\2" + HELD)
            for i, lie in enumerate(LIES)
        ),
    )


if __name__ == "__main__":
    main()
