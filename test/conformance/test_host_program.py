# SPDX-License-Identifier: BSD-2-Clause
"""unipong-host as a program: its devices, its arguments, its messages, its exit status.

What it answers is the other files' matter.
"""
import os
import resource
import signal
import struct
import subprocess
import time

import pytest
from scapy.compat import raw
from scapy.layers.inet import ICMP
from scapy.layers.l2 import ARP
from scapy.utils import rdpcap

from guest import Namespace
from link import Packet
from subjects import MAC, ROOT
from wire import OUR_IP, PEER_IP, arp, echo, udp, with_partial_checksum

CABLE = "ip link add near type veth peer name far && ip link set far up && ip link set near up"
PROGRAM = ROOT / "build/unipong-host"
FRAMES = [raw(f) for f in (arp(), echo(b""), echo(bytes(1472)), echo(chksum=1))] # three are answered


def capture(frames=FRAMES, order="<", magic=0xa1b2c3d4, link=1, claim=0):
    """A pcap file's octets; each packet claims to have been longer by so many."""
    header = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)
    return header + b"".join(
        struct.pack(order + "IIII", 1000 + i, 123456, len(frame), len(frame) + claim) + frame
        for i, frame in enumerate(frames))


def run(*arguments, cwd, status=0, **options):
    done = subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True, timeout=20, **options)
    assert done.returncode == status, done
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def answers(tmp_path, octets, status=0):
    (tmp_path / "in.pcap").write_bytes(octets)
    out, err = run("--pcap", "in.pcap", "out.pcap", cwd=tmp_path, status=status)
    return rdpcap(str(tmp_path / "out.pcap")), out, err


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("magic, unit", [(0xa1b2c3d4, 1_000_000), (0xa1b23c4d, 1_000_000_000)])
def test_host_answers_a_capture(tmp_path, order, magic, unit):
    packets, out, _ = answers(tmp_path, capture(order=order, magic=magic))
    assert [round(float(p.time) * unit) for p in packets] == [s * unit + 123456 for s in (1000, 1001, 1002)]
    assert ARP in packets[0] and all(p[ICMP].type == 0 for p in packets[1:])
    assert "REPLY_ARP" in out and "DROP_ICMP_CHECKSUM" in out


def test_host_reads_pcapng(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture())
    subprocess.run(["tshark", "-F", "pcapng", "-r", "in.pcap", "-w", "in.pcapng"], cwd=tmp_path, check=True,
                   stderr=subprocess.DEVNULL)
    run("--pcap", "in.pcapng", "out.pcap", cwd=tmp_path)
    assert len(rdpcap(str(tmp_path / "out.pcap"))) == 3


@pytest.mark.parametrize("size", range(0, 24))
def test_host_refuses_what_is_no_capture(tmp_path, size):
    (tmp_path / "in.pcap").write_bytes(capture()[:size])
    _, err = run("--pcap", "in.pcap", "out.pcap", cwd=tmp_path, status=1)
    assert err.startswith("unipong: error: in.pcap: ")
    assert not (tmp_path / "out.pcap").exists()


@pytest.mark.parametrize("cut", [1, 43, 60])
def test_host_keeps_answers_to_a_truncated_capture(tmp_path, cut):
    packets, _, err = answers(tmp_path, capture()[:-cut], status=1)
    assert len(packets) == 3 and "truncated" in err


def test_host_keeps_answers_to_a_damaged_capture(tmp_path):
    damaged = capture() + struct.pack("<IIII", 1, 1, 0x7fffffff, 0x7fffffff) + bytes(100)
    packets, _, err = answers(tmp_path, damaged, status=1)
    assert len(packets) == 3 and "in.pcap" in err


def test_host_counts_frames_that_it_cannot_judge(tmp_path):
    packets, out, _ = answers(tmp_path, capture([bytes(70000), *FRAMES]))
    assert len(packets) == 3 and "HOST_TOO_LONG" in out
    packets, out, _ = answers(tmp_path, capture(claim=1))
    assert len(packets) == 0 and "4  HOST_CUT_SHORT" in out


def test_host_refuses_other_link_types(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture(link=113))
    _, err = run("--pcap", "in.pcap", "out.pcap", cwd=tmp_path, status=1)
    assert "113" in err and "Ethernet" in err


def test_host_refuses_to_overwrite_its_input(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture())
    run("--pcap", "in.pcap", "./in.pcap", cwd=tmp_path, status=1)
    assert (tmp_path / "in.pcap").read_bytes() == capture()


@pytest.mark.parametrize("out", ["/dev/full", "no/such/directory", "."])
def test_host_says_what_it_cannot_write(tmp_path, out):
    (tmp_path / "in.pcap").write_bytes(capture())
    _, err = run("--pcap", "in.pcap", out, cwd=tmp_path, status=1)
    assert err.startswith(f"unipong: error: {out}: ")


def test_host_output_ends_with_a_whole_record(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture(FRAMES * 10))
    _, err = run("--pcap", "in.pcap", "out.pcap", cwd=tmp_path, status=1,
                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000)))
    assert "too large" in err
    packets = rdpcap(str(tmp_path / "out.pcap"))
    assert 0 < sum(len(p) + 16 for p in packets) + 24 == (tmp_path / "out.pcap").stat().st_size <= 4000


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -9)])
def test_host_output_is_whole_after_a_signal(tmp_path, number, status):
    (tmp_path / "in.pcap").write_bytes(capture(FRAMES * 50000))
    out_pcap = tmp_path / "out.pcap"
    with subprocess.Popen([PROGRAM, "--pcap", "in.pcap", "out.pcap"], cwd=tmp_path,
                          stdout=subprocess.PIPE) as process:
        while not out_pcap.exists() or out_pcap.stat().st_size < 10000:
            time.sleep(0.001)
        process.send_signal(number)
        out = process.communicate(timeout=10)[0]
    assert process.returncode == status
    octets, at, packets = out_pcap.read_bytes(), 24, 0
    while at < len(octets):
        at += 16 + struct.unpack("=I", octets[at + 8:at + 12])[0]
        packets += 1
    assert 0 < packets < 150000
    # A killed program's write may end at a page's end: then the last record is cut.
    assert at == len(octets) or (number == signal.SIGKILL and len(octets) % 4096 == 0)
    assert (b"REPLY_ARP" in out) == (status == 0)


def test_host_reads_and_writes_pipes():
    done = subprocess.run([PROGRAM, "--pcap", "-", "-"], input=capture(), capture_output=True, timeout=10)
    assert done.returncode == 0 and b"REPLY_ARP" in done.stderr
    assert len(done.stdout) == 24 + 3 * 16 + 60 + 60 + 1514


@pytest.mark.parametrize("arguments, says", [
    ([], "no device"), (["--tap"], "--tap"), (["--tap", "a" * 16], "--tap"), (["--packet", ""], "--packet"),
    (["--pcap", "in"], "IN and OUT"), (["--tap", "a", "--tap", "b"], "one device"), (["--what"], "--what"),
    (["--mac", "1:2:3:4:5:6"], "--mac"), (["--mac", "01:00:00:00:00:00"], "--mac"), (["--mac"], "--mac"),
    (["--tap", "a", "word"], "KEY=VALUE"), (["--tap", "a", "ip=1.2.3.4"], "ip=1.2.3.4: "),
    (["--tap", "a", "ttl=0"], "ttl=0: "),
])
def test_host_wrong_usage(tmp_path, arguments, says):
    out, err = run(*arguments, cwd=tmp_path, status=2)
    assert out == "" and err.startswith("unipong: error: ") and says in err


@pytest.mark.parametrize("words", [["gw=10.0.0.1", "ip=192.168.7.2/24"], ["ip=192.168.7.2/24", "gw=10.0.0.1"]])
def test_host_gateway_of_another_subnet(tmp_path, words):
    """Whichever comes first, and before the device is looked at."""
    out, err = run("--pcap", "missing.pcap", "out.pcap", *words, cwd=tmp_path, status=2)
    assert out == ""
    assert err == "unipong: error: gw=10.0.0.1: expected none, or another host in the subnet of ip=192.168.7.2/24\n"


@pytest.mark.parametrize("words, says", [
    (["vip=10.0.0.1,192.168.100.2"],
     "vip=192.168.100.2: a virtual address is silent in ARP; expected others than ip=192.168.100.2/24"),
    (["gw=192.168.100.7", "vip=192.168.100.7"],
     "gw=192.168.100.7: that is ours, by vip=; expected none, or another host beside ip=192.168.100.2/24"),
    (["vip=10.0.0.1", "ip=none", "gw=10.0.0.1"],
     "gw=10.0.0.1: that is ours, by vip=; expected none, or another host beside ip=none"),
])
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
        for arguments, says in ((["--packet", "nothing"], "no such interface"),
                                (["--packet", "lo"], "no Ethernet"), (["--tap", "lo"], "no TAP")):
            assert says in network.run(PROGRAM, *arguments, status=1)
        # Where others may not enter this directory, they can't run it either.
        if "denied" not in network.run(*as_nobody(PROGRAM), "--help", status=None):
            assert "CAP_NET_RAW" in network.run(*as_nobody(PROGRAM), "--packet", "lo", status=1)
            message = network.run(*as_nobody(PROGRAM), "--tap", "tap0", status=1)
            assert "/dev/net/tun" in message or "CAP_NET_ADMIN" in message


def started(network, *arguments):
    process = network.popen(PROGRAM, *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while b"ready" not in process.stdout.readline():
        assert process.poll() is None
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("device", ["--tap", "--packet"])
def test_host_ends_by_signal(device, number):
    with Namespace() as network:
        network.run("sh", "-c", CABLE)
        process = started(network, device, "tap0" if device == "--tap" else "far")
        os.kill(process.pid, number)
        process.communicate(timeout=5)
        assert process.returncode == 0


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
        assert process.returncode == 0 and "4  REPLY_ICMP_ECHO" in out and "CHECKSUM" not in out, out
