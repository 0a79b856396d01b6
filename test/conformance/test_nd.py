# SPDX-License-Identifier: BSD-2-Clause
"""Neighbour discovery: items 108 to 114, 118, 119, 121, 162 to 165, 168 to 170 (RFC 4861, 4862, 4429, 7527)."""
import pytest
from scapy.compat import raw
from scapy.layers.inet6 import (
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_Redirect,
    ICMPv6ND_RS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptSrcLLAddr,
    ICMPv6Unknown,
    IPv6,
    IPv6ExtHdrFragment,
)
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from ip6 import (
    ALL_NODES,
    ALL_NODES_MAC,
    OTHER_IP6,
    OTHER_MAC,
    SOLICITED_MAC,
    SOLICITED_NODE,
    SUFFIX,
    TYPED,
    TYPED_MAC,
    TYPED_NODE,
    advertise,
    advertisement,
    advertisements,
    conflicts,
    dad_of,
    echo6,
    formed,
    ignored,
    is_advertisement,
    is_echo_reply,
    is_used,
    of_prefix,
    prefix,
    settle,
    solicit,
    to_group,
    with_icmpv6_checksum,
)
from subjects import MAC
from wire import OUR_IP6, PEER_IP6, PEER_MAC, ether

ALL_ROUTERS, ALL_ROUTERS_MAC = "ff02::2", "33:33:00:00:00:02"
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


@pytest.mark.parametrize("what", INVALID)
def test_c108_invalid_solicitations(settled, what):
    ignored(settled, with_icmpv6_checksum(INVALID[what]()))


def test_c108_bad_checksum(settled):
    right = Ether(raw(solicit()))[ICMPv6ND_NS].cksum
    ignored(settled, *(solicit(cksum=right ^ 1 << bit) for bit in range(16)))


def test_c108_what_is_ignored(settled):
    """Reserved bits and unknown options."""
    assert is_advertisement(advertisement(settled, solicit(res=0xFFFFFFFF)))
    frame = with_icmpv6_checksum(solicit() / Raw(b"\xfd\1" + bytes(6)))
    assert is_advertisement(advertisement(settled, frame))


def test_c109_solicitation_is_answered(settled):
    reply = advertisement(settled, solicit())
    assert (reply.src, reply.dst) == (MAC, PEER_MAC) and is_advertisement(reply)
    # Whoever asks by unicast has our MAC: the option may be omitted, and then Override is zero.
    for source in (True, False):
        reply = advertisement(settled, solicit({"dst": OUR_IP6}, mac=MAC, source=source))
        message = reply[ICMPv6ND_NA]
        assert (reply.dst, message.tgt, message.R, message.S) == (PEER_MAC, OUR_IP6, 0, 1)
        assert message.O == int(ICMPv6NDOptDstLLAddr in reply)


@pytest.mark.no_linux("Linux has optimistic addresses only by option")
@pytest.mark.words("dad=3 for=c109")
def test_c109_optimistic_address(wire):
    """RFC 4429 3.3: it is answered for at once, with O=0."""
    reply = advertisement(wire, solicit())
    assert is_advertisement(reply, override=0)
    assert is_echo_reply(wire.one(echo6()))


def test_c110_solicitation_from_nobody(settled):
    reply = advertisement(settled, solicit({"src": "::"}, source=False))
    assert reply.dst == ALL_NODES_MAC and is_advertisement(reply, solicited=0, dst=ALL_NODES)


@pytest.mark.words("for=c111", ready=False)
def test_c111_duplicate_address_detection(wire):
    """The group is reported before the probe (RFC 4862 5.4.2)."""
    heard = wire.listen(5, until=dad_of(OUR_IP6))
    frame = heard[-1][1]
    assert (frame.src, frame.dst) == (MAC, SOLICITED_MAC)
    assert (frame[IPv6].dst, frame[IPv6].hlim) == (SOLICITED_NODE, 255)
    assert ICMPv6NDOptSrcLLAddr not in frame
    assert any(f.dst == "33:33:00:00:00:16" for _, f in heard[:-1])
    settle(wire)
    assert is_echo_reply(wire.one(echo6()))


@pytest.mark.words("dad=3 for=c111b", ready=False)
def test_c111_number_of_probes(wire):
    heard = wire.listen(6)
    assert sum(dad_of(OUR_IP6)(f) for _, f in heard) == 3


@pytest.mark.words("dad=0 for=c111c", ready=False)
def test_c111_switched_off(wire):
    heard = wire.listen(3)
    assert not any(dad_of(OUR_IP6)(f) for _, f in heard)
    assert is_advertisement(advertisement(wire, solicit()))


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(name, marks=pytest.mark.words(f"for=c112{name}", ready=False))
        for name in conflicts()
    ],
)
def test_c112_duplicate_is_not_used(wire, what):
    wire.listen(5, until=dad_of(OUR_IP6))
    wire.send(conflicts()[what])
    wire.listen(2.5)
    assert not is_used(wire)


@pytest.mark.words(f"ip6=link,{TYPED}/64 for=c113", ready=False)
def test_c113_tentative_address_is_silent(wire):
    """A typed address is not optimistic."""
    wire.listen(5, until=dad_of(TYPED))
    assert not is_used(wire, TYPED)
    for _ in range(100):
        if advertisements(wire, solicit({"dst": TYPED_NODE}, mac=TYPED_MAC, tgt=TYPED)):
            return
        wire.listen(0.1)
    raise AssertionError("it is not used within 10 s")


@pytest.mark.last
def test_c114_unsolicited_advertisement(settled):
    """RFC 9131 6.1.2: of a new address, to the routers, which need not ask for it then."""
    settled.ask()
    frames = [f for _, f in settled.own if ICMPv6ND_NA in f and f[ICMPv6ND_NA].tgt == OUR_IP6]
    assert any(f[IPv6].dst == ALL_ROUTERS for f in frames)
    for frame in frames:
        routers = frame[IPv6].dst == ALL_ROUTERS
        group, mac = (ALL_ROUTERS, ALL_ROUTERS_MAC) if routers else (ALL_NODES, ALL_NODES_MAC)
        assert frame.dst == mac
        assert is_advertisement(frame, solicited=0, override=int(not routers), dst=group)


def test_c118_groups(settled):
    ignored(
        settled,
        solicit({"dst": "ff02::1:ff00:77"}, mac="33:33:ff:00:00:77"),
        solicit({"dst": ALL_ROUTERS}, mac=ALL_NODES_MAC),
        solicit({"dst": "ff02::fb"}, mac="33:33:00:00:00:fb"),
    )
    settled.silent(
        to_group(echo6(dst=ALL_ROUTERS), ALL_ROUTERS_MAC),
        to_group(echo6(dst="ff02::fb"), "33:33:00:00:00:fb"),
        control=echo6(),
    )
    reply = advertisement(settled, solicit({"dst": ALL_NODES}, mac=ALL_NODES_MAC))
    assert is_advertisement(reply)


def test_c119_fragmented_solicitation(settled):
    body = raw(Ether(raw(solicit()))[IPv6].payload)
    head = ether(dst=SOLICITED_MAC) / IPv6(src=PEER_IP6, dst=SOLICITED_NODE, hlim=255)
    ignored(
        settled,
        head / IPv6ExtHdrFragment(nh=58, offset=0, m=0, id=1) / body,
        head / IPv6ExtHdrFragment(nh=58, offset=0, m=1, id=2) / body[:16],
        head / IPv6ExtHdrFragment(nh=58, offset=2, m=0, id=2) / body[16:],
    )


def test_c121_interface_identifier(settled):
    assert OUR_IP6 == f"fe80::{SUFFIX}" and is_advertisement(advertisement(settled, solicit()))


def test_c162_router_solicitation(wire):
    wire.silent(
        *(
            ether(dst=mac) / IPv6(src=PEER_IP6, dst=dst, hlim=255) / ICMPv6ND_RS()
            for dst, mac in (
                (ALL_ROUTERS, ALL_ROUTERS_MAC),
                (OUR_IP6, MAC),
                (ALL_NODES, ALL_NODES_MAC),
            )
        ),
        control=echo6(),
    )


def test_c163_target_of_another(settled):
    for target in (OTHER_IP6, "::", f"2001:db8::{SUFFIX}", "fe80::1:75:6eff:fe69:706f"):
        ignored(settled, solicit(tgt=target), solicit({"dst": OUR_IP6}, mac=MAC, tgt=target))


def test_c164_where_the_advertisement_goes(settled):
    """To the MAC in the option; without one to where the frame came from."""
    frame = solicit({"src": OTHER_IP6}, source=False) / ICMPv6NDOptSrcLLAddr(lladdr=OTHER_MAC)
    assert advertisement(settled, frame).dst == OTHER_MAC
    frame = solicit({"dst": OUR_IP6}, mac=MAC, source=False)
    assert advertisement(settled, frame).dst == PEER_MAC


def advertised(ip=None, options=b"", **fields):
    """Another host's advertisement of the typed address, with faults."""
    frame = (
        ether(src=OTHER_MAC, dst=ALL_NODES_MAC)
        / IPv6(**{"src": OTHER_IP6, "dst": ALL_NODES, "hlim": 255, **(ip or {})})
        / ICMPv6ND_NA(**{"tgt": TYPED, "R": 0, "S": 0, "O": 1, **fields})
    )
    return with_icmpv6_checksum(frame / Raw(options) if options else frame)


@pytest.mark.words(f"ip6=link,{TYPED}/64 dad=2 for=c165", ready=False)
def test_c165_invalid_advertisements(wire):
    """None of them makes the address a duplicate."""
    wire.listen(5, until=dad_of(TYPED))
    wrong = bytearray(advertised())
    wrong[57] ^= 1
    wire.send(
        advertised({"hlim": 254}),
        advertised(S=1),
        advertised(code=1),
        advertised(tgt="ff02::1"),
        advertised(options=b"\2\0" + bytes(6)),
        advertised(options=b"\2\2" + bytes(6)),
        with_icmpv6_checksum(
            ether(src=OTHER_MAC, dst=ALL_NODES_MAC)
            / IPv6(src=OTHER_IP6, dst=ALL_NODES, hlim=255)
            / ICMPv6Unknown(type=136, code=0, msgbody=bytes(12))
        ),
        wrong,
    )
    for _ in range(100):
        if is_used(wire, TYPED):
            return
        wire.listen(0.1)
    raise AssertionError("an invalid advertisement has made the address a duplicate")


def test_c165_advertisement_of_nobody_we_know(wire):
    wire.silent(advertised(tgt="2001:db8::99"), control=echo6())


def test_c168_redirects(wire):
    """Ignored: an answer goes back to where its request came from."""

    def redirect(**ip):
        return (
            ether(src=OTHER_MAC)
            / IPv6(**{"src": OTHER_IP6, "dst": OUR_IP6, "hlim": 255, **ip})
            / ICMPv6ND_Redirect(tgt=OTHER_IP6, dst=PEER_IP6)
            / ICMPv6NDOptDstLLAddr(lladdr=OTHER_MAC)
        )

    for frame in (redirect(), redirect(hlim=254), redirect(src="2001:db8::1")):
        wire.silent(frame, control=echo6())
        assert wire.one(echo6()).dst == PEER_MAC


@pytest.mark.words("for=c169", ready=False)
def test_c169_duplicate_link_local_address(wire):
    """Its identifier comes from the MAC: another host has our MAC, so that no address is safe."""
    wire.listen(5, until=dad_of(OUR_IP6))
    wire.send(conflicts()["advertisement"])
    wire.listen(1)
    wire.send(advertise(prefix(1)))
    assert formed(wire, 1) == []
    wire.silent(echo6(dst=of_prefix(1)), to_group(echo6(dst=ALL_NODES)), echo6())


def nonces(heard):
    """The nonce options of the probes for our address."""
    return [raw(f[ICMPv6ND_NS])[24:] for f in heard if dad_of(OUR_IP6)(f)]


@pytest.mark.words("for=c170", ready=False)
def test_c170_probe_looped_back(wire):
    heard = [f for _, f in wire.listen(5, until=dad_of(OUR_IP6))]
    wire.send(raw(heard[-1]))
    heard += [f for _, f in wire.listen(6)]
    seen = nonces(heard)
    assert all(nonce[:2] == b"\x0e\1" for nonce in seen)
    assert len(seen) == 4 and len(set(seen)) == 4
    assert is_used(wire)


@pytest.mark.words("for=c170other", ready=False)
def test_c170_probe_of_a_host_with_our_mac(wire):
    """A nonce that is not ours, though the MAC is."""
    heard = wire.listen(5, until=dad_of(OUR_IP6))
    octets = bytearray(raw(heard[-1][1]))
    octets[-1] ^= 1
    wire.send(with_icmpv6_checksum(Ether(bytes(octets))))
    wire.listen(2.5)
    assert not is_used(wire)


@pytest.mark.words("nonce=off for=c170off", ready=False)
def test_c170_switched_off(wire):
    heard = wire.listen(5, until=dad_of(OUR_IP6))
    assert nonces([heard[-1][1]]) == [b""]
    wire.send(raw(heard[-1][1]))
    wire.listen(2.5)
    assert not is_used(wire)
