# SPDX-License-Identifier: BSD-2-Clause
"""unipong-host as a program: its arguments, its devices, its messages, its exit status.

What it answers is the other files' matter.
"""
import os
import select
import subprocess
import time

import pytest
from scapy.compat import raw

from guest import Namespace
from host_program import CABLE, PROGRAM, capture, run, started
from link import Packet
from subjects import MAC
from wire import OUR_IP, PEER_IP, echo, udp, with_partial_checksum


@pytest.mark.parametrize(
    "arguments, says",
    [
        ([], "no device"),
        (["--tap"], "--tap"),
        (["--tap", "a" * 16], "--tap"),
        (["--packet", ""], "--packet"),
        (["--pcap", "in"], "IN and OUT"),
        (["--tap", "a", "--tap", "b"], "one device"),
        (["--what"], "--what"),
        (["--mac", "1:2:3:4:5:6"], "--mac"),
        (["--mac", "01:00:00:00:00:00"], "--mac"),
        (["--mac"], "--mac"),
        (["--mtu"], "--mtu"),
        (["--mtu", "67"], "--mtu 67: expected a number of octets, 68 to 65535"),
        (["--mtu", "65536"], "--mtu"),
        (["--mtu", "1e3"], "--mtu"),
        (["--tap", "a", "word"], "KEY=VALUE"),
        (["--tap", "a", "ip=1.2.3.4"], "ip=1.2.3.4: "),
        (["--tap", "a", "ttl=0"], "ttl=0: "),
    ],
)
def test_host_wrong_usage(tmp_path, arguments, says):
    out, err = run(*arguments, cwd=tmp_path, status=2)
    assert out == "" and err.startswith("unipong: error: ") and says in err


@pytest.mark.parametrize(
    "words", [["gw=10.0.0.1", "ip=192.168.7.2/24"], ["ip=192.168.7.2/24", "gw=10.0.0.1"]]
)
def test_host_gateway_of_another_subnet(tmp_path, words):
    """Whichever comes first, and before the device is looked at."""
    out, err = run("--pcap", "missing.pcap", "out.pcap", *words, cwd=tmp_path, status=2)
    assert out == ""
    assert (
        err
        == "unipong: error: gw=10.0.0.1: expected none, or another host in the subnet of ip=192.168.7.2/24\n"
    )


@pytest.mark.parametrize(
    "words, says",
    [
        (
            ["vip=10.0.0.1,192.168.100.2"],
            "vip=192.168.100.2: a virtual address is silent in ARP; expected others than ip=192.168.100.2/24",
        ),
        (
            ["gw=192.168.100.7", "vip=192.168.100.7"],
            "gw=192.168.100.7: that is ours, by vip=; expected none, or another host beside ip=192.168.100.2/24",
        ),
        (
            ["vip=10.0.0.1", "ip=none", "gw=10.0.0.1"],
            "gw=10.0.0.1: that is ours, by vip=; expected none, or another host beside ip=none",
        ),
    ],
)
def test_host_virtual_address_is_another(tmp_path, words, says):
    out, err = run("--pcap", "missing.pcap", "out.pcap", *words, cwd=tmp_path, status=2)
    assert (out, err) == ("", f"unipong: error: {says}\n")


def test_host_without_gateway(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture())
    _, err = run("--pcap", "in.pcap", "out.pcap", "gw=none", cwd=tmp_path)
    assert err == ""


def test_host_unknown_word_is_a_warning(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture())
    _, err = run("--pcap", "in.pcap", "out.pcap", "colour=blue", cwd=tmp_path)
    assert err == "unipong: warning: colour=blue: no such key, ignored\n"


def test_host_help_and_version(tmp_path):
    assert run("--help", cwd=tmp_path)[0].startswith("usage: ")
    assert run("--version", cwd=tmp_path)[0].startswith("unipong-host ")


def as_nobody(program):
    return ["setpriv", "--reuid", "65534", "--clear-groups", "--inh-caps=-all", program]


def test_host_missing_interfaces_and_permissions(tmp_path):
    with Namespace() as network:
        for arguments, says in (
            (["--packet", "nothing"], "no such interface"),
            (["--packet", "lo"], "no Ethernet"),
            (["--tap", "lo"], "another kind"),
        ):
            assert says in network.run(PROGRAM, *arguments, status=1)
        # Where others may not enter this directory, they can't run it either.
        if "denied" not in network.run(*as_nobody(PROGRAM), "--help", status=None):
            assert "CAP_NET_RAW" in network.run(*as_nobody(PROGRAM), "--packet", "lo", status=1)
            message = network.run(*as_nobody(PROGRAM), "--tap", "tap0", status=1)
            assert "/dev/net/tun" in message or "CAP_NET_ADMIN" in message


@pytest.mark.parametrize("device", ["--tap", "--packet"])
def test_host_interface_goes_away(device):
    with Namespace() as network:
        network.run("sh", "-c", CABLE)
        name = "tap0" if device == "--tap" else "far"
        process = started(network, device, name)
        network.run("ip", "link", "delete", name)
        out = process.communicate(timeout=5)[0].decode()
        assert process.returncode == 1 and f"{name}: the " in out and "was removed" in out


def test_host_on_an_interface():
    """The kernel takes tags and leaves checksums: frames come to the core as they were on the wire."""
    with Namespace() as network:
        network.run("sh", "-c", f"{CABLE} && ip address add {PEER_IP}/24 dev near")
        process = started(network, "--packet", "far", "--mac", MAC)
        output = network.run("ping", "-c", "3", "-i", "0.01", "-W", "2", OUR_IP)
        assert "3 received" in output
        with_tag = raw(echo())
        link = Packet(network, "near")
        link.send(with_tag[:12] + b"\x81\0\0\5" + with_tag[12:])
        link.send(*with_partial_checksum(udp()))
        time.sleep(0.2)
        link.close()
        process.terminate()
        out = process.communicate(timeout=5)[0].decode()
        assert (
            process.returncode == 0 and "4  REPLY_ICMP_ECHO" in out and "CHECKSUM" not in out
        ), out


def wait_for_line(process, text, seconds=30):
    """Reads what it prints until that has the text; returns all of it."""
    output, end = b"", time.monotonic() + seconds
    while text.encode() not in output:
        assert select.select([process.stdout], [], [], max(0, end - time.monotonic()))[0], output
        octets = os.read(process.stdout.fileno(), 65536)
        assert octets, output
        output += octets
    return output.decode()


@pytest.mark.parametrize("device", ["--tap", "--packet"])
def test_host_follows_the_mtu(device):
    """An echo of 8,000 octets comes back whole once the interface takes so many."""
    with Namespace() as network:
        network.run("sh", "-c", CABLE)
        near, far = ("tap0", "tap0") if device == "--tap" else ("near", "far")
        process = started(network, device, far, "--mac", MAC)
        network.run("sh", "-c", f"ip link set {near} mtu 9000 up; ip link set {far} mtu 9000")
        assert wait_for_line(process, "mtu").endswith(f"{far} {MAC} mtu 9000\n")
        link = Packet(network, near)
        try:
            request = raw(echo(bytes(8000)))
            link.send(request)
            reply = b""
            while reply[12:14] != b"\x08\x00":  # it announces its address, too
                assert link.wait(30)
                reply = link.receive() or b""
            assert len(reply) == len(request)
        finally:
            link.close()
            process.terminate()
            process.communicate(timeout=30)


def test_host_follows_a_renamed_interface():
    with Namespace() as network:
        network.run("sh", "-c", CABLE)
        process = started(network, "--packet", "far", "--mac", MAC)
        network.run(
            "sh",
            "-c",
            "ip link set far down && ip link set far name other mtu 3000 && ip link set other up",
        )
        assert "net0: packet other " + MAC + " mtu 3000\n" in wait_for_line(process, "mtu 3000")
        network.run("ip", "link", "delete", "other")
        assert "other: the interface was removed" in process.communicate(timeout=30)[0].decode()


@pytest.mark.parametrize("words, mtu", [([], 68), (["--mtu", "1280"], 1280)])
def test_host_small_and_given_mtu(words, mtu):
    """RFC 791 3.2: a packet of 68 octets fits everywhere; what the user gives stays."""
    with Namespace() as network:
        network.run("sh", "-c", "ip link add wide type ifb && ip link set wide mtu 20 up")
        process = network.popen(PROGRAM, "--packet", "wide", *words, stdout=subprocess.PIPE)
        output = wait_for_line(process, "ready")
        network.run("ip", "link", "set", "wide", "mtu", "3000")
        if not words:
            wait_for_line(process, "mtu 3000")
        else:
            time.sleep(0.5)
        process.terminate()
        rest = process.communicate(timeout=30)[0]
        assert f"mtu {mtu}\n" in output and b"mtu" not in rest
