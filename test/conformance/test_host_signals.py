# SPDX-License-Identifier: BSD-2-Clause
"""unipong-host ends within a moment after SIGINT or SIGTERM, whatever it waits for."""
import contextlib
import os
import signal
import struct
import subprocess
import threading
import time

import pytest
from scapy.compat import raw

from guest import Namespace
from host_program import CABLE, FRAMES, PCAPNG_CUSTOM, PCAPNG_START, PROGRAM, capture, started
from wire import OUR_IP, PEER_IP, echo


ENDS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
LONG = FRAMES[2]  # which is answered


def feed(stream, octets):
    """Writes octets for ever, until the other side is gone."""
    try:
        while True:
            stream.write(octets)
    except OSError:
        pass


@contextlib.contextmanager
def start(*arguments, **pipes):
    """The program, which is killed in the end: no failed test waits for it."""
    with subprocess.Popen(
        [PROGRAM, *arguments],
        stderr=subprocess.PIPE,
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, **pipes},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_blocked(process):
    """Until it sleeps and goes on sleeping, in a write to a full pipe or a read from an empty one."""
    asleep, end = 0, time.monotonic() + 30
    while asleep < 20:
        assert process.poll() is None and time.monotonic() < end
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat:
            asleep = asleep + 1 if stat.read().rsplit(")", 1)[1].split()[0] == "S" else 0
        time.sleep(0.01)


def ended(process, number):
    """Its errors, after the signal."""
    process.send_signal(number)
    process.wait(30)
    return process.stderr.read().decode()


def full_pipe():
    """The two ends of a pipe that takes no more."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    try:
        while True:
            os.write(write_end, bytes(4096))
    except BlockingIOError:
        os.set_blocking(write_end, True)
    return read_end, write_end


@ENDS
@pytest.mark.parametrize(
    "begin", [capture(), PCAPNG_START, capture()[:60]], ids=["pcap", "pcapng", "cut"]
)
def test_host_waits_for_a_pipe(tmp_path, number, begin):
    with start("--pcap", "-", tmp_path / "out.pcap") as process:
        process.stdin.write(begin)
        process.stdin.flush()
        assert b"unipong" in process.stdout.readline()
        wait_until_blocked(process)
        assert ended(process, number) == "" and process.returncode == 0


@ENDS
@pytest.mark.parametrize(
    "begin, octets",
    [
        (capture([]), capture(FRAMES * 100)[24:]),
        (PCAPNG_START, PCAPNG_CUSTOM * 1000),
    ],
    ids=["frames", "pcapng without frames"],
)
def test_host_reads_a_pipe_that_never_ends(number, begin, octets):
    with start("--pcap", "-", "/dev/null") as process:
        process.stdin.write(begin)
        feeder = threading.Thread(target=feed, args=(process.stdin, octets))
        feeder.start()
        assert b"unipong" in process.stdout.readline()
        time.sleep(0.2)
        try:
            err = ended(process, number)
        finally:
            process.kill()
            feeder.join()
        # Time goes back wherever the frames begin again.
        assert err.count("\n") <= 1 and "error" not in err and process.returncode == 0


@ENDS
def test_host_writes_to_a_full_pipe(tmp_path, number):
    """Records of at most 4,096 octets go into a pipe whole or not at all."""
    (tmp_path / "in.pcap").write_bytes(capture([LONG] * 1000))
    with start("--pcap", tmp_path / "in.pcap", "-") as process:
        wait_until_blocked(process)
        err = ended(process, number)
        octets = process.stdout.read()
    assert process.returncode == 0 and "error" not in err and "1  HOST_NOT_SENT" in err
    assert len(octets) > 40000 and (len(octets) - 24) % (16 + len(LONG)) == 0


@ENDS
def test_host_cuts_a_long_record_in_a_full_pipe(tmp_path, number):
    (tmp_path / "in.pcap").write_bytes(capture([raw(echo(bytes(40000)))] * 10))
    with start("--pcap", tmp_path / "in.pcap", "-", "--mtu", "65535") as process:
        wait_until_blocked(process)
        err = ended(process, number)
        assert process.returncode == 1
    assert (
        "error: the standard output: nobody reads the answers" in err
        and "last record is not whole" in err
    )


@ENDS
def test_host_console_is_a_full_pipe(tmp_path, number):
    """Nobody reads what it prints: it may be lost, but the program ends."""
    (tmp_path / "in.pcap").write_bytes(capture())
    (tmp_path / "out.pcap").touch()
    read_end, write_end = full_pipe()
    with start("--pcap", tmp_path / "in.pcap", tmp_path / "out.pcap", stdout=write_end) as process:
        try:
            end = time.monotonic() + 30
            while (tmp_path / "out.pcap").stat().st_size < 1514:  # it is still at its first lines
                assert time.monotonic() < end
                time.sleep(0.01)
            wait_until_blocked(process)
            process.send_signal(number)
            process.wait(30)
        finally:
            os.close(read_end)
            os.close(write_end)


@ENDS
def test_host_answers_while_its_console_is_a_full_pipe(number):
    read_end, write_end = full_pipe()
    with Namespace() as network:
        network.run("sh", "-c", f"{CABLE} && ip address add {PEER_IP}/24 dev near")
        process = network.popen(PROGRAM, "--packet", "far", stdout=write_end)
        try:
            assert "1 received" in network.run("ping", "-c", "1", "-W", "20", OUR_IP)
            process.send_signal(number)
            process.wait(30)
        finally:
            process.kill()
            process.wait()
            os.close(read_end)
            os.close(write_end)


@pytest.mark.parametrize(
    "number, status", [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -9)]
)
def test_host_output_is_whole_after_a_signal(tmp_path, number, status):
    (tmp_path / "in.pcap").write_bytes(capture(FRAMES * 50000))
    out_pcap = tmp_path / "out.pcap"
    with subprocess.Popen(
        [PROGRAM, "--pcap", "in.pcap", "out.pcap"], cwd=tmp_path, stdout=subprocess.PIPE
    ) as process:
        while not out_pcap.exists() or out_pcap.stat().st_size < 10000:
            time.sleep(0.001)
        process.send_signal(number)
        out = process.communicate(timeout=30)[0]
    assert process.returncode == status
    octets, at, packets = out_pcap.read_bytes(), 24, 0
    while at < len(octets):
        at += 16 + struct.unpack("=I", octets[at + 8 : at + 12])[0]
        packets += 1
    assert 0 < packets < 150000
    # A killed program's write may end at a page's end: then the last record is cut.
    assert at == len(octets) or (number == signal.SIGKILL and len(octets) % 4096 == 0)
    assert (b"REPLY_ARP" in out) == (status == 0)


@ENDS
@pytest.mark.parametrize("device", ["--tap", "--packet"])
def test_host_ends_by_signal(device, number):
    with Namespace() as network:
        network.run("sh", "-c", CABLE)
        process = started(network, device, "tap0" if device == "--tap" else "far")
        os.kill(process.pid, number)
        process.communicate(timeout=30)
        assert process.returncode == 0
