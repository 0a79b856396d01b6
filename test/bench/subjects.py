# SPDX-License-Identifier: BSD-2-Clause
"""What is measured: unipong in its idle modes, the floor, the peers, and images of the user's.

A subject says how it is started; Running is one that runs, and answers on tap0. What always holds:
one subject runs at a time, and it ends when its `with` block does.
"""
import dataclasses
import json
import os
import subprocess
import time

import machine
import peers
from qemu import boot_image, qemu_command, tap_netdev

GENERATOR = os.path.join(machine.BUILD, "generator")
NAMES = ("-name", "bench,debug-threads=on")  # of QEMU's threads, for processor_seconds()


@dataclasses.dataclass
class Subject:
    """One row of the report."""

    name: str
    about: str  # one line for the report
    arguments: tuple = ()  # QEMU's, or the whole command if it is no guest
    files: tuple = ()  # the image
    memory: str = "2M"
    guest: bool = True
    ours: bool = False  # gets the longer tests
    sizes: tuple = ()  # of memory to try, ascending, for the smallest that works
    boot_seconds: float = 20
    event_idx: str = "on"
    board: str = "pc"
    helper: object = None  # called before the start; its result is closed at the end

    def command(self, *more, memory=None, serial="none"):
        if not self.guest:
            return [*self.arguments]
        return qemu_command(
            self.arguments,
            tap_netdev(machine.TAP),
            device=f",event_idx={self.event_idx}",
            extra=(*NAMES, *more),
            machine=self.board,
            accel=machine.accelerator(),
            memory=memory or self.memory,
            serial=serial,
        )

    def image_bytes(self):
        return sum(os.path.getsize(path) for path in self.files)


UNIPONG_SIZES = ("1M", "1152K", "1280K", "1408K", "1536K", "1664K", "2M", "3M", "4M", "8M")
IPXE_SIZES = ("1M", "2M", "3M", "4M", "6M", "8M", "16M", "32M")
LINUX_SIZES = ("32M", "40M", "48M", "56M", "64M", "72M", "80M", "96M", "128M")


def unipong(idle):
    image = os.path.join(machine.ROOT, "build", "unipong.elf")
    return Subject(
        f"unipong {idle}",
        f"unipong.elf, idle={idle}",
        boot_image(f"idle={idle}", image),
        (image,),
        ours=True,
        sizes=UNIPONG_SIZES if idle == "adaptive" else (),
    )


def floor():
    program = os.path.join(machine.ROOT, "build", "unipong-host")
    return Subject(
        "floor",
        "unipong-host: the same core as a Linux program on the TAP, no guest",
        (program, "--tap", machine.TAP),
        guest=False,
    )


def ipxe():
    image, about = peers.ipxe()
    return Subject(
        "iPXE",
        about + ", downloading for ever, which polls",
        boot_image(peers.IPXE_COMMANDS, image),
        (image,),
        "64M",
        sizes=IPXE_SIZES,
        helper=peers.listen,
    )


def linux():
    kernel, ram, about = peers.linux()
    return Subject(
        "Linux",
        about,
        ("-initrd", ram, *boot_image(peers.LINUX_COMMAND_LINE, kernel)),
        (kernel, ram),
        "128M",
        sizes=LINUX_SIZES,
        boot_seconds=60,
    )


def custom(text):
    """NAME:PATH[:COMMAND LINE], an image that answers as 192.168.100.2."""
    name, path, append = (text.split(":", 2) + ["", ""])[:3]
    path = os.path.abspath(path)
    if not name or not os.path.isfile(path):
        raise SystemExit(f"bench: SUBJECT={text}: expected NAME:PATH of an image that is there")
    if path.endswith(".iso"):
        arguments = ("-cdrom", path)
    elif path.endswith((".img", ".raw", ".qcow2")):
        arguments = (
            "-drive",
            f"file={path},snapshot=on,if=ide" + ("" if path.endswith(".qcow2") else ",format=raw"),
        )
    else:
        arguments = boot_image(append, path)
    return Subject(name, f"{os.path.basename(path)} {append}".strip(), arguments, (path,), "128M")


class Failed(Exception):
    """A subject did not do what it should; the text says what."""


class Running:
    """A subject from its start to its end."""

    def __init__(self, subject, *more, memory=None, boot_seconds=None):
        self.subject = subject
        self.limit = boot_seconds or subject.boot_seconds
        self.log_path = os.path.join(machine.BUILD, f"{subject.name.replace(' ', '-')}.log")
        serial = f"file:{self.log_path}.console"
        self.command = subject.command(*more, memory=memory, serial=serial)
        self.process = self.helper = None
        self.mac = self.boot_ms = None

    def __enter__(self):
        if self.subject.helper:
            self.helper = self.subject.helper()
        with open(self.log_path, "w", encoding="utf-8") as log:
            asking = subprocess.Popen(
                [GENERATOR, "first", "--limit", str(self.limit)],
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                preexec_fn=machine.die_with_parent,
            )
            asking.stdout.readline()
            start = time.monotonic_ns()
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=machine.die_with_parent,
            )
        try:
            while asking.poll() is None and self.process.poll() is None:
                try:
                    asking.wait(0.05)
                except subprocess.TimeoutExpired:
                    pass
            if asking.poll() != 0:
                raise Failed(
                    f"no answer to ARP within {self.limit:g} s"
                    if self.process.poll() is None
                    else f"ended with status {self.process.returncode}"
                )
            answer = json.loads(asking.stdout.read())
        except BaseException:
            self.__exit__()
            raise
        finally:
            if asking.poll() is None:
                asking.kill()
                asking.wait()
            asking.stdout.close()
        self.mac = answer["mac"]
        self.boot_ms = (answer["answered"] - start) / 1e6
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.helper:
            self.helper.close()

    def generator(self, mode, **options):
        """Runs the load generator against the subject; what it printed."""
        words = [GENERATOR, mode, "--mac", self.mac]
        for key, value in options.items():
            words += ["--" + key.replace("_", "-")] + ([] if value is True else [str(value)])
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            preexec_fn=machine.die_with_parent,
        )
        if done.returncode != 0:
            raise Failed(done.stderr.strip())
        if self.process.poll() is not None:
            raise Failed(f"ended with status {self.process.returncode}")
        return json.loads(done.stdout)

    def processor_seconds(self):
        """Processor time so far: of the vCPU's thread, of the main loop's, and of all others."""
        seconds = {"vcpu": 0.0, "loop": 0.0, "other": 0.0}
        tasks = f"/proc/{self.process.pid}/task"
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/comm", encoding="utf-8") as f:
                name = f.read()
            with open(f"{tasks}/{task}/schedstat", encoding="ascii") as f:
                spent = int(f.read().split()[0]) / 1e9
            kind = (
                "vcpu"
                if name.startswith("CPU ")
                else "loop"
                if int(task) == self.process.pid
                else "other"
            )
            seconds[kind] += spent
        return seconds

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            for line in f:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        return None
