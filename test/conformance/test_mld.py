# SPDX-License-Identifier: BSD-2-Clause
"""Multicast listener discovery, VLANs: items 120, 172, 173 and 230 of the checklist (RFC 9777, 2710)."""
import struct

import pytest
from scapy.compat import raw
from scapy.layers.inet6 import (
    ICMPv6MLReport,
    ICMPv6MLReport2,
    ICMPv6ND_NA,
    IPv6,
    IPv6ExtHdrHopByHop,
    RouterAlert,
    in6_chksum,
)
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Raw

from ip6 import (
    ALL_NODES,
    ALL_NODES_MAC,
    DATA,
    OTHER_IP6,
    OTHER_MAC,
    SOLICITED_NODE,
    TYPED,
    TYPED_NODE,
    advertise,
    advertisement,
    conflicts,
    dad_of,
    echo6,
    formed,
    is_advertisement,
    is_echo_reply,
    is_used,
    prefix,
    solicit,
)
from wire import OUR_IP6, ether

ALL_ROUTERS_OF_MLD, MLD_MAC = "ff02::16", "33:33:00:00:00:16"
IS_EXCLUDE, TO_INCLUDE, TO_EXCLUDE = 2, 3, 4


def records(frame):
    """(record type, group) of a report of version 2, whose records name no sources."""
    if ICMPv6MLReport2 not in frame:
        return []
    octets = raw(frame[ICMPv6MLReport2])
    (count,) = struct.unpack_from("!H", octets, 6)
    starts = range(8, 8 + 20 * count, 20)
    return [(octets[at], IPv6(bytes(8) + octets[at + 4 : at + 20] * 2).src) for at in starts]


def is_well_formed(frame, dst=ALL_ROUTERS_OF_MLD, mac=MLD_MAC):
    alert = any(isinstance(o, RouterAlert) for o in frame[IPv6ExtHdrHopByHop].options)
    return (frame[IPv6].hlim, frame[IPv6].dst, frame.dst, alert) == (1, dst, mac, True)


@pytest.mark.last
def test_c120_multicast_listener_report(settled):
    settled.ask()
    reports = [f for _, f in settled.own if ICMPv6MLReport2 in f]
    assert any((TO_EXCLUDE, SOLICITED_NODE) in records(f) for f in reports)
    assert all(is_well_formed(f) for f in reports)


@pytest.mark.words("for=c172", ready=False)
def test_c172_reports(wire):
    """Twice each (RFC 9777 6.1), from :: at first, and again once the address is valid (5.2.13)."""
    reports = [f for _, f in wire.listen(5) if ICMPv6MLReport2 in f]
    assert all(is_well_formed(f) and f[IPv6].src in ("::", OUR_IP6) for f in reports)
    assert all(SOLICITED_NODE in [group for _, group in records(f)] for f in reports)
    assert not any(ALL_NODES in [group for _, group in records(f)] for f in reports)
    assert reports[0][IPv6].src == "::" and reports[-1][IPv6].src == OUR_IP6
    assert len(reports) >= 4


@pytest.mark.words(f"ip6=link,{TYPED}/64 for=c172leave", ready=False)
def test_c172_leaving(wire):
    wire.listen(5, until=dad_of(TYPED))
    wire.send(conflicts(TYPED)["advertisement"])
    wire.listen(5, until=lambda f: (TO_INCLUDE, TYPED_NODE) in records(f))


def query(version=2, ip=None, group="::", code=0, alert=True, rest=b"", vid=None, size=None):
    """A querier's frame."""
    body = struct.pack("!BBHHH", 130, 0, 0, code, 0) + raw(IPv6(src=group))[8:24]
    body += (b"\2\x7d\0\0" if version == 2 else b"") + rest
    body = body[:size]
    network = IPv6(**{"src": OTHER_IP6, "dst": ALL_NODES, "hlim": 1, **(ip or {})})
    total = struct.pack("!H", in6_chksum(58, network, body))
    body = body[:2] + total + body[4:]
    front = ether(src=OTHER_MAC, dst=ALL_NODES_MAC)
    front = front / Dot1Q(vlan=vid) if vid else front
    if alert:
        return front / network / IPv6ExtHdrHopByHop(nh=58, options=[RouterAlert()]) / Raw(body)
    network.nh = 58
    return front / network / Raw(body)


def quiet(wire):
    """Waits until the reports of the start are over."""
    wire.listen(4)


def is_answer(frame):
    return (IS_EXCLUDE, SOLICITED_NODE) in records(frame)


@pytest.mark.words("for=c173")
def test_c173_general_query(wire):
    quiet(wire)
    for code in (0, 1, 1000):
        wire.send(query(code=code))
        frame = wire.listen(5, until=is_answer)[-1][1]
        assert is_well_formed(frame) and frame[IPv6].src == OUR_IP6


@pytest.mark.words("for=c173")
def test_c173_query_for_a_group(wire):
    wire.send(query(group=SOLICITED_NODE, ip={"dst": SOLICITED_NODE}))
    wire.listen(5, until=is_answer)
    wire.send(query(group="ff02::1:ff00:99"))
    assert not any(records(f) for _, f in wire.listen(1.5))


@pytest.mark.words("for=c173")
@pytest.mark.parametrize(
    "fields",
    [
        {"ip": {"hlim": 64}},
        {"ip": {"hlim": 255}},
        {"ip": {"src": "2001:db8::1"}},
        {"ip": {"src": "::"}},
        {"alert": False},
        {"version": 1, "rest": b"\0"},
        {"version": 1, "rest": b"\0\0\0"},
        {"size": 20},
    ],
    ids=str,
)
def test_c173_invalid_queries(wire, fields):
    wire.send(query(**fields))
    heard = [f for _, f in wire.listen(1)]
    assert not any(ICMPv6MLReport in f or records(f) for f in heard)
    wire.send(query())
    wire.listen(5, until=is_answer)


@pytest.mark.words("for=c173long")
def test_c173_floating_point(wire):
    """RFC 9777 5.1.3: code 0xffff is a delay of up to 2 hours 20 minutes."""
    quiet(wire)
    wire.send(query(code=0xFFFF))
    assert not any(is_answer(f) for _, f in wire.listen(2))


@pytest.mark.words("for=c173old")
def test_c173_version_1(wire):
    """RFC 9777 8.2: a report of version 1, to the group itself."""
    quiet(wire)
    wire.send(query(version=1))
    heard = wire.listen(5, until=lambda f: ICMPv6MLReport in f)
    frame = heard[-1][1]
    assert frame[ICMPv6MLReport].mladdr == SOLICITED_NODE
    assert is_well_formed(frame, SOLICITED_NODE, "33:33:ff:69:70:6f")
    wire.send(query(version=2))
    assert not any(is_answer(f) for _, f in wire.listen(1.5))


# VLANs

no_linux_tags = pytest.mark.no_linux("Linux answers a tag only where a VLAN interface is set up")


def tagged(frame, vid=10):
    whole = Ether(raw(frame))
    front = Ether(src=whole.src, dst=whole.dst) / Dot1Q(prio=5, vlan=vid, type=0x86DD)
    return front / Raw(raw(whole.payload))


@no_linux_tags
def test_c230_answers_in_the_vlan(settled):
    reply = settled.one(tagged(echo6()))
    assert is_echo_reply(reply, DATA) and (reply[Dot1Q].vlan, reply[Dot1Q].prio) == (10, 5)
    reply = advertisement(settled, tagged(solicit()))
    assert is_advertisement(reply) and reply[Dot1Q].vlan == 10


@no_linux_tags
@pytest.mark.words("for=c230mld")
def test_c230_query_in_a_vlan(wire):
    quiet(wire)
    wire.send(query(vid=10))
    frame = wire.listen(5, until=is_answer)[-1][1]
    assert frame[Dot1Q].vlan == 10


@no_linux_tags
@pytest.mark.words("for=c230router")
def test_c230_router_in_a_vlan(wire):
    wire.send(tagged(advertise(prefix(1), chlim=7)), advertise(prefix(2)))
    assert formed(wire, 1, 2) == [2]
    assert wire.one(echo6())[IPv6].hlim == 64


@no_linux_tags
@pytest.mark.parametrize(
    "what",
    [
        pytest.param(name, marks=pytest.mark.words(f"dad=3 for=c230{name}", ready=False))
        for name in conflicts()
    ],
)
def test_c230_duplicate_in_a_vlan(wire, what):
    """Another network's: the address is used on."""
    wire.listen(5, until=dad_of(OUR_IP6))
    wire.send(tagged(conflicts()[what]))
    wire.listen(4)
    assert is_used(wire)
    assert ICMPv6ND_NA in advertisement(wire, solicit())
