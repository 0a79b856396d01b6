# SPDX-License-Identifier: BSD-2-Clause
"""IPv6's headers, echo and errors: items 95 to 107, 153, 154, 161, 174 to 177, 228 and 231 (RFC 8200, 4443)."""
import struct

import pytest
from scapy.compat import raw
from scapy.layers.inet6 import (
    HBHOptUnknown,
    ICMPv6DestUnreach,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6PacketTooBig,
    ICMPv6ParamProblem,
    ICMPv6Unknown,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    in6_chksum,
)

from frames import checksum
from ip6 import (
    ALL_NODES,
    ALL_NODES_MAC,
    DATA,
    OTHER_IP6,
    counted,
    echo6,
    is_echo_reply,
    is_used,
    to_group,
    udp6,
)
from subjects import MAC
from wire import OUR_IP6, PEER_IP6, PEER_MAC, ipv6

QUOTE_MAX = 1280 - 40 - 8  # RFC 4443 2.4 (c): the packet within the smallest MTU
TYPED = "2001:db8:1::2"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 56, 1231, 1451, 1452])
def test_c095_echo(wire, size):
    data = counted(size)
    reply = wire.one(echo6(data, hlim=3))
    assert (reply.src, reply.dst) == (MAC, PEER_MAC)
    assert is_echo_reply(reply, data) and reply[IPv6].hlim == 64


@pytest.mark.words("ttl=99")
def test_c095_hop_limit_is_configurable(wire):
    assert wire.one(echo6())[IPv6].hlim == 99


def test_c096_echo_to_all_nodes(wire):
    reply = wire.one(to_group(echo6(dst=ALL_NODES)))
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
    wire.silent(
        *errors,
        to_group(udp6(ip={"dst": ALL_NODES})),
        to_group(udp6()),
        udp6(ip={"src": "::"}),
        udp6(ip={"src": ALL_NODES}),
        control=udp6(),
        error=True,
    )


@pytest.mark.parametrize("kind", [1, 3, 127, 137])
def test_c098_no_errors_for_errors_behind_a_bad_option(wire, kind):
    """RFC 4443 2.4 (e): what a packet carries is found along its headers, before an error is sent."""

    def with_option(message):
        option = HBHOptUnknown(otype=0x9E, optlen=4, optdata=b"abcd")
        return ipv6(hlim=255) / IPv6ExtHdrDestOpt(options=[option]) / message

    wire.silent(
        with_option(ICMPv6Unknown(type=kind, code=0, msgbody=bytes(44))),
        control=with_option(ICMPv6EchoReply()),
        error=True,
    )


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
    assert raw(message)[8 : 8 + len(sent)] == sent


@pytest.mark.parametrize("header", [253, 99, 41])
def test_c102_unknown_next_header(wire, header):
    message = wire.one(ipv6(nh=header) / DATA, error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (1, 6)
    request = ipv6() / IPv6ExtHdrDestOpt(nh=header) / DATA
    message = wire.one(request, error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (1, 40)


def test_c102_hop_by_hop_not_first(wire):
    request = ipv6() / IPv6ExtHdrDestOpt() / IPv6ExtHdrHopByHop() / ICMPv6EchoRequest()
    message = wire.one(request, error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (1, 40)


@pytest.mark.parametrize("header", [IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt])
def test_c103_unknown_options(wire, header):
    def with_option(kind, **ip):
        return (
            ipv6(**ip)
            / header(options=[HBHOptUnknown(otype=kind, optlen=4, optdata=b"abcd")])
            / ICMPv6EchoRequest(id=0x7001, seq=7, data=DATA)
        )

    assert is_echo_reply(wire.one(with_option(0x1E)))
    wire.silent(with_option(0x5E), control=echo6())
    for kind in (0x9E, 0xDE):
        message = wire.one(with_option(kind), error=True)[ICMPv6ParamProblem]
        assert (message.code, message.ptr) == (2, 42)
    frame = to_group(with_option(0x9E, dst=ALL_NODES))
    assert wire.one(frame, error=True)[ICMPv6ParamProblem].code == 2
    wire.silent(to_group(with_option(0xDE, dst=ALL_NODES)))


def test_c106_lengths(wire):
    length = len(raw(echo6())) - 54
    wire.silent(
        *(echo6(plen=length + n) for n in (1, 8, 1000)),
        *(echo6(plen=n) for n in (0, 1, 7)),
        control=echo6(),
    )
    wire.silent(ipv6(nh=59) / DATA, ipv6(nh=59))
    wire.silent(*(echo6(version=v) for v in (0, 4, 5, 7, 15)))


@pytest.mark.parametrize("kind", [0, 99, 253])
def test_c107_routing_header(wire, kind):
    """RFC 8200 4.4; RFC 5095 3: type 0 is one that nobody knows."""

    def routed(left):
        return (
            ipv6()
            / IPv6ExtHdrRouting(type=kind, segleft=left, addresses=[OTHER_IP6])
            / ICMPv6EchoRequest(id=0x7001, seq=7, data=DATA, cksum=ECHO_CHECKSUM)
        )

    message = wire.one(routed(1), error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (0, 42)
    assert is_echo_reply(wire.one(routed(0)))


def test_c153_hop_limit_zero_and_one(wire):
    for hops in (0, 1):
        assert is_echo_reply(wire.one(echo6(hlim=hops)))


@pytest.mark.parametrize("size", [QUOTE_MAX - 48, QUOTE_MAX - 47, 1400, 1452])
def test_c154_quote(wire, size):
    request = udp6(counted(size))
    reply = wire.one(request, error=True)
    sent = raw(request)[14:]
    quoted = raw(reply)[14 + 40 + 8 : 14 + 40 + reply[IPv6].plen]
    assert quoted == sent[:QUOTE_MAX] and len(quoted) == min(len(sent), QUOTE_MAX)


@pytest.mark.words("for=c161")
def test_c161_packet_too_big(wire):
    """RFC 8201 4: what follows stays within the MTU that a router on the way has told."""
    reply = wire.one(echo6(counted(1452)))
    wire.silent(ipv6() / ICMPv6PacketTooBig(mtu=1280) / raw(reply)[14 : 14 + QUOTE_MAX])
    assert all(len(f) <= 14 + 1280 for f in wire.ask(echo6(counted(1452))))
    assert is_echo_reply(wire.one(echo6(counted(1232))), counted(1232))


def test_c174_addresses_that_no_packet_has(wire):
    """RFC 4291 2.5.2, 2.5.3, 2.7; and our own as the source."""
    wire.silent(
        *(echo6(src=address) for address in ("::1", ALL_NODES, "ff05::2", "::", OUR_IP6)),
        *(echo6(dst=address) for address in ("::1", "::")),
        to_group(echo6(dst="ff00::1")),
        to_group(echo6(dst="ff01::1")),
        echo6(src="::ffff:192.168.100.1"),
        control=echo6(),
    )


@pytest.mark.words(f"ip6=link,{TYPED}/64 for=c175")
def test_c175_source_for_a_group(wire):
    """RFC 6724 5, rule 2: the scope of the answer's source is that of its destination."""
    for _ in range(100):  # until the network was asked for both
        if is_used(wire, TYPED) and is_used(wire):
            break
        wire.listen(0.1)
    for src, ours in ((PEER_IP6, OUR_IP6), ("2001:db8:1::1", TYPED)):
        reply = wire.one(to_group(echo6(src=src, dst=ALL_NODES)))
        assert is_echo_reply(reply, src=ours, dst=src)


PAD = IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=0x1E, optlen=4, optdata=b"abcd")])
CHAINS = {
    "hop-by-hop, destination": lambda: IPv6ExtHdrHopByHop() / PAD,
    "destination, twice": lambda: PAD / PAD,
    "routing, destination": lambda: IPv6ExtHdrRouting(segleft=0, addresses=[OTHER_IP6]) / PAD,
    "destination, routing": lambda: PAD / IPv6ExtHdrRouting(segleft=0, addresses=[OTHER_IP6]),
    "fragment, destination": lambda: IPv6ExtHdrFragment(id=0x176) / PAD,
    "destination, fragment": lambda: PAD / IPv6ExtHdrFragment(id=0x177),
    "all": lambda: IPv6ExtHdrHopByHop()
    / PAD
    / IPv6ExtHdrRouting(segleft=0, addresses=[OTHER_IP6])
    / IPv6ExtHdrFragment(id=0x178)
    / PAD,
}


@pytest.mark.parametrize("chain", CHAINS)
def test_c176_headers_in_any_order(wire, chain):
    """The answer has none of them."""
    request = ICMPv6EchoRequest(id=0x7001, seq=7, data=DATA, cksum=ECHO_CHECKSUM)
    reply = wire.one(ipv6() / CHAINS[chain]() / request)
    assert is_echo_reply(reply) and reply[IPv6].nh == 58


def test_c177_traffic_class_and_flow_label(wire):
    for dscp in (0, 0x08, 0x2E, 0x3F):
        for ecn in range(4):
            assert wire.one(echo6(tc=dscp << 2 | ecn, fl=0x12345))[IPv6].tc == dscp << 2
    labels = {wire.one(echo6(fl=label))[IPv6].fl for label in (0, 1, 0x12345, 0xFFFFF)}
    assert len(labels) == 1


def test_c228_group_in_a_frame_to_us(wire):
    """RFC 6085."""
    assert is_echo_reply(wire.one(echo6(dst=ALL_NODES)))


def test_c228_unicast_in_a_group_frame(wire):
    """It is answered, but not with an error (RFC 4443 2.4 e.4)."""
    assert is_echo_reply(wire.one(to_group(echo6())))
    wire.silent(to_group(udp6()), control=udp6(), error=True)


def octets_of(address):
    return bytes(IPv6(src=address))[8:24]


PEER_OCTETS = octets_of(PEER_IP6)


def ping_with_word(word, dst):
    """An echo request's octets, whose checksum is another one for each word."""
    message = struct.pack("!BBHHHH", 128, 0, 0, 0x7001, 7, word)
    pseudo = PEER_OCTETS + dst + struct.pack("!IHBB", len(message), 0, 0, 58)
    right = checksum(pseudo + message)
    return right, message[:2] + struct.pack("!H", right) + message[4:]


@pytest.mark.parametrize("dst, mac", [(OUR_IP6, MAC), (ALL_NODES, ALL_NODES_MAC)])
def test_c231_every_checksum(wire, dst, mac):
    """tshark judges the answers as well (test_judges.py)."""
    head = raw(to_group(ipv6(dst=dst, nh=58, plen=10), mac))
    target, frames, seen = octets_of(dst), [], set()
    for word in range(0x10000):
        right, message = ping_with_word(word, target)
        seen.add(right)
        frames.append(head + message)
    assert len(seen) == 0xFFFF  # as sums go, 0x0000 and 0xffff are one
    replies = wire.ask_octets(*frames)
    pseudo = octets_of(OUR_IP6) + octets_of(PEER_IP6) + struct.pack("!IHBB", 10, 0, 0, 58)
    assert [reply[58:64] for reply in replies] == [frame[58:64] for frame in frames]
    assert all(reply[22:54] == pseudo[:32] and reply[54] == 129 for reply in replies)
    assert all(checksum(pseudo + reply[54:64]) == 0 for reply in replies)
    assert all(reply[56:58] != b"\xff\xff" for reply in replies)


ECHO_CHECKSUM = in6_chksum(
    58, echo6()[IPv6], raw(ICMPv6EchoRequest(id=0x7001, seq=7, data=DATA, cksum=0))
)
