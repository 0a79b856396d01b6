# SPDX-License-Identifier: BSD-2-Clause
"""unipong-host --pcap: what it reads and writes, and what it says of files that it cannot."""
import resource
import struct
import subprocess

import pytest
from scapy.layers.inet import ICMP
from scapy.layers.l2 import ARP
from scapy.utils import rdpcap

from host_program import FRAMES, PROGRAM, answers, capture, run


def answer_with_room(directory, octets):
    """Answers in.pcap where no file may be longer than this; returns what is said of that."""
    _, err = run(
        "--pcap",
        "in.pcap",
        "out.pcap",
        cwd=directory,
        status=1,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets)),
    )
    return err


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("magic, unit", [(0xA1B2C3D4, 1_000_000), (0xA1B23C4D, 1_000_000_000)])
def test_host_answers_a_capture(tmp_path, order, magic, unit):
    packets, out, _ = answers(tmp_path, capture(order=order, magic=magic))
    assert [round(float(p.time) * unit) for p in packets] == [
        s * unit + 123456 for s in (1000, 1001, 1002)
    ]
    assert ARP in packets[0] and all(p[ICMP].type == 0 for p in packets[1:])
    assert "REPLY_ARP" in out and "DROP_ICMP_CHECKSUM" in out


def test_host_reads_pcapng(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture())
    subprocess.run(
        ["tshark", "-F", "pcapng", "-r", "in.pcap", "-w", "in.pcapng"],
        cwd=tmp_path,
        check=True,
        stderr=subprocess.DEVNULL,
    )
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
    assert (
        len(packets) == 3
        and "in.pcap: frame 4: truncated" in err
        and "before it are answered" in err
    )


def test_host_keeps_answers_to_a_damaged_capture(tmp_path):
    damaged = capture() + struct.pack("<IIII", 1, 1, 0x7FFFFFFF, 0x7FFFFFFF) + bytes(100)
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


def test_host_file_may_not_grow_at_all(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture())
    err = answer_with_room(tmp_path, 0)
    assert err == "unipong: error: out.pcap: File too large; the answers from here on are missing\n"


def test_host_answers_go_to_a_closed_pipe(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture())
    with subprocess.Popen(["true"], stdin=subprocess.PIPE) as reader:
        reader.wait(30)
        done = subprocess.run(
            [PROGRAM, "--pcap", "in.pcap", "-"],
            cwd=tmp_path,
            stdout=reader.stdin,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert done.returncode == 1
    assert (
        b"error: the standard output: whoever read the answers has ended; the answers from here on"
        in done.stderr
    )


@pytest.mark.parametrize("out", ["/dev/full", "no/such/directory", "."])
def test_host_says_what_it_cannot_write(tmp_path, out):
    (tmp_path / "in.pcap").write_bytes(capture())
    _, err = run("--pcap", "in.pcap", out, cwd=tmp_path, status=1)
    assert err.startswith(f"unipong: error: {out}: ")


def test_host_output_ends_with_a_whole_record(tmp_path):
    (tmp_path / "in.pcap").write_bytes(capture(FRAMES * 10))
    err = answer_with_room(tmp_path, 4000)
    assert "too large" in err
    packets = rdpcap(str(tmp_path / "out.pcap"))
    assert (
        0 < sum(len(p) + 16 for p in packets) + 24 == (tmp_path / "out.pcap").stat().st_size <= 4000
    )


def test_host_reads_and_writes_pipes():
    done = subprocess.run(
        [PROGRAM, "--pcap", "-", "-"], input=capture(), capture_output=True, timeout=10
    )
    assert done.returncode == 0 and b"REPLY_ARP" in done.stderr
    assert len(done.stdout) == 24 + 3 * 16 + 60 + 60 + 1514
