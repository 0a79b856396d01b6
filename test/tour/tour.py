# SPDX-License-Identifier: BSD-2-Clause
"""Writes docs/tour.md, the way of a ping, from the source and test/tour/steps.md: tour.py [OUTPUT]

steps.md names the functions in reading order, each with a sentence or two; the source is taken from
src/. Says how long the way is, and ends with status 1 where it is too long or out of order.
"""
import pathlib
import re
import sys

import c_source

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEPS = "test/tour/steps.md"
TOUR = "docs/tour.md"

# What a reader can follow in one sitting, comments and all.
FILES_MAX = 9
LINES_MAX = 480

STEP = re.compile(r"### (src/\S+) (\w+)")
LEFT_OUT = "## What is left out"


class Mistake(Exception):
    """steps.md and the source do not fit together."""


def read_source(root=ROOT):
    """All functions of src/ but those of the Linux program: {(file, name): function}."""
    found = {}
    for path in sorted((root / "src").rglob("*.[ch]")):
        file = path.relative_to(root).as_posix()
        if not file.startswith("src/host/"):
            for function in c_source.functions(file, path.read_text()):
                found[file, function.name] = function
    return found


def steps(text, source):
    """The functions that steps.md names, in its order."""
    named = [STEP.fullmatch(line) for line in text.splitlines() if line.startswith("### ")]
    if None in named:
        raise Mistake(f"{STEPS}: a step is `### FILE FUNCTION`")
    missing = [m for m in named if m.groups() not in source]
    if missing:
        raise Mistake("\n".join(f"{STEPS}: no function {m[2]} in {m[1]}" for m in missing))
    shown = [source[m.groups()] for m in named]
    twice = {f.name for f in shown if shown.count(f) > 1}
    if twice:
        raise Mistake(f"{STEPS}: named twice: {' '.join(sorted(twice))}")
    return shown


def left_out(text):
    """The functions that the tour calls but does not show: those in `code` behind each dash."""
    lists = re.findall(r"(?m)^- ((?:`\w+`(?:,\s+)?)+):", text.partition(LEFT_OUT)[2])
    return [name for names in lists for name in re.findall(r"\w+", names)]


def length(shown):
    """How many files, functions and lines a reader of the tour reads."""
    return len({f.file for f in shown}), len(shown), sum(f.lines for f in shown)


def too_long(shown):
    files, _, lines = length(shown)
    if files > FILES_MAX:
        yield f"the way goes through {files} files, at most {FILES_MAX} are wanted"
    if lines > LINES_MAX:
        yield f"the way has {lines} lines, at most {LINES_MAX} are wanted"


def visits(shown, file):
    """The lines at which functions of one file stand, a list for each time that the tour is there.

    A list is a pair: of the public function that the visit begins with or None, and of the others.
    """
    found, before = [], None
    for function in shown:
        if function.file == file:
            if before != file:
                found.append((function.line, []) if function.public else (None, [function.line]))
            else:
                found[-1][1].append(function.line)
        before = function.file
    return found


def in_order(shown, file):
    """Whether a reader goes through this file in one direction, downwards or upwards.

    What is shown of a file stands there in the tour's order, or in exactly the opposite order. In
    the first case a public function may be behind the functions that it calls, as C wants it: behind
    those that are shown with it, and the file's first one behind everything else.
    """
    lines = [f.line for f in shown if f.file == file]
    if lines == sorted(lines, reverse=True):
        return True
    reached = 0
    for number, (entry, rest) in enumerate(visits(shown, file)):
        if entry is None or number == 0 and entry == max(lines):
            entry = []
        elif rest and rest[0] < entry < rest[-1]:
            return False
        else:
            entry = [entry]
        if rest != sorted(rest) or min(rest + entry, default=reached + 1) <= reached:
            return False
        reached = max(rest + entry, default=reached)
    return True


def out_of_order(shown):
    for file in dict.fromkeys(f.file for f in shown):
        if not in_order(shown, file):
            places = ", ".join(f"{f.name} {f.line}" for f in shown if f.file == file)
            yield f"{file} does not stand in the order in which the tour reads it: {places}"


def gaps(shown, omitted, source):
    """Calls of our own functions that are neither shown nor said to be left out."""
    ours = {name for _, name in source}
    names = {f.name for f in shown}
    called = {}
    for function in shown:
        for name in function.calls() & ours:
            called.setdefault(name, f"{function.file}: {function.name}")
    for name in sorted(called.keys() - names - set(omitted)):
        yield f"{called[name]} calls {name}, which is neither shown nor left out with a reason"
    for name in omitted:
        if name in names or name not in called:
            yield f"{STEPS}: {name} is not left out: it is shown, or nothing that is shown calls it"


def numbers(shown):
    """The table of the files, in the order in which the tour comes to them."""
    rows = ["| file | functions | lines |", "|---|---|---|"]
    for file in dict.fromkeys(f.file for f in shown):
        here = [f for f in shown if f.file == file]
        names = ", ".join(f"`{f.name}`" for f in here)
        rows.append(f"| [{file}](../{file}) | {names} | {sum(f.lines for f in here)} |")
    return "\n".join(rows)


def check(text, shown, source):
    """All that is wrong with the way, a line each."""
    return [*too_long(shown), *out_of_order(shown), *gaps(shown, left_out(text), source)]


def render(text, shown):
    """docs/tour.md: steps.md with a number, a place and the source at each step."""
    parts = re.split(r"(?m)^### .*\n", text)
    out = [parts[0]]
    for number, (function, part) in enumerate(zip(shown, parts[1:]), 1):
        guidance, heading, rest = re.match(r"(?s)(.*?)(\n## |\Z)(.*)", part).groups()
        if not guidance.strip():
            raise Mistake(f"{STEPS}: {function.name} has no sentence of guidance")
        place = f"[{function.file}:{function.line}](../{function.file}#L{function.line})"
        out.append(
            f"### {number}. `{function.name}` in {place}\n\n{guidance.strip()}\n\n"
            f"```c\n{function.text}```\n{heading or chr(10)}{rest}"
        )
    files, functions, lines = length(shown)
    whole = "".join(out)
    for key, value in (
        ("{files}", str(files)),
        ("{functions}", str(functions)),
        ("{lines}", str(lines)),
        ("{numbers}", numbers(shown)),
    ):
        whole = whole.replace(key, value)
    return whole.rstrip("\n") + "\n"


def main(path=ROOT / TOUR):
    text = (ROOT / STEPS).read_text()
    source = read_source()
    try:
        shown = steps(text, source)
        pathlib.Path(path).write_text(render(text, shown))
    except Mistake as mistake:
        sys.exit(str(mistake))
    files, functions, lines = length(shown)
    comments = sum(f.comment for f in shown)
    print(f"{TOUR}: {functions} functions in {files} files, {lines} lines")
    print(f"{comments} of these lines are the comments above the functions")
    findings = check(text, shown, source)
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
