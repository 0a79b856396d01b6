# SPDX-License-Identifier: BSD-2-Clause
"""IPv6, ICMPv6, neighbour discovery: items 95 to 121 of the checklist (RFC 8200, 4443, 4861, 4862)."""
import struct

import pytest
from scapy.compat import raw
from scapy.layers.inet import UDP
from scapy.layers.inet6 import (
    HBHOptUnknown,
    ICMPv6DestUnreach,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6MLReport2,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6ND_RS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptSrcLLAddr,
    ICMPv6ParamProblem,
    ICMPv6Unknown,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    in6_chksum,
)
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from subjects import MAC
from wire import OUR_IP6, PEER_IP6, PEER_MAC, ether, ipv6

SOLICITED_NODE = "ff02::1:ff69:706f"
SOLICITED_MAC = "33:33:ff:69:70:6f"
ALL_NODES_MAC = "33:33:00:00:00:01"
OTHER_MAC = "02:00:00:00:00:33"
OTHER_IP6 = "fe80::ff:fe00:33"


def echo6(data=b"0123456789abcdef", **fields):
    return ipv6(**fields) / ICMPv6EchoRequest(id=0x7001, seq=7, data=data)


def udp6(data=b"0123456789abcdef", ip=None, **fields):
    return ipv6(**(ip or {})) / UDP(**{"sport": 40000, "dport": 40001, **fields}) / data


def solicit(ip=None, source=True, mac=SOLICITED_MAC, **fields):
    """Who has the subject's address?"""
    packet = (
        ether(dst=mac)
        / IPv6(**{"src": PEER_IP6, "dst": SOLICITED_NODE, "hlim": 255, **(ip or {})})
        / ICMPv6ND_NS(**{"tgt": OUR_IP6, **fields})
    )
    return packet / ICMPv6NDOptSrcLLAddr(lladdr=PEER_MAC) if source else packet


def is_echo_reply(reply, data=b"0123456789abcdef"):
    message = reply[ICMPv6EchoReply]
    return (reply[IPv6].src, reply[IPv6].dst, message.id, message.seq, message.data) == (
        OUR_IP6,
        PEER_IP6,
        0x7001,
        7,
        data,
    )


@pytest.mark.parametrize("size", [0, 1, 2, 3, 56, 1231, 1451, 1452])
def test_c095_echo(wire, size):
    data = bytes(i & 255 for i in range(size))
    reply = wire.one(echo6(data, hlim=3))
    assert (reply.src, reply.dst) == (MAC, PEER_MAC)
    assert is_echo_reply(reply, data) and reply[IPv6].hlim == 64


def test_c096_echo_to_all_nodes(wire):
    frame = echo6(dst="ff02::1")
    frame.dst = ALL_NODES_MAC
    reply = wire.one(frame)
    assert (reply.src, reply.dst) == (MAC, PEER_MAC) and is_echo_reply(reply)


def test_c097_unknown_informational_types(wire):
    known = {128, 130, 131, 132, 133, 134, 135, 136, 137, 143}
    wire.silent(
        *(
            ipv6(hlim=255) / ICMPv6Unknown(type=kind, code=0, msgbody=bytes(24))
            for kind in range(128, 256)
            if kind not in known
        ),
        control=echo6(),
    )


def test_c098_no_errors(wire):
    quote = raw(udp6(ip={"src": OUR_IP6, "dst": PEER_IP6})[IPv6])
    errors = [
        ipv6() / ICMPv6Unknown(type=kind, code=0, msgbody=bytes(4) + quote)
        for kind in (1, 2, 3, 4, 100, 127)
    ]
    to_group = udp6(ip={"dst": "ff02::1"})
    to_group.dst = ALL_NODES_MAC
    link_group = udp6()
    link_group.dst = ALL_NODES_MAC
    from_nobody = udp6(ip={"src": "::"})
    from_group = udp6(ip={"src": "ff02::1"})
    wire.silent(*errors, to_group, link_group, from_nobody, from_group, control=udp6(), error=True)


@pytest.mark.words("errors=limited for=c099")
def test_c099_errors_are_limited(wire):
    assert 1 <= len(wire.ask(*[raw(udp6())] * 1000)) <= 500
    assert len(wire.ask(*[raw(echo6())] * 1000)) == 1000


def test_c100_bad_checksum(wire):
    whole = raw(echo6())
    frames = []
    for bit in range(8 * 54, 8 * len(whole)):
        frame = bytearray(whole)
        frame[bit // 8] ^= 0x80 >> bit % 8
        frames.append(frame)
    wire.silent(*frames, control=whole)


def test_c101_closed_port(wire):
    request = udp6()
    reply = wire.one(request, error=True)
    message = reply[ICMPv6DestUnreach]
    sent = raw(request)[14:]
    assert (reply[IPv6].src, reply[IPv6].dst, message.code) == (OUR_IP6, PEER_IP6, 4)
    assert raw(message)[8 : 8 + len(sent)] == sent and reply[IPv6].plen <= 1280 - 40


@pytest.mark.parametrize("header", [253, 99, 41])
def test_c102_unknown_next_header(wire, header):
    message = wire.one(ipv6(nh=header) / b"0123456789abcdef", error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (1, 6)
    request = ipv6() / IPv6ExtHdrDestOpt(nh=header) / b"0123456789abcdef"
    message = wire.one(request, error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (1, 40)


@pytest.mark.parametrize("header", [IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt])
def test_c103_unknown_options(wire, header):
    def with_option(kind, **ip):
        return (
            ipv6(**ip)
            / header(options=[HBHOptUnknown(otype=kind, optlen=4, optdata=b"abcd")])
            / ICMPv6EchoRequest(id=0x7001, seq=7, data=b"0123456789abcdef")
        )

    assert is_echo_reply(wire.one(with_option(0x1E)))
    wire.silent(with_option(0x5E), control=echo6())
    for kind in (0x9E, 0xDE):
        message = wire.one(with_option(kind), error=True)[ICMPv6ParamProblem]
        assert (message.code, message.ptr) == (2, 42)
    frame = with_option(0x9E, dst="ff02::1")
    frame.dst = ALL_NODES_MAC
    assert wire.one(frame, error=True)[ICMPv6ParamProblem].code == 2
    frame = with_option(0xDE, dst="ff02::1")
    frame.dst = ALL_NODES_MAC
    wire.silent(frame)


def pieces6(packet, identification, cuts, **fields):
    """The packet as fragments of its ICMPv6 message."""
    body = raw(Ether(raw(packet))[IPv6].payload)
    return [
        ipv6(**fields)
        / IPv6ExtHdrFragment(nh=58, offset=start // 8, m=int(end < len(body)), id=identification)
        / body[start:end]
        for start, end in cuts
    ]


def data_of(replies):
    """The echoed data, whether it came whole or in fragments, in order."""
    if len(replies) == 1:
        return replies[0][ICMPv6EchoReply].data
    ordered = sorted(replies, key=lambda r: r[IPv6ExtHdrFragment].offset)
    return b"".join(raw(r[IPv6ExtHdrFragment].payload) for r in ordered)[8:]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_c104_reassembly(wire, order):
    data = bytes(i & 255 for i in range(1400))
    pieces = pieces6(echo6(data), 0x100 + order[0], [(0, 800), (800, 1408)])
    assert data_of(wire.ask(*(pieces[i] for i in order))) == data


def test_c104_overlap_discards_all(wire):
    data = bytes(1400)
    assert data_of(wire.ask(*pieces6(echo6(data), 0x110, [(0, 800), (800, 1408)]))) == data
    wire.silent(*pieces6(echo6(data), 0x111, [(0, 800), (792, 1408)]))
    wire.silent(*pieces6(echo6(data), 0x112, [(0, 800), (640, 960), (800, 1408)]))


def test_c104_atomic_fragment(wire):
    """RFC 6946 4: on its own, even if others with its identification are around."""
    wire.silent(*pieces6(echo6(bytes(1400)), 0x120, [(0, 800)]))
    assert is_echo_reply(wire.one(pieces6(echo6(), 0x120, [(0, 24)])[0]))


def test_c104_fragment_of_odd_length(wire):
    """RFC 8200 4.5: Parameter Problem, code 0, pointing to the Payload Length."""
    message = wire.one(pieces6(echo6(bytes(1400)), 0x130, [(0, 801)])[0], error=True)[
        ICMPv6ParamProblem
    ]
    assert (message.code, message.ptr) == (0, 4)


def test_c105_udp_without_checksum(wire):
    frame = bytearray(raw(udp6()))
    frame[14 + 40 + 6 : 14 + 40 + 8] = b"\0\0"
    wire.silent(frame, control=udp6(), error=True)


def test_c106_lengths(wire):
    length = len(raw(echo6())) - 54
    wire.silent(
        *(echo6(plen=length + n) for n in (1, 8, 1000)),
        *(echo6(plen=n) for n in (0, 1, 7)),
        control=echo6(),
    )
    wire.silent(ipv6(nh=59) / b"0123456789abcdef", ipv6(nh=59))
    wire.silent(*(echo6(version=v) for v in (0, 4, 5, 7, 15)))


def test_c107_routing_header(wire):
    """RFC 5095 3: type 0 is an unrecognised routing type (RFC 8200 4.4)."""

    def routed(left):
        return (
            ipv6()
            / IPv6ExtHdrRouting(type=0, segleft=left, addresses=[OTHER_IP6])
            / ICMPv6EchoRequest(id=0x7001, seq=7, data=b"0123456789abcdef")
        )

    message = wire.one(routed(1), error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (0, 42)
    assert is_echo_reply(wire.one(routed(0)))


# Neighbour discovery


def is_advertisement(reply, solicited=1, dst=PEER_IP6):
    message = reply[ICMPv6ND_NA]
    return (
        reply[IPv6].src,
        reply[IPv6].dst,
        reply[IPv6].hlim,
        message.tgt,
        message.R,
        message.S,
        message.O,
        reply[ICMPv6NDOptDstLLAddr].lladdr,
    ) == (OUR_IP6, dst, 255, OUR_IP6, 0, solicited, 1, MAC)


INVALID = {
    "hop limit": lambda: solicit({"hlim": 254}),
    "hop limit 64": lambda: solicit({"hlim": 64}),
    "code": lambda: solicit(code=1),
    "short": lambda: ether(dst=SOLICITED_MAC)
    / IPv6(src=PEER_IP6, dst=SOLICITED_NODE, hlim=255)
    / ICMPv6Unknown(type=135, code=0, msgbody=bytes(4) + bytes(12)),
    "multicast target": lambda: solicit(tgt=SOLICITED_NODE),
    "option of length 0": lambda: solicit(source=False) / Raw(b"\1\0" + bytes(6)),
    "option beyond the end": lambda: solicit(source=False) / Raw(b"\1\2" + bytes(6)),
    "unspecified source with its MAC": lambda: solicit({"src": "::"}),
    "unspecified source to unicast": lambda: solicit(
        {"src": "::", "dst": OUR_IP6}, source=False, mac=MAC
    ),
}


def with_icmpv6_checksum(frame):
    """Computed here, as scapy does not for an option that it does not know."""
    frame = Ether(raw(frame))
    octets = bytearray(raw(frame))
    octets[56:58] = b"\0\0"
    octets[18:20] = struct.pack("!H", len(octets) - 54)
    octets[56:58] = struct.pack(
        "!H", in6_chksum(58, Ether(bytes(octets))[IPv6], bytes(octets[54:]))
    )
    return bytes(octets)


@pytest.mark.parametrize("what", INVALID)
def test_c108_invalid_solicitations(wire, what):
    wire.silent(
        with_icmpv6_checksum(INVALID[what]()), control=with_icmpv6_checksum(solicit()), own=True
    )


def test_c109_solicitation_is_answered(wire):
    reply = wire.one(solicit())
    assert (reply.src, reply.dst) == (MAC, PEER_MAC) and is_advertisement(reply)
    # Whoever asks by unicast has our MAC: the option may be omitted, and then Override is zero.
    for source in (True, False):
        reply = wire.one(solicit({"dst": OUR_IP6}, mac=MAC, source=source))
        message = reply[ICMPv6ND_NA]
        assert (reply.dst, message.tgt, message.R, message.S) == (PEER_MAC, OUR_IP6, 0, 1)
        assert message.O == int(ICMPv6NDOptDstLLAddr in reply)


def test_c110_solicitation_from_nobody(wire):
    (reply,) = [
        f for f in wire.ask(solicit({"src": "::"}, source=False), own=True) if ICMPv6ND_NA in f
    ]
    assert reply.dst == ALL_NODES_MAC and is_advertisement(reply, solicited=0, dst="ff02::1")


def is_dad(frame):
    return ICMPv6ND_NS in frame and frame[IPv6].src == "::"


def dad_of(target):
    return lambda frame: is_dad(frame) and frame[ICMPv6ND_NS].tgt == target


@pytest.mark.words("for=c111", ready=False)
def test_c111_duplicate_address_detection(wire):
    heard = wire.listen(1.5, until=dad_of(OUR_IP6))
    frame = heard[-1][1]
    assert (frame.src, frame.dst, frame[IPv6].dst, frame[IPv6].hlim) == (
        MAC,
        SOLICITED_MAC,
        SOLICITED_NODE,
        255,
    )
    assert ICMPv6NDOptSrcLLAddr not in frame
    assert not any(IPv6 in f and f[IPv6].src == OUR_IP6 for _, f in heard)
    wire.listen(2.5)
    assert is_echo_reply(wire.one(echo6()))


def is_used(wire, address=OUR_IP6):
    wire.send(echo6(dst=address), solicit(tgt=address, ip={"dst": address}, mac=MAC))
    return any(IPv6 in f and f[IPv6].src == address for _, f in wire.listen(0.5))


CONFLICTS = {
    "advertisement": lambda: ether(src=OTHER_MAC, dst=ALL_NODES_MAC)
    / IPv6(src=OUR_IP6, dst="ff02::1", hlim=255)
    / ICMPv6ND_NA(tgt=OUR_IP6, R=0, S=0, O=1)
    / ICMPv6NDOptDstLLAddr(lladdr=OTHER_MAC),
    "solicitation": lambda: ether(src=OTHER_MAC, dst=SOLICITED_MAC)
    / IPv6(src="::", dst=SOLICITED_NODE, hlim=255)
    / ICMPv6ND_NS(tgt=OUR_IP6),
}


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(name, marks=pytest.mark.words(f"for=c112{name}", ready=False))
        for name in CONFLICTS
    ],
)
def test_c112_duplicate_is_not_used(wire, what):
    wire.listen(1.5, until=dad_of(OUR_IP6))
    wire.send(CONFLICTS[what]())
    wire.listen(2.5)
    assert not is_used(wire)


@pytest.mark.words("for=c113", ready=False)
def test_c113_tentative_address_is_silent(wire):
    wire.listen(1.5, until=dad_of(OUR_IP6))
    assert not is_used(wire)
    wire.listen(2)
    assert is_used(wire)


@pytest.mark.last
def test_c114_unsolicited_advertisement(wire):
    wire.ask()
    frames = [f for _, f in wire.own if ICMPv6ND_NA in f and f[ICMPv6ND_NA].tgt == OUR_IP6]
    assert frames
    for frame in frames:
        assert frame.dst == ALL_NODES_MAC and is_advertisement(frame, solicited=0, dst="ff02::1")


ROUTER_MAC, ROUTER_IP6 = OTHER_MAC, OTHER_IP6
SUFFIX = "75:6eff:fe69:706f"


def prefix(n, **fields):
    return ICMPv6NDOptPrefixInfo(
        **{
            "prefix": f"2001:db8:{n}::",
            "prefixlen": 64,
            "L": 1,
            "A": 1,
            "validlifetime": 3600,
            "preferredlifetime": 1800,
            **fields,
        }
    )


def advertise(*prefixes, ip=None, **fields):
    packet = (
        ether(src=ROUTER_MAC, dst=ALL_NODES_MAC)
        / IPv6(**{"src": ROUTER_IP6, "dst": "ff02::1", "hlim": 255, **(ip or {})})
        / ICMPv6ND_RA(**{"routerlifetime": 0, **fields})
    )
    for option in prefixes:
        packet = packet / option
    return packet


def formed(wire, *numbers):
    """Which of the prefixes have led to an address that is used."""
    wire.listen(2.5)
    return [n for n in numbers if solicited(wire, f"2001:db8:{n}:0:{SUFFIX}")]


def solicited(wire, address):
    return any(
        ICMPv6ND_NA in f and f[ICMPv6ND_NA].tgt == address
        for f in wire.ask(solicit(tgt=address), own=True)
    )


@pytest.mark.words("for=c115")
def test_c115_invalid_router_advertisements(wire):
    short = (
        ether(src=ROUTER_MAC, dst=ALL_NODES_MAC)
        / IPv6(src=ROUTER_IP6, dst="ff02::1", hlim=255)
        / ICMPv6Unknown(type=134, code=0, msgbody=bytes(8))
    )
    wire.send(
        advertise(prefix(1), ip={"hlim": 254}),
        advertise(prefix(2), ip={"src": "2001:db8::1"}),
        advertise(prefix(3), code=1),
        short,
        with_icmpv6_checksum(advertise(prefix(4)) / Raw(b"\1\0" + bytes(6))),
        advertise(prefix(9)),
    )
    assert formed(wire, 1, 2, 3, 4, 9) == [9]


@pytest.mark.words("for=c116")
def test_c116_addresses_from_prefixes(wire):
    wire.send(
        advertise(
            prefix(1),
            prefix(2, A=0),
            prefix(3, prefixlen=63),
            prefix(4, preferredlifetime=7200),
            prefix(5, validlifetime=0, preferredlifetime=0),
            prefix(6),
        )
    )
    assert formed(wire, 1, 2, 3, 4, 5, 6) == [1, 6]
    # RFC 4862 5.5.3 (e): less than two hours are not taken from whoever says so.
    wire.send(advertise(prefix(1, validlifetime=1, preferredlifetime=1)))
    assert formed(wire, 1) == [1]
    frame = echo6(dst=f"2001:db8:6:0:{SUFFIX}")
    assert wire.one(frame)[IPv6].src == f"2001:db8:6:0:{SUFFIX}"


@pytest.mark.last
def test_c117_router_solicitations(wire):
    wire.ask()
    times = [when for when, f in wire.own if ICMPv6ND_RS in f]
    assert times and all(b - a >= 3.5 for a, b in zip(times, times[1:])), times
    for _, frame in wire.own:
        if ICMPv6ND_RS in frame:
            assert (frame[IPv6].dst, frame[IPv6].hlim) == ("ff02::2", 255)


def test_c118_groups(wire):
    for target, mac, dst in (
        (OUR_IP6, "33:33:ff:00:00:77", "ff02::1:ff00:77"),
        (OUR_IP6, ALL_NODES_MAC, "ff02::2"),
        (OUR_IP6, "33:33:00:00:00:fb", "ff02::fb"),
    ):
        wire.silent(solicit({"dst": dst}, mac=mac), control=solicit(), own=True)
    for mac, dst in (("33:33:00:00:00:02", "ff02::2"), ("33:33:00:00:00:fb", "ff02::fb")):
        frame = echo6(dst=dst)
        frame.dst = mac
        wire.silent(frame)
    assert is_advertisement(wire.one(solicit({"dst": "ff02::1"}, mac=ALL_NODES_MAC)))


def test_c119_fragmented_solicitation(wire):
    body = raw(Ether(raw(solicit()))[IPv6].payload)
    head = ether(dst=SOLICITED_MAC) / IPv6(src=PEER_IP6, dst=SOLICITED_NODE, hlim=255)
    wire.silent(
        head / IPv6ExtHdrFragment(nh=58, offset=0, m=0, id=1) / body,
        head / IPv6ExtHdrFragment(nh=58, offset=0, m=1, id=2) / body[:16],
        head / IPv6ExtHdrFragment(nh=58, offset=2, m=0, id=2) / body[16:],
        control=solicit(),
        own=True,
    )


@pytest.mark.last
def test_c120_multicast_listener_report(wire):
    wire.ask()
    reports = [f for _, f in wire.own if ICMPv6MLReport2 in f]
    assert any(SOLICITED_NODE in (r.dst for r in f[ICMPv6MLReport2].records) for f in reports)
    for frame in reports:
        assert (
            frame[IPv6].hlim == 1
            and frame.dst == "33:33:00:00:00:16"
            and IPv6ExtHdrHopByHop in frame
        )


def test_c121_interface_identifier(wire):
    assert OUR_IP6 == f"fe80::{SUFFIX}" and is_advertisement(wire.one(solicit()))
