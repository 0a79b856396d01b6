# SPDX-License-Identifier: BSD-2-Clause
"""Floods of large datagrams and of fragments, and links with larger and smaller frames than
Ethernet's.

The guest keeps each fragment in the buffer that it came in, and there are only so many buffers: a
sender that never completes a datagram must not prevent answers to others. Time-outs are tested in
test/unit.
"""
import json
import random
import re
import socket

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import checksum

from capture import Capture
from guest import POWER_OFF, Guest, Namespace

FRAGMENT = 1480  # octets of payload in those of an Ethernet
SEND_BUFFER = 200000  # for ping: else Linux sends no datagram of many small fragments
IP_MTU_DISCOVER, IP_PMTUDISC_DO = 10, 2  # ip(7): "don't fragment"


@pytest.fixture(scope="module")
def guest():
    with Namespace() as network, Guest(network) as running:
        link = json.loads(running.run("ip", "-j", "link", "show", "dev", running.tap))[0]
        running.header = Ether(src=link["address"], dst=running.mac)
        yield running
        assert running.power_off() == POWER_OFF


@pytest.mark.parametrize(
    "options",
    [
        ["-s", "2000"],
        ["-s", "20000", "-l", "8"],
        ["-s", "65507"],
        ["-s", "65507", "-l", "3"],
    ],
    ids=" ".join,
)
def test_ping_flood(guest, options):
    before = guest.stats().get("reply_icmp_echo", 0)
    guest.ping(500, "-q", "-f", *options)
    assert guest.stats()["reply_icmp_echo"] - before == 500


def fragments(guest, data, identifier, overlap=0):
    """The frames of a ping in fragments. So many octets of each fragment come again in the next."""
    message = bytes(ICMP(id=identifier) / Raw(data))
    for at in range(0, len(message), FRAGMENT - overlap):
        header = IP(
            src="192.168.100.1",
            dst=guest.ip,
            proto=1,
            id=identifier,
            frag=at // 8,
            flags="MF" if at + FRAGMENT < len(message) else 0,
        )
        yield bytes(guest.header / header / Raw(message[at : at + FRAGMENT]))


def first_fragments(guest, count):
    """The first fragments of so many pings, numbered from 0.

    The checksum of the IPv4 header is one less for each number more.
    """
    frame = bytearray(next(fragments(guest, bytes(3000), 0)))
    checksum = int.from_bytes(frame[24:26], "big")
    for identifier in range(count):
        frame[18:20] = identifier.to_bytes(2, "big")
        frame[24:26] = ((checksum - identifier) % 0xFFFF).to_bytes(2, "big")
        yield bytes(frame)


def answers(guest, data, frames):
    """Sends the frames; returns how often Linux receives the answer to a ping with this data."""
    with guest.network.socket(
        socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP
    ) as icmp, guest.network.packet_socket(guest.tap) as packets:
        icmp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        for frame in frames:
            packets.send(frame)
        guest.ping(1)  # then what was sent before has been answered
        icmp.setblocking(False)
        count = 0
        try:
            while True:
                reply = icmp.recv(65536)
                kind, echoed = reply[20], reply[28:]
                count += kind == 0 and echoed == data
        except BlockingIOError:
            return count


@pytest.mark.parametrize("size", [1473, 20000, 65507])
def test_fragments_in_any_order_and_twice(guest, size):
    randomly = random.Random(size)
    for identifier in range(5):
        data = randomly.randbytes(size)
        frames = list(fragments(guest, data, identifier))
        *first, last = randomly.sample(frames, len(frames))
        twice = randomly.sample(first, len(frames) // 2)
        assert answers(guest, data, [*first, *twice, last]) == 1
        assert answers(guest, data, reversed(frames)) == 1


def test_overlapping_fragments_are_given_up(guest):
    data = random.Random(1).randbytes(8000)
    before = guest.stats().get("drop_fragment_overlap", 0)
    assert answers(guest, data, fragments(guest, data, 10001, overlap=8)) == 0
    assert guest.stats()["drop_fragment_overlap"] > before
    assert answers(guest, data, fragments(guest, data, 10002)) == 1


def test_first_fragments_cost_no_whole_ping(guest):
    """2000 first fragments without a rest, before and between pings that are complete."""
    flood = list(first_fragments(guest, 2000))
    before = guest.stats()
    command = ["ping", "-q", "-c", "5", "-i", "0.2", "-W", "5", "-s", "3000", guest.ip]
    with guest.network.packet_socket(guest.tap) as packets, guest.network.popen(
        *command, stdout=-1, text=True
    ) as ping:
        for count, frame in enumerate(flood, 1):
            packets.send(frame)
            if count % 100 == 0:
                guest.stats()  # waits until the guest has received them
        output = ping.communicate(timeout=30)[0]
    # ping may not have waited for the last one (see Guest.ping)
    assert re.search(r"5 packets transmitted, [45] received", output), output
    for size in (3000, 65507):
        guest.ping(5, "-q", "-i", "0.01", "-s", size)
    after = guest.stats()
    assert after["reply_icmp_echo"] - before["reply_icmp_echo"] == 5 + 2 * 5
    assert after["drop_fragment_given_up"] - before.get("drop_fragment_given_up", 0) > 1900


def set_mtu(guest, mtu):
    """Sets the MTU of the host's end."""
    guest.run("ip", "link", "set", "dev", guest.tap, "mtu", mtu)


@pytest.fixture(scope="module")
def jumbo():
    with Namespace() as network, Guest(network, device=",host_mtu=9000", memory="8M") as running:
        set_mtu(running, 9000)
        yield running
        assert running.power_off() == POWER_OFF


def test_jumbo_ping_in_one_frame(jumbo, tmp_path):
    with Capture(jumbo.network, jumbo.tap, tmp_path / "pcap") as capture:
        jumbo.ping(100, "-q", "-f", "-s", "8972", "-M", "do")
    lengths = [frame["frame.len"] for frame in capture.tshark("frame.len", only="icmp.type == 0")]
    assert lengths == ["9014"] * 100
    assert not capture.complaints(jumbo.mac)
    output = jumbo.run("ping", "-c", "1", "-W", "1", "-s", "8973", "-M", "do", jumbo.ip, status=1)
    assert "message too long, mtu=9000" in output


@pytest.mark.parametrize("size", ["1472", "8973", "65507"])
def test_jumbo_ping_flood(jumbo, size):
    jumbo.ping(500, "-q", "-f", "-s", size)


def test_jumbo_udp_echo(jumbo):
    with jumbo.network.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect((jumbo.ip, 7))
        for size in (8971, 8972, 8973, 30000):
            data = random.Random(size).randbytes(size)
            client.send(data)
            assert client.recv(65536) == data


def test_jumbo_ping_longer_than_the_mtu(jumbo):
    """The guest's buffers have room for two VLAN tags, and so for a packet of as many octets more."""
    set_mtu(jumbo, 9008)
    check_truncated(jumbo, 8973, 9000)
    check_truncated(jumbo, 8980, 9000)
    set_mtu(jumbo, 9000)


@pytest.fixture(scope="module", params=[1280, 576, 68])
def narrow(request):
    """A guest with a smaller MTU than the host's end, which stays at 1500."""
    with Namespace() as network, Guest(network, device=f",host_mtu={request.param}") as running:
        running.mtu = request.param
        yield running
        assert running.power_off() == POWER_OFF


def check_truncated(guest, size, mtu):
    """The answer to a ping of so much data in one packet is as long as the MTU; what it has of the
    data is unchanged.
    """
    message = ICMP(id=size) / Raw(random.Random(size).randbytes(size))
    with guest.network.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as icmp:
        icmp.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
        icmp.settimeout(5)
        icmp.sendto(bytes(message), (guest.ip, 0))
        reply = icmp.recv(65536)[20:]
    assert (len(reply), reply[0], checksum(reply)) == (mtu - 20, 0, 0)
    assert reply[4:] == bytes(message)[4 : mtu - 20]


def test_narrow_ping_in_one_frame(narrow):
    """Pings of all sizes near the longest one that fits, and a flood of that."""
    longest = narrow.mtu - 28
    narrow.ping(500, "-q", "-f", "-M", "do", "-s", longest)
    for size in range(max(longest - 9, 0), longest):
        narrow.ping(1, "-M", "do", "-s", size)


def test_narrow_ping_longer_than_the_mtu(narrow, tmp_path):
    """RFC 1122 3.2.2.6: truncated, and ping says so; the frames are sound."""
    for size in (narrow.mtu - 27, narrow.mtu - 26, 1471, 1472):
        check_truncated(narrow, size, narrow.mtu)
    with Capture(narrow.network, narrow.tap, tmp_path / "pcap") as capture:
        output = narrow.run("ping", "-c", "3", "-i", "0.1", "-M", "do", "-s", "1472", narrow.ip)
    assert output.count("(truncated)") == output.count(f"{narrow.mtu - 20} bytes from") == 3, output
    lengths = [frame["frame.len"] for frame in capture.tshark("frame.len", only="icmp.type == 0")]
    assert lengths == [str(narrow.mtu + 14)] * 3
    assert not capture.complaints(narrow.mac)


def test_narrow_udp(narrow):
    """A datagram longer than the MTU is not echoed in part; an ICMP error about it is short and is
    sent.
    """
    longest = narrow.mtu - 28
    before = narrow.stats().get("drop_ipv4_mtu", 0)
    with narrow.network.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect((narrow.ip, 7))
        for size in (longest + 1, 1472, longest):
            client.send(random.Random(size).randbytes(size))
        assert client.recv(65536) == random.Random(longest).randbytes(longest)
    assert narrow.stats()["drop_ipv4_mtu"] == before + 2
    with narrow.network.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect((narrow.ip, 33434))
        client.send(bytes(1472))
        with pytest.raises(ConnectionRefusedError):
            client.recv(100)


def test_narrow_fragments(narrow):
    """Pings in the fragments that Linux makes for such a link, one at a time, up to the guest's
    buffers.
    """
    most = min(65507, 128 * ((narrow.mtu - 20) // 8 * 8) - 8)  # octets of data
    before = narrow.stats().get("reply_icmp_echo", 0)
    set_mtu(narrow, narrow.mtu)
    for size in (narrow.mtu - 27, 1472):
        narrow.ping(200, "-q", "-f", "-S", SEND_BUFFER, "-s", size)
    narrow.ping(3, "-i", "0.3", "-S", SEND_BUFFER, "-s", most)
    set_mtu(narrow, 1500)
    assert narrow.stats()["reply_icmp_echo"] == before + 403


def test_narrow_fragments_longer_than_the_mtu(narrow):
    """The fragments of the answer would be longer than the MTU, so there is no answer."""
    before = narrow.stats().get("drop_ipv4_mtu", 0)
    narrow.run("ping", "-c", "1", "-W", "1", "-s", "2952", narrow.ip, status=1)
    assert narrow.stats()["drop_ipv4_mtu"] == before + 2
