# SPDX-License-Identifier: BSD-2-Clause
"""The three subjects of the suite, each behind a link of its own in a network namespace of its own.

Image is unipong under QEMU, Host is unipong as a Linux program on a TAP, Linux is the kernel of this
machine, for comparison. All have the same MAC and by default the same address. Frames that a subject
sends before it is ready are not lost: the link is there first.
"""
import contextlib
import os
import platform
import select
import socket
import subprocess
import tempfile
import threading
import time

import pytest

from guest import POWER_OFF, Guest, Namespace
from link import Datagram, Packet, Tap
from qemu import ROOT

MAC = "02:75:6e:69:70:6f"
IP = "192.168.100.2"

# What stands for the rest of the network: (MAC, addresses). No ARP is needed to reach them.
PEER = ("02:00:00:00:00:01", ["192.168.100.1", "fe80::ff:fe00:1"])
CANARY = ("02:00:00:00:00:09", ["192.168.100.9"])

# Words that are meant for the suite: another subject of the same kind, and what is special about it.
OURS = ("for=", "cable=", "errors=", "neighbours=", "mtu=")


class Host:
    """build/unipong-host on a TAP."""

    name = "host"
    patience = 2
    services_are_programs = False

    def __init__(self, words, ready=True):
        self.stack = contextlib.ExitStack()
        self.words = words
        try:
            self.network = self.stack.enter_context(Namespace())
            self.network.run(
                "sh", "-c", "ip tuntap add dev tap0 mode tap && ip link set dev tap0 up"
            )
            self.link = Packet(self.network, "tap0")
            self.stack.callback(self.link.close)
            self.start(ready)
        except BaseException:
            self.stop()
            raise

    def start(self, ready):
        # The program has the MTU of its word; the other end of the wire has a larger one.
        mtu = ["--mtu", self.word("mtu")] if self.word("mtu") else []
        self.process = self.network.popen(
            ROOT / "build/unipong-host",
            "--tap",
            "tap0",
            "--mac",
            MAC,
            *mtu,
            *self.options(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.stack.callback(self.end)
        if ready:
            self.wait_for_ready()

    def options(self):
        return [word for word in self.words if not word.startswith(OURS)]

    def word(self, key):
        """The value of a word, or None."""
        return dict(word.split("=", 1) for word in self.words).get(key)

    def wait_for_ready(self):
        output = b""
        while b"unipong: ready" not in output:
            assert select.select([self.process.stdout], [], [], 10)[0], f"not ready: {output}"
            octets = os.read(self.process.stdout.fileno(), 65536)
            assert octets, f"it ended: {output.decode()}"
            output += octets

    def running(self):
        return self.process.poll() is None

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=10)

    def stop(self):
        self.stack.close()


class QuietGuest(Guest):
    """A Guest of which the other end of the network is made before it and outlives it."""

    def __init__(self, network, cable, **options):
        self.cable = cable
        super().__init__(network, **options)

    def netdev(self, options):
        return self.cable or super().netdev(options)

    def __enter__(self):
        self.process = self.network.popen(
            *self.qemu, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            try:
                assert self.power_off() == POWER_OFF, self.console
            finally:
                self.process.kill()
                self.process.wait()


class Image(Host):
    """The image under QEMU, on a TAP."""

    name = "image"
    patience = 10

    def start(self, ready):
        cable = None  # instead of the TAP
        if "cable=datagram" in self.words:
            directory = self.stack.enter_context(tempfile.TemporaryDirectory())
            self.link = Datagram(directory)
            self.stack.callback(self.link.close)
            cable = (
                "dgram,id=net0,local.type=unix,local.path="
                + self.link.qemus
                + ",remote.type=unix,remote.path="
                + self.link.ours
            )
        mtu = f",host_mtu={self.word('mtu')}" if self.word("mtu") else ""
        guest = QuietGuest(
            self.network,
            cable,
            device=f",mac={MAC}{mtu}",
            memory="8M",
            lifetime=1800,
            append=" ".join(self.options()),
        )
        self.guest = self.stack.enter_context(guest)
        self.process = guest.process
        if ready:
            self.wait_for_ready()

    def wait_for_ready(self):
        self.guest.wait_for("unipong: ready")


class Linux:
    """This machine's kernel in a namespace; its interface is a TAP whose other end is ours.

    The words are turned into its settings. It has answered when the write of the request returns,
    but for UDP's services, which are programs of ours (Server).
    """

    name = "linux"
    patience = 2
    services_are_programs = True

    def __init__(self, words, ready=True):
        self.stack = contextlib.ExitStack()
        settings = dict(w.split("=", 1) for w in words)
        for word in settings:
            if word not in (
                "ttl",
                "broadcast",
                "vip",
                "services",
                "gw",
                "errors",
                "neighbours",
                "mtu",
                "for",
            ):
                pytest.skip(f"Linux has no counterpart of {word}=")
        try:
            self.network = self.stack.enter_context(Namespace())
            self.link = Tap(self.network, "tap0")
            self.stack.callback(self.link.close)
            self.configure(settings, ready)
            if ready:
                self.wait_for_link_local()
            self.servers = [Server(self.network, port) for port in (7, 9)]
            for server in self.servers:
                self.stack.callback(server.close)
        except BaseException:
            self.stop()
            raise

    def configure(self, settings, ready):
        commands = [
            "ip link set dev lo up",
            f"ip link set dev tap0 address {MAC}",
            "echo 2 >/proc/sys/net/ipv4/conf/tap0/rp_filter",  # as Debian has it
            "echo 0 >/proc/sys/net/ipv6/conf/tap0/disable_ipv6",
            f"echo {settings.get('ttl', 64)} >/proc/sys/net/ipv4/ip_default_ttl",
            f"ip address add {IP}/24 broadcast + dev tap0",
            f"ip link set dev tap0 mtu {settings.get('mtu', 1500)} up",
        ]
        if ready:  # else its address is tentative for a second
            commands[-1:-1] = ["echo 0 >/proc/sys/net/ipv6/conf/tap0/dad_transmits"]
        if settings.get("errors") != "limited":
            commands += [
                "echo 0 >/proc/sys/net/ipv4/icmp_ratelimit",
                "echo 0 >/proc/sys/net/ipv6/icmp/ratelimit",
            ]
        if settings.get("neighbours") != "learned":
            commands += [
                f"ip neigh replace {a} lladdr {mac} dev tap0 nud permanent"
                for mac, addresses in (PEER, CANARY)
                for a in addresses
            ]
            commands += [f"ip route add default via {PEER[1][0]} dev tap0"]
        if settings.get("broadcast") == "on":
            commands += ["echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts"]
        if "vip" in settings:
            commands += [
                f"ip address add {settings['vip']}/32 dev lo",
                "echo 1 >/proc/sys/net/ipv4/conf/tap0/arp_ignore",
                "echo 2 >/proc/sys/net/ipv4/conf/tap0/arp_announce",
            ]
        if "gw" in settings:
            commands += [f"ip route replace default via {settings['gw']} dev tap0"]
        self.network.run("sh", "-ec", "\n".join(commands))

    def wait_for_link_local(self):
        for _ in range(100):
            if "fe80" in self.network.run(
                "ip", "-6", "address", "show", "dev", "tap0", "-tentative"
            ):
                return
            time.sleep(0.05)

    def running(self):
        return True

    def stop(self):
        self.stack.close()


class Server:
    """UDP echo (RFC 862) or discard (RFC 863) in the namespace, in a thread of ours."""

    def __init__(self, namespace, port):
        self.socket = namespace.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("", port))
        self.echoes = port == 7
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with contextlib.suppress(OSError):  # it was closed
            while True:
                data, client = self.socket.recvfrom(65536)
                if self.echoes and client:
                    self.socket.sendto(data, client)

    def close(self):
        with contextlib.suppress(OSError):  # not connected, yet it wakes the thread
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)


SUBJECTS = {kind.name: kind for kind in (Host, Image, Linux)}


def describe(name):
    """What the subject is, for the document."""
    return "Linux " + ".".join(platform.release().split(".")[:2]) if name == "linux" else "unipong"
