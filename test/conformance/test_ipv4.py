# SPDX-License-Identifier: BSD-2-Clause
"""IPv4: items 32 to 68 and 152 of the checklist (RFC 791, RFC 1122 3.2.1 and 3.3, RFC 6864)."""
import random
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from scapy.compat import raw
from scapy.layers.inet import (
    ICMP,
    IP,
    TCP,
    UDP,
    IPOption,
    IPOption_LSRR,
    IPOption_NOP,
    IPOption_Router_Alert,
    IPOption_RR,
    IPOption_SSRR,
    IPOption_Stream_Id,
    defragment,
    fragment,
)
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.plist import PacketList
from scapy.utils import checksum

from subjects import MAC
from wire import BROADCAST, OUR_IP, PEER_IP, PEER_MAC, echo, ether, ipv4, udp

OFF_LINK = "203.0.113.7"


def is_echo_reply(reply, request):
    data = raw(reply[ICMP].payload)[: len(request[Raw].load)]
    return (reply[ICMP].type, reply[ICMP].id, reply[ICMP].seq, data) == (
        0,
        request[ICMP].id,
        request[ICMP].seq,
        request[Raw].load,
    )


def with_ip(data=b"0123456789abcdef", **fields):
    return echo(data, ip=fields)


# Header


@pytest.mark.parametrize("version", [v for v in range(16) if v != 4])
def test_c032_version(wire, version):
    wire.silent(with_ip(version=version))


@pytest.mark.parametrize("ihl", range(5))
def test_c033_header_length_below_20(wire, ihl):
    frame = bytearray(raw(echo()))
    frame[14] = 0x40 | ihl
    # The checksum is right over as much as the header claims, and over 20 octets.
    for end in (14 + 4 * ihl, 34):
        frame[24:26] = b"\0\0"
        total = sum(struct.unpack(f"!{(end - 14) // 2}H", frame[14:end]))
        while total > 0xFFFF:
            total = (total & 0xFFFF) + (total >> 16)
        frame[24:26] = struct.pack("!H", total ^ 0xFFFF)
        wire.silent(frame)


@pytest.mark.parametrize("words", range(6, 16))
def test_c034_header_longer_than_the_frame(wire, words):
    for size in range(20, 4 * words, 4):
        packet = raw(IP(src=PEER_IP, dst=OUR_IP, proto=1, ihl=words, len=4 * words) / bytes(60))
        wire.silent(ether(type=0x0800) / packet[:size])


@pytest.mark.parametrize("length", [0, 1, 8, 19, 23])
def test_c035_total_length_below_the_header(wire, length):
    options = [IPOption_NOP()] * 4 if length > 19 else []
    wire.silent(with_ip(len=length, options=options))


@pytest.mark.parametrize("beyond", [1, 2, 8, 100, 1400, 65491])
def test_c036_total_length_beyond_the_frame(wire, beyond):
    frame = with_ip()
    length = len(raw(frame)) - 14
    wire.silent(with_ip(len=length + beyond))
    assert wire.one(with_ip(len=length))


def test_c037_every_single_bit_of_the_header(wire):
    whole = raw(echo())
    frames = []
    for bit in range(160):
        frame = bytearray(whole)
        frame[14 + bit // 8] ^= 0x80 >> bit % 8
        frames.append(frame)
    wire.silent(*frames, control=whole)


@pytest.mark.parametrize("chksum", [0x0000, 0xFFFF, 0x1234])
def test_c037_wrong_checksums(wire, chksum):
    wire.silent(with_ip(chksum=chksum))


# Addresses


@pytest.mark.parametrize(
    "dst", ["192.168.100.3", "192.168.101.2", "10.0.0.1", OFF_LINK, PEER_IP, "1.0.0.1"]
)
def test_c038_not_for_us(wire, dst):
    wire.silent(with_ip(dst=dst))


def test_c039_from_limited_broadcast(wire):
    wire.silent(with_ip(src="255.255.255.255"), udp(ip={"src": "255.255.255.255"}))


def test_c040_from_subnet_broadcast(wire):
    wire.silent(with_ip(src="192.168.100.255"), udp(ip={"src": "192.168.100.255"}))


@pytest.mark.parametrize("src", ["224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.254"])
def test_c041_from_multicast_or_class_e(wire, src):
    wire.silent(with_ip(src=src))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.0", "127.255.255.255"])
def test_c042_loopback(wire, address):
    wire.silent(with_ip(src=address), with_ip(dst=address), with_ip(src=address, dst=address))


@pytest.mark.parametrize("src", ["0.0.0.0", "0.0.0.1", "0.1.2.3"])
def test_c043_from_zero(wire, src):
    wire.silent(with_ip(src=src))


def test_c044_from_ourselves(wire):
    frame = with_ip(src=OUR_IP)
    wire.silent(frame, ether(src=MAC) / frame[IP])


@pytest.mark.parametrize(
    "src", [PEER_IP, OFF_LINK, "192.168.100.254", "1.0.0.1", "223.255.255.254"]
)
def test_c045_source_is_ours(wire, src):
    frame = with_ip(src=src)
    wire.send(frame)
    replies = wire.ask()
    if wire.subject.name == "linux" and src == "192.168.100.254":
        return  # it asks for that neighbour's MAC first
    assert [(r[IP].src, r[IP].dst, r.src, r.dst) for r in replies] == [(OUR_IP, src, MAC, PEER_MAC)]


# Time to live, type of service


@pytest.mark.parametrize("ttl", [0, 1, 2, 64, 255])
def test_c046_every_time_to_live_is_answered(wire, ttl):
    assert is_echo_reply(wire.one(with_ip(ttl=ttl)), echo())


def test_c047_default_time_to_live(wire):
    for ttl in (0, 1, 128, 255):
        assert wire.one(with_ip(ttl=ttl))[IP].ttl == 64


@pytest.mark.words("ttl=17")
def test_c047_configured_time_to_live(wire):
    assert wire.one(with_ip(ttl=200))[IP].ttl == 17


@pytest.mark.words("ttl=255")
def test_c047_highest_time_to_live(wire):
    assert wire.one(with_ip(ttl=1))[IP].ttl == 255


@pytest.mark.parametrize("mac", [BROADCAST, "01:00:5e:00:00:01", "01:00:5e:28:64:02"])
def test_c048_unicast_in_a_group_frame(wire, mac):
    frame = echo()
    frame.dst = mac
    wire.silent(frame, control=echo())


def test_c049_type_of_service_is_kept(wire):
    frames = [with_ip(tos=tos) for tos in range(256)]
    assert [reply[IP].tos for reply in wire.ask(*frames)] == list(range(256))


# Options


def option(number, length, value=b""):
    return IPOption(
        copy_flag=number >> 7,
        optclass=number >> 5 & 3,
        option=number & 31,
        length=length,
        value=value,
    )


@pytest.mark.parametrize("number", [30, 94, 158, 222, 25, 130, 133, 134, 200, 255])
def test_c050_unknown_option_is_answered(wire, number):
    for length in (2, 3, 4, 11, 40):
        request = with_ip(options=[option(number, length, bytes(length - 2))])
        assert is_echo_reply(wire.one(request), request)


def with_options(octets, src=PEER_IP, dst=OUR_IP):
    """A ping whose header has exactly these option octets, a multiple of four."""
    packet = bytearray(
        raw(
            IP(src=src, dst=dst, proto=1, ihl=5 + len(octets) // 4, len=20 + len(octets) + 24)
            / octets
            / raw(echo()[ICMP])
        )
    )
    packet[10:12] = b"\0\0"
    packet[10:12] = struct.pack("!H", checksum(bytes(packet[: 20 + len(octets)])))
    return ether(type=0x0800) / bytes(packet)


@pytest.mark.parametrize(
    "octets",
    [
        b"\1\1\1\1",
        b"\0\0\0\0",
        b"\1\0\xff\xff",
        b"\0\x07\x01\x00",
        b"\1" * 40,
        b"\0" * 40,
    ],
    ids=lambda octets: octets[:4].hex(),
)
def test_c050_no_operation_and_end_of_list(wire, octets):
    assert is_echo_reply(wire.one(with_options(octets)), echo())


@pytest.mark.parametrize(
    "octets",
    [
        b"\x1e\0\0\0",
        b"\x1e\1\0\0",
        b"\x1e\5\0\0",
        b"\x1e\xff\0\0",
        b"\1\1\1\x1e",
        b"\x07\0\0\0",
        b"\x07\1\4\0",
        b"\x07\x0b\4\0",
        b"\x44\0\5\0",
        b"\x44\1\5\0",
        b"\x44\xff\5\0",
        b"\x83\0\4\0",
        b"\x89\xff\4\0",
        b"\1\1\1\1\x1e\x06\0\0",
        b"\x1e\4\0\0\x1e\5\0\0",
    ],
    ids=lambda octets: octets.hex(),
)
def test_c051_impossible_option_length(wire, octets):
    wire.silent(with_options(octets), control=echo())


def routes(reply):
    return [o for o in reply[IP].options if isinstance(o, IPOption_RR)]


@pytest.mark.parametrize("before", [0, 1, 7, 8])
def test_c052_record_route(wire, before):
    hops = [f"10.0.0.{i + 1}" for i in range(before)]
    request = with_ip(
        options=[
            IPOption_RR(
                length=39, pointer=4 + 4 * before, routers=hops + ["0.0.0.0"] * (9 - before)
            )
        ]
    )
    reply = wire.one(request)
    (record,) = routes(reply)
    assert is_echo_reply(reply, request)
    assert record.length == 39 and record.routers[: before + 1] == hops + [OUR_IP]
    assert record.pointer >= 4 + 4 * (before + 1)
    # Where there is room Linux records itself on the way in and on the way out.
    assert set(record.routers[before + 1 :]) <= {"0.0.0.0", OUR_IP}


def test_c052_full_record_route_is_returned(wire):
    hops = [f"10.0.0.{i + 1}" for i in range(9)]
    reply = wire.one(with_ip(options=[IPOption_RR(length=39, pointer=40, routers=hops)]))
    assert routes(reply)[0].routers == hops and routes(reply)[0].pointer == 40


def timestamp_option(flags, slots, pointer=5, overflow=0, **addresses):
    octets = struct.pack("!BBBB", 68, 4 + len(slots), pointer, overflow << 4 | flags) + slots
    return with_options(octets + bytes(-len(octets) % 4), **addresses)


def ms_since_midnight():
    return int(time.time() * 1000) % 86_400_000


def is_now(value):
    """RFC 791 3.1: milliseconds since midnight UT, or anything else with the high bit set."""
    distance = (value - ms_since_midnight()) % 86_400_000
    return value >> 31 or min(distance, 86_400_000 - distance) < 3000


def returned_timestamps(reply):
    octets = raw(reply)[34 : 14 + 4 * reply[IP].ihl]
    assert octets[0] == 68, "no timestamp option came back"
    return octets[1], octets[2], octets[3] >> 4, octets[3] & 15, octets[4 : octets[1]]


def test_c053_timestamps_only(wire):
    reply = wire.one(timestamp_option(0, b"\0\0\0\x01" + bytes(12), pointer=9))
    length, pointer, overflow, flags, slots = returned_timestamps(reply)
    first, ours = struct.unpack("!II", slots[:8])
    assert (length, flags, overflow, first) == (20, 0, 0, 1) and pointer >= 13 and is_now(ours)


def test_c053_timestamps_with_addresses(wire):
    reply = wire.one(timestamp_option(1, bytes(16)))
    length, pointer, overflow, flags, slots = returned_timestamps(reply)
    assert (length, flags, overflow) == (20, 1, 0) and pointer >= 13
    assert slots[:4] == bytes(map(int, OUR_IP.split("."))) and is_now(
        struct.unpack("!I", slots[4:8])[0]
    )


def test_c053_timestamps_of_prespecified_addresses(wire):
    ours, other = (bytes(map(int, a.split("."))) for a in (OUR_IP, PEER_IP))
    reply = wire.one(timestamp_option(3, ours + bytes(4) + other + bytes(4)))
    length, pointer, overflow, flags, slots = returned_timestamps(reply)
    assert (length, pointer, overflow, flags) == (20, 13, 0, 3)
    assert (
        slots[:4] == ours
        and is_now(struct.unpack("!I", slots[4:8])[0])
        and slots[8:] == other + bytes(4)
    )
    reply = wire.one(timestamp_option(3, other + bytes(4) + ours + bytes(4)))
    assert returned_timestamps(reply)[1:] == (5, 0, 3, other + bytes(4) + ours + bytes(4))


@pytest.mark.words("vip=192.168.100.50")
@pytest.mark.parametrize("dst", [OUR_IP, "192.168.100.50"])
@pytest.mark.parametrize("chosen", [OUR_IP, "192.168.100.50"])
def test_c053_timestamp_of_any_address_of_ours(wire, chosen, dst):
    """RFC 791 3.1: registered "if it matches its own address", and a host may have several."""
    address = bytes(map(int, chosen.split(".")))
    reply = wire.one(timestamp_option(3, address + bytes(4), src=OFF_LINK, dst=dst))
    length, pointer, overflow, flags, slots = returned_timestamps(reply)
    assert (length, pointer, overflow, flags, slots[:4]) == (12, 13, 0, 3, address)
    assert is_now(struct.unpack("!I", slots[4:])[0])


def test_c053_full_timestamps_count_the_overflow(wire):
    """RFC 791 3.1: "the overflow count is incremented by one"."""
    reply = wire.one(timestamp_option(0, b"\0\0\0\x01\0\0\0\x02", pointer=13, overflow=3))
    length, pointer, overflow, flags, slots = returned_timestamps(reply)
    assert (length, pointer, flags, slots) == (12, 13, 0, b"\0\0\0\x01\0\0\0\x02") and overflow in (
        4,
        5,
    )


@pytest.mark.parametrize("kind", [IPOption_LSRR, IPOption_SSRR])
@pytest.mark.parametrize("pointer", [4, 8])
def test_c054_source_routes_are_dropped(wire, kind, pointer):
    wire.silent(
        with_ip(options=[kind(routers=[OFF_LINK], pointer=pointer)]),
        with_ip(options=[kind(routers=[OUR_IP], pointer=pointer)]),
        with_ip(dst=OFF_LINK, options=[kind(routers=[OUR_IP], pointer=pointer)]),
        with_ip(options=[IPOption_NOP(), kind(routers=["10.0.0.1", "10.0.0.2"], pointer=pointer)]),
        control=echo(),
    )


def test_c055_stream_id_and_router_alert(wire):
    for what in (IPOption_Stream_Id(security=7), IPOption_Router_Alert()):
        request = with_ip(options=[what])
        assert is_echo_reply(wire.one(request), request)


# Fragments


def fragments(size, seed=1, step=1480, **ip):
    """A ping of so many octets, whole, and as fragments."""
    whole = echo(random.Random(seed).randbytes(size), ip={"id": 0x2000 + seed, **ip})
    pieces = fragment(whole, step)
    assert len(pieces) > 1
    return whole, pieces


def joined(replies):
    """The datagram that scapy makes of the fragments."""
    whole = defragment(PacketList(replies))
    assert len(whole) == 1, f"{len(whole)} datagrams"
    return Ether(raw(whole[0]))


def is_whole_reply(replies, request):
    reply = joined(replies)
    return (
        reply[IP].src == OUR_IP
        and reply[IP].frag == 0
        and is_echo_reply(reply, request)
        and len(raw(reply[ICMP].payload)) == len(request[Raw].load)
    )


@pytest.mark.parametrize("size", [1473, 1480, 2000, 2952, 2953, 8000, 20001, 65507])
def test_c056_fragmented_ping(wire, size):
    whole, pieces = fragments(size)
    assert is_whole_reply(wire.ask(*pieces), whole)


@pytest.mark.parametrize("step", [8, 24, 576, 1000])
def test_c056_fragments_of_any_size(wire, step):
    whole, pieces = fragments(30 * step, seed=step, step=step)
    assert is_whole_reply(wire.ask(*pieces), whole)


@pytest.mark.parametrize("size", [0, 1, 8, 100, 400])
def test_c056_every_protocol_in_the_smallest_fragments(wire, size):
    """Fragments of 8 octets each, so that a TCP header is in three of them."""
    data = random.Random(size).randbytes(size)
    whole = echo(data + b"end", ip={"id": 0x2800 + size})
    reply = joined(wire.ask(*fragment(whole, 8)))
    assert is_echo_reply(reply, whole) and (reply[IP].src, reply[IP].len) == (OUR_IP, 31 + size)
    (reset,) = wire.ask(
        *fragment(ipv4(id=0x2A00 + size) / TCP(sport=40000, dport=4711, seq=7, flags="S") / data, 8)
    )
    assert (reset[TCP].flags, reset[TCP].seq, reset[TCP].ack) == ("RA", 0, 8 + size)
    datagram = udp(data + b"end", ip={"id": 0x2C00 + size}, dport=7)
    reply = joined(wire.ask(*fragment(datagram, 8), service=True))
    assert (reply[UDP].sport, reply[UDP].dport, reply[UDP].len) == (7, 40000, 11 + size)
    assert raw(reply[UDP].payload)[: 3 + size] == data + b"end"


@pytest.mark.parametrize("seed", range(10))
def test_c057_fragments_in_any_order(wire, seed):
    whole, pieces = fragments(9000, seed=100 + seed)
    if seed == 0:
        pieces.reverse()
    else:
        random.Random(seed).shuffle(pieces)
    assert is_whole_reply(wire.ask(*pieces), whole)


def test_c057_datagrams_interleaved(wire):
    first, some = fragments(5000, seed=120)
    second, others = fragments(5000, seed=121)
    replies = wire.ask(*(piece for pair in zip(some, others) for piece in pair))
    for request in (first, second):
        (start,) = [r for r in replies if request[Raw].load[:64] in raw(r)]
        assert is_whole_reply([r for r in replies if r[IP].id == start[IP].id], request)


def test_c057_same_identification_from_two_hosts(wire):
    """RFC 791 3.2: source, destination, protocol and identification together name a datagram."""
    first, some = fragments(3000, seed=130)
    second, others = fragments(3000, seed=131, id=some[0][IP].id, src=OFF_LINK)
    replies = wire.ask(some[0], others[0], *others[1:], *some[1:])
    for request, dst in ((first, PEER_IP), (second, OFF_LINK)):
        assert is_whole_reply([r for r in replies if r[IP].dst == dst], request)


@pytest.mark.parametrize(
    "order", ["each twice", "first twice, at the end", "last twice, at the start"]
)
def test_c058_duplicate_fragments(wire, order):
    whole, pieces = fragments(6000, seed=140 + len(order))
    if order == "each twice":
        pieces = [piece for piece in pieces[:-1] for _ in (0, 1)] + pieces[-1:]
    elif order.startswith("first"):
        pieces = pieces[:-1] + pieces[:1] + pieces[-1:]
    else:
        pieces = pieces[-1:] * 2 + pieces[:-1]
    assert is_whole_reply(wire.ask(*pieces), whole)


def piece_of(whole, start, end, **fields):
    """The fragment with the octets from start to end of the IP payload."""
    payload = raw(whole[IP].payload)
    packet = whole[IP].copy()
    packet.remove_payload()
    packet.len = packet.chksum = None
    packet.proto, packet.frag, packet.flags = 1, start // 8, "MF" if end < len(payload) else 0
    for name, value in fields.items():
        setattr(packet, name, value)
    return ether() / packet / payload[start:end]


@pytest.mark.parametrize(
    "cuts",
    [
        [(0, 1200), (1192, 2008)],
        [(0, 1200), (800, 1400), (1200, 2008)],
        [(1192, 2008), (0, 1200)],
        [(0, 1480), (0, 800), (1480, 2008)],
        [(0, 1480), (8, 16), (1480, 2008)],
        [(1480, 2008), (1472, 2008), (0, 1480)],
    ],
    ids=str,
)
def test_c059_overlapping_fragments(wire, cuts):
    control, pieces = fragments(2000, seed=150)
    assert is_whole_reply(wire.ask(*pieces), control)
    whole = echo(random.Random(151).randbytes(2000), ip={"id": 0x3000 + len(str(cuts))})
    wire.silent(*(piece_of(whole, *cut) for cut in cuts))


@pytest.mark.parametrize("offset, size", [(65528, 8), (65528, 100), (65512, 32), (64120, 1480)])
def test_c060_beyond_65535_octets(wire, offset, size):
    """65,535 counts the header: the payload ends at 65,515."""
    control, pieces = fragments(2000, seed=160)
    assert is_whole_reply(wire.ask(*pieces), control)
    whole = echo(bytes(2000), ip={"id": 0x3100 + size})
    last = (
        ether()
        / IP(src=PEER_IP, dst=OUR_IP, proto=1, id=0x3100 + size, frag=offset // 8)
        / bytes(size)
    )
    wire.silent(
        *(piece_of(whole, i, i + 1000, id=0x3100 + size, flags="MF") for i in (0, 1000)), last
    )
    assert wire.one(echo())


@pytest.fixture(scope="session")
def unfinished(patient):
    with ThreadPoolExecutor(1) as executor:
        yield {"executor": executor}
        patient.dead = True  # no test waits for it any more


@pytest.mark.first
def test_c061_unfinished_datagrams(patient, unfinished):
    """Sends the fragment that test_c061_time_exceeded waits for; the other tests run meanwhile."""
    control, pieces = fragments(2000, seed=170)
    assert is_whole_reply(patient.ask(*pieces), control)
    _, pieces = fragments(3000, seed=171)
    since = (
        time.monotonic()
    )  # it is sent after this moment, so its time is not over for a minute from here
    patient.silent(pieces[0])
    _, others = fragments(3000, seed=172)
    patient.silent(*others[1:])
    heard = unfinished["executor"].submit(patient.listen, 75, until=lambda f: quotes(f, pieces[0]))
    unfinished.update(since=since, heard=heard, first=pieces[0], without_first=others[1])


def quotes(error, packet):
    return ICMP in error and raw(error)[42:62][4:6] == raw(packet)[18:20]  # the identification


@pytest.mark.last
def test_c061_time_exceeded(unfinished):
    """RFC 1122 3.3.2: after 60 to 120 s; code 1, if fragment zero was received."""
    assert "heard" in unfinished, "fragments are not put together at all"
    when, error = unfinished["heard"].result()[-1]
    assert (error[ICMP].type, error[ICMP].code, error[IP].dst) == (11, 1, PEER_IP)
    assert raw(error)[14 + 20 + 8 :][:28] == raw(unfinished["first"])[14:42]
    assert 60 <= when - unfinished["since"] <= 120


@pytest.mark.last
def test_c062_no_time_exceeded_without_the_first_fragment(patient, unfinished):
    assert "heard" in unfinished, "fragments are not put together at all"
    heard = [f for _, f in unfinished["heard"].result()] + patient.ask()
    assert not any(quotes(f, unfinished["without_first"]) for f in heard)


@pytest.mark.words("for=c063")
def test_c063_flood_of_first_fragments(wire):
    whole, pieces = fragments(2000, seed=180)
    assert is_whole_reply(wire.ask(*pieces), whole)
    flood = [piece_of(whole, 0, 1480, id=i, flags="MF") for i in range(2000)]
    wire.silent(*flood)
    for seed in range(181, 186):
        ping = echo()
        assert is_echo_reply(wire.one(ping), ping)
        whole, pieces = fragments(20000, seed=seed)
        assert is_whole_reply(wire.ask(*pieces), whole)


def test_c064_answers_beyond_the_mtu_are_fragmented(wire):
    whole, pieces = fragments(65507, seed=190)
    replies = wire.ask(*pieces)
    assert all(r[IP].len <= 1500 for r in replies)
    assert all(r[IP].flags.MF and (r[IP].len - 20) % 8 == 0 for r in replies[:-1])
    assert is_whole_reply(replies, whole)


@pytest.mark.words("mtu=1280")
@pytest.mark.parametrize("flags", [0, "DF"])
@pytest.mark.parametrize("size", [1251, 1252, 1253, 1254, 1400, 1472])
def test_c064_ping_longer_than_our_mtu(wire, size, flags):
    """RFC 1122 3.2.2.6: where fragmentation "is not implemented, the datagram MUST be truncated to
    maximum transmission size [...] and sent"."""
    request = echo(random.Random(size).randbytes(size), ip={"flags": flags})
    replies = wire.ask(request)
    if len(replies) > 1:  # Linux's are fragments
        assert is_whole_reply(replies, request)
        return
    (reply,) = replies
    assert reply[IP].len == min(28 + size, 1280)
    message = raw(reply)[34 : 14 + reply[IP].len]
    assert message[0] == 0 and message[4:] == raw(request)[38 : 14 + reply[IP].len]
    assert checksum(message) == 0


@pytest.mark.words("mtu=1280")
def test_c064_short_answers_to_what_is_longer_than_our_mtu(wire):
    for request, protocol in (
        (udp(bytes(1472)), ICMP),
        (ipv4(proto=253) / bytes(1480), ICMP),
        (ipv4() / TCP(flags="S") / bytes(1400), TCP),
    ):
        reply = wire.one(request, error=protocol is ICMP)
        assert protocol in reply and reply[IP].len <= 576


def test_c065_identification_of_fragments(wire):
    seen = []
    for seed in range(200, 220):
        whole, pieces = fragments(3000, seed=seed, id=0x4444)
        replies = wire.ask(*pieces)
        assert is_whole_reply(replies, whole)
        (identification,) = {r[IP].id for r in replies}
        seen.append(identification)
    assert len(set(seen)) == len(seen)


# Identification and flags of whole packets


def test_c066_identification_is_ignored(wire):
    for identification in (0, 0, 1, 1, 0xFFFF, 0xFFFF):
        for flags in (0, "DF"):
            request = with_ip(id=identification, flags=flags)
            assert is_echo_reply(wire.one(request), request)


def test_c067_reserved_flag(wire):
    for flags in (4, 6):
        reply = wire.one(with_ip(flags=flags))
        assert is_echo_reply(reply, echo()) and not reply[IP].flags.evil


def test_c068_dont_fragment(wire):
    for flags in ("DF", 0):
        for size in (0, 16, 1472):
            reply = wire.one(with_ip(bytes(size), flags=flags))
            assert reply[IP].len == 28 + size <= 1500
            assert reply[IP].flags == flags


def test_c152_nothing_is_forwarded(wire):
    wire.silent(
        *(
            with_ip(dst=dst, ttl=ttl, src=src, options=options)
            for dst in (PEER_IP, "192.168.100.77", OFF_LINK)
            for ttl in (1, 2, 64)
            for src in (PEER_IP, OFF_LINK)
            for options in ([], [IPOption_LSRR(routers=[OUR_IP])])
        ),
        udp(ip={"dst": OFF_LINK}),
        control=echo(),
    )
