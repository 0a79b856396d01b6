# SPDX-License-Identifier: BSD-2-Clause
"""UDP and its services, STAMP: items 122 to 138 of the checklist (RFC 768, 862, 863, 8762, 8972, 5357)."""
import struct
import time

import pytest
from scapy.compat import raw
from scapy.contrib.stamp import STAMPSessionReflectorTestUnauthenticated
from scapy.layers.inet import ICMP, IP, UDP, fragment
from scapy.layers.l2 import ARP, Ether

from subjects import MAC
from test_ipv4 import joined
from wire import BROADCAST, OUR_IP, PEER_IP, PEER_MAC, arp, echo, ipv4, udp

ECHO, DISCARD, STAMP = 7, 9, 862
DATA = b"0123456789abcdef"


def udp_echo(data=DATA, **fields):
    return udp(data, dport=ECHO, **fields)


def payload(reply):
    return raw(reply)[14 + 4 * reply[IP].ihl + 8 : 14 + reply[IP].len]


# UDP


def test_c122_bad_checksum(wire):
    right = Ether(raw(udp_echo()))[UDP].chksum
    wire.silent(
        *(udp_echo(chksum=right ^ 1 << bit) for bit in range(16)), control=udp_echo(), service=True
    )
    wrong = bytearray(raw(udp_echo()))
    wrong[-1] ^= 1
    wire.silent(wrong, service=True)


def test_c122_bad_checksum_to_a_closed_port(wire):
    right = Ether(raw(udp()))[UDP].chksum
    wire.silent(udp(chksum=right ^ 1), control=udp(), error=True)


def test_c122_no_checksum(wire):
    reply = wire.one(udp_echo(chksum=0), service=True)
    assert payload(reply) == DATA


def test_c122_computed_zero_is_sent_as_ffff(wire):
    """The data's last word is chosen so that the answer's sum is zero: ports and addresses only swap."""
    partial = Ether(raw(udp_echo(b"ab\0\0")))[UDP].chksum
    word = struct.pack("!H", partial)
    request = Ether(raw(udp_echo(b"ab" + word)))
    assert request[UDP].chksum in (0, 0xFFFF)
    request[UDP].chksum = 0xFFFF
    assert wire.one(request, service=True)[UDP].chksum == 0xFFFF


@pytest.mark.parametrize("length", [0, 1, 7, 25, 26, 1000, 65535])
def test_c123_impossible_length(wire, length):
    """The datagram has 8 + 16 octets, and its Length says another number."""
    for chksum in (0, None):
        wire.silent(
            udp_echo(**{"len": length, **({"chksum": 0} if chksum == 0 else {})}),
            control=udp_echo(),
            service=True,
        )


def test_c123_length_below_the_packet(wire):
    """RFC 768: Length counts header and data; what the packet holds beyond it is no data."""
    reply = wire.one(udp_echo(len=12, chksum=0), service=True)
    assert payload(reply)[:4] == DATA[:4] and reply[UDP].len == 12


def test_c123_truncated_header(wire):
    wire.silent(
        *(ipv4(proto=17) / raw(udp_echo()[UDP])[:n] for n in range(8)),
        control=udp_echo(),
        service=True,
    )


@pytest.mark.parametrize("size", [0, 1, 2, 3, 17, 18, 19, 512, 1471, 1472])
def test_c124_echo(wire, size):
    data = bytes(i * 7 & 255 for i in range(size))
    reply = wire.one(udp_echo(data), service=True)
    assert (reply.src, reply.dst, reply[IP].src, reply[IP].dst) == (MAC, PEER_MAC, OUR_IP, PEER_IP)
    assert (reply[UDP].sport, reply[UDP].dport, payload(reply)) == (ECHO, 40000, data)


@pytest.mark.no_linux("Linux makes fragments")
@pytest.mark.words("mtu=1280")
@pytest.mark.parametrize("service", [ECHO, STAMP])
def test_c124_longer_than_our_mtu(wire, service):
    """A part of the data would be an answer to something else."""
    wire.silent(
        *(udp(bytes(size), dport=service) for size in (1253, 1472)),
        control=udp(bytes(1252), dport=service),
    )


def test_c124_echo_of_fragments(wire):
    data = bytes(range(256)) * 40
    replies = wire.ask(*fragment(udp_echo(data, ip={"id": 0x5100}), 1480), service=True)
    reply = joined(replies)
    assert payload(reply) == data


@pytest.mark.no_linux("Linux has no services= word")
@pytest.mark.words("services=none")
def test_c124_switched_off(wire):
    """A service that is switched off leaves a closed port."""
    for port in (ECHO, DISCARD, STAMP):
        reply = wire.one(udp(dport=port), error=True)
        assert (reply[ICMP].type, reply[ICMP].code) == (3, 3)


@pytest.mark.no_linux("a server's matter")
@pytest.mark.words("vip=192.168.100.50")
def test_c125_source_is_the_address_that_was_asked(wire):
    for address in (OUR_IP, "192.168.100.50"):
        reply = wire.one(udp_echo(ip={"dst": address, "src": "198.51.100.1"}), service=True)
        assert (reply[IP].src, reply[IP].dst) == (address, "198.51.100.1")


def test_c125_source(wire):
    assert wire.one(udp_echo(), service=True)[IP].src == OUR_IP


@pytest.mark.no_linux("a server's matter")
@pytest.mark.parametrize("service", [ECHO, STAMP])
@pytest.mark.parametrize("sport", [ECHO, 19, STAMP])
def test_c126_no_answer_to_a_service(wire, service, sport):
    wire.silent(udp(bytes(44), dport=service, sport=sport), control=udp(bytes(44), dport=service))


@pytest.mark.no_linux("a server's matter")
@pytest.mark.parametrize(
    "address, mac",
    [
        ("192.168.100.255", BROADCAST),
        ("255.255.255.255", BROADCAST),
        ("224.0.0.1", "01:00:5e:00:00:01"),
        (OUR_IP, BROADCAST),
    ],
)
def test_c126_no_answer_to_a_broadcast(wire, address, mac):
    for service in (ECHO, STAMP):
        frame = udp(bytes(44), ip={"dst": address}, dport=service)
        frame.dst = mac
        wire.silent(frame, control=udp(bytes(44), dport=service))


@pytest.mark.parametrize("size", [0, 1, 16, 1472])
def test_c127_discard(wire, size):
    wire.silent(udp(bytes(size), dport=DISCARD), control=udp_echo(), service=True)


# STAMP. Linux has no reflector.

no_linux_stamp = pytest.mark.no_linux("Linux has no STAMP reflector")
ERROR_ESTIMATE = 0x8D0F  # synchronised, NTP format, scale 13, multiplier 15
SENDER_TIME = 0xE1234567_89ABCDEF


def stamp_octets(
    seq=0x01020304, when=SENDER_TIME, error=ERROR_ESTIMATE, ssid=0, rest=bytes(28), tlvs=b""
):
    """RFC 8972 3, figure 1."""
    return struct.pack("!IQHH", seq, when, error, ssid) + rest + tlvs


def stamp(octets=None, ip=None, **fields):
    return udp(stamp_octets() if octets is None else octets, ip=ip, dport=STAMP, **fields)


def reflect(wire, request):
    reply = wire.one(request)
    assert (reply[IP].src, reply[IP].dst, reply[UDP].sport, reply[UDP].dport) == (
        OUR_IP,
        request[IP].src,
        STAMP,
        request[UDP].sport,
    )
    return payload(reply), reply


def times(octets):
    """Transmit (T3) and receive (T2) time, NTP format."""
    return struct.unpack("!Q", octets[4:12])[0], struct.unpack("!Q", octets[16:24])[0]


@no_linux_stamp
def test_c128_reflector_on_862(wire):
    octets, reply = reflect(wire, stamp())
    assert STAMPSessionReflectorTestUnauthenticated in reply and len(octets) == 44


@no_linux_stamp
@pytest.mark.parametrize("size", [44, 45, 48, 100, 500, 1471, 1472])
def test_c129_length_is_kept(wire, size):
    """RFC 8762 4.3: the sizes of both packets are the same. Zeros are no TLV (RFC 8972 4.2.1)."""
    octets, _ = reflect(wire, stamp(stamp_octets(tlvs=bytes(size - 44))))
    assert len(octets) == size


@no_linux_stamp
@pytest.mark.parametrize("seq", [0, 1, 0x01020304, 0xFFFFFFFF])
def test_c130_stateless(wire, seq):
    """RFC 8762 4.3.1: a stateless reflector sends the sender's sequence number as its own."""
    for _ in range(2):
        octets, _ = reflect(wire, stamp(stamp_octets(seq=seq)))
        assert struct.unpack("!I", octets[:4])[0] == seq


@no_linux_stamp
def test_c131_senders_fields_are_copied(wire):
    for seq, when, error in (
        (7, 0, 0x0001),
        (0xFFFFFFFF, SENDER_TIME, ERROR_ESTIMATE),
        (1, 2**64 - 1, 0x7FFF),
    ):
        octets, _ = reflect(wire, stamp(stamp_octets(seq=seq, when=when, error=error)))
        assert struct.unpack("!IQH", octets[24:38]) == (seq, when, error)


@no_linux_stamp
@pytest.mark.parametrize("ttl", [1, 17, 64, 255])
def test_c132_senders_time_to_live(wire, ttl):
    octets, reply = reflect(wire, stamp(ip={"ttl": ttl}))
    assert octets[40] == ttl


@no_linux_stamp
def test_c133_times(wire):
    """RFC 8762 4.3.1: T2 when the packet came, T3 when the answer left, seconds since 1900."""
    before = None
    for _ in range(50):
        transmitted, received = times(reflect(wire, stamp())[0])
        assert received <= transmitted < received + (1 << 32)  # less than a second
        assert before is None or before < received
        before = transmitted
    now = time.time() + 2_208_988_800
    seconds = before >> 32
    assert abs(seconds - now) < 5 or seconds < 100_000_000  # the wall clock, or since boot


@no_linux_stamp
@pytest.mark.words("vip=192.168.100.50 neighbours=learned for=c133")
def test_c133_of_an_answer_that_waited(wire):
    """The answer of a virtual address waits for the neighbour's MAC, and its time is that of its
    departure.
    """
    request = stamp(ip={"dst": "192.168.100.50"})
    request.src = "02:00:00:00:00:99"
    wire.send(request)
    wire.listen(2, until=lambda f: ARP in f and f.op == 1 and f.pdst == PEER_IP)
    time.sleep(0.5)
    answer = arp(op=2, hwdst=MAC)
    answer.dst = MAC
    wire.send(answer)
    reply = wire.listen(2, until=lambda f: UDP in f)[-1][1]
    transmitted, received = times(payload(reply))
    assert reply.dst == PEER_MAC and 0.5 <= (transmitted - received) / 2**32 < 2.5


@no_linux_stamp
def test_c133_clock_runs_at_the_right_rate(wire):
    start, first = time.monotonic(), times(reflect(wire, stamp())[0])[1]
    time.sleep(0.5)
    elapsed, last = time.monotonic() - start, times(reflect(wire, stamp())[0])[1]
    assert abs((last - first) / 2**32 - elapsed) < 0.1


@no_linux_stamp
def test_c134_error_estimate(wire):
    """RFC 4656 4.1.2: S says synchronised, Multiplier is never zero. RFC 8186 2.3: Z=0 is NTP's format."""
    octets, _ = reflect(wire, stamp())
    synchronised, format_, multiplier = octets[12] >> 7, octets[12] >> 6 & 1, octets[13]
    assert (synchronised, format_) == (0, 0) and multiplier > 0


@no_linux_stamp
def test_c135_must_be_zero(wire):
    octets, _ = reflect(wire, stamp(stamp_octets(rest=b"\xff" * 28)))
    assert octets[38:40] == bytes(2) and octets[41:44] == bytes(3)
    assert len(octets) == 44


@no_linux_stamp
def test_c136_twamp_light(wire):
    """RFC 5357 4.2.1: 41 octets answer 14; padding beyond that is the sender's."""
    request = struct.pack("!IQH", 9, SENDER_TIME, ERROR_ESTIMATE)
    octets, reply = reflect(wire, stamp(request, ip={"ttl": 33}))
    assert len(octets) == 41
    assert struct.unpack("!IQH", octets[24:38]) == (9, SENDER_TIME, ERROR_ESTIMATE)
    assert octets[40] == 33 and octets[38:40] == bytes(2)


@no_linux_stamp
def test_c136_too_short(wire):
    wire.silent(*(stamp(stamp_octets()[:size]) for size in range(14)), control=stamp())


@no_linux_stamp
@pytest.mark.parametrize("ssid", [1, 0x1234, 0xFFFF])
def test_c137_session_identifier(wire, ssid):
    octets, reply = reflect(wire, stamp(stamp_octets(ssid=ssid)))
    assert struct.unpack("!H", octets[14:16])[0] == ssid
    assert reply[STAMPSessionReflectorTestUnauthenticated].ssid == ssid


U, M = 0x80, 0x40


def tlv(kind, value, flags=U, length=None):
    return struct.pack("!BBH", flags, kind, len(value) if length is None else length) + value


@no_linux_stamp
def test_c137_unknown_tlvs_are_returned(wire):
    """RFC 8972 4: U is set for a TLV that was not understood; its value goes back as it came."""
    sent = [tlv(240, b"abcd"), tlv(200, b""), tlv(251, bytes(range(100)))]
    octets, reply = reflect(wire, stamp(stamp_octets(tlvs=b"".join(sent))))
    assert octets[44:] == b"".join(sent)


@no_linux_stamp
def test_c137_padding_is_no_tlv(wire):
    """A TLV whose flag U is not set is padding, since a sender sets it in each; it goes back as it
    came.
    """
    for padding in (b"\x00\xf0\x00\x04abcd", b"\x7f" * 100, b"\1", b"\0\0\0"):
        octets, _ = reflect(wire, stamp(stamp_octets(tlvs=padding)))
        assert octets[44:] == padding


@no_linux_stamp
def test_c137_known_tlv(wire):
    """RFC 8972 4.1: extra padding (1) is understood, and goes back without U."""
    octets, _ = reflect(wire, stamp(stamp_octets(tlvs=tlv(1, bytes(20)) + tlv(240, b"x"))))
    assert octets[44:] == tlv(1, bytes(20), flags=0) + tlv(240, b"x")


@no_linux_stamp
def test_c137_malformed_tlv(wire):
    """RFC 8972 4: M is set for a TLV that goes beyond the packet."""
    octets, _ = reflect(wire, stamp(stamp_octets(tlvs=tlv(240, b"abcd", length=100))))
    assert len(octets) == 52 and octets[44] & M and octets[45:] == tlv(240, b"abcd", length=100)[1:]


@no_linux_stamp
def test_c138_time_to_live_of_the_answer(wire):
    """RFC 5357 4.2: "the TTL in IPv4 ... of 255"."""
    for ttl in (1, 64):
        _, reply = reflect(wire, stamp(ip={"ttl": ttl}))
        assert reply[IP].ttl == 255
    assert wire.one(echo())[IP].ttl == 64
