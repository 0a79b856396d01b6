# SPDX-License-Identifier: BSD-2-Clause
"""Claiming an address (RFC 5227), answering ARP for others (proxy), and not at all (vip).

On one bridge five guests (`street`) do at the same time what takes long. The first tests watch
single events; the last one reads all that was captured.
"""
import contextlib
import re
import socket
import subprocess
import time
from types import SimpleNamespace

import pytest

from capture import Capture
from guest import POWER_OFF, Guest, Namespace

VIP = "10.77.0.1"


def arping(network, interface, *arguments):
    """Runs arping once for each of these arguments, all at the same time; whether each got an
    answer.
    """
    asked = [
        network.popen(
            "arping",
            "-c",
            "1",
            "-w",
            "1",
            "-I",
            interface,
            *argument.split(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for argument in arguments
    ]
    said = [process.communicate(timeout=10)[0] for process in asked]
    return [int(re.search(r"Received (\d+) response", output)[1]) > 0 for output in said]


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """Five guests on a bridge, on which Linux has 192.168.100.1."""
    guests = {
        "announcer": {"ip": "192.168.100.5", "append": "announce=1"},
        "prober": {"ip": "192.168.100.2", "append": "probe=on", "until": ""},
        "late": {"ip": "192.168.100.1", "append": "probe=on", "until": ""},
        "twin": {"ip": "192.168.100.3"},
        "other": {"ip": "192.168.100.3"},
    }
    with Namespace() as network, contextlib.ExitStack() as stack:
        network.run(
            "sh",
            "-c",
            "ip link add name br0 type bridge && ip link set dev br0 up && "
            "ip address add 192.168.100.1/24 dev br0",
        )
        capture = stack.enter_context(
            Capture(network, "br0", tmp_path_factory.mktemp("street") / "pcap")
        )
        town = SimpleNamespace(network=network, capture=capture, start=time.monotonic())
        for number, (name, options) in enumerate(guests.items()):
            options["append"] = f"ip={options['ip']}/24 " + options.get("append", "")
            setattr(
                town,
                name,
                stack.enter_context(
                    Guest(
                        network,
                        tap=f"tap{number}",
                        bridge="br0",
                        device=f",mac=52:54:00:00:00:0{number}",
                        **options,
                    )
                ),
            )
        yield town
        for name in guests:
            assert getattr(town, name).power_off() == POWER_OFF


def test_no_answer_while_probing(street):
    assert arping(street.network, "br0", street.prober.ip) == [False]
    assert "unipong: ready" not in street.prober.console


def test_conflict_while_probing(street):
    """Linux has the address and answers the probe: the guest says so and does not use the address."""
    mac = r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"
    street.late.wait_for(rf"net0: warning: {mac} claims 192\.168\.100\.1 too; we leave it alone", 5)


def test_conflict_in_use(street):
    """Two guests have one address, and each says so."""
    street.twin.wait_for(
        rf"net0: warning: {street.other.mac} claims 192\.168\.100\.3 too; we keep it", 5
    )
    street.other.wait_for(
        rf"net0: warning: {street.twin.mac} claims 192\.168\.100\.3 too; we keep it", 5
    )


def test_answers_once_probing_is_over(street):
    street.prober.wait_for("unipong: ready", 12)
    street.prober.ping(1)
    assert arping(street.network, "br0", street.prober.ip) == [True]


@contextlib.contextmanager
def guest_with_monitor(directory, append):
    with Namespace() as network, Guest(
        network, append=append, extra=("-monitor", f"unix:{directory}/socket,server=on,wait=off")
    ) as running:
        running.monitor = directory / "socket"
        yield running
        assert running.power_off() == POWER_OFF


@pytest.fixture(scope="module")
def guest(tmp_path_factory):
    with guest_with_monitor(
        tmp_path_factory.mktemp("monitor"), f"vip={VIP},10.77.0.2 proxy=10.88.0.0/16,10.99.0.7/32"
    ) as running:
        # as a router does that has these prefixes on the link
        for prefix in ("10.77.0.0/16", "10.88.0.0/16", "10.99.0.0/16"):
            running.run("ip", "route", "add", prefix, "dev", running.tap)
        yield running


def test_proxy_answers_requests_but_no_probe(guest):
    ours, others = ("10.88.0.1", "10.88.255.254", "10.99.0.7"), (
        "10.89.0.1",
        "10.99.0.8",
        "192.168.100.7",
    )
    assert arping(guest.network, guest.tap, *ours) == [True] * 3
    assert (
        arping(guest.network, guest.tap, *others, *(f"-D {address}" for address in ours))
        == [False] * 6
    )


def test_vip_is_silent_in_arp(guest):
    for address in VIP, "10.77.0.2":
        assert arping(guest.network, guest.tap, address, f"-D {address}") == [False] * 2


@pytest.mark.parametrize("address", [VIP, "10.77.0.2"])
def test_vip_answers_at_ip_level(guest, address):
    guest.run("ip", "route", "add", address, "via", guest.ip)
    output = guest.ping(3, "-i", "0.01", address=address)
    assert set(re.findall(r"64 bytes from ([\d.]+):", output)) == {address}
    guest.ping(3, "-i", "0.01", "-s", "5000", address=address)
    with guest.network.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect((address, 7))
        client.send(b"ping")
        assert client.recv(100) == b"ping"
    with guest.network.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(5)
        with pytest.raises(ConnectionRefusedError):
            client.connect((address, 80))


def monitor(guest, command):
    """Sends a command to QEMU's monitor."""
    with socket.socket(socket.AF_UNIX) as console:
        console.settimeout(10)
        console.connect(str(guest.monitor))
        for line in (b"", command.encode() + b"\n"):
            console.send(line)
            said = b""
            while not said.endswith(b"(qemu) "):
                said += console.recv(4096)


REQUEST, REPLY, PROBE = 1, 2, 0


def heard(packets, guest, count, seconds):
    """The kinds (REQUEST, REPLY or PROBE) of the guest's next ARP broadcasts about its own address.

    Returns after `count` of them or after so many seconds.
    """
    end = time.monotonic() + seconds
    operations = []
    while len(operations) < count and time.monotonic() < end:
        packets.settimeout(max(0.01, end - time.monotonic()))
        try:
            frame = packets.recv(2048)
        except TimeoutError:
            break
        if (
            frame[:6] == b"\xff" * 6
            and frame[12:14] == b"\x08\x06"
            and frame[6:12].hex(":") == guest.mac
        ):
            operation, sender, target = (
                int.from_bytes(frame[20:22], "big"),
                frame[28:32],
                frame[38:42],
            )
            assert frame[22:28] == frame[6:12] and target == socket.inet_aton(guest.ip)
            assert sender == target or (sender, operation) == (bytes(4), REQUEST)
            operations.append(operation if sender == target else PROBE)
    return operations


def test_announces_again_when_the_link_comes_up(guest):
    end = time.monotonic() + 10
    while guest.stats()["sent_arp_announcement"] < 4:  # those of the start
        assert time.monotonic() < end
        time.sleep(0.1)
    with guest.network.packet_socket(guest.tap) as packets:
        monitor(guest, "set_link net0 off")
        assert heard(packets, guest, 1, 0.3) == []
        monitor(guest, "set_link net0 on")
        assert heard(packets, guest, 2, 2) == [REQUEST, REPLY]
    guest.ping(1)


def test_probes_again_when_the_link_comes_up(tmp_path):
    """RFC 5227 2.1: other hosts may be on the link now. The address is not used before the probes
    are over.
    """
    with guest_with_monitor(tmp_path, "probe=on") as guest:
        guest.ping(1)
        time.sleep(3)  # the announcements of the start are over
        with guest.network.packet_socket(guest.tap) as packets:
            monitor(guest, "set_link net0 off")
            assert heard(packets, guest, 1, 0.3) == []
            monitor(guest, "set_link net0 on")
            assert heard(packets, guest, 1, 3) == [PROBE]
            assert arping(guest.network, guest.tap, guest.ip) == [False]
            assert heard(packets, guest, 4, 10) == [PROBE, PROBE, REQUEST, REPLY]
        guest.ping(1)
        said = [line for line in guest.console.splitlines() if line.startswith("net0: ")][1:]
        assert (
            said == ["net0: asking whether 192.168.100.2 is free", "net0: ip 192.168.100.2/24"] * 2
        )


def test_announces_again_when_the_machine_has_moved(guest):
    """`announce_self` is what QEMU does after a migration; the device then asks the guest to."""
    end = time.monotonic() + 10
    while guest.stats()["sent_arp_announcement"] < 8:
        assert time.monotonic() < end
        time.sleep(0.1)
    with guest.network.packet_socket(guest.tap) as packets:
        monitor(guest, "announce_self")
        assert heard(packets, guest, 2, 2) == [REQUEST, REPLY]
    guest.ping(1)


def test_conflicts_do_not_flood_the_console(guest):
    """The console shows a conflict once, a counter counts each, and pings are answered."""
    rival, ours = bytes.fromhex("525400000077"), socket.inet_aton(guest.ip)
    claim = (
        b"\xff" * 6 + rival + bytes.fromhex("08060001080006040002") + rival + ours + rival + ours
    )
    with guest.network.packet_socket(guest.tap) as packets:
        for _ in range(100):
            for _ in range(10):
                packets.send(claim.ljust(60, b"\0"))
            time.sleep(0.01)
        guest.wait_for(
            r"net0: warning: 52:54:00:00:00:77 claims 192\.168\.100\.2 too; we keep it", 5
        )
    guest.ping(3, "-i", "0.01")
    stats = guest.stats()
    assert stats["reply_arp_defence"] == 1 and stats["drop_arp_conflict"] == 999
    assert guest.console.count("52:54:00:00:00:77") == 1


def test_what_was_said_on_the_street(street):
    time.sleep(max(0, street.start + 14 - time.monotonic()))
    took = time.monotonic() - street.start
    street.capture.stop()
    assert street.capture.dropped == 0
    said = {}  # by each guest to all: when, what, from which address, for which
    for source, *frame in (
        frame.values()
        for frame in street.capture.tshark(
            "eth.src",
            "frame.time_relative",
            "arp.opcode",
            "arp.src.proto_ipv4",
            "arp.dst.proto_ipv4",
            only="arp and eth.dst == ff:ff:ff:ff:ff:ff",
        )
    ):
        said.setdefault(source, []).append(tuple(frame))

    # a free address: three probes, 1 to 2 s apart, 2 s of silence, two announcements 2 s apart. What a
    # guest says first may be lost: the bridge can take a while to notice that the port is in use.
    ip = street.prober.ip
    times, *what = zip(*said[street.prober.mac])
    expected = [("1", "0.0.0.0", ip)] * 3 + [("1", ip, ip), ("2", ip, ip)] * 2
    assert list(zip(*what)) in (expected, expected[1:])
    gaps = [float(after) - float(before) for before, after in zip(times, times[1:])]
    for gap, low, high in zip(reversed(gaps), (0, 2, 0, 2, 1, 1), (0, 2, 0, 2, 2, 2)):
        assert low - 0.1 < gap < high + 0.5, gaps

    # an address that Linux has: a probe, unless Linux has spoken before, and no word more
    assert [frame[1:] for frame in said.get(street.late.mac, [])] in (
        [],
        [("1", "0.0.0.0", street.late.ip)],
    )

    # two with one address: four announcements each, a defence each, no storm
    for twin in street.twin, street.other:
        assert {frame[2] for frame in said[twin.mac]} == {twin.ip} and 2 <= len(
            said[twin.mac]
        ) <= 6, said

    # announce=1: a request and a reply every second, and twice at the start
    assert 2 * (took - 5) < len(said[street.announcer.mac]) < 2 * (took + 2), said
