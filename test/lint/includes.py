# SPDX-License-Identifier: BSD-2-Clause
"""Checks who includes whom in src/: includes.py

Each room may include only what the design allows it; the includes have no cycle, neither among files (with
x.c and x.h taken as one) nor among rooms, and no forward declaration that hides one; include guards are named
after their files. net/wire (formats) includes only what a format is made of, net/state (what is remembered)
only data.
"""
import pathlib
import re
import sys

SRC = pathlib.Path("src")
ANY = r".*"

# What a file may include, by the first pattern that its path in src/ matches: the files and headers.
RULES = [
    (r"net/wire/.*", r"net/wire/.*|net/(be|mac)\.h", r"(stdint|stddef|stdbool)\.h"),
    (
        r"net/state/.*",
        r"net/wire/.*|net/(eth_header|frame|ip|mac|verdict)\.h",
        r"(stdint|stddef|stdbool)\.h",
    ),
    (r"net/.*", r"net/.*", r"(stdint|stddef|stdbool|string)\.h"),
    (r"virtio/virtq\.[ch]", r"virtio/(?!.*pci).*|platform/(cpu|panic)\.h|net/ensure\.h", ANY),
    (
        r"virtio/.*",
        r"virtio/.*|platform/(cpu|dma|interrupt|pci|panic|memory)\.h|net/(frame|ensure)\.h",
        ANY,
    ),
    (r"platform/.*", r"platform/.*", ANY),
    (r"host/.*", r"host/.*|net/.*|(options|contradiction|text|report|config)\.h", ANY),
    (r"(text|subnet|words)\.[ch]", r"(text|words)\.h", r"(stdint|stddef|stdbool|string)\.h"),
    (
        r"(options|contradiction|report)\.[ch]",
        r"(options|contradiction|subnet|text|report|config)\.h|net/.*",
        ANY,
    ),
    (r"(shell/.*|(loop|pace|configure|devices)\.[ch]|main\.c)", ANY, ANY),
]


def room(name):
    return name.split("/")[0]


def check_file(name, text, findings):
    """Applies the rules to one file; returns what it includes of ours."""
    ours = []
    allowed = next(((o, s) for pattern, o, s in RULES if re.fullmatch(pattern, name)), (r"", r""))
    for number, line in enumerate(text.splitlines(), 1):
        if not (include := re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)):
            continue
        kind, header = include.groups()
        if kind == '"':
            ours.append(header)
            if not (SRC / header).exists() and header != "config.h":
                findings.append(f'src/{name}:{number}: "{header}" is no file of ours')
        if not re.fullmatch(allowed[kind == "<"], header):
            findings.append(f"src/{name}:{number}: {room(name)} may not include {header}")
    return ours


def check_guard(name, text, findings):
    guard = re.sub(r"\W", "_", name).upper()
    if not re.search(rf"^#ifndef {guard}\n#define {guard}$", text, re.M):
        findings.append(f"src/{name}:1: its include guard is not {guard}")


def check_forward(name, text, defined, findings):
    """A declaration of a structure that another header defines stands for an include."""
    for number, line in enumerate(text.splitlines(), 1):
        forward = re.match(r"(struct \w+);", line)
        if forward and defined.get(forward[1], name) != name:
            findings.append(
                f"src/{name}:{number}: {forward[1]} is declared instead of including "
                f"{defined[forward[1]]}"
            )


def find_cycle(graph):
    """A list of nodes that leads back to its first, or None."""
    done = set()

    def visit(node, path):
        if node in path:
            return path[path.index(node) :] + [node]
        if node in done:
            return None
        for following in sorted(graph.get(node, ())):
            if cycle := visit(following, path + [node]):
                return cycle
        done.add(node)
        return None

    return next((cycle for node in sorted(graph) if (cycle := visit(node, []))), None)


def main():
    findings, files, rooms, defined = [], {}, {}, {}
    texts = {p.relative_to(SRC).as_posix(): p.read_text() for p in sorted(SRC.rglob("*.[ch]"))}
    for name, text in texts.items():
        for structure in re.findall(r"^(struct \w+) \{", text, re.M):
            if name.endswith(".h"):
                defined[structure] = name
    for name, text in texts.items():
        files[name] = check_file(name, text, findings)
        rooms.setdefault(room(name), set()).update(
            room(h) for h in files[name] if room(h) != room(name)
        )
        if name.endswith(".h"):
            check_guard(name, text, findings)
            check_forward(name, text, defined, findings)
    modules = {}
    for name, included in files.items():
        module = name.rsplit(".", 1)[0]
        modules.setdefault(module, set()).update(h.rsplit(".", 1)[0] for h in included)
        modules[module].discard(module)
    for graph in (modules, rooms):
        if cycle := find_cycle(graph):
            findings.append("src: a cycle of includes: " + " -> ".join(cycle))
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
