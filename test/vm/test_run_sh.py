# SPDX-License-Identifier: BSD-2-Clause
"""run.sh itself: what it shows, its exit status, and that it leaves nothing behind however it ends.

Each test runs it in a namespace of its own, also where it would make another one by itself.
"""
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from guest import IMAGE, ROOT, Namespace
from qemu import boot_image, qemu_command, tap_netdev

RUN = ROOT / "run.sh"


@pytest.fixture
def network():
    """A namespace in which run.sh leaves no process (see Namespace) and no interface behind."""
    with Namespace() as namespace:
        yield namespace
        for _ in range(40):
            links = namespace.run("ip", "-o", "link")
            if "tap" not in links:
                break
            time.sleep(0.05)
        assert "tap" not in links


def test_ping(network):
    output = network.run(RUN, "ping", "--no-build", seconds=180)
    assert re.search(r"(?m)^qemu-system-x86_64 .* -kernel build/unipong.elf", output)
    assert "  3 packets transmitted, 3 received, 0% packet loss" in output
    assert "  20000 packets transmitted, 20000 received, 0% packet loss" in output
    assert re.search(r"(?m)^ +20003 +REPLY_ICMP_ECHO", output)
    assert output.endswith("all 20003 pings answered\n")


def test_ping_of_a_guest_that_stops(network):
    output = network.run(RUN, "ping", "--no-build", "--append", "ip=300.1.2.3/24", status=1)
    assert "unipong: error: ip=300.1.2.3/24" in output
    assert "run.sh: the guest stopped with an error, see above" in output


def test_ping_of_a_guest_that_is_silent(network):
    """The host is not in the guest's network: no answer, and status 1."""
    output = network.run(
        RUN, "ping", "--no-build", "--append", "ip=10.1.1.1/24", status=1, seconds=180
    )
    assert "run.sh: 0 of 20003 pings were answered" in output


def test_console(network):
    """On a terminal: typed lines reach the guest, and its answers reach the terminal."""
    master, slave = pty.openpty()
    with network.popen(RUN, "--no-build", stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        output = read_until(master, b"unipong: ready")
        assert b"ping 192.168.100.2" in output
        assert "3 received" in network.run("ping", "-c", "3", "-i", "0.5", "192.168.100.2")
        os.write(master, b"poweroff\r")
        read_until(master, b"unipong: power off")
        assert process.wait(30) == 0
    os.close(master)


def read_until(terminal, text, seconds=30):
    output, end = b"", time.monotonic() + seconds
    os.set_blocking(terminal, False)
    while text not in output:
        assert time.monotonic() < end, output
        try:
            output += os.read(terminal, 4096)
        except BlockingIOError:
            time.sleep(0.01)
    return output


@pytest.mark.parametrize("mode", ["console", "ping"])
@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL],
    ids=lambda number: number.name,
)
def test_a_signal_leaves_nothing(network, mode, number):
    command = [RUN, "--no-build"] + ([mode] if mode == "ping" else [])
    with network.popen(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        inside = None
        for line in process.stdout:
            if b"flood ping" in line or mode == "console" and b"unipong: ready" in line:
                inside = os.stat(f"/proc/{process.pid}/ns/net").st_ino
                break
        assert inside
        process.send_signal(number)
        process.stdout.read()  # returns when no process is left that could print
        process.wait(10)
        assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
    assert not network.processes()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--nonsense"], "unknown argument '--nonsense'"),
        (["--tap"], "--tap needs a value"),
        (["--tap", "a/b"], "--tap a/b: "),
        (["--host-ip", "192.168.100.1"], "--host-ip 192.168.100.1: A.B.C.D/N"),
        (["--accel", "xen"], "--accel xen: kvm, tcg or auto"),
        (["--machine", "isapc"], "--machine isapc: pc or q35"),
        (["ping", "--gdb"], "--gdb and ping"),
    ],
    ids=" ".join,
)
def test_usage(network, arguments, message):
    assert f"run.sh: {message}" in network.run(RUN, *arguments, status=2)


def test_help(network):
    output = network.run(RUN, "--help")
    for option in (
        "--tap",
        "--host-ip",
        "--append",
        "--accel",
        "--machine",
        "--memory",
        "--gdb",
        "--dry-run",
    ):
        assert option in output


def test_dry_run(network):
    output = network.run(
        RUN, "--dry-run", "--append", "ttl=1 ip=none", "--accel", "kvm", "--", "-smp", "2"
    )
    assert output.startswith("qemu-system-x86_64 -M pc -accel kvm ")
    assert output.rstrip().endswith("-append 'ttl=1 ip=none' -smp 2")


@pytest.mark.parametrize("machine, memory", [("pc", "2M"), ("q35", "8M")])
def test_dry_run_is_what_the_tests_start(network, machine, memory):
    output = network.run(
        RUN,
        "--dry-run",
        "--append",
        "ttl=1",
        "--accel",
        "tcg",
        "--machine",
        machine,
        "--memory",
        memory,
    )
    boot = boot_image("ttl=1", "build/unipong.elf")
    assert shlex.split(output) == qemu_command(
        boot, tap_netdev("tap0"), machine=machine, memory=memory
    )


def test_busy_tap(network):
    network.run("ip", "tuntap", "add", "dev", "tap0", "mode", "tap")
    assert "run.sh: the interface tap0 is there already" in network.run(RUN, "--no-build", status=1)
    network.run("ip", "link", "delete", "dev", "tap0")  # it was not run.sh's to remove


def test_busy_network(network):
    network.run("sh", "-c", "ip link set lo up && ip address add 192.168.100.9/24 dev lo")
    assert "run.sh: lo has an address in 192.168.100.1/24 already" in network.run(
        RUN, "--no-build", status=1
    )


def test_bad_qemu_argument(network):
    for mode in [], ["ping"]:
        output = network.run(RUN, *mode, "--no-build", "--", "-device", "no-such-device", status=1)
        assert "'no-such-device' is not a valid device" in output
        assert "run.sh: QEMU ended with status 1" in output


def why_no_mount():
    """Why there can be no mount namespace here (as in a chroot), or None."""
    probe = subprocess.run(
        ["unshare", "--mount", "true"], capture_output=True, text=True, check=False
    )
    return probe.stderr.strip() or None


@pytest.mark.skipif(why_no_mount() is not None, reason=str(why_no_mount()))
def test_missing_tun(network):
    output = network.run(
        "unshare",
        "--mount",
        "sh",
        "-c",
        f"mount -t tmpfs none /dev/net && {RUN} ping --no-build",
        status=1,
    )
    assert "run.sh: no /dev/net/tun" in output


def test_missing_image(network, tmp_path):
    shutil.copy(RUN, tmp_path)
    output = network.run(tmp_path / "run.sh", "ping", "--no-build", status=1)
    assert "run.sh: no build/unipong.elf" in output


def why_not_nobody():
    """Why this process can't become nobody behind another /dev/net/tun, or None."""
    if os.getuid() != 0 or Path("/proc/self/uid_map").read_text().split() != [
        "0",
        "0",
        "4294967295",
    ]:
        return "to become nobody takes the real root"
    return why_no_mount()


@pytest.mark.skipif(why_not_nobody() is not None, reason=str(why_not_nobody()))
def test_without_root(network):
    """Without root ping works where everybody may open /dev/net/tun; elsewhere a message says what
    is missing.
    """
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        copy.chmod(0o755)  # for nobody to see
        (copy / "build").mkdir()
        shutil.copy(RUN, copy)
        shutil.copy(IMAGE, copy / "build")
        tun = copy / "tun"
        network.run("mknod", tun, "c", "10", "200")
        as_nobody = [
            "unshare",
            "--mount",
            "sh",
            "-c",
            f"mount --bind {tun} /dev/net/tun && cd {copy} && "
            "setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "
            "./run.sh ping --no-build </dev/null",
        ]
        tun.chmod(0o666)
        assert network.run(*as_nobody, seconds=180).endswith("all 20003 pings answered\n")
        tun.chmod(0o600)
        assert "sudo" in network.run(*as_nobody, status=1)
