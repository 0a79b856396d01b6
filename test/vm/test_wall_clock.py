# SPDX-License-Identifier: BSD-2-Clause
"""The guest's time of day when its machine was stopped meanwhile, as STAMP's answers tell it."""
import contextlib
import json
import socket
import struct
import time

import pytest

from guest import POWER_OFF, Guest, Namespace, no_kvm

NTP = 2208988800  # seconds from 1900 to 1970 (RFC 868)


class Monitor:
    """QEMU's, by QMP."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("r")
        self.ask("qmp_capabilities")

    def ask(self, command):
        self.socket.sendall(json.dumps({"execute": command}).encode())
        while "return" not in (answer := json.loads(self.lines.readline())):
            assert "error" not in answer, answer

    def close(self):
        self.lines.close()
        self.socket.close()


def look(guest):
    """How far off the guest's time is at least, in seconds, and by how much it says that it may be."""
    with guest.network.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(30)
        udp.connect((guest.ip, 862))
        before = time.time()
        udp.send(bytes(44))
        answer = udp.recv(100)
        after = time.time()
    # RFC 8762 4.3.1: the error estimate, and behind two octets the time of receipt
    error, seconds, fraction = struct.unpack_from(">12xHxxII", answer)
    assert error & 0x8000 == 0  # not known to be synchronised
    theirs = seconds - NTP + fraction / 2**32
    off = max(before - theirs, theirs - after, 0)
    return off, (error & 0xFF) * 2.0 ** ((error >> 8 & 63) - 32)


@pytest.mark.parametrize(
    "accel",
    ["tcg", pytest.param("kvm", marks=pytest.mark.skipif(bool(no_kvm()), reason=str(no_kvm())))],
)
def test_stop_and_cont(tmp_path, accel):
    """The machine stands still for five seconds, and its clock with it. It notices that by itself."""
    path = tmp_path / "monitor"
    extra = ("-qmp", f"unix:{path},server=on,wait=off")
    with Namespace() as network, Guest(network, accel=accel, extra=extra, patience=120) as guest:
        with contextlib.closing(Monitor(path)) as monitor:
            off, said = look(guest)
            assert off <= said < 2
            monitor.ask("stop")
            time.sleep(5)
            monitor.ask("cont")
        end = time.monotonic() + 60
        while True:
            off, said = look(guest)
            if off <= said:
                break
            assert time.monotonic() < end, f"off by {off} s, says {said} s"
            time.sleep(0.2)
        assert said < 4  # it is right because it was set, not because it says less
        for _ in range(10):  # and it stays right
            off, said = look(guest)
            assert off <= said < 4
            time.sleep(0.2)
        assert guest.power_off() == POWER_OFF
