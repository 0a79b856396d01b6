# SPDX-License-Identifier: BSD-2-Clause
"""What testers send after the first ping, with the programs that they send it with.

One guest with every service on answers all of it, while a capture runs; the last test has tshark and
tcpdump look at each frame that the guest sent.
"""
import random
import re
import socket
import time

import pytest

from capture import Capture
from guest import POWER_OFF, Guest, Namespace


@pytest.fixture(scope="module")
def guest(tmp_path_factory):
    with Namespace() as network, Guest(
        network, append="services=echo,discard,stamp,timestamp broadcast=on"
    ) as running, Capture(
        network, running.tap, tmp_path_factory.mktemp("probes") / "pcap"
    ) as running.capture:
        yield running
        assert running.power_off() == POWER_OFF


@pytest.mark.parametrize(
    "options",
    [
        ["-s", "1473"],
        ["-s", "2000"],
        ["-s", "2953"],
        ["-s", "65507"],
        ["-s", "65507", "-l", "2"],
        ["-f"],
        ["-s", "1472", "-M", "do"],
        ["-s", "4000", "-M", "dont"],
        ["-s", "4000", "-Q", "0x10"],
    ],
    ids=" ".join,
)
def test_ping(guest, options):
    guest.ping(5, "-i", "0.01", *options)


def test_ping_record_route(guest):
    """Each host on the way there and back records its address: Linux, the guest, and Linux again."""
    output = guest.ping(2, "-i", "0.01", "-R")
    assert re.search(r"RR: \t192.168.100.1\n\t192.168.100.2\n\t192.168.100.1\n", output), output
    assert output.count("(same route)") == 1
    guest.ping(2, "-i", "0.01", "-R", "-s", "3000")  # recorded in each fragment


@pytest.mark.parametrize(
    "flag,lines",
    [
        ("tsonly", r"\d+ absolute\n\t(-?\d+)\n\t(-?\d+)\n"),
        (
            "tsandaddr",
            r"192.168.100.1\t\d+ absolute\n\t192.168.100.2\t(-?\d+)\n\t192.168.100.1\t(-?\d+)\n",
        ),
        (
            "tsprespec 192.168.100.2 192.168.100.1",
            r"192.168.100.2\t\d+ absolute\n\t192.168.100.1\t(-?\d+)\n",
        ),
    ],
)
def test_ping_timestamps(guest, flag, lines):
    """The guest's time of day is that of Linux, to a second; ping shows the milliseconds between
    two stamps.
    """
    output = guest.ping(2, "-i", "0.01", "-T", *flag.split())
    stamps = re.findall(rf"TS: \t{lines}", output)
    assert stamps and "not-standard" not in output, output
    assert all(abs(int(number)) < 1500 for number in re.findall(r"\t(-?\d+)\n", output)), output


@pytest.mark.parametrize("address", ["192.168.100.255", "255.255.255.255"])
def test_ping_broadcast(guest, address):
    """With broadcast=on a broadcast ping is answered, from the guest's own address."""
    output = guest.ping(3, "-i", "0.01", "-b", "-I", guest.tap, address=address)
    assert set(re.findall(r"64 bytes from ([\d.]+):", output)) == {guest.ip}


# nmap's arguments: what its report must say
NMAP = {
    "-Pn -sU -p 7,9,1234": [
        r"7/udp +open +echo +udp-response ttl 64",
        r"9/udp +open\|filtered .*no-response",
        r"1234/udp +closed .*port-unreach ttl 64",
    ],
    "-Pn -sT -p 1-1000": [r"Not shown: 1000 closed tcp ports \(conn-refused\)"],
    "-Pn -sS -p 1-1000": [r"Not shown: 1000 closed tcp ports \(reset\)"],
    "-Pn -sA -p 1-100": [r"Not shown: 100 unfiltered tcp ports \(reset\)"],
    "-Pn -sF -p 1-100": [r"Not shown: 100 closed tcp ports \(reset\)"],
    "-Pn -sN -p 1-100": [r"Not shown: 100 closed tcp ports \(reset\)"],
    "-Pn -sX -p 1-100": [r"Not shown: 100 closed tcp ports \(reset\)"],
    "-Pn -sS --mtu 24 -p 80": [r"80/tcp +closed .*reset ttl 64"],  # in fragments,
    "-Pn -sS -f -p 80": [r"80/tcp +closed .*reset ttl 64"],  # of 8 octets: a header in three
    "-Pn -sS -ff -p 80": [r"80/tcp +closed .*reset ttl 64"],  # of 16
    "-Pn -sS --mtu 8 -p 80": [r"80/tcp +closed .*reset ttl 64"],  # as -f
    "-Pn -sO -p 1,6,17,47,253": [
        r"1 +open +icmp",
        r"6 +open +tcp +proto-response",
        r"17 +open +udp",
        r"47 +closed .*proto-unreach ttl 64",
        r"253 +closed .*proto-unreach ttl 64",
    ],
    "-sn -PR": ["received arp-response"],
    "-sn --disable-arp-ping -PE": ["received echo-reply ttl 64"],
    "-sn --disable-arp-ping -PP": ["received timestamp-reply ttl 64"],
    "-sn --disable-arp-ping -PS80": ["received reset ttl 64"],
    "-sn --disable-arp-ping -PA80": ["received reset ttl 64"],
    "-sn --disable-arp-ping -PU1234": ["received port-unreach ttl 64"],
    "-sn --disable-arp-ping -PO253": ["received proto-unreach ttl 64"],
}


@pytest.mark.parametrize("arguments", NMAP)
def test_nmap(guest, arguments):
    output = guest.run("nmap", "-n", "--reason", "--max-retries", "2", *arguments.split(), guest.ip)
    for expected in NMAP[arguments]:
        assert re.search(expected, output), output


@pytest.mark.parametrize("arguments", ["", "-U", "-I", "-T", "-T -O ecn", "-UL", "-P 253"])
def test_traceroute(guest, arguments):
    """The last hop answers each of three probes; !P means that it said "protocol unreachable"."""
    output = guest.run(
        "traceroute", "-n", "-m", "3", "-w", "5,1000,1000", *arguments.split(), guest.ip
    )
    times = r"(  [\d.]+ ms!?( !P)?){3}"
    assert re.search(rf"(?m)^ 1  192\.168\.100\.2{times}$", output), output
    assert ("!P" in output) == (arguments in ("-UL", "-P 253"))


@pytest.mark.parametrize("arguments", ["", "-u", "-T -P 80", "-s 1400"])
def test_mtr(guest, arguments):
    output = guest.run(
        "mtr", "-n", "-r", "-c", "3", "-i", "0.1", "-G", "0.5", *arguments.split(), guest.ip
    )
    assert re.search(r"1\.\|-- 192\.168\.100\.2 +0\.0% +3 ", output), output


@pytest.mark.parametrize(
    "arguments,answer",
    [
        ("--icmp", "Echo reply (type=0/code=0)"),
        ("--icmp --icmp-type time", "Timestamp reply (type=14/code=0)"),
        ("--udp -p 7 -g 40000 --data-length 100", "UDP 192.168.100.2:7 > 192.168.100.1:40000"),
        ("--udp -p 1234", "Port unreachable (type=3/code=3)"),
        ("--tcp -p 80 --flags syn", " RA ttl=64 "),
        ("--tcp -p 80 --flags ack", " R ttl=64 "),
        ("--arp", "ARP reply 192.168.100.2 is at"),
    ],
)
def test_nping(guest, arguments, answer):
    output = guest.run("nping", "-c", "2", "--delay", "100ms", *arguments.split(), guest.ip)
    received = [line for line in output.splitlines() if line.startswith("RCVD")]
    assert received and all(answer in line for line in received), output


def test_arp_scan(guest):
    output = guest.run("arp-scan", "--plain", "-I", guest.tap, "--retry=1", "192.168.100.0/29")
    assert [line.split()[:2] for line in output.splitlines()] == [[guest.ip, guest.mac]]


def test_tcp_is_refused_at_once(guest):
    for port in (1, 7, 80, 862, 65535):
        with guest.network.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            start = time.monotonic()
            with pytest.raises(ConnectionRefusedError):
                client.connect((guest.ip, port))
            assert time.monotonic() - start < 0.5


@pytest.fixture
def client(guest):
    """A UDP socket of Linux."""
    with guest.network.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(5)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        yield udp


def test_udp_echo_of_every_size(guest, client):
    client.connect((guest.ip, 7))
    randomly = random.Random(5)
    for size in [*range(1473), 1473, 1480, 1481, 2000, 2953, 8000, 40000, 65506, 65507]:
        data = randomly.randbytes(size)
        client.send(data)
        assert client.recv(65536) == data


def test_udp_echo_without_checksum(guest, client):
    client.setsockopt(socket.SOL_SOCKET, 11, 1)  # SO_NO_CHECK
    client.connect((guest.ip, 7))
    client.send(b"ping")
    assert client.recv(65536) == b"ping"


def test_udp_discard(guest, client):
    before = guest.stats().get("consumed_udp_discard", 0)
    client.connect((guest.ip, 9))
    for size in (0, 100, 5000):
        client.send(bytes(size))
    guest.ping(1)  # then it has received what was sent before
    client.setblocking(False)
    assert guest.stats()["consumed_udp_discard"] - before == 3
    with pytest.raises(BlockingIOError):  # neither data nor an error
        client.recv(65536)


@pytest.mark.parametrize("size", [0, 100, 1472, 5000])
def test_udp_closed_port(guest, client, size):
    client.connect((guest.ip, 1234))
    client.send(bytes(size))
    with pytest.raises(ConnectionRefusedError):
        client.recv(65536)


def test_errors_are_limited_in_rate(guest, client):
    """config.h: 50 at once, then 1000 a second. Each datagram is counted, answered or not."""
    count = 800  # no more than the TAP's queue holds
    before = guest.stats()
    start = time.monotonic()
    for _ in range(count):
        client.sendto(b"?", (guest.ip, 1234))
    guest.ping(1)  # then it has received all of them
    took = time.monotonic() - start
    after = guest.stats()
    answered, silent = (
        after.get(name, 0) - before.get(name, 0)
        for name in ("reply_icmp_port_unreachable", "drop_udp_port")
    )
    assert answered + silent == count
    assert 50 <= answered <= 50 + 1000 * took + 1


def test_every_answer_was_sound(guest):
    guest.capture.stop()
    assert guest.capture.dropped == 0
    assert guest.capture.complaints(guest.mac) == []
