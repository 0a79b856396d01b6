# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's monitor, by QMP.

    with Guest(network, extra=option(path)) as guest, Monitor(path) as monitor:
        monitor.ask("stop")
        registers = monitor.human("info registers")
"""
import json
import socket


def option(path):
    """QEMU's arguments for a monitor at this path."""
    return ("-qmp", f"unix:{path},server=on,wait=off")


class Monitor:
    """A connection to the monitor at this path; QEMU is there already."""

    def __init__(self, path, seconds=30):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("r")

    def __enter__(self):
        self.ask("qmp_capabilities")
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()

    def ask(self, command, **arguments):
        """Runs a command; returns what it answers."""
        self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            answer = json.loads(self.lines.readline())
            assert "error" not in answer, answer
            if "return" in answer:
                return answer["return"]

    def human(self, line):
        """What a command for people prints."""
        return self.ask("human-monitor-command", **{"command-line": line})
