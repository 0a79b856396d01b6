# SPDX-License-Identifier: BSD-2-Clause
"""The image on QEMU's many machines: each boots, answers, and powers off; or says why not, and stops."""
import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import time

import pytest

from guest import PANIC, POWER_OFF, Guest, Namespace, no_kvm

FLOOD = 2000

# name: what differs from `-M pc -m 2M -nodefaults` and a virtio-net-pci as QEMU makes it
MACHINES = {
    "modern": {"device": ",disable-legacy=on"},
    "modern q35": {"device": ",disable-legacy=on", "machine": "q35"},
    "receive 1024": {"device": ",rx_queue_size=1024"},
    "both 1024": {
        "device": ",rx_queue_size=1024,tx_queue_size=1024"
    },  # transmit on a TAP stays 256
    "defaults": {"defaults": True},
    "defaults q35": {"defaults": True, "machine": "q35"},
    "small MTU": {"device": ",host_mtu=1280"},
    "large MTU": {"device": ",host_mtu=9000"},
    "other MAC": {"device": ",mac=02:00:00:00:00:01"},
    "bare features": {
        "device": ",csum=off,gso=off,guest_csum=off,mrg_rxbuf=off,ctrl_vq=off,status=off,"
        "indirect_desc=off,event_idx=off"
    },
    "packed offered": {"device": ",packed=on"},
    "many queues": {"netdev": ",queues=2", "device": ",mq=on,vectors=6"},
    "no MSI-X": {"device": ",vectors=0"},
    "last slot": {"device": ",addr=1f"},
    "root port": {
        "machine": "q35",
        "device": ",bus=port1",
        "extra": ("-device", "pcie-root-port,id=port1,chassis=1"),
    },
    "bridge": {
        "device": ",bus=bridge,addr=3",
        "extra": ("-device", "pci-bridge,id=bridge,chassis_nr=1"),
    },
    "extra root bus": {"device": ",bus=extra", "extra": ("-device", "pxb,id=extra,bus_nr=64")},
    "extra root bus q35": {
        "machine": "q35",
        "device": ",bus=port1",
        "extra": (
            "-device",
            "pxb-pcie,id=extra,bus_nr=64",
            "-device",
            "pcie-root-port,id=port1,bus=extra,chassis=1",
        ),
    },
    "page per queue": {"device": ",page-per-vq=on"},
    "page per queue q35": {"machine": "q35", "device": ",page-per-vq=on,disable-legacy=on"},
    "platform access": {"device": ",iommu_platform=on,disable-legacy=on"},
    "platform access q35": {"machine": "q35", "device": ",iommu_platform=on,disable-legacy=on"},
    "IOMMU as firmware leaves it": {
        "machine": "q35",
        "device": ",iommu_platform=on,disable-legacy=on",
        "extra": ("-device", "intel-iommu"),
    },
    "no PIT": {"machine": "pc,pit=off"},
    "no PIT q35": {"machine": "q35,pit=off"},
    "no ACPI": {"machine": "pc,acpi=off"},
    "two processors": {"extra": ("-smp", "2")},
    "little memory": {"memory": "1664K"},
    "much memory": {"memory": "6G"},
    "cpu max": {"extra": ("-cpu", "max")},
    "other address": {"append": "ip=10.9.8.6/30 ttl=7", "ip": "10.9.8.6", "host_ip": "10.9.8.5/30"},
    "no gateway": {"append": "gw=none"},
}


@pytest.mark.parametrize("name", MACHINES)
def test_machine(name):
    with Namespace() as network, Guest(network, **MACHINES[name]) as guest:
        guest.ping(3, "-i", "0.01")
        guest.ping(FLOOD, "-q", "-f", "-l", "32")
        assert guest.stats()["reply_icmp_echo"] == 3 + FLOOD
        if mtu := re.search(r"host_mtu=(\d+)", MACHINES[name].get("device", "")):
            assert f"{guest.mac} mtu {mtu[1]}" in guest.console
        if name == "other address":
            assert "ttl=7 " in guest.ping(1)
        assert guest.power_off() == POWER_OFF
        assert "unipong: power off" in guest.console


@pytest.mark.parametrize(
    "words, says",
    [
        (
            "gw=10.0.0.1",
            "gw=10.0.0.1: expected none, or another host in the subnet of ip=192.168.100.2/24",
        ),
        (
            "vip=192.168.100.2",
            "vip=192.168.100.2: a virtual address is silent in ARP; expected others than ip=192.168.100.2/24",
        ),
        (
            "vip=10.0.0.1,192.168.100.255",
            "vip=192.168.100.255: no host has that address; expected one that is free in the subnet of "
            "ip=192.168.100.2/24",
        ),
    ],
)
def test_words_that_contradict_each_other(words, says):
    """The whole line, and nothing after it that would be of a guest that started all the same."""
    with Namespace() as network:
        console = network.run(*Guest(network, append=words).qemu, status=PANIC).splitlines()
    assert f"unipong: error: {says}" in console
    assert "ready" not in "".join(console)


def test_neither_timer_is_an_error():
    with Namespace() as network:
        console = network.run(*Guest(network, machine="pc,pit=off,acpi=off").qemu, status=PANIC)
    assert re.search("unipong: panic: no clock.* neither a PIT nor an ACPI timer", console)


@pytest.mark.parametrize("machine", ["pc", "pc,pit=off", "q35,pit=off"])
def test_clock_is_right(machine):
    """What it takes for a second is about one, by its announcements: a wrong rate is off by far more."""
    with Namespace() as network, Guest(network, machine=machine, append="announce=1") as guest:
        wire = network.packet_socket(guest.tap)
        wire.settimeout(30)
        times = []
        while len(times) < 8:
            frame = wire.recv(2048)
            if (
                frame[6:14].hex(":") == f"{guest.mac}:08:06" and frame[21] == 1
            ):  # a request, of two forms
                times.append(time.monotonic())
        wire.close()
        seconds = statistics.median(after - before for before, after in zip(times, times[1:]))
        assert 0.5 < seconds < 2, times


class Machine:
    """QEMU with our words, without isa-debug-exit unless asked for, and its monitor."""

    def __init__(self, network, path, stopped=False, debug_exit=False, **options):
        command = Guest(network, **options).qemu
        exit_device = command.index("isa-debug-exit,iobase=0xf4,iosize=4")
        if not debug_exit:
            del command[exit_device - 1 : exit_device + 1]
        self.path = path
        self.command = [
            *command,
            *(["-S"] if stopped else []),
            "-qmp",
            f"unix:{path}/monitor,server=on,wait=off",
            "-qtest",
            f"unix:{path}/qtest,server=on,wait=off",
            "-qtest-log",
            "/dev/null",
        ]
        self.network, self.console = network, ""

    def __enter__(self):
        self.process = self.network.popen(
            *self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.monitor = self.connect("monitor")
            self.ask("qmp_capabilities")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()

    def connect(self, name, seconds=30):
        end = time.monotonic() + seconds
        while True:
            try:
                channel = socket.socket(socket.AF_UNIX)
                channel.settimeout(seconds)
                channel.connect(f"{self.path}/{name}")
                return channel.makefile("rw")
            except OSError:
                channel.close()
                assert time.monotonic() < end, f"QEMU has no {name}"
                time.sleep(0.05)

    def ask(self, command, **arguments):
        """Runs a command of the monitor; returns what it answers."""
        self.monitor.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.monitor.flush()
        while True:
            line = self.monitor.readline()
            assert line, f"QEMU has ended\n{self.read()}"
            answer = json.loads(line)
            assert "error" not in answer, answer
            if "return" in answer:
                return answer["return"]

    def registers(self):
        return self.ask("human-monitor-command", **{"command-line": "info registers"})

    def read(self):
        """All that the console has shown by now."""
        os.set_blocking(self.process.stdout.fileno(), False)
        with contextlib.suppress(BlockingIOError):
            while octets := os.read(self.process.stdout.fileno(), 65536):
                self.console += octets.decode(errors="replace").replace("\r", "")
        return self.console

    def wait_until(self, what, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            assert (
                time.monotonic() < end
            ), f"{what}: not within {seconds} s\n{self.registers()}\n{self.read()}"
            time.sleep(0.05)

    def is_halted(self):
        """For good: asleep, with interrupts off."""
        registers = self.registers()
        flags = int(re.search(r"(?:RFL|EFL)=([0-9a-f]+)", registers)[1], 16)
        return "HLT=1" in registers and not flags & 1 << 9


NO_DEVICE = {"device": ",disable-modern=on,disable-legacy=off"}
AGAIN = "a second panic inside the first"
NMI = "panic: exception 2, non-maskable interrupt"


@pytest.mark.parametrize(
    "options, says, then",
    [
        ({"append": "ip=300.1.2.3/24"}, "unipong: error: ip=300.1.2.3/24: ", NMI),
        ({"append": "on_panic=exit ttl=256"}, "unipong: error: ttl=256: ", NMI),
        (NO_DEVICE, "unipong: panic: virtio ", AGAIN),
        ({"append": "on_panic=halt", **NO_DEVICE}, "unipong: panic: virtio ", AGAIN),
    ],
    ids=("a wrong word", "on_panic=exit", "a panic", "on_panic=halt"),
)
def test_end_without_debug_exit_is_a_halt(tmp_path, options, says, then):
    """Said once, and then it stays: it does not boot again for ever. Nor does an exception after that reset it."""
    with Namespace() as network, Machine(network, tmp_path, **options) as machine:
        machine.wait_until("the message", lambda: says in machine.read())
        machine.wait_until("a halt", machine.is_halted)
        machine.ask("inject-nmi")
        machine.wait_until("another message", lambda: then in machine.read())
        machine.wait_until("a halt", machine.is_halted)
        console = machine.read()
        assert (
            console.count("unipong 0.") == console.count(says) == console.count(then) == 1
        ), console
        assert machine.process.poll() is None


@pytest.mark.parametrize("append", ["on_panic=reset ip=300.1.2.3/24", "on_panic=reset"])
def test_end_by_reset_where_asked_for(tmp_path, append):
    with Namespace() as network, Machine(network, tmp_path, append=append, **NO_DEVICE) as machine:
        assert machine.process.wait(30) == 0  # -no-reboot makes a reset the end of QEMU
        console = machine.read()
        assert re.search("unipong: (error: ip=300|panic: virtio )", console), console


def test_iommu_that_translates_is_an_error(tmp_path):
    """As firmware that uses it would leave it: here QEMU's own test port switches it on before the start."""
    with Namespace() as network, Machine(
        network,
        tmp_path,
        stopped=True,
        debug_exit=True,
        machine="q35",
        device=",iommu_platform=on,disable-legacy=on",
        extra=("-device", "intel-iommu"),
    ) as machine:
        test_port = machine.connect("qtest")
        test_port.write("writel 0xfed90018 0x80000000\n")  # the unit's GCMD: TE
        test_port.flush()
        assert test_port.readline() == "OK\n"
        machine.ask("cont")
        assert machine.process.wait(30) == PANIC
        assert re.search("unipong: panic: .*an IOMMU translates.*DMAR.*intel-iommu", machine.read())


@pytest.mark.skipif(no_kvm() is not None, reason=str(no_kvm()))
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_kvm(machine):
    """Another opinion on the image. Where KVM itself is interpreted this is slow, so time is generous."""
    with Namespace() as network, Guest(
        network, machine=machine, accel="kvm", patience=120
    ) as guest:
        guest.ping(3, "-i", "0.2", seconds=120)
        guest.ping(100, "-q", "-f", seconds=120)
        assert guest.stats()["reply_icmp_echo"] == 103
        assert guest.power_off() == POWER_OFF
