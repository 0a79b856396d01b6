# SPDX-License-Identifier: BSD-2-Clause
"""The figures: each function takes a subject that runs (or starts it) and yields (name, value).

Names are dotted, units at their end or here: rates are replies per second, times microseconds. To
measure one thing more, add a Row, or a function that yields.
"""
import collections
import os
import re
import subprocess
import time

import machine
from subjects import Failed, Running

# A closed loop of the generator, with its further options.
Row = collections.namedtuple("Row", "name size window options", defaults=({},))
CLOSED = [
    Row(f"closed.{size}.{window}", size, window)
    for size in (60, 1514)
    for window in (1, 8, 64, 256)
]

# iputils ping, flooding for a while.
PINGS = {"ping.flood": (), "ping.flood64": ("-l", "64")}

# What not every subject answers: each is asked once, and measured if it does.
MORE_CLOSED = [
    Row("udp.60.64", 60, 64, {"udp_echo": True}),
    Row("stamp.86.64", 86, 64, {"stamp": True}),
]
MORE_PINGS = {"ping.8000": ("-s", "8000"), "ping.65507": ("-s", "65507")}

TIMES = ("p50", "p99", "p999", "max")
LOSS = 0.001  # what the open loop calls without loss
BURSTS = (400e3, 650e3, 900e3)
AT_ONCE_US = 10000  # after an overload, an answer that took longer was not given at once


def closed(running, row, seconds):
    """A closed loop; the processor time of each reply by thread."""
    before = running.processor_seconds()
    r = running.generator(
        "closed", size=row.size, window=row.window, seconds=seconds, **row.options
    )
    after = running.processor_seconds()
    yield f"{row.name}.rate", r["rate"]
    yield f"{row.name}.lost", r["lost"]
    yield f"{row.name}.bad", r["bad"] + r["repeated"]
    if r["good"]:
        for key in TIMES:
            yield f"{row.name}.{key}", r[key]
        for thread in after:
            yield f"{row.name}.cpu.{thread}", (after[thread] - before[thread]) / r["good"] * 1e6


def answers_row(running, row):
    """Whether the subject answers this kind of probe."""
    r = running.generator("closed", size=row.size, count=1, seconds=0.1, **row.options)
    return r["good"] == 1


def answers_ping(words):
    command = ["ping", "-q", "-n", "-c", "1", "-W", "1", *words, machine.GUEST]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


def ping(name, words, seconds):
    """iputils ping, flooding."""
    done = subprocess.run(
        ["ping", "-q", "-f", "-n", "-w", str(max(1, round(seconds))), *words, machine.GUEST],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
        timeout=60,
    )
    count = re.search(r"(\d+) packets transmitted, (\d+) received.*time (\d+)ms", done.stdout)
    times = re.search(r"min/avg/max/mdev = [\d.]+/([\d.]+)/([\d.]+)/", done.stdout)
    if not count or not times:
        raise Failed(f"ping {' '.join(words)}: {(done.stdout + done.stderr).strip()[-200:]}")
    sent, received, ms = (int(x) for x in count.groups())
    in_flight = int(words[1]) if "-l" in words else 1  # what the end of the time cut off
    yield f"{name}.rate", received / ms * 1e3
    yield f"{name}.lost", max(0, sent - received - in_flight)
    yield f"{name}.mean", float(times[1]) * 1e3


def highest_rate(running, size, seconds, start):
    """Open loop: rates that rise by a quarter until more than LOSS is lost, then closer steps."""

    def at(rate):
        r = running.generator("open", size=size, rate=rate, seconds=seconds)
        kept_up = r["sent"] / r["seconds"] > 0.9 * rate
        good = r["lost"] <= LOSS * r["sent"]
        time.sleep(0.02)
        return good and kept_up, r["good"] / r["seconds"] if good else 0

    low, best, high = 0, 0, None
    rate = max(1000, start)
    for _ in range(14):
        fits, achieved = at(rate)
        best = max(best, achieved)
        if fits:
            low = rate
        else:
            high = rate
        if high and low and high / low < 1.08:
            break
        if not high:
            rate *= 1.25
        elif not low:
            rate /= 1.6
        else:
            rate = (low * high) ** 0.5
    yield f"open.{size}.rate", best


def idle(running, seconds):
    """Processor time of a subject without traffic, and how long its first answer takes then."""
    time.sleep(0.5)
    before, start = running.processor_seconds(), time.monotonic()
    time.sleep(seconds)
    spent = sum(running.processor_seconds().values()) - sum(before.values())
    yield "idle.percent", spent / (time.monotonic() - start) * 100
    r = running.generator("closed", window=1, count=1)
    yield "idle.first", r["p50"] if r["good"] else float("nan")


def overload(running, bursts):
    """Bursts far above what can be answered, sizes in turn; is the next echo answered at once?"""
    usual = {
        size: running.generator("closed", size=size, window=64, seconds=0.3)["rate"]
        for size in (60, 1514)
    }
    for burst in range(bursts):
        for size in usual:
            r = running.generator(
                "overload", size=size, rate=BURSTS[burst % len(BURSTS)], seconds=0.8
            )
            answered = r["next"]["good"] == 1
            yield f"overload.{size}.offered", r["burst"]["sent"] / r["burst"]["seconds"]
            yield f"overload.{size}.answered", r["burst"]["rate"]
            yield f"overload.{size}.bad", r["burst"]["bad"] + r["after"]["bad"]
            yield f"overload.{size}.after", r["after"]["rate"] / usual[size]
            if answered:
                yield f"overload.{size}.next", r["next"]["p50"]
            yield f"overload.{size}.silent", int(not answered)
            if not answered:
                return


def notifications(subject, seconds):
    """Notifications that QEMU handled and interrupts that it raised, for each reply.

    A run of its own: writing the trace slows QEMU's main loop down.
    """
    trace = os.path.join(machine.BUILD, "trace.log")
    with Running(
        subject, "-trace", "virtio_queue_notify", "-trace", "virtio_notify", "-D", trace
    ) as running:
        time.sleep(0.3)
        for window in (1, 64):
            offset = os.path.getsize(trace)
            r = running.generator("closed", window=window, seconds=seconds)
            time.sleep(0.1)
            with open(trace, encoding="utf-8", errors="replace") as f:
                f.seek(offset)
                events = collections.Counter(line.split(" ", 1)[0].split(":")[-1] for line in f)
            if r["good"]:
                yield f"notify.{window}.kicks", events["virtio_queue_notify"] / r["good"]
                yield f"notify.{window}.interrupts", events["virtio_notify"] / r["good"]
    os.unlink(trace)


def qemu_floor(subject):
    """From QEMU's exec to the first octet of a guest that leaves at once, and to QEMU's end."""
    start = time.monotonic_ns()
    process = subprocess.Popen(
        subject.command(serial="stdio"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        preexec_fn=machine.die_with_parent,
    )
    process.stdout.read(1)
    spoke = time.monotonic_ns()
    status = process.wait(30)
    end = time.monotonic_ns()
    process.stdout.close()
    if status != 33:
        raise Failed(f"the image that exits left QEMU with status {status}")
    yield "boot.speaks", (spoke - start) / 1e6
    yield "boot.exits", (end - start) / 1e6


def smallest_memory(subject, seconds):
    """The smallest -m, in KiB, with which the subject answers an echo so long after exec."""

    def works(size):
        try:
            with Running(subject, memory=size, boot_seconds=seconds) as running:
                return running.generator("closed", window=8, seconds=0.2)["good"] > 0
        except Failed:
            return False

    low, high = 0, len(subject.sizes)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if works(subject.sizes[middle]) else (middle + 1, high)
    if low < len(subject.sizes):
        size = subject.sizes[low]
        yield "memory.smallest", int(size[:-1]) * {"K": 1, "M": 1024}[size[-1]]
