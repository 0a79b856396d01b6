# SPDX-License-Identifier: BSD-2-Clause
"""A private network, and the image under QEMU in it.

    with Namespace() as network, Guest(network, machine="q35") as guest:
        guest.ping(3, "-i", "0.2")
        assert guest.stats()["reply_icmp_echo"] == 3
        assert guest.power_off() == POWER_OFF

What always holds: a namespace has no name, it is gone with its last user; QEMU ends with us and
within its time, whatever happens; every wait is bounded. Leaving a Namespace fails if a process is
still in it.
"""
import contextlib
import ctypes
import json
import os
import re
import select
import socket
import subprocess
import time
from pathlib import Path

from qemu import IMAGE, ROOT, boot_image, qemu_command, tap_netdev

# QEMU's exit statuses through isa-debug-exit
POWER_OFF = 33
PANIC = 37


def no_kvm():
    """Why -accel kvm can't be tried, or None."""
    try:
        os.close(os.open("/dev/kvm", os.O_RDWR))
    except OSError as error:
        return f"/dev/kvm does not open: {error.strerror}"
    return None


class Namespace:
    """A network namespace of our own, with nothing in it but `lo`, which is down."""

    def __enter__(self):
        with subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo && read end"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as holder:
            if holder.stdout.readline() != b"\n":
                raise RuntimeError("can't make a network namespace")
            self.fd = os.open(f"/proc/{holder.pid}/ns/net", os.O_RDONLY)
        # IPv6 would send solicitations of its own on every new interface.
        self.run(
            "sh", "-c", "echo 1 2>/dev/null >/proc/sys/net/ipv6/conf/default/disable_ipv6 || true"
        )
        return self

    def __exit__(self, *_):
        left = self.processes()
        for _ in range(40):
            if not left:
                break
            time.sleep(0.05)
            left = self.processes()
        os.close(self.fd)
        assert not left, f"still running in the namespace: {left}"

    def processes(self):
        """The command lines of the processes in it."""
        ours = os.fstat(self.fd).st_ino
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "ns/net").stat().st_ino == ours:
                    found.append(
                        (entry / "cmdline").read_text().replace("\0", " ").strip() or entry.name
                    )
            except OSError:
                pass  # it has ended, or we may not look at it
        return found

    def popen(self, *command, **options):
        """Starts a command in it. The kernel ends the command when this program ends."""
        command = [
            "nsenter",
            f"--net=/proc/self/fd/{self.fd}",
            "setpriv",
            "--pdeathsig",
            "TERM",
            *map(str, command),
        ]
        return subprocess.Popen(
            command, pass_fds=[self.fd], cwd=ROOT, env={**os.environ, "LC_ALL": "C"}, **options
        )

    def run(self, *command, seconds=60, status=0):
        """Runs a command in it, checks its status (None: any) and returns what it printed."""
        with self.popen(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired as error:
                process.kill()
                output, _ = process.communicate()
                raise AssertionError(f"{command} took longer than {seconds} s: {output}") from error
        assert (
            status is None or process.returncode == status
        ), f"{command} ended with status {process.returncode}, not {status}:\n{output}"
        return output

    @contextlib.contextmanager
    def inside(self):
        """Sockets and devices that this thread opens in the block belong to the namespace."""
        libc = ctypes.CDLL(None, use_errno=True)
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            if libc.setns(self.fd, 0x40000000):  # CLONE_NEWNET
                raise OSError(ctypes.get_errno(), "setns")
            yield
        finally:
            libc.setns(home, 0x40000000)
            os.close(home)

    def socket(self, *kind):
        """A socket in it, as socket.socket() makes one."""
        with self.inside():
            return socket.socket(*kind)

    def packet_socket(self, interface):
        """An AF_PACKET socket on one of its interfaces, for frames made by hand (see packet(7))."""
        packets = self.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))  # ETH_P_ALL
        packets.bind((interface, 0))
        return packets


class Guest:
    """The image in QEMU, from its start until its console shows `until`."""

    def __init__(
        self,
        network,
        machine="pc",
        accel="tcg",
        memory="2M",
        device="",
        netdev="",
        append="",
        defaults=False,
        extra=(),
        ip="192.168.100.2",
        host_ip="192.168.100.1/24",
        tap="tap0",
        bridge="",
        until="unipong: ready",
        patience=30,
        lifetime=300,
    ):
        self.network, self.ip, self.tap, self.until = network, ip, tap, until
        # the host's end: an address of its own, or a port of a bridge
        self.host_end = (
            f"ip link set dev {tap} master {bridge}"
            if bridge
            else f"ip address add {host_ip} dev {tap}"
        )
        self.patience = (
            patience  # seconds that it may take to become ready, or to answer its console
        )
        self.console = ""  # all that the guest has printed
        self.seen = 0  # how much of the console wait_for() has read
        self.qemu = [
            "timeout",
            "-k",
            "5",
            lifetime,
            "setpriv",
            "--pdeathsig",
            "KILL",
            *qemu_command(
                boot_image(append, IMAGE),
                self.netdev(netdev),
                device=device,
                extra=extra,
                machine=machine,
                accel=accel,
                memory=memory,
                defaults=defaults,
            ),
        ]
        self.tap_kind = "multi_queue" if "queues=" in netdev else ""

    def netdev(self, options):
        """QEMU's end of the network, with these options."""
        return tap_netdev(self.tap, options)

    def __enter__(self):
        # QEMU would make the TAP; made before, it is up when the guest sends its first frame.
        self.network.run(
            "sh",
            "-c",
            f"ip tuntap add dev {self.tap} mode tap {self.tap_kind} && "
            f"{self.host_end} && ip link set dev {self.tap} up",
        )
        self.process = self.network.popen(
            *self.qemu, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            self.mac = self.wait_for(r"net0: virtio-net ([0-9a-f:]{17}) mtu \d+\n")[1]
            self.wait_for(self.until)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()
        self.network.run("ip", "link", "delete", "dev", self.tap)

    def run(self, *command, **options):
        return self.network.run(*command, **options)

    def wait_for(self, pattern, seconds=None):
        """Waits until the console shows something new that matches; returns the match."""
        end = time.monotonic() + (seconds or self.patience)
        while True:
            if match := re.compile(pattern).search(self.console, self.seen):
                self.seen = match.end()
                return match
            left = end - time.monotonic()
            assert left > 0, f"no {pattern!r} on the console:\n{self.console}"
            if select.select([self.process.stdout], [], [], left)[0]:
                octets = os.read(self.process.stdout.fileno(), 65536)
                assert (
                    octets
                ), f"QEMU ended with {self.process.wait(10)}, without {pattern!r}:\n{self.console}"
                self.console += octets.decode(errors="replace").replace("\r", "")

    def type(self, line):
        os.write(self.process.stdin.fileno(), line.encode() + b"\n")

    def stats(self):
        """The guest's counters that are not zero, by name in lower case."""
        self.seen = len(self.console)
        self.type("stats")
        start = self.wait_for(r"stats\n").end()
        self.type("end-of-stats")  # no such command: its answer comes after the table
        end = self.wait_for(r"end-of-stats: ").start()
        return counters(self.console[start:end])

    def ping(self, count, *options, address=None, seconds=60):
        """Pings the guest; fails unless each reply came and was right. Returns what ping printed.

        ping waits for the last reply only as long as its interval or twice the longest round trip
        so far, even with -W, so on a busy machine it calls a late reply lost. The counters of the
        TAP decide then: but for announcements a guest only answers, so in the end as many frames
        came back as were sent.
        """
        before = self.frames()
        output = self.run(
            "ping",
            "-c",
            count,
            "-W",
            "5",
            *options,
            address or self.ip,
            seconds=seconds,
            status=None,
        )
        summary = re.search(r"(\d+) packets transmitted, (\d+) received, ([^\n]*)", output)
        complaint = re.search(r"duplicates|errors|wrong data|truncated|DIFFERENT|DUP|BAD", output)
        assert summary and int(summary[1]) == count and not complaint, output
        if int(summary[2]) < count:
            end = time.monotonic() + 5
            while (missing := self.frames() - before) != 0 and time.monotonic() < end:
                time.sleep(0.1)
            assert missing == 0, f"{missing} frames without an answer\n{output}\n{self.stats()}"
        return output

    def frames(self):
        """The number of frames from the host that the guest has not answered yet."""
        announced = self.stats().get("sent_arp_announcement", 0)
        link = json.loads(self.run("ip", "-s", "-j", "link", "show", "dev", self.tap))[0]["stats64"]
        return link["tx"]["packets"] - (link["rx"]["packets"] - announced)

    def power_off(self):
        """Types `poweroff`; returns QEMU's exit status."""
        self.type("poweroff")
        output, _ = self.process.communicate(timeout=self.patience)
        self.console += output.decode(errors="replace").replace("\r", "")
        return self.process.returncode


def counters(text):
    """Reads a table of `COUNT  NAME  meaning` lines, as the guest prints it."""
    return {name.lower(): int(count) for count, name in re.findall(r"(?m)^ *(\d+)  (\w+)", text)}
