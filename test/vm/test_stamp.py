# SPDX-License-Identifier: BSD-2-Clause
"""The STAMP reflector (RFC 8762, RFC 8972), asked by scapy's implementation of the protocol.

scapy makes the requests and takes the answers apart; a socket of Linux's carries both, so that the
checksums are verified on the way.
"""
import json
import select
import socket
import time

import pytest
from scapy.contrib.stamp import (
    ErrorEstimate,
    STAMPSessionReflectorTestUnauthenticated,
    STAMPSessionSenderTestUnauthenticated,
    STAMPTestTLV,
)
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.l2 import Ether

from guest import POWER_OFF, Guest, Namespace

NTP = 2208988800  # seconds from 1900 to 1970 (RFC 868)
IP_RECVTTL = 12
ESTIMATE = ErrorEstimate(S=1, Z=0, scale=5, multiplier=17)


@pytest.fixture(scope="module")
def guest():
    with Namespace() as network, Guest(network) as running:
        yield running
        assert running.power_off() == POWER_OFF


@pytest.fixture
def sender(guest):
    with sender_of(guest) as udp:
        yield udp


def sender_of(guest, port=862):
    """A UDP socket whose packets have the TTL 77, connected to the reflector."""
    udp = guest.network.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.settimeout(5)
    udp.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 77)
    udp.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
    udp.connect((guest.ip, port))
    return udp


def request(sequence, *tlvs_of_it):
    return bytes(
        STAMPSessionSenderTestUnauthenticated(
            seq=sequence, ts=time.time() + NTP, err_estimate=ESTIMATE, ssid=0xBEEF
        )
    ) + b"".join(map(bytes, tlvs_of_it))


def parse(answer):
    """The answer as scapy reads it, without TLVs. Of an answer to TWAMP Light, the part without
    padding.
    """
    return STAMPSessionReflectorTestUnauthenticated(answer[:44].ljust(44, b"\0"))


def reflect(sender, sent):
    """Sends a test packet, checks what holds for each answer, and returns the answer's octets."""
    sender.send(sent)
    answer, control, _, _ = sender.recvmsg(65536, 64)
    assert [int.from_bytes(data, "little") for _, _, data in control] == [255]  # RFC 8762 4.3
    assert len(answer) == max(len(sent), 41)
    reply = parse(answer[:44] if len(sent) >= 44 else answer[:41])
    assert answer[24:38] == sent[:14]  # the sender's number, time and error estimate
    assert reply.seq == reply.seq_sender  # stateless
    assert reply.ssid == (0xBEEF if len(sent) >= 44 else 0)
    assert reply.ttl_sender == 77
    assert reply.mbz1 == reply.mbz2 == 0
    # not synchronised, NTP's format (RFC 8186 2.3), and a multiplier (RFC 4656 4.1.2)
    assert (reply.err_estimate.S, reply.err_estimate.Z) == (
        0,
        0,
    ) and reply.err_estimate.multiplier > 0
    assert reply.ts_rx <= reply.ts < reply.ts_rx + 0.1
    return answer


def test_session(guest, sender):
    """A hundred packets: times increase, and the guest keeps none longer than its round trip takes."""
    before = with_us = 0
    for sequence in range(100):
        start = time.monotonic()
        reply = parse(reflect(sender, request(sequence)))
        took = time.monotonic() - start
        assert before <= reply.ts_rx and reply.ts - reply.ts_rx < took
        before = reply.ts
        with_us += reply.ts - reply.ts_rx
    assert with_us > 0  # two times, not one twice
    assert guest.stats()["reply_stamp"] >= 100


def both_clocks(sender):
    """The guest's time, the host's at that moment, and by how much the comparison can be wrong.

    Of many comparisons the one with the smallest error is returned.
    """

    def once(sequence):
        before = time.monotonic()
        sender.send(request(sequence))
        answer = sender.recv(100)
        after = time.monotonic()
        return (after - before) / 2, float(parse(answer).ts_rx), (before + after) / 2

    doubt, theirs, ours = min(map(once, range(200)))
    return theirs, ours, doubt


def test_clock_runs_as_ours(sender):
    """The guest's clock has the right rate, to 10 ppm, after a measurement of two seconds.

    The rate that was measured in a millisecond at the start is wrong by about a thousandth.
    """
    for _ in range(2):
        reflect(sender, request(1))
        time.sleep(1.2)
    theirs, ours, doubt = both_clocks(sender)
    time.sleep(2)
    theirs_later, ours_later, doubt_later = both_clocks(sender)
    took = ours_later - ours
    assert abs(theirs_later - theirs - took) < took * 10e-6 + doubt + doubt_later


def test_error_estimate_is_honest(sender):
    """The guest's time differs from the host's by no more than its error estimate says (RFC 4656
    4.1.2).
    """
    before = time.time()
    reply = parse(reflect(sender, request(1)))
    estimate = reply.err_estimate.multiplier * 2.0 ** (reply.err_estimate.scale - 32)
    assert estimate < 10
    assert before - estimate <= float(reply.ts_rx) - NTP <= time.time() + estimate


U, M = 0x80, 0x40  # scapy has the names of a TLV's flags in the wrong order


def tlvs(octets):
    """Flags, type, length and value of each."""
    while octets:
        tlv = STAMPTestTLV(octets)
        octets = octets[4 + tlv.len :]
        yield int(tlv.flags), tlv.type, tlv.len, tlv.value


@pytest.mark.parametrize("padding", [0, 3000])
def test_tlvs(sender, padding):
    """RFC 8972 4: back in full, with the flags U where the type is unknown, M where the length lies."""
    sent = request(
        7,
        STAMPTestTLV(flags=U, type=1, len=8, value=bytes(8)),  # extra padding
        STAMPTestTLV(flags=U, type=240, len=5, value=b"hello"),
        STAMPTestTLV(flags=U, type=241, len=padding, value=bytes(padding)),
    )
    assert list(tlvs(reflect(sender, sent)[44:])) == [
        (0, 1, 8, bytes(8)),
        (U, 240, 5, b"hello"),
        (U, 241, padding, bytes(padding)),
    ]


def test_tlv_beyond_the_end(sender):
    sent = request(8, STAMPTestTLV(flags=U, type=240, len=6, value=b"short"))
    assert list(tlvs(reflect(sender, sent)[44:])) == [(U | M, 240, 6, b"short")]


@pytest.mark.parametrize("size", [45, 100, 1400, 1472, 3000, 20000])
def test_padding_comes_back(sender, size):
    """RFC 8762 4.2.1: a test packet may be as long as those that it stands for."""
    sent = request(9) + bytes(index % 127 + 1 for index in range(size - 44))
    answer = reflect(sender, sent)
    assert answer[44:] == sent[44:]
    if size > 10000:  # that takes a while
        assert parse(answer).ts > parse(answer).ts_rx


@pytest.mark.parametrize("size", [14, 15, 27, 41, 43])
def test_twamp_light(sender, size):
    """RFC 5357 4.2.1: a shorter request gets the 41 octets of a TWAMP reflector, at least."""
    sent = request(10)[:14] + bytes(range(size - 14))
    assert reflect(sender, sent)[41:] == sent[41:]


@pytest.mark.parametrize("backwards", [False, True])
def test_fragmented_after_the_udp_header(guest, sender, backwards):
    """Fragments of 8 octets: the first has the UDP header, and nothing of the test packet."""
    sent = request(13)
    packet = (
        IP(src="192.168.100.1", dst=guest.ip, ttl=77, id=4711)
        / UDP(sport=sender.getsockname()[1], dport=862)
        / sent
    )
    frames = [
        bytes(Ether(src=link_address(guest), dst=guest.mac) / part) for part in fragment(packet, 8)
    ]
    assert len(frames) == 7 and frames[0][34:42] == bytes(packet)[20:28] and len(frames[0]) == 42
    before = guest.stats().get("reply_stamp", 0)
    with guest.network.packet_socket(guest.tap) as wire:
        for frame in reversed(frames) if backwards else frames:
            wire.send(frame)
    answer = sender.recv(100)
    assert len(answer) == 44 and answer[24:38] == sent[:14]
    reply = parse(answer)
    assert (reply.seq, reply.ssid, reply.ttl_sender) == (13, 0xBEEF, 77)
    assert guest.stats()["reply_stamp"] == before + 1
    assert silent(sender)


def link_address(guest):
    return json.loads(guest.run("ip", "-j", "link", "show", "dev", guest.tap))[0]["address"]


def silent(udp):
    return not select.select([udp], [], [], 0)[0]


def test_too_short_is_not_answered(guest, sender):
    for size in (0, 1, 13):
        sender.send(bytes(size))
    guest.ping(1)  # then it has received what was sent before
    assert guest.stats()["drop_stamp_short"] == 3
    assert silent(sender)


@pytest.mark.parametrize("port", [7, 862])
def test_reflectors_do_not_loop(guest, port):
    """Neither STAMP nor echo answers a port that might answer the answer."""
    with guest.network.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("", port))
        before = guest.stats().get("drop_udp_loop", 0)
        for to in (7, 862):
            udp.sendto(request(11), (guest.ip, to))
        guest.ping(1)  # then it has received what was sent before
        assert guest.stats()["drop_udp_loop"] == before + 2
        assert silent(udp)


def test_other_port_and_no_other_services():
    with Namespace() as network, Guest(network, append="services=stamp stamp_port=20862") as other:
        with sender_of(other, 20862) as udp:
            sent = request(12)
            reflect(udp, sent)
        for port in (7, 9, 862):
            with sender_of(other, port) as udp:
                udp.send(sent)
                with pytest.raises(ConnectionRefusedError):
                    udp.recv(100)
        assert other.power_off() == POWER_OFF
