# SPDX-License-Identifier: BSD-2-Clause
"""Runs the fuzzers: fuzz.py [--seconds N] [TARGET...]

With --seconds each target replays its corpus, then runs for so long; the results are TAP on stdout.
Without it the targets take turns until one fails, or until Ctrl-C. As many run at a time as there
are cores. New inputs are kept in build/fuzz/corpus, an input that made a target fail in
build/fuzz/failed.
"""
import argparse
import collections
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

BUILD, COMMITTED = pathlib.Path("build/fuzz"), pathlib.Path("test/fuzz/corpus")
TARGETS = ("frames", "options", "virtq")
LARGEST = {"frames": 8192, "options": 512, "virtq": 1024}  # octets of an input
TURN = 120  # seconds, where there is no end
# src/ allocates nothing, so the sanitizer's quarantine would only waste the processor's caches.
SANITIZERS = {
    "ASAN_OPTIONS": "quarantine_size_mb=2:malloc_context_size=4",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


class Run:
    """One target at work, its output in a file."""

    def __init__(self, target, seconds):
        self.target, self.log = target, BUILD / f"{target}.log"
        corpus = BUILD / "corpus" / target
        corpus.mkdir(parents=True, exist_ok=True)
        (BUILD / "failed").mkdir(exist_ok=True)
        known = [d for d in (BUILD / "seeds" / target, COMMITTED / target) if d.is_dir()]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [
                    BUILD / f"fuzz_{target}",
                    corpus,
                    *known,
                    f"-max_total_time={seconds}",
                    f"-max_len={LARGEST[target]}",
                    "-timeout=10",
                    "-detect_leaks=0",
                    "-reload=0",
                    "-print_final_stats=1",
                    f"-artifact_prefix={BUILD}/failed/{target}-",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | SANITIZERS,
            )

    def summary(self):
        """The target's line of results, and whether it passed."""
        text = self.log.read_text(errors="replace")
        if self.process.returncode == 0:
            runs, rate = (
                re.search(rf"stat::{name}:\s+(\d+)", text).group(1)
                for name in ("number_of_executed_units", "average_exec_per_sec")
            )
            known = re.findall(r"corp: (\d+)", text)[-1]
            return f"fuzz_{self.target}: {runs} inputs, {rate} a second, corpus {known}", True
        what = re.search(
            r"^(?:unipong fuzzing: |panic: |.*runtime error: |.*ERROR: )(.*)$", text, re.M
        )
        saved = re.search(r"Test unit written to (\S+)", text)
        lines = [f"fuzz_{self.target}: {what.group(1) if what else 'failed'}"]
        if saved:
            lines.append(
                f"# the input is saved; to replay it: {BUILD}/fuzz_{self.target} {saved.group(1)}"
            )
            lines.append(
                f"# once it is mended: mkdir -p {COMMITTED}/{self.target}, and keep the input there"
            )
        lines.append(f"# the whole output: {self.log}")
        return "\n".join(lines), False

    def stop(self):
        self.process.terminate()
        self.process.wait()


def fuzz(targets, seconds):
    """Runs all targets once, or for ever. True if none failed."""
    waiting, running, count, good = collections.deque(targets), [], 0, True
    try:
        while waiting or running:
            while waiting and len(running) < len(os.sched_getaffinity(0)):
                running.append(Run(waiting.popleft(), seconds or TURN))
            time.sleep(0.1)
            for run in [r for r in running if r.process.poll() is not None]:
                running.remove(run)
                count += 1
                line, ok = run.summary()
                print(f"{'ok' if ok else 'not ok'} {count} - {line}", flush=True)
                good = good and ok
                if not seconds and ok:
                    waiting.append(run.target)
                elif not seconds:
                    return False
        return good
    finally:
        for run in running:
            run.stop()


def main():
    parser = argparse.ArgumentParser(description="Runs the fuzzers.")
    parser.add_argument(
        "--seconds", type=int, default=0, help="for each target; else until stopped"
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    arguments = parser.parse_args()
    targets = arguments.targets or TARGETS
    if not set(targets) <= set(TARGETS):
        parser.error(f"the targets are {', '.join(TARGETS)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if arguments.seconds:
        print(f"1..{len(targets)}", flush=True)
    else:
        print(f"each target in turns of {TURN} seconds until Ctrl-C", flush=True)
    try:
        return 0 if fuzz(targets, arguments.seconds) else 1
    except KeyboardInterrupt:
        print("stopped")
        return 0


if __name__ == "__main__":
    sys.exit(main())
