# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's device is broken while the guest runs, by QEMU's own test port and monitor; and what it passes on.

A guest notices a device that has stopped, asks for a reset or is gone, says so, and is of use again where that
is possible. It is not woken by frames for others.
"""
import contextlib
import json
import re
import socket
import time

import pytest

from frames import Sender
from guest import POWER_OFF, Guest, Namespace

US = b"\x02\0\x5e\x10\0\x03"
OTHER = b"\x02\0\x5e\x10\0\x04"
GROUP = b"\x01\0\x5e\0\0\x01"
STATUS, QUEUE_SELECT, QUEUE_SIZE, QUEUE_DESC = 20, 22, 24, 32  # struct virtio_pci_common_cfg


class Monitored:
    """A guest whose QEMU has a monitor and a test port."""

    def __init__(self, network, path, **options):
        self.paths = [f"{path}/monitor", f"{path}/qtest"]
        extra = (
            *("-qmp", f"unix:{self.paths[0]},server=on,wait=off"),
            *("-qtest", f"unix:{self.paths[1]},server=on,wait=off", "-qtest-log", "/dev/null"),
        )
        options.setdefault("device", ",id=nic")
        self.guest = Guest(network, extra=(*extra, *options.pop("extra", ())), **options)

    def __enter__(self):
        self.guest.__enter__()
        self.monitor, self.port = (self.connect(path) for path in self.paths)
        self.monitor.readline()  # its greeting
        self.ask("qmp_capabilities")
        return self

    def __exit__(self, *what):
        self.monitor.close()
        self.port.close()
        self.guest.__exit__(*what)

    def connect(self, path):
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(30)
            channel.connect(path)
            return channel.makefile("rw")

    def ask(self, command, **arguments):
        """Runs a command of the monitor; returns what it answers."""
        self.monitor.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.monitor.flush()
        while True:
            answer = json.loads(self.monitor.readline())
            assert "error" not in answer, answer
            if "return" in answer:
                return answer["return"]

    def hmp(self, line):
        return self.ask("human-monitor-command", **{"command-line": line})

    def test_port(self, line):
        """Runs a command of the test port; returns the number that it answers."""
        self.port.write(line + "\n")
        self.port.flush()
        words = self.port.readline().split()
        assert words[0] == "OK", (line, words)
        return int(words[1], 16) if len(words) > 1 else None

    def common(self):
        """Where the device's common configuration is: at the start of its BAR 4."""
        found = re.search(
            r"BAR4: 64 bit prefetchable memory at 0x([0-9a-f]+)", self.hmp("info pci")
        )
        return int(found[1], 16)

    def sleeps(self):
        return "HLT=1" in self.hmp("info registers")

    def wait_until_it_sleeps(self):
        """Nearly all the time: it may be awake when we look."""
        end = time.monotonic() + 60
        while sum(self.sleeps() for _ in range(10)) < 9:
            assert time.monotonic() < end, self.hmp("info registers")
            time.sleep(0.2)


@pytest.fixture(name="network")
def fixture_network():
    with Namespace() as network:
        yield network


def stop_the_device(monitored):
    monitored.test_port(f"writeb {monitored.common() + STATUS} 0")


def break_the_device(monitored):
    """Makes all receive buffers empty ones, which QEMU takes for a fault of the driver: it needs a reset."""
    common = monitored.common()
    monitored.test_port(f"writew {common + QUEUE_SELECT} 0")
    size = monitored.test_port(f"readw {common + QUEUE_SIZE}")
    table = monitored.test_port(f"readl {common + QUEUE_DESC}")
    monitored.test_port(f"memset {table} {16 * size} 0")
    monitored.guest.run("ping", "-c", "1", "-W", "1", monitored.guest.ip, status=None)


def expect_recovered(guest, because):
    guest.wait_for(f"net0: warning: the device was reset, because it {because}\n", 90)
    guest.ping(3, "-i", "0.05")
    guest.ping(2000, "-q", "-f", "-l", "32")
    guest.ping(2, "-i", "0.05", "-s", "20000")
    assert guest.stats()["resets"] == 1


@pytest.mark.parametrize(
    "options",
    [
        {"append": "idle=poll"},
        {"append": "idle=poll", "device": ",id=nic,vectors=0"},
        {"append": "idle=poll", "machine": "q35", "device": ",id=nic,event_idx=off"},
    ],
)
def test_device_that_has_stopped_is_started_again(network, tmp_path, options):
    with Monitored(network, tmp_path, **options) as monitored:
        guest = monitored.guest
        guest.ping(3, "-i", "0.05")
        stop_the_device(monitored)
        expect_recovered(guest, "had stopped")
        assert guest.power_off() == POWER_OFF


def test_sleeping_guest_notices_a_device_that_has_stopped(network, tmp_path):
    """It looks whenever anything wakes it: here a key, else a minute's end."""
    with Monitored(network, tmp_path, append="idle=halt") as monitored:
        monitored.guest.ping(3, "-i", "0.05")
        stop_the_device(monitored)
        monitored.guest.type("")
        expect_recovered(monitored.guest, "had stopped")
        monitored.wait_until_it_sleeps()


@pytest.mark.parametrize(
    "options",
    [
        {"append": "idle=halt"},
        {"append": "idle=poll"},
        {"append": "idle=halt", "device": ",id=nic,vectors=0"},
    ],
)
def test_device_that_needs_a_reset_gets_it(network, tmp_path, options):
    """A guest that sleeps is woken by the device's interrupt."""
    with Monitored(network, tmp_path, **options) as monitored:
        monitored.guest.ping(3, "-i", "0.05")
        break_the_device(monitored)
        expect_recovered(monitored.guest, "asked for it")


def test_full_load_hides_no_fault(network, tmp_path):
    """The device stops while a flood keeps the guest busy."""
    with Monitored(network, tmp_path) as monitored:
        guest = monitored.guest
        common = monitored.common()
        with network.popen(
            "ping", "-q", "-f", "-l", "64", "-w", "60", guest.ip, stdout=-3
        ) as flood:
            try:
                time.sleep(1)
                monitored.test_port(f"writeb {common + STATUS} 0")
                guest.wait_for("net0: warning: the device was reset, because it had stopped\n", 90)
                before = guest.stats()["reply_icmp_echo"]
                end = time.monotonic() + 30
                while guest.stats()["reply_icmp_echo"] < before + 1000:
                    assert time.monotonic() < end, guest.console
            finally:
                flood.kill()


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_filter_is_asked_for_again_after_a_reset(network, tmp_path, machine):
    with Monitored(network, tmp_path, append="idle=poll", machine=machine) as monitored:
        for _ in range(2):
            wait_for_filter(monitored)
            stop_the_device(monitored)
            monitored.guest.wait_for("the device was reset")


def wait_for_filter(monitored):
    end = time.monotonic() + 30
    while True:
        [state] = monitored.ask("query-rx-filter", name="nic")
        if not state["promiscuous"]:
            break
        assert time.monotonic() < end, state
        time.sleep(0.05)
    assert state["main-mac"] == monitored.guest.mac
    assert state["unicast-table"] == [monitored.guest.mac]
    assert state["multicast"] in ("normal", "none") and state["multicast-table"] == []
    assert state["vlan"] == "all"


def flood(network, guest, frames, to, seconds):
    """Echo requests for our IP address, but for this MAC."""
    sender = Sender((US, "192.168.100.3"), (to, guest.ip))
    frame = sender.echo(bytes(18), 1)
    with contextlib.closing(network.packet_socket(guest.tap)) as wire:
        for _ in range(frames):
            wire.send(frame)
            time.sleep(seconds / frames)


@pytest.mark.parametrize("to", [OTHER, GROUP], ids=("another station", "a group"))
@pytest.mark.parametrize("options", [{}, {"device": ",id=nic,event_idx=off", "machine": "q35"}])
def test_frames_for_others_wake_nobody(network, tmp_path, options, to):
    """As on a bridge that has not learnt where a station is."""
    with Monitored(network, tmp_path, append="idle=halt", **options) as monitored:
        guest = monitored.guest
        guest.ping(10, "-i", "0.1")  # it sleeps and wakes up: with each wake-up it goes on
        wait_for_filter(monitored)
        time.sleep(3)  # until it has announced itself: no timer runs any more
        before, typing = (guest.stats() for _ in range(2))
        typed = typing["sleeps"] - before["sleeps"]
        flood(network, guest, 1000, to, 3)
        after = guest.stats()
        assert "drop_eth_not_ours" not in after and "drop_eth_multicast" not in after
        assert after["sleeps"] - typing["sleeps"] < 3 * typed + 50, (before, typing, after)
        assert after.keys() == before.keys()
        flood(network, guest, 10, bytes.fromhex(guest.mac.replace(":", "")), 1)
        guest.ping(3, "-i", "0.05")


def test_device_that_can_not_filter(network, tmp_path):
    """Then all frames come, and each for others is counted."""
    with Monitored(network, tmp_path, device=",id=nic,ctrl_rx=off") as monitored:
        guest = monitored.guest
        guest.ping(3, "-i", "0.1")
        flood(network, guest, 100, OTHER, 1)
        end = time.monotonic() + 30
        while guest.stats().get("drop_eth_not_ours") != 100:
            assert time.monotonic() < end, guest.stats()
        assert "warning" not in guest.console


def test_device_that_is_gone(network, tmp_path):
    """Pulled out as by hand: the guest has not agreed. Its console and its power button still work."""
    with Monitored(network, tmp_path, append="announce=1", device=",id=nic,addr=5") as monitored:
        guest = monitored.guest
        guest.ping(3, "-i", "0.05")
        monitored.ask("device_del", id="nic")
        monitored.test_port("outl 0xae10 0")  # QEMU's docs/specs/acpi_pci_hotplug.rst: bus
        monitored.test_port(f"outl 0xae08 {1 << 5}")  # eject this slot
        guest.type("")
        guest.wait_for("net0: the device is gone, there is no network any more\n")
        monitored.wait_until_it_sleeps()
        assert guest.stats()["reply_icmp_echo"] == 3
        monitored.ask("system_powerdown")
        guest.wait_for("unipong: power off\n")
        assert guest.process.wait(30) == POWER_OFF
