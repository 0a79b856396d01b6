# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of IPv6 share: packets made with scapy, and what a right answer is."""
import struct

from scapy.compat import raw
from scapy.layers.inet import UDP
from scapy.layers.inet6 import (
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrFragment,
    in6_chksum,
)
from scapy.layers.l2 import Ether

from subjects import MAC
from wire import OUR_IP6, PEER_IP6, PEER_MAC, ether, ipv6

DATA = b"0123456789abcdef"
SUFFIX = "75:6eff:fe69:706f"  # the interface identifier made of the subject's MAC
SOLICITED_NODE = "ff02::1:ff69:706f"
SOLICITED_MAC = "33:33:ff:69:70:6f"
ALL_NODES, ALL_NODES_MAC = "ff02::1", "33:33:00:00:00:01"
OTHER_MAC, OTHER_IP6 = "02:00:00:00:00:33", "fe80::ff:fe00:33"

# An address that is typed, and so not used before the network was asked (items 113, 165).
TYPED = "2001:db8:77::77"
TYPED_NODE, TYPED_MAC = "ff02::1:ff00:77", "33:33:ff:00:00:77"


def to_group(frame, mac=ALL_NODES_MAC):
    frame.dst = mac
    return frame


def echo6(data=DATA, **fields):
    return ipv6(**fields) / ICMPv6EchoRequest(id=0x7001, seq=7, data=data)


def udp6(data=DATA, ip=None, **fields):
    return ipv6(**(ip or {})) / UDP(**{"sport": 40000, "dport": 40001, **fields}) / data


def counted(size):
    """Data that is different at each place."""
    return bytes(i * 7 & 255 for i in range(size))


def is_echo_reply(reply, data=DATA, src=OUR_IP6, dst=PEER_IP6):
    message = reply[ICMPv6EchoReply]
    found = (reply[IPv6].src, reply[IPv6].dst, message.id, message.seq, message.data)
    return found == (src, dst, 0x7001, 7, data)


def with_icmpv6_checksum(frame):
    """Computed here, as scapy does not for an option that it does not know."""
    frame = Ether(raw(frame))
    octets = bytearray(raw(frame))
    octets[56:58] = b"\0\0"
    octets[18:20] = struct.pack("!H", len(octets) - 54)
    total = in6_chksum(58, Ether(bytes(octets))[IPv6], bytes(octets[54:]))
    octets[56:58] = struct.pack("!H", total)
    return bytes(octets)


# Fragments


def pieces6(packet, identification, cuts, protocol=58, **fields):
    """The packet's upper layer as fragments."""
    body = raw(Ether(raw(packet))[IPv6].payload)
    return [
        ipv6(**fields)
        / IPv6ExtHdrFragment(
            nh=protocol, offset=start // 8, m=int(end < len(body)), id=identification
        )
        / body[start:end]
        for start, end in cuts
    ]


def data_of(replies):
    """The echoed data, whether it came whole or in fragments, in order."""
    assert replies
    if len(replies) == 1:
        return replies[0][ICMPv6EchoReply].data
    ordered = sorted(replies, key=lambda r: r[IPv6ExtHdrFragment].offset)
    return b"".join(raw(r[IPv6ExtHdrFragment].payload) for r in ordered)[8:]


# Neighbour discovery


def solicit(ip=None, source=True, mac=SOLICITED_MAC, **fields):
    """Who has the subject's address?"""
    packet = (
        ether(dst=mac)
        / IPv6(**{"src": PEER_IP6, "dst": SOLICITED_NODE, "hlim": 255, **(ip or {})})
        / ICMPv6ND_NS(**{"tgt": OUR_IP6, **fields})
    )
    return packet / ICMPv6NDOptSrcLLAddr(lladdr=PEER_MAC) if source else packet


def advertisements(wire, *frames):
    """Those that answer: one to all routers is a message of the subject's own (RFC 9131)."""
    return [f for f in wire.ask(*frames, own=True) if ICMPv6ND_NA in f and f[IPv6].dst != "ff02::2"]


def advertisement(wire, frame):
    """The only one that answers."""
    (reply,) = advertisements(wire, frame)
    return reply


def ignored(wire, *frames, control=None):
    """Fails if one of these is answered with an advertisement, while the control is."""
    assert advertisements(wire, control or solicit()), "the control should have been answered"
    got = advertisements(wire, *frames)
    assert not got, [f.summary() for f in got]


def is_advertisement(reply, solicited=1, override=1, src=OUR_IP6, dst=PEER_IP6):
    message = reply[ICMPv6ND_NA]
    head = (reply[IPv6].src, reply[IPv6].dst, reply[IPv6].hlim, message.tgt)
    flags = (message.R, message.S, message.O, reply[ICMPv6NDOptDstLLAddr].lladdr)
    return (head, flags) == ((src, dst, 255, src), (0, solicited, override, MAC))


def settle(wire):
    """Waits until nobody has objected to the link-local address: before that it is optimistic, or
    not yet used. Then answers have O=1.
    """
    for _ in range(100):
        if any(f[ICMPv6ND_NA].O for f in advertisements(wire, solicit())):
            return
        wire.listen(0.1)
    raise AssertionError("no advertisement with O=1 came within 10 s")


def is_used(wire, address=OUR_IP6):
    wire.send(echo6(dst=address), solicit(tgt=address, ip={"dst": address}, mac=MAC))
    return any(
        IPv6 in f and f[IPv6].src == address and f[IPv6].dst == PEER_IP6 for f in wire.ask(own=True)
    )


def dad_of(target):
    """Whether a frame asks if this address is free."""
    return (
        lambda frame: ICMPv6ND_NS in frame
        and frame[IPv6].src == "::"
        and frame[ICMPv6ND_NS].tgt == target
    )


def conflicts(target=OUR_IP6, group=SOLICITED_NODE, mac=SOLICITED_MAC):
    """What another host sends that has this address, or asks for it too."""
    return {
        "advertisement": ether(src=OTHER_MAC, dst=ALL_NODES_MAC)
        / IPv6(src=target, dst=ALL_NODES, hlim=255)
        / ICMPv6ND_NA(tgt=target, R=0, S=0, O=1)
        / ICMPv6NDOptDstLLAddr(lladdr=OTHER_MAC),
        "solicitation": ether(src=OTHER_MAC, dst=mac)
        / IPv6(src="::", dst=group, hlim=255)
        / ICMPv6ND_NS(tgt=target),
    }


# Routers


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


def of_prefix(n):
    """The address that the subject makes of prefix(n)."""
    return f"2001:db8:{n}:0:{SUFFIX}"


def advertise(*options, ip=None, mac=OTHER_MAC, **fields):
    """A router's advertisement."""
    packet = (
        ether(src=mac, dst=ALL_NODES_MAC)
        / IPv6(**{"src": OTHER_IP6, "dst": ALL_NODES, "hlim": 255, **(ip or {})})
        / ICMPv6ND_RA(**{"routerlifetime": 0, "chlim": 0, **fields})
    )
    for option in options:
        packet = packet / option
    return packet


def formed(wire, *numbers):
    """Which of the prefixes have led to an address that is used."""
    wire.listen(2.5)
    return [n for n in numbers if advertisements(wire, solicit(tgt=of_prefix(n)))]
