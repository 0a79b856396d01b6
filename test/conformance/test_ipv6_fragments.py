# SPDX-License-Identifier: BSD-2-Clause
"""IPv6's fragments: items 104, 155 to 160 and 232 of the checklist (RFC 8200 4.5, 5722, 6946, 7112)."""
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from scapy.compat import raw
from scapy.layers.inet6 import (
    HBHOptUnknown,
    ICMPv6ParamProblem,
    ICMPv6TimeExceeded,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
)

from ip6 import DATA, counted, data_of, echo6, is_echo_reply, pieces6
from wire import PEER_IP6, ipv6

CUTS = [(0, 800), (800, 1408)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_c104_reassembly(wire, order):
    data = counted(1400)
    pieces = pieces6(echo6(data), 0x100 + order[0], CUTS)
    assert data_of(wire.ask(*(pieces[i] for i in order))) == data


@pytest.mark.parametrize("size", [1453, 2000, 9000, 65527])
def test_c104_as_large_as_can_be(wire, size):
    """The payload of an IPv6 packet has up to 65,535 octets, of which an echo's header takes 8."""
    data, step = counted(size), 1448
    cuts = [(at, min(at + step, size + 8)) for at in range(0, size + 8, step)]
    replies = wire.ask(*pieces6(echo6(data), size, cuts))
    assert data_of(replies) == data and all(len(f) <= 1514 for f in replies)


def test_c104_atomic_fragment(wire):
    """RFC 6946 4: on its own, even if others with its identification are around."""
    pieces = pieces6(echo6(counted(1400)), 0x120, CUTS)
    wire.silent(pieces[0])
    assert is_echo_reply(wire.one(pieces6(echo6(), 0x120, [(0, 24)])[0]))
    assert data_of(wire.ask(pieces[1])) == counted(1400)


@pytest.mark.parametrize("length", [1, 7, 801])
def test_c155_fragment_of_odd_length(wire, length):
    """RFC 8200 4.5: Parameter Problem, code 0, pointing to the Payload Length."""
    piece = pieces6(echo6(bytes(1400)), 0x130 + length, [(800, 800 + length)])[0]
    piece[IPv6ExtHdrFragment].m = 1
    message = wire.one(piece, error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (0, 4)
    # The error has no quoted data of the fragment to answer, and the datagram goes on without it.
    wire.silent(pieces6(echo6(bytes(1400)), 0x130 + length, CUTS)[0])


@pytest.mark.parametrize("length, more", [(8, 1), (16, 1), (1448, 1), (8, 0), (1448, 0)])
def test_c156_fragment_beyond_the_end(wire, length, more):
    """RFC 8200 4.5: Parameter Problem, code 0, pointing to the Fragment Offset."""
    piece = ipv6() / IPv6ExtHdrFragment(nh=58, offset=8191, m=more, id=0x156) / bytes(length)
    message = wire.one(piece, error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (0, 42)


FIRST = {
    "TCP": (6, bytes(16)),
    "UDP": (17, b""),
    "ICMPv6": (58, b""),
    "options cut": (60, bytes([58, 1]) + bytes(6)),
    "nothing behind the options": (60, bytes([58, 0, 1, 4]) + bytes(4)),
}


@pytest.mark.parametrize("what", FIRST)
def test_c157_first_fragment_without_all_headers(wire, what):
    """RFC 7112 5, RFC 8200 4.5: Parameter Problem, code 3, pointer 0."""
    protocol, octets = FIRST[what]
    if not octets:
        pytest.skip("such a fragment is empty")
    piece = ipv6() / IPv6ExtHdrFragment(nh=protocol, m=1, id=0x157) / octets
    message = wire.one(piece, error=True)[ICMPv6ParamProblem]
    assert (message.code, message.ptr) == (3, 0)


@pytest.fixture(scope="session")
def unfinished(patient6):
    with ThreadPoolExecutor(1) as executor:
        yield {"executor": executor}
        patient6.dead = True  # no test waits for it any more


def exceeded(frame):
    return ICMPv6TimeExceeded in frame


@pytest.mark.first
def test_c158_unfinished_datagrams(patient6, unfinished):
    """Sends what test_c158_time_exceeded waits for; the other tests run meanwhile."""
    data = counted(1400)
    assert data_of(patient6.ask(*pieces6(echo6(data), 0x158, CUTS))) == data
    without_first = pieces6(echo6(data), 0x15A, CUTS)[1]
    patient6.silent(without_first)
    since = time.monotonic()  # it is sent after this moment
    first = pieces6(echo6(data), 0x159, CUTS)[0]
    patient6.silent(first)
    heard = unfinished["executor"].submit(patient6.listen, 75, until=exceeded)
    unfinished.update(since=since, heard=heard, first=first)


@pytest.mark.last
def test_c158_time_exceeded(patient6, unfinished):
    """RFC 8200 4.5: 60 s after the fragment that came first; code 1; only if the first one came."""
    heard = unfinished["heard"].result()
    when, error = heard[-1]
    message, sent = error[ICMPv6TimeExceeded], raw(unfinished["first"])[14:]
    assert (message.code, error[IPv6].dst) == (1, PEER_IP6)
    assert raw(message)[8 : 8 + len(sent)] == sent
    assert 59 <= when - unfinished["since"]
    assert not any(exceeded(f) for f in [f for _, f in heard[:-1]] + patient6.ask())


def test_c159_overlap_discards_all(wire):
    data = bytes(1400)
    assert data_of(wire.ask(*pieces6(echo6(data), 0x110, CUTS))) == data
    wire.silent(*pieces6(echo6(data), 0x111, [(0, 800), (792, 1408)]))
    wire.silent(*pieces6(echo6(data), 0x112, [(0, 800), (640, 960), (800, 1408)]))
    wire.silent(*pieces6(echo6(data), 0x113, [(0, 800), (0, 640), (800, 1408)]))
    wire.silent(*pieces6(echo6(data), 0x114, [(800, 1408), (0, 808)]))


def test_c159_two_ends(wire):
    last, other = (pieces6(echo6(bytes(n)), 0x115, [(800, n + 8)])[0] for n in (1400, 1000))
    wire.silent(last, other, pieces6(echo6(bytes(1400)), 0x115, CUTS)[0])


def test_c159_exact_duplicates(wire):
    """They MAY be dropped alone, and are."""
    data = counted(1400)
    first, last = pieces6(echo6(data), 0x116, CUTS)
    assert data_of(wire.ask(first, first, last)) == data


def test_c160_identifications(wire):
    """RFC 7739: nobody can tell the next one; all fragments of an answer have the same."""
    data, cuts, ids = counted(2000), [(0, 1448), (1448, 2008)], []
    for number in range(32):
        replies = wire.ask(*pieces6(echo6(data), 0x16000 + number, cuts))
        assert data_of(replies) == data
        (of_one,) = {r[IPv6ExtHdrFragment].id for r in replies}
        ids.append(of_one)
    steps = {b - a for a, b in zip(ids, ids[1:])}
    assert len(set(ids)) == len(ids) and len(steps) > 16
    assert not any(0x16000 <= one < 0x16020 for one in ids)


def test_c160_no_atomic_fragments(wire):
    """RFC 8200 4.5, RFC 8021: an answer that fits has no fragment header."""
    assert IPv6ExtHdrFragment not in wire.one(pieces6(echo6(), 0x161, [(0, 24)])[0])
    cuts = [(0, 8), (8, 24)]
    replies = wire.ask(*pieces6(echo6(), 0x162, cuts))
    assert data_of(replies) == DATA
    assert len(replies) > 1 or IPv6ExtHdrFragment not in replies[0]


def option(kind):
    return IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=kind, optlen=4, optdata=b"abcd")])


def split(identification, later=58, before=None, inside=None):
    """An echo in two fragments. later: the next header that the second one names. before: headers in
    front of its fragment header; inside: options in front of the echo.
    """
    message = raw(echo6(counted(1400)))[54:]
    if inside:
        head = raw(inside)
        message = b"\x3a" + head[1:] + message
    kind = 60 if inside else 58
    first = ipv6() / IPv6ExtHdrFragment(nh=kind, m=1, id=identification) / message[:800]
    rest = IPv6ExtHdrFragment(nh=later, offset=100, id=identification) / message[800:]
    return first, ipv6() / before / rest if before else ipv6() / rest


@pytest.mark.parametrize("later", [6, 17, 59, 60, 253])
def test_c232_next_header_of_a_later_fragment(wire, later):
    first, rest = split(0x23200 + later, later=later)
    assert data_of(wire.ask(rest, first)) == counted(1400)


def test_c232_options_before_a_later_fragment(wire):
    """They are judged in each fragment as it comes."""
    for number, order in enumerate(((0, 1), (1, 0))):
        pieces = split(0x23300 + number, before=option(0x1E))
        assert data_of(wire.ask(*(pieces[i] for i in order))) == counted(1400)
    first, rest = split(0x23310, before=option(0x5E))
    wire.silent(rest, first)
    for kind in (0x9E, 0xDE):
        first, rest = split(0x23320 + kind, before=option(kind))
        message = wire.one(rest, error=True)[ICMPv6ParamProblem]
        assert (message.code, message.ptr) == (2, 42)
        wire.silent(first)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_c232_options_behind_the_fragment_header(wire, order):
    """They do not come back: the offsets of the answer are smaller. An error points into the first
    fragment as it came.
    """
    pieces = split(0x23400 + order[0], inside=option(0x1E))
    assert data_of(wire.ask(*(pieces[i] for i in order))) == counted(1400)
    pieces = split(0x23410 + order[0], inside=option(0x5E))
    wire.silent(*(pieces[i] for i in order))
    for kind in (0x9E, 0xDE):
        for attempt in range(5):  # errors are limited in rate
            pieces = split(0x23420 + kind + order[0] + 1000 * attempt, inside=option(kind))
            replies = wire.ask(*(pieces[i] for i in order))
            if replies:
                break
        (reply,) = replies
        assert reply[ICMPv6ParamProblem].code == 2


def test_c232_fragments_of_two_hosts(wire):
    """The key has the source: nothing of one is put together with another's."""
    data = counted(1400)
    first, rest = pieces6(echo6(data), 0x235, CUTS)
    other = pieces6(echo6(data, src="fe80::ff:fe00:2"), 0x235, CUTS, src="fe80::ff:fe00:2")
    wire.silent(first, other[1])
    assert data_of(wire.ask(rest)) == data


def test_c232_identification_of_two_protocols(wire):
    """RFC 8200 4.5: the key has no protocol, as only the first fragment's next header counts."""
    first, rest = split(0x236, later=17)
    wire.silent(rest)
    assert data_of(wire.ask(first)) == counted(1400)
