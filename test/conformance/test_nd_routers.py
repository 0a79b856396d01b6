# SPDX-License-Identifier: BSD-2-Clause
"""Routers and the addresses that they give: items 115 to 117, 166, 167, 171, 178 and 229 (RFC 4861, 4862, 7559)."""
import time

import pytest
from scapy.layers.inet6 import (
    ICMPv6ND_RS,
    ICMPv6NDOptMTU,
    ICMPv6NDOptRDNSS,
    ICMPv6NDOptSrcLLAddr,
    ICMPv6Unknown,
    IPv6,
)
from scapy.packet import Raw

from ip6 import (
    ALL_NODES,
    ALL_NODES_MAC,
    OTHER_IP6,
    OTHER_MAC,
    advertise,
    counted,
    dad_of,
    echo6,
    formed,
    is_echo_reply,
    is_used,
    of_prefix,
    prefix,
    with_icmpv6_checksum,
)
from wire import OUR_IP6, PEER_IP6, ether


@pytest.mark.words("for=c115")
def test_c115_invalid_router_advertisements(wire):
    short = (
        ether(src=OTHER_MAC, dst=ALL_NODES_MAC)
        / IPv6(src=OTHER_IP6, dst=ALL_NODES, hlim=255)
        / ICMPv6Unknown(type=134, code=0, msgbody=bytes(8))
    )
    wrong = bytearray(bytes(advertise(prefix(5))))
    wrong[57] ^= 1
    wire.send(
        advertise(prefix(1), ip={"hlim": 254}),
        advertise(prefix(2), ip={"src": "2001:db8::1"}),
        advertise(prefix(3), code=1),
        short,
        with_icmpv6_checksum(advertise(prefix(4)) / Raw(b"\1\0" + bytes(6))),
        wrong,
        advertise(prefix(9)),
    )
    assert formed(wire, 1, 2, 3, 4, 5, 9) == [9]


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
    assert is_echo_reply(wire.one(echo6(dst=of_prefix(6))), src=of_prefix(6))


@pytest.mark.last
def test_c117_router_solicitations(wire):
    """From the link-local address; where that is optimistic, without our MAC (RFC 4429 3.2)."""
    wire.ask()
    heard = [(when, f) for when, f in wire.own if ICMPv6ND_RS in f]
    times = [when for when, _ in heard]
    assert times and all(b - a >= 3.5 for a, b in zip(times, times[1:])), times
    for _, frame in heard:
        assert (frame[IPv6].dst, frame[IPv6].hlim) == ("ff02::2", 255)
        assert frame[IPv6].src == OUR_IP6


@pytest.mark.words("for=c117", ready=False)
def test_c117_back_off(wire):
    """RFC 7559 2: twice as long each time, a tenth more or less; until a router is there."""
    times = []

    def count(frame):
        times.extend([1] if ICMPv6ND_RS in frame else [])
        return len(times) == 3

    heard = [when for when, f in wire.listen(20, until=count) if ICMPv6ND_RS in f]
    first, second = heard[1] - heard[0], heard[2] - heard[1]
    assert first >= 3.5 and second >= 1.5 * first
    wire.send(advertise(routerlifetime=0), advertise(routerlifetime=1800))
    assert not any(ICMPv6ND_RS in f for _, f in wire.listen(3))


@pytest.mark.words("for=c166")
def test_c166_hop_limit(wire):
    wire.send(advertise(chlim=77))
    assert wire.one(echo6())[IPv6].hlim == 77
    wire.send(advertise(chlim=0))
    assert wire.one(echo6())[IPv6].hlim == 77


@pytest.mark.no_linux("Linux takes what the router says, whatever was set")
@pytest.mark.words("ttl=99 for=c166ttl")
def test_c166_hop_limit_that_was_typed(wire):
    wire.send(advertise(chlim=77))
    assert wire.one(echo6())[IPv6].hlim == 99


@pytest.mark.words("for=c166mtu")
def test_c166_mtu(wire):
    for mtu in (1279, 9000, 0):
        wire.send(advertise(ICMPv6NDOptMTU(mtu=mtu)))
        assert is_echo_reply(wire.one(echo6(counted(1452))), counted(1452))
    wire.send(advertise(ICMPv6NDOptMTU(mtu=1400)))
    assert all(len(f) <= 14 + 1400 for f in wire.ask(echo6(counted(1452))))
    assert is_echo_reply(wire.one(echo6(counted(1352))), counted(1352))


@pytest.mark.words("dad=2 for=c166retrans")
def test_c166_retrans_timer(wire):
    """It is the time between the probes of an address."""
    wire.listen(3)
    wire.send(advertise(prefix(1), retranstimer=3000))
    asked = dad_of(of_prefix(1))
    heard = wire.listen(5, until=asked) + wire.listen(8, until=asked)
    first, second = (when for when, f in heard if asked(f))
    assert second - first >= 2.5


@pytest.mark.words("answers=routed for=c167")
def test_c167_routers(wire):
    """What is for a host off the link goes to a default router: the better one, as long as it is."""
    better, worse = "02:00:00:00:00:a1", "02:00:00:00:00:a2"

    def router(mac, ip, lifetime, preference):
        return advertise(
            ICMPv6NDOptSrcLLAddr(lladdr=mac),
            prefix(1),
            ip={"src": ip},
            mac=mac,
            routerlifetime=lifetime,
            prf=preference,
        )

    wire.send(router(worse, "fe80::a2", 1800, 0), router(better, "fe80::a1", 1800, 1))
    assert formed(wire, 1) == [1]
    question = echo6(src="2001:db8:ffff::1", dst=of_prefix(1))
    assert wire.one(question).dst == better
    wire.send(router(better, "fe80::a1", 0, 1))
    assert wire.one(question).dst == worse


@pytest.mark.words("for=c171")
def test_c171_lifetimes(wire):
    """A deprecated address answers still; one whose valid lifetime is over does not."""
    wire.listen(2)
    since = time.monotonic()
    wire.send(advertise(prefix(1, preferredlifetime=1, validlifetime=8)))
    wire.send(advertise(prefix(2, preferredlifetime=0, validlifetime=3600)))
    wire.listen(3)
    assert is_used(wire, of_prefix(1)) or time.monotonic() - since > 7
    assert is_used(wire, of_prefix(2))
    for _ in range(30):
        if not is_used(wire, of_prefix(1)):
            break
        wire.listen(0.5)
    assert not is_used(wire, of_prefix(1)) and time.monotonic() - since > 7
    assert is_used(wire, of_prefix(2))


@pytest.mark.no_linux("a matter of programs")
@pytest.mark.words("for=c178")
def test_c178_name_servers(wire):
    wire.send(advertise(ICMPv6NDOptRDNSS(dns=["2001:db8::53"], lifetime=1800)))
    wire.subject.wait_for_line("2001:db8::53")


@pytest.mark.no_linux("it is the driver's matter")
def test_c229_receive_filter(wire):
    """QEMU says which groups the guest has asked its device for."""
    assert "33:33:ff:69:70:6f" in wire.subject.receive_filter()


@pytest.mark.words("for=c116group")
def test_c116_address_is_in_its_group(wire):
    """All addresses of one interface identifier share a solicited-node group."""
    wire.send(advertise(prefix(7)))
    assert formed(wire, 7) == [7]
    reply = wire.one(echo6(src=PEER_IP6, dst=of_prefix(7)))
    assert is_echo_reply(reply, src=of_prefix(7))
