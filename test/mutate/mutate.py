# SPDX-License-Identifier: BSD-2-Clause
"""Says which checks no unit test would miss: mutate.py CC CFLAGS [FILE...]

Changes one check at a time in copies of the tree under build/mutate, builds what depends on it, and runs
the unit tests that are linked with it, until one fails; first without the sanitizers, which is fast. What
survives is printed, and is the gap in the tests, unless equivalent.txt says why it can't be seen. Status 1
if a mutant survived.
"""
import concurrent.futures
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys

import mutants

BUILD = pathlib.Path("build/mutate")
EQUIVALENT = pathlib.Path("test/mutate/equivalent.txt")
SECONDS = 20  # that a test may take: many times what the slowest needs
WORDS = ("src/options.c", "src/contradiction.c", "src/text.c", "src/words.c")
SUBJECTS = ("src/net/*.[ch]", "src/virtio/*.[ch]", "src/subnet.h", "src/pace.c", *WORDS)


def paths(*patterns):
    return sorted(str(p) for pattern in patterns for p in pathlib.Path(".").glob(pattern))


def objects(sources):
    return [source + ".o" for source in sources]


class Build:
    """The unit tests built with some flags, unchanged, and what each is made of."""

    def __init__(self, name, compiler, flags):
        self.directory, self.compiler, self.flags = (BUILD / name).resolve(), compiler, flags
        self.tests = paths("test/unit/test_*.c")
        library = [
            p
            for p in paths(
                "src/net/*.c",
                "src/virtio/*.c",
                *WORDS,
                "src/pace.c",
                "src/report.c",
                "src/platform/print.c",
                "test/unit/*.c",
            )
            if p not in self.tests
        ]
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            made = list(
                pool.map(lambda s: self.compile(".", s, self.directory), library + self.tests)
            )
        if not all(made):
            sys.exit("mutate: the unit tests don't build")
        subprocess.run(["ar", "rcs", "host.a", *objects(library)], cwd=self.directory, check=True)
        self.reads = {s: self.dependencies(s) for s in library + self.tests}
        self.parts = {}
        for test in self.tests:
            program = self.directory / "program"
            trace = self.link(test, [self.directory / (test + ".o")], program)
            if trace is None or not self.passes(program):
                sys.exit(f"mutate: {test} does not pass as it is")
            members = set(re.findall(r"host\.a\W*(?:\))?(\w+\.c\.o)", trace))
            self.parts[test] = {s for s in library if os.path.basename(s) + ".o" in members} | {
                test
            }

    def compile(self, tree, source, out):
        target = pathlib.Path(out) / (source + ".o")
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [self.compiler, *self.flags, "-w", "-MMD", "-c", "-o", target.resolve(), source]
        return (
            subprocess.run(command, cwd=tree, check=False, stderr=subprocess.DEVNULL).returncode
            == 0
        )

    def dependencies(self, source):
        text = (self.directory / (source + ".d")).read_text()
        return {os.path.normpath(word) for word in text.replace("\\\n", " ").split()[1:]}

    def link(self, test, parts, program):
        """What the linker read, or None."""
        command = [
            self.compiler,
            *self.flags,
            "-Wl,--trace,--trace",
            "-o",
            program,
            *parts,
            self.directory / "host.a",
            "-lcmocka",
        ]
        done = subprocess.run(
            command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return done.stdout if done.returncode == 0 else None

    @staticmethod
    def passes(program):
        try:
            return (
                subprocess.run(
                    [program],
                    check=False,
                    timeout=SECONDS,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                ).returncode
                == 0
            )
        except subprocess.TimeoutExpired:
            return False

    def judge(self, tree, subject):
        """ "killed", "survived", or "broken" if it does not compile."""
        out = tree / "out"
        changed = [s for s, reads in self.reads.items() if subject in reads]
        name = pathlib.Path(subject).stem
        tests = [t for t in self.tests if self.parts[t] & set(changed)]
        tests.sort(key=lambda t: (name not in t, t))
        done = {}
        for test in tests:
            for source in sorted(self.parts[test] & set(changed)):
                if source not in done and not self.compile(tree, source, out):
                    return "broken"
                done[source] = out / (source + ".o")
            parts = [done[s] for s in sorted(self.parts[test] & set(done))]
            if test not in done:
                parts.insert(0, self.directory / (test + ".o"))
            if self.link(test, parts, out / "program") is None:
                return "broken"
            if not self.passes(out / "program"):
                return "killed"
        return "survived"


def key(subject, old, new):
    """A mutant by its text: lines move, and clang-format has its way."""
    return subject, "".join(old.split()), "".join(new.split())


class Mutant:
    """One change to one file."""

    def __init__(self, subject, text, start, end, new):
        self.subject, self.text = subject, text[:start] + new + text[end:]
        self.line = text.count("\n", 0, start) + 1
        first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        self.old = " ".join(text[first:last].split())
        self.new = " ".join((text[first:start] + new + text[end:last]).split())
        self.verdict = ""

    def key(self):
        return key(self.subject, self.old, self.new)

    def describe(self):
        return f"{self.subject}\n- {self.old}\n+ {self.new}\n"


def read_equivalent():
    """{key of a mutant: why no test can see it}"""
    known = {}
    text = EQUIVALENT.read_text() if EQUIVALENT.exists() else ""
    for block in re.split(r"\n\s*\n", re.sub(r"^#.*\n", "", text, flags=re.M).strip()):
        lines = block.splitlines()
        if len(lines) >= 4:
            known[key(lines[0], lines[1][1:], lines[2][1:])] = " ".join(lines[3:])
        elif lines:
            sys.exit(f"mutate: {EQUIVALENT}: file, - line, + line and reason expected:\n{block}")
    return known


def new_tree(number):
    tree = BUILD / f"tree{number}"
    for part in ("src", "test/unit"):
        shutil.copytree(part, tree / part)
    shutil.copy("config.h", tree)
    return tree


def main():
    compiler, flags, chosen = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
    flags = [f for f in flags if f not in ("-MMD", "-MP", "-Werror")]
    plain = [f for f in flags if "sanitize" not in f]
    shutil.rmtree(BUILD, ignore_errors=True)
    builds = [Build("plain", compiler, plain), Build("sanitized", compiler, flags)]
    work = []
    for subject in chosen or paths(*SUBJECTS):
        text = pathlib.Path(subject).read_text()
        work += [Mutant(subject, text, *change) for change in mutants.mutants(text)]
    equivalent = read_equivalent()
    trees = queue.Queue()
    cores = len(os.sched_getaffinity(0))
    for number in range(cores):
        trees.put(new_tree(number))

    def try_one(mutant):
        if mutant.key() in equivalent:
            mutant.verdict = "equivalent"
            return mutant
        tree = trees.get()
        path = tree / mutant.subject
        original = path.read_text()
        path.write_text(mutant.text)
        for build in builds:
            mutant.verdict = build.judge(tree, mutant.subject)
            if mutant.verdict != "survived":
                break
        path.write_text(original)
        trees.put(tree)
        return mutant

    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        for mutant in pool.map(try_one, work):
            if mutant.verdict == "survived":
                print(f"{mutant.subject}:{mutant.line}: survives\n{mutant.describe()}", flush=True)
    count = {
        v: sum(m.verdict == v for m in work) for v in ("killed", "survived", "equivalent", "broken")
    }
    stale = set(equivalent) - {m.key() for m in work}
    for subject, _, new in sorted(k for k in stale if not chosen):
        print(f"{EQUIVALENT}: no such mutant any more: {subject}: {new}")
    print(
        f"{count['killed']} mutants killed, {count['survived']} survived, {count['equivalent']} equivalent; "
        f"{count['broken']} that do not compile are not counted"
    )
    return 1 if count["survived"] else 0


if __name__ == "__main__":
    sys.exit(main())
