# SPDX-License-Identifier: BSD-2-Clause
"""UDP, STAMP and TCP over IPv6: items 105, 179 and 180 of the checklist (RFC 8200 8.1, 862, 8762, 9293)."""
import struct

import pytest
from scapy.compat import raw
from scapy.layers.inet import TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from ip6 import ALL_NODES, DATA, counted, data_of, pieces6, to_group, udp6
from test_services import ECHO, STAMP, stamp_octets
from wire import OUR_IP6, PEER_IP6, ipv6

no_linux_service = pytest.mark.no_linux("a server's matter")


def payload(reply):
    return raw(reply[UDP].payload)[: reply[UDP].len - 8]


def tcp6(ip=None, data=b"", **fields):
    return ipv6(**(ip or {})) / TCP(**{"sport": 40000, "dport": 80, "seq": 1000, **fields}) / data


def test_c105_udp_without_checksum(wire):
    frame = bytearray(raw(udp6()))
    frame[14 + 40 + 6 : 14 + 40 + 8] = b"\0\0"
    wire.silent(frame, control=udp6(), error=True)


@no_linux_service
def test_c105_services_without_checksum(wire):
    for port, data in ((ECHO, DATA), (STAMP, stamp_octets())):
        wire.silent(udp6(data, dport=port, chksum=0), control=udp6(data, dport=port))


@no_linux_service
@pytest.mark.parametrize("size", [0, 1, 2, 1451, 1452])
def test_c179_udp_echo(wire, size):
    reply = wire.one(udp6(counted(size), dport=ECHO))
    assert (reply[IPv6].src, reply[IPv6].dst, reply[IPv6].hlim) == (OUR_IP6, PEER_IP6, 64)
    assert (reply[UDP].sport, reply[UDP].dport, payload(reply)) == (ECHO, 40000, counted(size))


@no_linux_service
def test_c179_udp_echo_of_fragments(wire):
    data, cuts = counted(9000), [(at, min(at + 1448, 9008)) for at in range(0, 9008, 1448)]
    replies = wire.ask(*pieces6(udp6(data, dport=ECHO), 0x179, cuts, protocol=17))
    assert data_of(replies) == data


@no_linux_service
def test_c179_bad_length_or_checksum(wire):
    right = Ether(raw(udp6(dport=ECHO)))[UDP].chksum
    wire.silent(
        *(udp6(dport=ECHO, chksum=right ^ 1 << bit) for bit in range(16)),
        *(udp6(dport=ECHO, len=n) for n in (0, 7, 25, 65535)),
        to_group(udp6(dport=ECHO, ip={"dst": ALL_NODES})),
        control=udp6(dport=ECHO),
    )


@no_linux_service
def test_c179_checksum_is_never_zero(wire):
    """RFC 8200 8.1: 0xffff is sent instead. The data's last word makes the sum of the answer zero."""
    word = struct.pack("!H", Ether(raw(udp6(b"ab\0\0", dport=ECHO)))[UDP].chksum)
    request = Ether(raw(udp6(b"ab" + word, dport=ECHO)))
    request[UDP].chksum = 0xFFFF
    assert wire.one(request)[UDP].chksum == 0xFFFF


@no_linux_service
@pytest.mark.parametrize("hops", [1, 64, 255])
def test_c179_stamp(wire, hops):
    """RFC 8762 4.3.1: the sender's hop limit is in the TTL field; RFC 5357 4.2: ours is 255."""
    reply = wire.one(udp6(stamp_octets(), ip={"hlim": hops}, dport=STAMP))
    octets = payload(reply)
    assert len(octets) == 44 and octets[40] == hops and reply[IPv6].hlim == 255
    assert octets[:4] == stamp_octets()[:4] == octets[24:28]
    assert octets[28:38] == stamp_octets()[4:14]


def test_c180_syn_to_a_closed_port(wire):
    for data in (b"", b"abc"):
        reply = wire.one(tcp6(flags="S", data=data))
        segment = reply[TCP]
        assert (reply[IPv6].src, reply[IPv6].dst) == (OUR_IP6, PEER_IP6)
        assert (segment.flags, segment.seq, segment.ack) == ("RA", 0, 1001 + len(data))
        assert (segment.sport, segment.dport) == (80, 40000)


def test_c180_ack_to_a_closed_port(wire):
    segment = wire.one(tcp6(flags="A", ack=5000))[TCP]
    assert (segment.flags, segment.seq) == ("R", 5000)


def test_c180_silence(wire):
    right = Ether(raw(tcp6(flags="S")))[TCP].chksum
    wire.silent(
        tcp6(flags="R"),
        tcp6(flags="RA", ack=1),
        *(tcp6(flags="S", chksum=right ^ 1 << bit) for bit in range(16)),
        to_group(tcp6(flags="S", ip={"dst": ALL_NODES})),
        tcp6(flags="S", ip={"src": ALL_NODES}),
        tcp6(flags="S", ip={"src": "::"}),
        control=tcp6(flags="S"),
    )
