# SPDX-License-Identifier: BSD-2-Clause
"""Writes docs/conformance.md from the results in build/conformance (`make conformance-doc`).

The same results give the same text. A subject that has not been run keeps its column.
"""
import json
import re
from pathlib import Path

from items import ITEMS, SECTIONS

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs/conformance.md"
SUBJECTS = ("image", "host", "linux")
WORDS = {"passed": "yes", "failed": "**no**", "expected": "no", "n/a": "-", None: "?"}


def table(header, rows):
    return "\n".join(
        [
            "| " + " | ".join(header) + " |",
            "|" + "---|" * len(header),
            *("| " + " | ".join(map(str, row)) + " |" for row in rows),
        ]
    )


def score(results, numbers):
    asked = [n for n in numbers if results.get(n) not in (None, "n/a")]
    return f"{sum(results[n] == 'passed' for n in asked)} of {len(asked)}"


def render(results, linux):
    """The document; results: {subject: {item: outcome}}."""
    numbers = [n for section in SECTIONS.values() for n in section]
    of = {s: results.get(s, {}) for s in SUBJECTS}
    differ = [
        n
        for n in numbers
        if of["linux"].get(n) in ("passed", "expected", "failed")
        and not ITEMS[n].unbuilt
        and {of["image"].get(n), of["host"].get(n)} != {of["linux"].get(n)}
    ]
    unbuilt = [n for n in numbers if ITEMS[n].unbuilt]
    return f"""# Conformance

What the image, the host program and the Linux kernel answer, item by item of a checklist from the
RFCs: a frame goes in, and a frame or nothing comes out. scapy and tshark judge it, no code of ours.
`make conformance` runs it, `make conformance-doc` writes this file from the results, and a test fails
when it is stale. The cases are in `test/conformance/`, named after the items. {linux} is there for
comparison, with its defaults, except that `rp_filter` is 2, as on Debian, and that its limits on ICMP
errors are off outside the tests of those limits.

An item counts as passed when all its cases pass; items that do not apply to a subject are not counted.

## Score

{table(["section", "image", "host", linux],
       [[title, *(score(of[s], section) for s in SUBJECTS)] for title, section in SECTIONS.items()] +
       [["all", *(score(of[s], numbers) for s in SUBJECTS)]])}

## Where unipong and Linux differ

Rules that both implement, with different results.

{table(["item", "what is expected", "by", "unipong", "Linux", "why"],
       [[n, ITEMS[n].title, ITEMS[n].source, WORDS[of["image"].get(n)], WORDS[of["linux"].get(n)],
         ITEMS[n].linux or ITEMS[n].unbuilt or "?"] for n in differ])}

## Expected to differ once it is built

{table(["item", "what is expected", "by", "Linux", "why"],
       [[n, ITEMS[n].title, ITEMS[n].source, WORDS[of["linux"].get(n)], ITEMS[n].linux]
        for n in unbuilt if ITEMS[n].linux])}

## Not built yet

{table(["items", "who builds it"],
       [[", ".join(str(n) for n in unbuilt if ITEMS[n].unbuilt == who), who]
        for who in dict.fromkeys(ITEMS[n].unbuilt for n in unbuilt)])}

## All items

M is a MUST, S a SHOULD, O an option of the RFC, L a rule of our own. `no`: fails, as expected, for a
reason given above. `-`: does not apply.

{table(["item", "level", "what is expected", "by", "image", "host", "Linux"],
       [[n, ITEMS[n].level, ITEMS[n].title, ITEMS[n].source, *(WORDS[of[s].get(n)] for s in SUBJECTS)]
        for n in numbers])}
"""


def read(text):
    """The results that a document was made from."""
    outcomes = {word: outcome for outcome, word in WORDS.items() if outcome}
    rows = re.findall(r"(?m)^\| (\d+) \| [MSOL] \| .* \| (\S+) \| (\S+) \| (\S+) \|$", text)
    return {
        subject: {int(row[0]): outcomes[row[i]] for row in rows if row[i] in outcomes}
        for i, subject in enumerate(SUBJECTS, 1)
    }


def linux_of(text):
    """The Linux that a document is about."""
    found = re.search(r"Linux \d+\.\d+", text)
    return found[0] if found else "Linux"


def main():
    text = PATH.read_text() if PATH.exists() else ""
    results, linux = read(text), linux_of(text)
    for subject in SUBJECTS:
        path = ROOT / f"build/conformance/{subject}.json"
        if path.exists():
            found = json.loads(path.read_text())
            results[subject] = {int(n): outcome for n, outcome in found["items"].items()}
            linux = found["is"] if subject == "linux" else linux
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(render(results, linux))


if __name__ == "__main__":
    main()
