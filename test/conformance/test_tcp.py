# SPDX-License-Identifier: BSD-2-Clause
"""TCP without a connection: items 139 to 143 of the checklist (RFC 9293 3.10.7.1, RFC 1122 4.2.3.10)."""
import random

import pytest
from scapy.compat import raw
from scapy.layers.inet import IP, TCP, fragment

from subjects import MAC
from wire import BROADCAST, OUR_IP, PEER_IP, PEER_MAC, ipv4


def tcp(data=b"", ip=None, **fields):
    return (
        ipv4(**(ip or {}))
        / TCP(**{"sport": 40000, "dport": 4711, "seq": 1000, "window": 1024, **fields})
        / data
    )


def reset(wire, request):
    """The answer's TCP header: a segment without data from the port that was asked."""
    reply = wire.one(request)
    assert (reply.src, reply.dst, reply[IP].src, reply[IP].dst) == (MAC, PEER_MAC, OUR_IP, PEER_IP)
    segment = reply[TCP]
    assert (segment.sport, segment.dport) == (request[TCP].dport, request[TCP].sport)
    assert reply[IP].len == 4 * reply[IP].ihl + 4 * segment.dataofs and "R" in segment.flags
    return segment


@pytest.mark.parametrize("seq", [0, 1000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF])
def test_c139_syn(wire, seq):
    """ "<SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>"; SYN and FIN count as one octet each."""
    for flags, control in (("S", 1), ("F", 1), ("SF", 2), ("", 0), ("P", 0)):
        for size in (0, 1, 100):
            segment = reset(wire, tcp(bytes(size), seq=seq, flags=flags))
            assert (segment.flags, segment.seq, segment.ack) == (
                "RA",
                0,
                (seq + control + size) & 0xFFFFFFFF,
            )


def test_c139_syn_with_options(wire):
    request = tcp(
        flags="S",
        options=[
            ("MSS", 1460),
            ("SAckOK", b""),
            ("Timestamp", (1, 0)),
            ("NOP", None),
            ("WScale", 7),
        ],
    )
    segment = reset(wire, request)
    assert (segment.flags, segment.ack, segment.dataofs) == ("RA", 1001, 5)


@pytest.mark.parametrize("step", [8, 16, 24])
def test_c139_header_in_fragments(wire, step):
    """RFC 791 3.2: however small they are, they are put together ("nmap -f")."""
    (answer,) = wire.ask(*fragment(tcp(b"data", seq=7, flags="S"), step))
    assert (answer[TCP].flags, answer[TCP].seq, answer[TCP].ack) == ("RA", 0, 12)


@pytest.mark.parametrize("port", [1, 22, 80, 65535])
def test_c139_any_port(wire, port):
    assert reset(wire, tcp(flags="S", dport=port)).flags == "RA"


@pytest.mark.parametrize("ack", [0, 1, 0x12345678, 0xFFFFFFFF])
def test_c140_ack(wire, ack):
    """ "<SEQ=SEG.ACK><CTL=RST>"."""
    for flags in ("A", "SA", "FA", "PA"):
        segment = reset(wire, tcp(b"x" * (flags == "PA"), flags=flags, ack=ack))
        assert (segment.flags, segment.seq) == ("R", ack)


def test_c141_reset(wire):
    wire.silent(
        *(tcp(flags=flags, ack=1) for flags in ("R", "RA", "RS", "RF", "RSA")),
        control=tcp(flags="S"),
    )


@pytest.mark.parametrize(
    "dst, mac",
    [
        ("255.255.255.255", BROADCAST),
        ("192.168.100.255", BROADCAST),
        ("224.0.0.1", "01:00:5e:00:00:01"),
        (OUR_IP, BROADCAST),
    ],
)
def test_c142_to_a_group(wire, dst, mac):
    frames = [tcp(ip={"dst": dst}, flags=flags) for flags in ("S", "A")]
    for frame in frames:
        frame.dst = mac
    wire.silent(*frames, control=tcp(flags="S"))


@pytest.mark.parametrize(
    "src", ["255.255.255.255", "192.168.100.255", "224.0.0.1", "0.0.0.0", "127.0.0.1", OUR_IP]
)
def test_c142_from_a_group(wire, src):
    wire.silent(
        *(tcp(ip={"src": src}, flags=flags) for flags in ("S", "A")), control=tcp(flags="S")
    )


def test_c142_bad_checksum(wire):
    whole = raw(tcp(b"data", flags="S"))
    frames = []
    for bit in range(8 * 34, 8 * len(whole)):
        frame = bytearray(whole)
        frame[bit // 8] ^= 0x80 >> bit % 8
        frames.append(frame)
    wire.silent(*frames, control=whole)
    wire.silent(tcp(flags="S", chksum=0), tcp(flags="S", chksum=0xFFFF))


def test_c142_impossible_header(wire):
    wire.silent(
        *(tcp(flags="S", dataofs=n) for n in range(5)),
        tcp(flags="S", dataofs=6),
        tcp(flags="S", dataofs=15),
        control=tcp(flags="S"),
    )
    wire.silent(*(ipv4(proto=6) / raw(tcp(flags="S")[TCP])[:n] for n in range(20)))


def test_c143_nothing_to_challenge(wire):
    """Each segment gets the answer of a closed port, whatever came before it."""
    choose = random.Random(143)
    for _ in range(50):
        seq, ack = choose.getrandbits(32), choose.getrandbits(32)
        assert reset(wire, tcp(flags="S", seq=seq)).flags == "RA"
        assert reset(wire, tcp(flags="A", seq=seq + 1 & 0xFFFFFFFF, ack=ack)).flags == "R"
        wire.silent(tcp(flags="R", seq=seq))
