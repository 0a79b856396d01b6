# SPDX-License-Identifier: BSD-2-Clause
"""The tables of the report, and the report as text for the terminal.

ROWS is all there is to show, in its order: a group, what a row is called, its figure and its unit.
A row that no subject has a value for is not shown.
"""
import targets
import units

WINDOWS = (1, 8, 64, 256)
SIZES = (60, 1514)
PERCENTILES = (("p50", "median"), ("p99", "p99"), ("p999", "p99.9"))
THREADS = (("vcpu", "vCPU"), ("loop", "main loop"))
EVENTS = (("kicks", "notifications"), ("interrupts", "interrupts"))

ROWS = (
    [
        (f"replies per second, {s}-byte frames", f"{w} outstanding", f"closed.{s}.{w}.rate", "rate")
        for s in SIZES
        for w in WINDOWS
    ]
    + [
        ("replies per second, other", what, figure, "rate")
        for what, figure in (
            ("highest rate without loss", "open.60.rate"),
            ("ping -f", "ping.flood.rate"),
            ("ping -f -l 64", "ping.flood64.rate"),
            ("UDP echo, 64 outstanding", "udp.60.64.rate"),
            ("STAMP, 64 outstanding", "stamp.86.64.rate"),
        )
    ]
    + [
        ("round trip", f"60 bytes, {w} outstanding, {words}", f"closed.60.{w}.{key}", "micro")
        for w in (1, 64)
        for key, words in PERCENTILES
    ]
    + [
        ("round trip", what, figure, "micro")
        for what, figure in (
            ("ping -f, mean", "ping.flood.mean"),
            ("ping -f -s 8000, mean", "ping.8000.mean"),
            ("ping -f -s 65507, mean", "ping.65507.mean"),
        )
    ]
    + [
        ("processor time per reply", f"{w} outstanding, {words}", f"closed.60.{w}.cpu.{t}", "micro")
        for w in (1, 64)
        for t, words in THREADS
    ]
    + [
        ("events per reply", f"{w} outstanding, {words}", f"notify.{w}.{key}", "plain")
        for w in (1, 64)
        for key, words in EVENTS
    ]
    + [
        ("when nothing happens", "processor, of one core", "idle.percent", "percent"),
        ("when nothing happens", "first answer after a sleep", "idle.first", "micro"),
    ]
    + [
        (f"overload, {s}-byte frames", what, f"overload.{s}.{key}", unit)
        for s in SIZES
        for what, key, unit in (
            ("offered per second", "offered", "rate"),
            ("answered per second", "answered", "rate"),
            ("next answer after", "next", "micro"),
            ("silent afterwards", "silent", "plain"),
            ("rate afterwards, of usual", "after", "plain"),
        )
    ]
    + [
        ("start and size", "exec to first ARP reply", "boot.first", "milli"),
        ("start and size", "image", "image.bytes", "octets"),
        ("start and size", "resident memory of the process", "memory.resident", "kib"),
        ("start and size", "smallest -m", "memory.smallest", "kib"),
    ]
    + [
        ("wrong or missing", f"{words}, {s}-byte frames", f"sum.{s}.{key}", "plain")
        for key, words in (("lost", "lost"), ("bad", "wrong, twice or late"))
        for s in SIZES
    ]
)

RATIOS = (
    ("60 bytes, 1 outstanding", "closed.60.1.rate"),
    ("60 bytes, 64 outstanding", "closed.60.64.rate"),
    ("1514 bytes, 64 outstanding", "closed.1514.64.rate"),
    ("highest rate without loss", "open.60.rate"),
)


def spread(values, median, show):
    """Half the span of all values in per cent; where that is more than all, the largest."""
    off = (max(values) - min(values)) / 2
    if not median or not off:
        return ""
    return f"±{off / median * 100:.0f}%" if off < median else f"≤ {show(max(values))}"


def cells(results):
    """For each row that has anything: (group, what, [(median, spread) as text per subject])."""
    for group, what, figure, unit in ROWS:
        show = getattr(units, unit)
        row = []
        for name in results.subjects():
            values, median = results.all(name, figure), results.median(name, figure)
            row.append((show(median), spread(values, median, show)) if values else ("", ""))
        if any(median for median, _ in row):
            yield group, what, row


def ratios(results):
    """(what, [ratio to the floor as text per subject])."""
    for what, figure in RATIOS:
        row = [results.ratio(figure, name, "floor") for name in results.subjects()]
        if any(row):
            yield what, ["" if r is None else f"{r:.2f}" for r in row]


def notes(results):
    """Sentences on what belongs to no subject."""
    spoke, left = results.median("QEMU", "boot.speaks"), results.median("QEMU", "boot.exits")
    if left:
        yield (
            f"QEMU's own floor: {units.milli(spoke)} from exec to the first octet of a guest that "
            f"exits at once, {units.milli(left)} to its exit."
        )
    counts = results.facts.get("instructions")
    if counts:
        words = ", ".join(f"{case} {count:.0f}" for case, count in counts.items())
        yield (
            "Instructions of the image per frame, alone from sleep to sleep and as one more of a "
            f"burst: {words}."
        )
    for name, why in results.missing.items():
        yield f"{name} is left out or incomplete: {why}"


def terminal(results):
    """All of it as text."""
    names = results.subjects()
    width = [18 for name in names]

    def aligned(what, row):
        return f"  {what:<38}" + "".join(f"{cell:>{w}}" for cell, w in zip(row, width))

    out, last = [aligned("", names)], None
    for group, what, row in cells(results):
        if group != last:
            out += ["", group]
            last = group
        out.append(aligned(what, [f"{median} {spread}".rstrip() for median, spread in row]))
    out += ["", "compared with the floor"] + [aligned(*row) for row in ratios(results)]
    out += ["", *notes(results), "", "where it must come out"]
    for t in targets.check(results):
        mark = {True: "met", False: "NOT MET", None: "-"}[t.met]
        out.append(f"  {mark:8}{t.text:<58}{t.measured:<46}wanted {t.wanted}")
    return "\n".join(out)
