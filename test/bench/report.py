# SPDX-License-Identifier: BSD-2-Clause
"""The report of a run as one HTML page that stands alone; page.html is its frame.

    report.py [--pictures DIRECTORY] [RESULTS.json]

makes the page again from a run's results, and the charts that the README shows as files.
"""
import argparse
import html
import os
import string

import charts
import machine
import pictures
import tables
import targets
import units
from results import Results

IN_README = ("throughput-60", "latency", "lossless", "idle", "boot")


def tiles(results):
    """The few numbers that matter, where they were measured."""
    us = targets.US
    answered = results.median(us, "closed.60.64.rate")
    to_floor = results.ratio("closed.60.64.rate", us, "floor")
    to_linux = results.ratio("closed.60.64.rate", us, "Linux")
    idle, boot = results.median(us, "idle.percent"), results.median(us, "boot.first")
    told = (
        (answered, lambda v: units.rate(v) + "/s", "pings answered, 64 outstanding"),
        (to_floor, lambda v: f"{v * 100:.0f} %", "of what the TAP carries without a guest"),
        (to_linux, lambda v: f"{v:.1f} ×", "a minimal Linux guest, 64 outstanding"),
        (idle, units.percent, "of a core while nothing happens"),
        (boot, units.milli, "from QEMU's exec to the first reply"),
    )
    return "".join(
        f'<div class="card tile"><b>{show(value)}</b>{words}</div>'
        for value, show, words in told
        if value is not None
    )


def row(cells, tag="td", css="n"):
    """The first cell says what the row is, the others are numbers. Cells are HTML."""
    return (
        f"<tr><{tag}>{cells[0]}</{tag}>"
        + "".join(f'<{tag} class="{css}">{cell}</{tag}>' for cell in cells[1:])
        + "</tr>\n"
    )


def head(results):
    return row([""] + [html.escape(name) for name in results.subjects()], "th")


def table(results):
    out, last = [head(results)], None
    for group, what, cells in tables.cells(results):
        if group != last:
            out.append(f'<tr class="group"><td colspan="{len(cells) + 1}">{group}</td></tr>\n')
            last = group
        out.append(row([what] + [f"{median} <small>{spread}</small>" for median, spread in cells]))
    return "".join(out)


def ratios(results):
    return head(results) + "".join(row([what, *cells]) for what, cells in tables.ratios(results))


def target_table(results):
    marks = {True: ("met", "met"), False: ("not", "not met"), None: ("", "")}
    out = [row(["target", "wanted", "measured", ""], "th", "")]
    for t in targets.check(results):
        css, words = marks[t.met]
        cells = [html.escape(text) for text in (t.text, t.wanted, t.measured)]
        out.append(row([*cells, f'<span class="{css}">{words}</span>'], "td", ""))
    return "".join(out)


def page(results):
    """The HTML page."""
    facts = results.facts
    circumstances = [
        facts["date"],
        facts["machine"],
        facts["qemu"],
        f"accelerator {facts['accelerator']}",
    ]
    if facts.get("quick"):
        circumstances.append("a quick run")
    with open(os.path.join(os.path.dirname(__file__), "page.html"), encoding="utf-8") as f:
        frame = string.Template(f.read())
    return frame.substitute(
        style=charts.STYLE,
        circumstances=html.escape(" · ".join(circumstances)),
        tiles=tiles(results),
        charts="\n".join(f'<div class="card">{c}</div>' for c in pictures.draw(results).values()),
        targets=target_table(results),
        ratios=ratios(results),
        table=table(results),
        about="<br>".join(
            f"<b>{html.escape(name)}</b>: {html.escape(words)}"
            for name, words in results.about.items()
        ),
        rounds=f"{facts.get('rounds', 1)} rounds",
        notes="".join(f"<p>{html.escape(note)}</p>\n" for note in tables.notes(results)),
        facts=html.escape(
            f"Commit {facts['commit']} · {facts['kernel']} · {facts['compiler']} · "
            f"load before the run {facts['load_before']}"
        ),
    )


def write(results, path):
    with open(path, "w", encoding="utf-8") as f:
        f.write(page(results))


def main():
    parser = argparse.ArgumentParser(description="makes a run's page and pictures again")
    parser.add_argument("results", nargs="?", default=os.path.join(machine.BUILD, "results.json"))
    parser.add_argument(
        "--pictures", metavar="DIRECTORY", help="write the README's charts there, as SVG"
    )
    wanted = parser.parse_args()
    results = Results.load(wanted.results)
    write(results, os.path.splitext(wanted.results)[0] + ".html")
    if wanted.pictures:
        os.makedirs(wanted.pictures, exist_ok=True)
        drawn = pictures.draw(results)
        for name in IN_README:
            path = os.path.join(wanted.pictures, f"bench-{name}.svg")
            with open(path, "w", encoding="utf-8") as f:
                f.write(charts.standalone(drawn[name]))


if __name__ == "__main__":
    main()
