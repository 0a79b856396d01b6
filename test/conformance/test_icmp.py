# SPDX-License-Identifier: BSD-2-Clause
"""ICMP for IPv4: items 69 to 94 of the checklist (RFC 792, RFC 1122 3.2.2)."""
import random
import struct
import time

import pytest
from scapy.compat import raw
from scapy.layers.inet import ICMP, IP, IPOption_NOP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import checksum

from subjects import IP as SUBJECT_IP, MAC
from wire import BROADCAST, OUR_IP, PEER_IP, PEER_MAC, echo, ipv4, udp

OFF_LINK = "203.0.113.7"
UNKNOWN_PROTOCOLS = (47, 89, 253, 255)
GROUPS = ("255.255.255.255", "192.168.100.255", "192.168.100.0", "224.0.0.1")


def icmp(octets, **ip):
    """A packet with this ICMP message, whose checksum is made right."""
    octets = octets[:2] + b"\0\0" + octets[4:]
    octets = octets[:2] + struct.pack("!H", checksum(octets)) + octets[4:]
    return ipv4(proto=1, **ip) / octets


def to_group(frame, address):
    """The same frame to a broadcast or multicast address, at both layers."""
    frame[IP].dst = address
    frame[Ether].dst = "01:00:5e:00:00:01" if address.startswith("224") else BROADCAST
    return frame


# Echo


@pytest.mark.parametrize("sizes", [range(0, 500), range(500, 1000), range(1000, 1473)], ids=str)
def test_c069_every_length(wire, sizes):
    data = random.Random(69).randbytes(1472)
    frames = [echo(data[:size], id=0x1000 + size, seq=0xFFFF - size) for size in sizes]
    replies = wire.ask(*frames)
    assert len(replies) == len(frames)
    for frame, reply in zip(frames, replies):
        size = len(raw(frame[ICMP].payload))
        assert reply[IP].len == 28 + size
        assert (reply[ICMP].type, reply[ICMP].code, reply[ICMP].id, reply[ICMP].seq) == (
            0,
            0,
            frame[ICMP].id,
            frame[ICMP].seq,
        )
        assert raw(reply)[42 : 42 + size] == data[:size]


def ping_with_word(word, sum_as=None):
    """A ping with these two octets of data; its ICMP checksum, or another that verifies as well."""
    message = struct.pack("!BBHHHH", 8, 0, 0, 0x7001, 7, word)
    right = checksum(message)
    message = message[:2] + struct.pack("!H", right if sum_as is None else sum_as) + message[4:]
    return right, PING_HEADERS + message


PING_HEADERS = raw(echo(b"xy"))[:34]


def test_c070_every_checksum(wire):
    """tshark judges the answers (test_judges.py); here they are counted and compared."""
    frames, seen = [], set()
    for word in range(0x10000):
        right, frame = ping_with_word(word)
        seen.add(right)
        frames.append(frame)
    assert len(seen) == 0xFFFF and {0xF7FF, 0xF800} <= seen  # as sums go, 0x0000 and 0xffff are one
    replies = wire.ask_octets(*frames)
    assert [reply[38:44] for reply in replies] == [frame[38:44] for frame in frames]
    assert all(reply[34] == 0 for reply in replies)


def test_c070_both_zeros(wire):
    """A ones' complement sum has two zeros: where one verifies, the other does too."""
    word = next(w for w in range(0x10000) if ping_with_word(w)[0] in (0, 0xFFFF))
    for zero in (0x0000, 0xFFFF):
        reply = wire.one(Ether(ping_with_word(word, zero)[1]))
        assert reply[ICMP].type == 0
        assert checksum(raw(reply)[34:44]) in (0, 0xFFFF)


def test_c070_all_zeros(wire):
    """The answer's type, data, identifier and sequence number are all zero, so its checksum is
    0xffff.
    """
    reply = wire.one(echo(bytes(64), id=0, seq=0))
    assert reply[ICMP].chksum == 0xFFFF


def test_c071_bad_checksum(wire):
    whole = raw(echo())
    frames = []
    for bit in range(8 * 34, 8 * len(whole)):
        frame = bytearray(whole)
        frame[bit // 8] ^= 0x80 >> bit % 8
        frames.append(frame)
    wire.silent(*frames, control=whole)
    for value in (0, 0xFFFF, 0x1234):
        wire.silent(echo(chksum=value))


def test_c072_source_is_the_address_that_was_asked(wire):
    """Another one of ours: test_c030_virtual_address_is_silent_in_arp."""
    reply = wire.one(echo())
    assert (reply[IP].src, reply[IP].dst) == (OUR_IP, PEER_IP)


@pytest.mark.parametrize("address", GROUPS)
def test_c073_broadcast_is_silence(wire, address):
    wire.silent(to_group(echo(), address), control=echo())


@pytest.mark.words("broadcast=on")
@pytest.mark.parametrize("address", ["255.255.255.255", "192.168.100.255"])
def test_c073_broadcast_answered_by_option(wire, address):
    reply = wire.one(to_group(echo(), address))
    assert (reply.src, reply.dst, reply[IP].src, reply[IP].dst) == (MAC, PEER_MAC, OUR_IP, PEER_IP)
    assert reply[ICMP].type == 0 and reply[Raw].load == echo()[Raw].load


def test_c074_echo_with_a_code(wire):
    for code in (1, 2, 128, 255):
        reply = wire.one(echo(code=code))
        assert (reply[ICMP].type, reply[ICMP].code) == (0, code)


# What is not answered


@pytest.mark.parametrize("size", range(8))
def test_c075_shorter_than_its_header(wire, size):
    message = bytearray(raw(echo()[ICMP])[:size])
    if size >= 4:
        message = raw(icmp(bytes(message)))[34 : 34 + size]
    wire.silent(ipv4(proto=1) / bytes(message), ipv4(proto=1) / bytes(message) / bytes(0))


def test_c076_unknown_types(wire):
    known = {8, 13}  # echo, timestamp
    body = raw(echo()[ICMP])
    frames = [
        icmp(bytes([kind, code]) + body[2:])
        for kind in range(256)
        if kind not in known
        for code in (0, 1)
    ]
    wire.silent(*frames, control=echo())


def test_c077_replies_and_errors(wire):
    quote = raw(udp(ip={"src": OUR_IP, "dst": PEER_IP})[IP])[:28]
    frames = [
        icmp(struct.pack("!BBHI", kind, code, 0, 0) + quote)
        for kind in (0, 3, 4, 5, 11, 12)
        for code in range(16)
    ]
    frames += [
        icmp(struct.pack("!BBHHHI", kind, 0, 0, 0x7001, 7, 1) + bytes(8))
        for kind in (0, 14, 16, 18)
    ]
    wire.silent(*frames, control=echo())


@pytest.mark.parametrize("kind", [15, 16])
def test_c078_information(wire, kind):
    wire.silent(icmp(struct.pack("!BBHHH", kind, 0, 0, 1, 1)), control=echo())


def test_c079_address_mask(wire):
    wire.silent(
        icmp(struct.pack("!BBHHHI", 17, 0, 0, 1, 1, 0)),
        to_group(Ether(raw(icmp(struct.pack("!BBHHHI", 17, 0, 0, 1, 1, 0)))), "192.168.100.255"),
        control=echo(),
    )


def test_c080_source_quench_has_no_effect(wire):
    quote = raw(echo(ip={"src": OUR_IP, "dst": PEER_IP})[IP])[:28]
    wire.silent(*[icmp(struct.pack("!BBHI", 4, 0, 0, 0) + quote)] * 50)
    assert len(wire.ask(*[echo(seq=i) for i in range(200)])) == 200


@pytest.mark.parametrize("code", range(4))
def test_c081_redirect_has_no_effect(wire, code):
    """The redirect names a router that does not exist: a subject that believed it would lose the
    answer.
    """
    quote = raw(echo(ip={"src": OUR_IP, "dst": OFF_LINK})[IP])[:28]
    router = bytes(map(int, "192.168.100.66".split(".")))
    wire.silent(icmp(struct.pack("!BBH", 5, code, 0) + router + quote))
    wire.send(echo(ip={"src": OFF_LINK}))
    replies = wire.ask()
    assert [(r.dst, r[IP].dst) for r in replies] == [(PEER_MAC, OFF_LINK)]


def test_c082_router_solicitation(wire):
    message = struct.pack("!BBHI", 10, 0, 0, 0)
    wire.silent(icmp(message), to_group(Ether(raw(icmp(message))), "224.0.0.2"), control=echo())


# Timestamp

TIMESTAMP = "services=echo,discard,stamp,timestamp"


def timestamp(originate, size=20, **ip):
    return icmp(
        (struct.pack("!BBHHHIII", 13, 0, 0, 0x7001, 7, originate, 0, 0) + bytes(64))[:size], **ip
    )


def midnight_distance(value):
    distance = (value - int(time.time() * 1000)) % 86_400_000
    return min(distance, 86_400_000 - distance)


@pytest.mark.words(TIMESTAMP)
def test_c083_timestamp_reply(wire):
    for originate in (0, 1, 12345678, 0x80000001, 0xFFFFFFFF):
        reply = wire.one(timestamp(originate))
        message = reply[ICMP]
        assert (message.type, message.code, message.id, message.seq) == (14, 0, 0x7001, 7)
        assert (reply[IP].len, message.ts_ori) == (40, originate)
        for value in (message.ts_rx, message.ts_tx):
            assert value >> 31 or midnight_distance(value) < 3000
        assert message.ts_tx >= message.ts_rx


@pytest.mark.words(TIMESTAMP)
def test_c083_updated_often_enough(wire):
    """RFC 1122 3.2.2.8 (b): "updated at least 15 times per second"."""
    for _ in range(5):
        first = wire.one(timestamp(1))[ICMP].ts_rx
        time.sleep(0.08)
        assert wire.one(timestamp(1))[ICMP].ts_rx > first


@pytest.mark.no_linux("Linux has no switch for it")
def test_c083_off_unless_asked_for(wire):
    wire.silent(timestamp(1), control=echo())


@pytest.mark.words(TIMESTAMP)
@pytest.mark.parametrize("size", [8, 12, 16, 19, 21, 24, 60])
def test_c084_timestamp_of_another_length(wire, size):
    wire.silent(timestamp(1, size), control=timestamp(1))


@pytest.mark.words(TIMESTAMP)
def test_c084_timestamp_to_a_group(wire):
    wire.silent(*(to_group(Ether(raw(timestamp(1))), a) for a in GROUPS), control=timestamp(1))


# Errors


def unknown_protocol(protocol=253, **ip):
    return ipv4(proto=protocol, **ip) / b"0123456789abcdef"


@pytest.mark.parametrize("protocol", UNKNOWN_PROTOCOLS)
def test_c085_unsupported_protocol(wire, protocol):
    reply = wire.one(unknown_protocol(protocol), error=True)
    assert (reply.dst, reply[IP].src, reply[IP].dst) == (PEER_MAC, OUR_IP, PEER_IP)
    assert (reply[ICMP].type, reply[ICMP].code) == (3, 2)


@pytest.mark.parametrize("port", [1, 40001, 65535])
def test_c086_closed_port(wire, port):
    reply = wire.one(udp(dport=port), error=True)
    assert (reply.dst, reply[IP].src, reply[IP].dst) == (PEER_MAC, OUR_IP, PEER_IP)
    assert (reply[ICMP].type, reply[ICMP].code) == (3, 3)


@pytest.mark.parametrize("sport", [0, 7, 13, 17, 19, 37, 862])
def test_c086_closed_port_from_a_service(wire, sport):
    """An error goes to any port: unlike a datagram it is never answered (RFC 1122 3.2.2)."""
    reply = wire.one(udp(sport=sport), error=True)
    assert (reply[ICMP].type, reply[ICMP].code, reply[IP].dst) == (3, 3, PEER_IP)


@pytest.mark.parametrize("size", [0, 1, 8, 100, 548, 1472])
@pytest.mark.parametrize("options", [0, 3], ids=lambda n: f"{n} options")
def test_c087_errors_quote_what_came(wire, size, options):
    """RFC 1122 3.2.2: the header and at least 8 octets, "unchanged"; RFC 1812 4.3.2.3: 576 in all."""
    size -= 4 * options if size == 1472 else 0
    request = udp(
        ip={
            "ttl": 3,
            "id": 0xABCD,
            "tos": 0x28,
            "flags": "DF",
            "options": [IPOption_NOP()] * options,
        }
    )
    request[UDP].remove_payload()
    request = request / (bytes(range(256)) * 6)[:size]
    sent = raw(request)[14:]
    reply = wire.one(request, error=True)
    quoted = raw(reply)[14 + 20 + 8 : 14 + reply[IP].len]
    assert len(quoted) >= min(len(sent), len(sent) - size)
    assert quoted == sent[: len(quoted)]
    assert reply[IP].len <= 576
    assert raw(reply)[38:42] == bytes(4), "the unused field"
    assert checksum(raw(reply)[34 : 14 + reply[IP].len]) == 0


def test_c087_errors_have_type_of_service_0(wire):
    """RFC 1349 5.1: "An ICMP error message is always sent with the default TOS (0000)"."""
    for tos in (0, 0x10, 0x28, 0xB8):
        assert wire.one(udp(ip={"tos": tos}), error=True)[IP].tos == 0


def test_c088_no_error_for_an_error(wire):
    quote = raw(udp(ip={"src": OUR_IP, "dst": PEER_IP})[IP])[:28]
    frames = [
        icmp(struct.pack("!BBHI", kind, code, 0, 0) + quote)
        for kind in (3, 4, 5, 11, 12)
        for code in (0, 3)
    ]
    frames += [
        icmp(struct.pack("!BBHI", 3, 3, 0, 0)),
        icmp(struct.pack("!BBHI", 3, 2, 0, 0) + quote[:10]),
    ]
    wire.silent(*frames, control=udp(), error=True)


def both(**fields):
    """A datagram to a closed port, and one of an unknown protocol."""
    return [udp(ip=dict(fields)), unknown_protocol(**fields)]


def test_c089_no_error_to_broadcast(wire):
    for address in ("255.255.255.255", "192.168.100.255"):
        wire.silent(*(to_group(f, address) for f in both()), control=udp(), error=True)
        wire.silent(*both(dst=address))  # even in a unicast frame


def test_c090_no_error_to_multicast(wire):
    for address, mac in (
        ("224.0.0.1", "01:00:5e:00:00:01"),
        ("224.0.0.251", "01:00:5e:00:00:fb"),
        ("239.1.2.3", "01:00:5e:01:02:03"),
    ):
        frames = both(dst=address)
        for frame in frames:
            frame.dst = mac
        wire.silent(*frames, *both(dst=address), control=udp(), error=True)


def test_c091_no_error_for_a_broadcast_frame(wire):
    for mac in (BROADCAST, "01:00:5e:00:00:01"):
        frames = both()
        for frame in frames:
            frame.dst = mac
        wire.silent(*frames, control=udp(), error=True)


def test_c092_no_error_for_a_later_fragment(wire):
    wire.silent(
        *both(frag=1, id=0x6001),
        *both(frag=1, flags="MF", id=0x6002),
        *both(frag=185, id=0x6003),
        control=unknown_protocol(),
        error=True,
    )


@pytest.mark.parametrize(
    "src",
    [
        "0.0.0.0",
        "127.0.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.168.100.255",
        SUBJECT_IP,
    ],
)
def test_c093_no_error_to_a_source_that_is_no_single_host(wire, src):
    wire.silent(*both(src=src), control=udp(), error=True)


@pytest.mark.words("errors=limited for=c094")
def test_c094_errors_are_limited(wire):
    errors = wire.ask(*[raw(udp())] * 1000)
    assert 1 <= len(errors) <= 500
    assert all((e[ICMP].type, e[ICMP].code) == (3, 3) for e in errors)
    assert len(wire.ask(*[raw(echo())] * 1000)) == 1000
    time.sleep(1.5)  # RFC 1812 4.3.2.8: limited, not stopped
    assert wire.one(udp())[ICMP].type == 3
