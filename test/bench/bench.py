#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The benchmark: `make bench` (QUICK=1, SUBJECT=name:path); all options: bench.py --help.

Every subject is started anew in every round, the rounds follow each other, and everything is in one
network namespace. What always holds: one subject runs at a time, each step ends by the clock, and
what fails is left out and named, not guessed. Results: build/bench/results.json and results.html.
"""
import argparse
import os
import signal
import subprocess
import sys
import time

import figures
import instructions
import machine
import overload
import peers
import report
import subjects
import tables
from results import Results
from subjects import Failed, Running

GENERATOR_FLAGS = (
    "-std=gnu11 -O2 -g -Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow "
    "-Wstrict-prototypes -Wmissing-prototypes -Wundef -Wpointer-arith -Wcast-qual -Wvla "
    "-Wwrite-strings"
).split()

# How long each thing takes, in seconds, and how often.
FULL = {
    "rounds": 4,
    "closed": 0.4,
    "ping": 1,
    "open": 0.3,
    "idle": 3,
    "boots": 5,
    "bursts": 10,
    "peer_bursts": 2,
    "trace": 0.5,
    "memory": True,
    "more": True,
    "rounds_until": 440,  # seconds from the start: then no subject is started in a round,
    "until": 560,  # ... and nothing else either
}
QUICK = {
    "rounds": 1,
    "closed": 0.25,
    "ping": 1,
    "open": 0.15,
    "idle": 1.5,
    "boots": 2,
    "bursts": 2,
    "peer_bursts": 0,
    "trace": 0,
    "memory": False,
    "more": False,
    "rounds_until": 85,
    "until": 110,
}
STEPS = (
    "closed",
    "ping",
    "more",
    "open",
    "idle",
    "boot",
    "overload",
    "trace",
    "memory",
    "instructions",
)


class Bench:
    """One run."""

    def __init__(self, arguments):
        self.plan = dict(QUICK if arguments.quick else FULL)
        self.plan["rounds"] = arguments.rounds or self.plan["rounds"]
        self.steps = arguments.steps
        self.start = time.monotonic()
        self.where = ""  # the round, for the progress lines
        self.asked = {}  # (subject, figure): whether it answers that at all
        self.results = Results(machine.facts())
        self.results.facts["quick"] = arguments.quick
        self.subjects = self.choose(arguments)
        image = os.path.join(machine.BUILD, "exit.bin")
        subprocess.run(
            ["nasm", "-f", "bin", "-o", image, os.path.join(os.path.dirname(__file__), "exit.asm")],
            check=True,
        )
        self.exits = subjects.Subject(
            "QEMU", "a guest that exits at once", ("-kernel", image), (image,)
        )

    def choose(self, arguments):
        """The subjects asked for; those that can't be had are named in the report."""
        makers = {
            "adaptive": lambda: subjects.unipong("adaptive"),
            "halt": lambda: subjects.unipong("halt"),
            "poll": lambda: subjects.unipong("poll"),
            "floor": subjects.floor,
            "ipxe": subjects.ipxe,
            "linux": subjects.linux,
        }
        chosen = []
        for name in arguments.subjects or makers:
            try:
                chosen.append(makers[name]())
            except KeyError:
                sys.exit(f"bench: no subject '{name}'; there are {', '.join(makers)}")
            except peers.Missing as e:
                self.results.missing[name] = str(e)
                self.say(f"{name} is left out: {e}")
        chosen += [subjects.custom(text) for text in arguments.subject]
        for subject in chosen:
            self.results.about[subject.name] = subject.about
        return chosen

    def say(self, words):
        print(f"[{time.monotonic() - self.start:4.0f} s] {words}", flush=True)

    def late(self, limit="until"):
        return time.monotonic() - self.start > self.plan[limit]

    def take(self, subject, measured, quiet=False):
        """Adds what a figure yields, and says the first of it. A subject that fails is named."""
        said = quiet
        try:
            for name, value in measured:
                self.results.add(subject.name, name, value)
                if not said:
                    self.say(f"{self.where}{subject.name}: {name} {value:,.1f}")
                    said = True
            return True
        except (Failed, subprocess.TimeoutExpired) as e:
            self.say(f"{self.where}{subject.name}: FAILED: {e}")
            self.results.missing.setdefault(subject.name, str(e))
            return False

    def once(self, subject):
        """All that is measured in one start of a subject."""
        plan = self.plan
        with Running(subject) as running:
            self.results.add(subject.name, "boot.first", running.boot_ms)
            self.say(f"{self.where}{subject.name}: answers after {running.boot_ms:.1f} ms")
            time.sleep(0.3)
            if "closed" in self.steps:
                running.generator("closed", window=8, seconds=0.1)
                for row in figures.CLOSED:
                    self.take(subject, figures.closed(running, row, plan["closed"]))
                self.results.add(subject.name, "memory.resident", running.resident_kib())
            if "ping" in self.steps:
                for name, words in figures.PINGS.items():
                    self.take(subject, figures.ping(name, words, plan["ping"]))
            if "more" in self.steps and plan["more"]:
                self.more(subject, running)
            if "open" in self.steps:
                usual = self.results.median(subject.name, "closed.60.64.rate") or 40000
                self.take(subject, figures.highest_rate(running, 60, plan["open"], usual / 2))
            if "idle" in self.steps:
                self.take(subject, figures.idle(running, plan["idle"]))

    def answers(self, subject, name, ask, *words):
        """Asks once whether the subject answers that, and remembers it."""
        if (subject.name, name) not in self.asked:
            self.asked[subject.name, name] = ask(*words)
        return self.asked[subject.name, name]

    def more(self, subject, running):
        """Probes that not every subject answers."""
        for row in figures.MORE_CLOSED:
            if self.answers(subject, row.name, figures.answers_row, running, row):
                self.take(subject, figures.closed(running, row, self.plan["closed"]))
        for name, words in figures.MORE_PINGS.items():
            if self.answers(subject, name, figures.answers_ping, words):
                self.take(subject, figures.ping(name, words, self.plan["ping"]))

    def boots(self):
        """Starts the subjects that start fast a few more times, each followed by QEMU's own floor."""
        for _ in range(self.plan["boots"]):
            self.take(self.exits, figures.qemu_floor(self.exits))
            for subject in self.subjects:
                if subject.ours or not subject.guest:
                    self.guard(subject, self.boot)

    def boot(self, subject):
        with Running(subject) as running:
            self.results.add(subject.name, "boot.first", running.boot_ms)
        floors = self.results.all("QEMU", "boot.exits")
        if floors:
            self.results.add(subject.name, "boot.over", running.boot_ms - floors[-1])

    def guard(self, subject, action, *more):
        """Runs an action that starts the subject; a subject that does not start is named."""
        try:
            action(subject, *more)
        except Failed as e:
            self.take(subject, self.fail(e))

    @staticmethod
    def fail(error):
        raise error
        yield  # pylint: disable=unreachable

    def overload(self, subject):
        bursts = (
            self.plan["bursts"]
            if subject.name in ("unipong adaptive", "unipong halt")
            else self.plan["peer_bursts"]
        )
        if bursts:
            with Running(subject) as running:
                time.sleep(0.3)
                self.take(subject, figures.overload(running, bursts))

    def run(self):
        for i in range(self.plan["rounds"]):
            self.where = f"round {i + 1}/{self.plan['rounds']}  "
            for subject in self.subjects:
                if not self.late("rounds_until"):
                    self.guard(subject, self.once)
            if "boot" in self.steps:
                self.boots()
            self.results.facts["rounds"] = i + 1
            if self.late("rounds_until"):
                break
        self.where = ""
        self.extras()
        self.sum_up()

    def extras(self):
        """Figures that are measured once, not in each round."""
        plan = self.plan
        for subject in self.subjects:
            if subject.files:
                self.results.add(subject.name, "image.bytes", subject.image_bytes())
            if "overload" in self.steps and not self.late():
                self.guard(subject, self.overload)
            if "trace" in self.steps and plan["trace"] and subject.guest and not self.late():
                self.take(subject, figures.notifications(subject, plan["trace"]))
            if "memory" in self.steps and plan["memory"] and subject.sizes and not self.late():
                boot = self.results.median(subject.name, "boot.first") or 20000
                self.take(subject, figures.smallest_memory(subject, 4 * boot / 1000 + 1))
        if "instructions" in self.steps:
            try:
                self.results.facts["instructions"] = instructions.count_all()
                self.say("instructions per frame counted")
            except instructions.Impossible as e:
                self.say(f"instructions are not counted: {e}")

    def sum_up(self):
        """Losses and errors over all closed loops."""
        for values in self.results.values.values():
            for size in (60, 1514):
                for key in ("lost", "bad"):
                    found = [
                        sum(values[row.name + "." + key])
                        for row in figures.CLOSED
                        if row.size == size and row.name + "." + key in values
                    ]
                    if found:
                        values[f"sum.{size}.{key}"] = [sum(found)]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="under two minutes, one round")
    parser.add_argument(
        "--subject",
        action="append",
        default=[],
        metavar="NAME:PATH[:WORDS]",
        help="another image that answers as 192.168.100.2 (WORDS: its command line)",
    )
    parser.add_argument(
        "--subjects",
        type=lambda s: s.split(","),
        metavar="NAME,...",
        help="of adaptive, halt, poll, floor, ipxe, linux; all if not given",
    )
    parser.add_argument(
        "--steps",
        type=lambda s: s.split(","),
        default=STEPS,
        metavar="STEP,...",
        help="of " + ", ".join(STEPS),
    )
    parser.add_argument("--rounds", type=int, help="how many")
    parser.add_argument(
        "--overload-matrix",
        type=int,
        metavar="BURSTS",
        nargs="?",
        const=20,
        help="only the overload test, on all machines and settings that it names",
    )
    return parser.parse_args()


def build():
    os.makedirs(machine.BUILD, exist_ok=True)
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "generator")
    files = sorted(os.path.join(source, name) for name in os.listdir(source) if name.endswith(".c"))
    subprocess.run(["gcc", *GENERATOR_FLAGS, "-o", subjects.GENERATOR, *files], check=True)


def main():
    wanted = parse_arguments()
    if "UNIPONG_BENCH_INSIDE" not in os.environ:
        machine.need()
        build()
        peers.download()  # before it enters a namespace without the Internet
    machine.enter_namespace()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    machine.set_up_tap()
    if wanted.overload_matrix:
        sys.exit(min(1, overload.matrix(wanted.overload_matrix)))
    bench = Bench(wanted)
    try:
        bench.run()
    except KeyboardInterrupt:
        bench.say("interrupted: the report has what there is")
    path = os.path.join(machine.BUILD, "results")
    bench.results.save(path + ".json")
    report.write(bench.results, path + ".html")
    print("\n" + tables.terminal(bench.results) + f"\n\nreport: {path}.html\ndata:   {path}.json")


if __name__ == "__main__":
    main()
