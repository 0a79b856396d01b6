# SPDX-License-Identifier: BSD-2-Clause
"""How many instructions the image executes for a frame: counted, so the same each time.

    make instructions [RECORD=1] [SUBJECT=path]

QEMU counts the instructions of the guest from one sleep to the next (instructions_plugin.c), with
idle=halt. `alone` is what one frame costs that wakes the guest: interrupt, answer, and to sleep again.
`burst` is what one more frame costs in a burst: two bursts of different length are compared.

Chance is kept out. A burst is there as a whole before the guest sees its first frame, because QEMU
is stopped while it is sent. The device sends the answers two milliseconds later, when the guest
sleeps again, so each burst takes back the buffers of the one before. What the guest does now and
then (a look at the console, an announcement) makes some counts larger: the least of those that come
up several times is the figure.
"""
import argparse
import collections
import contextlib
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from frames import Sender
from qemu import IMAGE, ROOT, boot_image, qemu_command

HERE = Path(__file__).resolve().parent
RECORD = HERE / "instructions.json"
PLUGIN = ROOT / "build/bench/instructions.so"

FEW, MANY = 8, 24  # frames in a burst; the pacing of bursts begins with more (CONFIG_BURST)
WARM_UP, TIMES, SEVERAL = 3, 30, 3
PATIENCE = 30  # seconds that the guest may take for whatever it does
SILENCE = 3  # longer than from one announcement to the next (RFC 5227 ANNOUNCE_INTERVAL, 2 s)

GUEST, TESTER = (bytes.fromhex("02756e69706f"), "192.168.100.2"), (
    bytes.fromhex("02005e100003"),
    "192.168.100.3",
)
DEVICE = f",mac={GUEST[0].hex(':')},ioeventfd=off,tx=timer,x-txtimer=2000000"

SENDER = Sender(TESTER, GUEST)
HEADERS = 14 + 20 + 8  # Ethernet, IPv4, and ICMP or UDP
CASES = {
    "echo.60": SENDER.echo(bytes(range(60 - HEADERS))),
    "echo.98": SENDER.echo(bytes(range(98 - HEADERS))),
    "echo.1514": SENDER.echo(bytes(i & 0xFF for i in range(1514 - HEADERS))),
    "arp": SENDER.arp(),
    "udp.60": SENDER.udp(7, bytes(range(60 - HEADERS))),
    "stamp.86": SENDER.udp(862, bytes(86 - HEADERS)),
}


# What a QEMU says that has no plugins, or no longer the interface that ours uses.
NO_PLUGINS = r"-plugin: invalid option|requires API version|undefined symbol"


class Impossible(Exception):
    """Instructions can't be counted on this machine; the text says why."""


def build_plugin():
    PLUGIN.parent.mkdir(parents=True, exist_ok=True)
    source = HERE / "instructions_plugin.c"
    command = [
        "gcc",
        "-O2",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-shared",
        "-fPIC",
        "-fvisibility=hidden",
    ]
    subprocess.run([*command, "-o", PLUGIN, source], check=True)


class Machine:
    """The image in QEMU, with a socket as the other end of its cable."""

    def __init__(self, image, directory):
        self.counts = Path(directory) / "counts"
        self.wire, cable = socket.socketpair()
        self.wire.settimeout(PATIENCE)
        self.received = b""
        command = qemu_command(
            boot_image("idle=halt", image),
            f"socket,id=net0,fd={cable.fileno()}",
            device=DEVICE,
            extra=("-plugin", f"{PLUGIN},counts={self.counts}"),
        )
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[cable.fileno()],
        )
        cable.close()

    def __enter__(self):
        console, end = b"", time.monotonic() + PATIENCE
        while b"unipong: ready" not in console:
            left = max(0, end - time.monotonic())
            some = select.select([self.process.stdout], [], [], left)[0]
            octets = os.read(self.process.stdout.fileno(), 4096) if some else b""
            if not octets:
                self.__exit__()
                text = console.decode(errors="replace").strip()
                if re.search(NO_PLUGINS, text):
                    raise Impossible(text)
                raise RuntimeError(f"the guest does not become ready: {text}")
            console += octets
        self.wait_for_silence()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.wire.close()

    def wait_for_silence(self):
        """Until it has announced itself for the last time: then it sleeps without a timer."""
        self.wire.settimeout(SILENCE)
        with contextlib.suppress(TimeoutError):
            while True:
                self.receive()
        self.wire.settimeout(PATIENCE)

    def send(self, frame, count):
        """The frame so many times, all there before QEMU reads the first."""
        os.kill(self.process.pid, signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)
        self.wire.sendall((struct.pack("!I", len(frame)) + frame) * count)
        os.kill(self.process.pid, signal.SIGCONT)

    def receive(self):
        """The next frame that the guest sends."""
        while True:
            if len(self.received) >= 4:
                end = 4 + struct.unpack("!I", self.received[:4])[0]
                if len(self.received) >= end:
                    frame, self.received = self.received[4:end], self.received[end:]
                    return frame
            octets = self.wire.recv(1 << 16)
            if not octets:
                raise RuntimeError("QEMU has ended")
            self.received += octets

    def answer(self, length):
        """The next frame to the tester, which is an answer. Announcements go to all."""
        while (frame := self.receive())[:6] != TESTER[0]:
            pass
        if len(frame) != length:
            raise RuntimeError(f"an answer of {length} octets was expected: {frame.hex()}")

    def sleeps(self):
        """The instructions before each sleep so far."""
        return [
            int(line)
            for line in self.counts.read_text().splitlines(keepends=True)
            if line[-1:] == "\n"
        ]

    def cost(self, frame, count):
        """Instructions from sleep to sleep for a burst of so many frames."""
        self.exchange(frame, count, WARM_UP)
        before = len(self.sleeps())
        for _ in range(10):
            self.exchange(frame, count, TIMES)
            found = collections.Counter(self.sleeps()[before:])
            often = [cost for cost, times in found.items() if times >= SEVERAL]
            if often:
                return min(often)
        raise RuntimeError(f"no count came up {SEVERAL} times: {found}")

    def exchange(self, frame, count, times):
        for _ in range(times):
            self.send(frame, count)
            for _ in range(count):
                self.answer(len(frame))


def count_all(image=IMAGE):
    """Instructions per frame, by case."""
    build_plugin()
    figures = {}
    with tempfile.TemporaryDirectory() as directory, Machine(image, directory) as guest:
        for name, frame in CASES.items():
            figures[f"{name}.alone"] = guest.cost(frame, 1)
            figures[f"{name}.burst"] = (guest.cost(frame, MANY) - guest.cost(frame, FEW)) / (
                MANY - FEW
            )
    return figures


def compiler():
    """The compiler that makes the image, to its major version."""
    command = ["gcc", "-dumpversion"]
    version = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "gcc " + version.strip().split(".")[0]


def recorded():
    """{compiler: {figure: instructions}}"""
    return json.loads(RECORD.read_text()) if RECORD.exists() else {}


def main():
    parser = argparse.ArgumentParser(description="Counts the instructions that a frame costs.")
    parser.add_argument("--image", default=IMAGE, help="another image than build/unipong.elf")
    parser.add_argument("--record", action="store_true", help="make these the figures on record")
    arguments = parser.parse_args()
    try:
        counts = count_all(arguments.image)
    except Impossible as problem:
        sys.exit(f"instructions can't be counted here: {problem}")
    on_record = recorded().get(compiler(), {})
    for figure, count in counts.items():
        was = on_record.get(figure)
        print(
            f"{figure:16} {count:8.1f}"
            + (f"  on record {was:8.1f}, {count / was - 1:+.1%}" if was else "")
        )
    if arguments.record:
        RECORD.write_text(json.dumps({**recorded(), compiler(): counts}, indent=1) + "\n")


if __name__ == "__main__":
    main()
