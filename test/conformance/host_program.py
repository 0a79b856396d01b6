# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of unipong-host as a program share: captures made by code, and ways to run it."""
import struct
import subprocess

from scapy.compat import raw
from scapy.utils import rdpcap

from subjects import ROOT
from wire import arp, echo

PROGRAM = ROOT / "build/unipong-host"
FRAMES = [
    raw(f) for f in (arp(), echo(b""), echo(bytes(1472)), echo(chksum=1))
]  # three are answered
MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D
CABLE = "ip link add near type veth peer name far && ip link set far up && ip link set near up"


def capture(frames=FRAMES, order="<", magic=MICROSECONDS, link=1, claim=0):
    """A pcap file's octets. A frame may be (seconds, fraction, frame); each claims to have been longer by so many."""
    stamped = [f if isinstance(f, tuple) else (1000 + i, 123456, f) for i, f in enumerate(frames)]
    header = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)
    return header + b"".join(
        struct.pack(order + "IIII", seconds, fraction, len(frame), len(frame) + claim) + raw(frame)
        for seconds, fraction, frame in stamped
    )


def block(kind, body):
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


PCAPNG_START = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(
    1, struct.pack("<HHI", 1, 0, 0)
)  # Ethernet, microseconds
PCAPNG_CUSTOM = block(0x40000BAD, struct.pack("<I", 0))  # which is passed over


def pcapng(frames):
    """A pcapng file's octets, of (seconds, microseconds, frame)."""
    packets = []
    for seconds, fraction, frame in frames:
        octets = raw(frame)
        time = seconds * 1_000_000 + fraction
        packets.append(
            block(
                6,
                struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(octets), len(octets))
                + octets
                + bytes(-len(octets) % 4),
            )
        )
    return PCAPNG_START + b"".join(packets)


def run(*arguments, cwd, status=0, **options):
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=cwd, capture_output=True, timeout=60, **options
    )
    assert done.returncode == status, done
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def answers(tmp_path, octets, *words, status=0):
    """The answers to a capture, the console and the errors."""
    (tmp_path / "in.pcap").write_bytes(octets)
    out, err = run("--pcap", "in.pcap", "out.pcap", *words, cwd=tmp_path, status=status)
    return rdpcap(str(tmp_path / "out.pcap")), out, err


def nanoseconds(tmp_path):
    """The stamps of the answers, exactly."""
    octets, at, found = (tmp_path / "out.pcap").read_bytes(), 24, []
    assert struct.unpack("=I", octets[:4])[0] == NANOSECONDS
    while at < len(octets):
        seconds, fraction, length, _ = struct.unpack("=IIII", octets[at : at + 16])
        found.append(seconds * 1_000_000_000 + fraction)
        at += 16 + length
    assert at == len(octets)
    return found


def started(network, *arguments):
    """The program on a device of a namespace, ready."""
    process = network.popen(PROGRAM, *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while b"ready" not in process.stdout.readline():
        assert process.poll() is None
    return process
