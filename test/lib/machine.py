# SPDX-License-Identifier: BSD-2-Clause
"""The machine that the benchmark runs on: its packages, its name, and a network namespace.

Everything that is measured lives in one namespace with one TAP, tap0 (192.168.100.1/24); both are
gone with the last process in it. Nothing is written outside build/.
"""
import ctypes
import os
import platform
import shutil
import signal
import subprocess
import sys
import time

LIB = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(LIB))
BUILD = os.path.join(ROOT, "build", "bench")
TAP, HOST, GUEST = "tap0", "192.168.100.1", "192.168.100.2"

NEEDS = (
    ("gcc", "gcc"),
    ("nasm", "nasm"),
    ("ip", "iproute2"),
    ("ping", "iputils-ping"),
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("unshare", "util-linux"),
    ("apt-get", "apt"),
    ("dpkg-deb", "dpkg"),
)


def need():
    """Installs the Debian packages whose command is missing, or says why it can't; run.sh does the
    work.
    """
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [f"{command}:{package}" for command, package in NEEDS if not shutil.which(command)]
    if missing:
        subprocess.run([os.path.join(ROOT, "run.sh"), "need", *missing], check=True)


def enter_namespace():
    """Starts this program again in a network namespace of its own, unless it is in one."""
    if os.environ.pop("UNIPONG_BENCH_INSIDE", None):
        return
    if not os.path.exists("/dev/net/tun"):
        sys.exit("bench: no /dev/net/tun: load the module (modprobe tun)")
    ways = (
        [["unshare", "--net"]]
        if os.getuid() == 0
        else [["unshare", "--map-root-user", "--net"], ["sudo", "-E", "unshare", "--net"]]
    )
    if os.getuid() != 0 and not os.access("/dev/net/tun", os.W_OK):
        ways = ways[1:]
    for way in ways:
        if (
            shutil.which(way[0])
            and subprocess.run(way + ["true"], stderr=subprocess.DEVNULL, check=False).returncode
            == 0
        ):
            os.execvpe(
                way[0],
                [
                    *way,
                    "env",
                    "UNIPONG_BENCH_INSIDE=1",
                    f"PYTHONPATH={LIB}",
                    sys.executable,
                    *sys.argv,
                ],
                os.environ,
            )
    sys.exit(
        "bench: this takes root, sudo, or unprivileged user namespaces and a /dev/net/tun "
        "that opens"
    )


def set_up_tap():
    """tap0 with the host's address; no IPv6, so that the wire is quiet."""
    try:
        with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w", encoding="ascii") as f:
            f.write("1")
    except OSError:
        pass
    for command in (
        "link set lo up",
        f"tuntap add {TAP} mode tap",
        f"address add {HOST}/24 dev {TAP}",
        f"link set {TAP} up",
    ):
        subprocess.run(["ip", *command.split()], check=True)


def die_with_parent():
    """For a child, before exec: the kernel ends it when we end, however that is."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def accelerator():
    """The accelerator that run.sh would choose: KVM only where the processor has vmx or svm and
    /dev/kvm opens.
    """
    if os.environ.get("ACCEL"):
        return os.environ["ACCEL"]
    with open("/proc/cpuinfo", encoding="ascii") as f:
        words = set(f.read().split())
    return "kvm" if words & {"vmx", "svm"} and os.access("/dev/kvm", os.R_OK | os.W_OK) else "tcg"


def first_line(*command):
    """The first line that a command prints."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.stdout.split("\n")[0].strip()


def processor():
    with open("/proc/cpuinfo", encoding="ascii") as f:
        for line in f:
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    return platform.machine()


def facts():
    """The facts about the machine and the software that a report begins with."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M %Z"),
        "machine": f"{processor()}, {len(os.sched_getaffinity(0))} cores",
        "kernel": f"{platform.system()} {platform.release()}",
        "qemu": first_line("qemu-system-x86_64", "--version"),
        "accelerator": accelerator(),
        "compiler": first_line("gcc", "--version"),
        "commit": first_line("git", "-C", ROOT, "describe", "--always", "--dirty"),
        "load_before": round(os.getloadavg()[0], 2),
    }
