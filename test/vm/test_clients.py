# SPDX-License-Identifier: BSD-2-Clause
"""Real network programs against the image, on both of QEMU's PC machines.

One guest serves all tests of a machine. ping does not look at ICMP checksums, so tshark and oping
judge those.
"""
import pytest

from capture import BAD, GOOD, Capture
from guest import POWER_OFF, Guest, Namespace


@pytest.fixture(scope="module", params=["pc", "q35"])
def guest(request):
    with Namespace() as network, Guest(network, machine=request.param) as running:
        yield running
        assert running.power_off() == POWER_OFF


@pytest.mark.parametrize(
    "options",
    [
        ["-s", "0"],
        ["-s", "1"],
        ["-s", "56"],
        ["-s", "57"],
        ["-s", "1471"],
        ["-s", "1472", "-M", "do"],
        ["-Q", "0xb8"],
        ["-p", "ff"],
        ["-p", "00"],
        ["-p", "f7ff"],
        ["-p", "0123456789abcdef"],
        ["-t", "1"],
    ],
    ids=" ".join,
)
def test_ping(guest, options):
    guest.ping(3, "-i", "0.01", *options)


def test_ping_flood(guest):
    before = guest.stats()["reply_icmp_echo"]
    guest.ping(20000, "-q", "-f", seconds=120)
    assert guest.stats()["reply_icmp_echo"] - before == 20000


def test_ping_flood_of_full_frames(guest):
    guest.ping(2000, "-q", "-f", "-s", "1472", "-l", "64")


def test_ping_broadcast_is_not_answered(guest):
    output = guest.run("ping", "-b", "-c", "1", "-W", "1", "192.168.100.255", status=1)
    assert "0 received" in output


def test_oping(guest):
    output = guest.run("oping", "-c", "5", "-i", "0.05", "-Z", "0", guest.ip)
    assert "5 packets transmitted, 5 received, 0.00% packet loss" in output


def test_arping(guest):
    output = guest.run("arping", "-c", "2", "-I", guest.tap, guest.ip)
    assert "Received 2 response(s)" in output
    assert guest.mac.upper() in output


def test_arping_of_another_address_is_not_answered(guest):
    output = guest.run("arping", "-c", "1", "-w", "1", "-I", guest.tap, "192.168.100.77", status=1)
    assert "Received 0 response(s)" in output


def test_arping_detects_the_duplicate(guest):
    """arping -D probes as RFC 5227 does: status 1 means that somebody has the address."""
    output = guest.run("arping", "-D", "-c", "2", "-w", "3", "-I", guest.tap, guest.ip, status=1)
    assert "Received 1 response(s)" in output


def test_arping_finds_another_address_free(guest):
    output = guest.run("arping", "-D", "-c", "1", "-w", "1", "-I", guest.tap, "192.168.100.77")
    assert "Received 0 response(s)" in output


def test_checksums_in_the_eyes_of_tshark(guest, tmp_path):
    sizes = [*range(0, 64, 7), 1471, 1472]
    with Capture(guest.network, guest.tap, tmp_path / "pcap") as capture:
        guest.run("ip", "neighbour", "flush", "dev", guest.tap)
        for size in sizes:
            guest.run("ping", "-q", "-c", "4", "-i", "0.002", "-s", size, guest.ip)
        guest.run("ping", "-q", "-c", "4", "-i", "0.002", "-Q", "0xb8", guest.ip)
        guest.run("ping", "-q", "-f", "-c", "2000", "-l", "16", guest.ip)
    assert capture.dropped == 0

    frames = [
        frame
        for frame in capture.tshark(
            "eth.src",
            "frame.len",
            "eth.padding",
            "arp.opcode",
            "icmp.type",
            "ip.dsfield",
            "ip.checksum.status",
            "icmp.checksum.status",
        )
        if frame["eth.src"] == guest.mac
    ]
    echoes = [frame for frame in frames if frame["icmp.type"] == "0"]
    assert len(echoes) == 4 * (len(sizes) + 1) + 2000
    assert all(
        frame["ip.checksum.status"] == frame["icmp.checksum.status"] == GOOD for frame in echoes
    )
    assert sum(int(frame["ip.dsfield"], 0) == 0xB8 for frame in echoes) == 4
    assert [frame for frame in frames if frame["arp.opcode"] == "2"]
    assert all(frame["arp.opcode"] == "2" for frame in frames if frame not in echoes)
    # none is a runt, and what fills it up is zero
    assert min(int(frame["frame.len"]) for frame in frames) == 60
    padding = {frame["eth.padding"] for frame in frames} - {""}
    assert padding and not "".join(padding).strip("0:")


def test_judges_see_a_bad_checksum(guest, tmp_path):
    """tshark and tcpdump must see that one octet of a captured reply was changed."""
    with Capture(guest.network, guest.tap, tmp_path / "pcap") as capture:
        guest.run("ping", "-q", "-c", "1", guest.ip)
    octets = bytearray((tmp_path / "pcap").read_bytes())
    octets[-1] ^= 1  # the last octet of the last frame, the reply's data
    (tmp_path / "pcap").write_bytes(octets)
    statuses = capture.tshark("icmp.type", "ip.checksum.status", "icmp.checksum.status")
    assert statuses[-1] == {
        "icmp.type": "0",
        "ip.checksum.status": GOOD,
        "icmp.checksum.status": BAD,
    }
    assert len(capture.complaints(guest.mac)) == 2  # tcpdump sees it too
