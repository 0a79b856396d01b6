# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's command line, in one place for all tests, tools and benchmarks.

run.sh and vm/smoke.exp make their own, for they are no Python; vm/test_run_sh.py holds run.sh to this.
"""
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGE = ROOT / "build/unipong.elf"


def boot_image(words="", image=IMAGE):
    """What is booted: a multiboot image with these words as its command line."""
    return ["-kernel", image, "-append", words]


def tap_netdev(name, options=""):
    """A network whose other end is the TAP of this name; QEMU makes it if it is not there."""
    return f"tap,id=net0,ifname={name},script=no,downscript=no{options}"


def qemu_command(
    boot,
    netdev,
    *,
    device="",
    extra=(),
    machine="pc",
    accel="tcg",
    memory="2M",
    serial="stdio",
    defaults=False,
):
    """The words of a command that boots a guest with one virtio-net device.

    boot: what is booted, as QEMU's arguments. netdev: what its network is, with id=net0. device:
    further properties of the network device, each with a comma in front. extra: arguments that the
    device may refer to, and any others. defaults: with the devices that QEMU adds by itself.
    """
    return [
        *("qemu-system-x86_64", "-M", machine, "-accel", accel, "-m", memory),
        *(() if defaults else ("-nodefaults",)),
        *("-no-user-config", "-display", "none", "-serial", serial, "-no-reboot"),
        *("-device", "isa-debug-exit,iobase=0xf4,iosize=4", *extra),
        *("-netdev", netdev, "-device", f"virtio-net-pci,netdev=net0,romfile={device}"),
        *boot,
    ]
