# SPDX-License-Identifier: BSD-2-Clause
"""How many instructions the network core spends on a frame: counted, so the same each time.

unipong-host answers captures of N and of 2N frames under valgrind, which counts while net_input
runs; the difference by N is the cost of one frame. `instructions.py --record` writes the figures
that test_instructions.py compares with.
"""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.join(ROOT, "build", "unipong-host")
RECORD = os.path.join(HERE, "instructions.json")
FRAMES = 100

US, THEM = bytes.fromhex("02756e69706f"), bytes.fromhex("02005e100003")
OUR_IP, THEIR_IP = bytes((192, 168, 100, 2)), bytes((192, 168, 100, 3))


def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def echo(size, number):
    """An echo request in a frame of size octets (64 with its check sequence are 60 here)."""
    body = bytes(i & 0xFF for i in range(size - 42))
    icmp = struct.pack("!BBHHH", 8, 0, 0, 0x1234, number) + body
    icmp = icmp[:2] + struct.pack("!H", checksum(icmp + b"\0" * (len(icmp) % 2))) + icmp[4:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, size - 14, 0, 0, 64, 1, 0) + THEIR_IP + OUR_IP
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return US + THEM + b"\x08\x00" + ip + icmp


def arp(_size, _number):
    """A request for our address."""
    return (
        b"\xff" * 6
        + THEM
        + bytes.fromhex("08060001080006040001")
        + THEM
        + THEIR_IP
        + b"\0" * 6
        + OUR_IP
        + b"\0" * 18
    )


CASES = {"echo.60": (echo, 60), "echo.98": (echo, 98), "echo.1514": (echo, 1514), "arp": (arp, 60)}


def capture(path, make, size, count):
    with open(path, "wb") as f:
        f.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number in range(count):
            frame = make(size, number)
            f.write(struct.pack("=IIII", number, 0, len(frame), len(frame)) + frame)


def instructions(directory, make, size, count):
    """What net_input and all it calls execute for that many frames."""
    source, target = os.path.join(directory, "in.pcap"), os.path.join(directory, "out.pcap")
    capture(source, make, size, count)
    done = subprocess.run(
        [
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--toggle-collect=net_input",
            PROGRAM,
            "--mac",
            US.hex(":"),
            "--pcap",
            source,
            target,
            "ip=192.168.100.2/24",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    if os.path.getsize(target) - 24 != count * (16 + size):
        raise RuntimeError(f"not every one of {count} frames was answered: {done.stdout}")
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def count_all():
    """Instructions per frame, by case."""
    with tempfile.TemporaryDirectory() as directory:
        return {
            name: (
                instructions(directory, make, size, 2 * FRAMES)
                - instructions(directory, make, size, FRAMES)
            )
            / FRAMES
            for name, (make, size) in CASES.items()
        }


def compiler():
    return subprocess.run(
        ["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True
    ).stdout.strip()


def recorded():
    with open(RECORD, encoding="ascii") as f:
        return json.load(f)


if __name__ == "__main__":
    counts = count_all()
    for case, value in counts.items():
        print(f"{case:10} {value:8.1f} instructions per frame")
    if sys.argv[1:] == ["--record"]:
        with open(RECORD, "w", encoding="ascii") as out:
            json.dump({"compiler": compiler(), "per_frame": counts}, out, indent=1)
            out.write("\n")
