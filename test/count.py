#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Counts a step's results for test/run.sh:  count.py tap|junit|status EXIT_STATUS LOG XML

Prints `PASSED FAILED SKIPPED`, then a line for each failed test, for the skipped ones by reason, and
for what the step left out. Nothing is lost: a test that was planned but never reported has failed,
and so has a step that ended badly without a failed test, or well without any test.
"""
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


def read_tap(log):
    """Reads TAP with any number of plans, one after the other, as several programs print it."""
    missing = 0
    for line in open(log, errors="replace"):
        if plan := re.match(r"1\.\.(\d+)", line):
            if missing > 0:
                yield FAILED, f"{missing} planned tests did not report", ""
            missing = int(plan[1])
        elif result := re.match(r"(not )?ok\b[ \d]*(?:- )?(.*)", line):
            missing -= 1
            name, skip, reason = result[2].partition("# SKIP")
            if skip:  # cmocka 1.1 says "not ok N # SKIP name"
                yield SKIPPED, name.strip() or reason.strip(), reason.strip()
            else:
                yield FAILED if result[1] else PASSED, name.strip(), ""
    if missing > 0:
        yield FAILED, f"{missing} planned tests did not report", ""


def left_out(xml):
    """What a pytest step says that it did not run on purpose."""
    if os.path.exists(xml):
        for found in ElementTree.parse(xml).iterfind(".//property[@name='left out']"):
            yield found.get("value")


def read_junit(xml):
    if not os.path.exists(xml):
        return
    for case in ElementTree.parse(xml).iter("testcase"):
        kinds = {child.tag: child for child in case}
        name = case.get("name")
        if "failure" in kinds or "error" in kinds:
            yield FAILED, name, ""
        elif "skipped" in kinds:
            yield SKIPPED, name, kinds["skipped"].get("message", "")
        else:
            yield PASSED, name, ""


def main(kind, status, log, xml):
    results = []
    if kind == "tap":
        results = list(read_tap(log))
    elif kind == "junit":
        results = list(read_junit(xml))
    elif status == "0":
        results = [(PASSED, "", "")]
    count = {k: sum(r[0] == k for r in results) for k in (PASSED, FAILED, SKIPPED)}
    if status != "0" and not count[FAILED]:
        results.append((FAILED, f"ended with status {status}", ""))
    elif not results:
        results.append((FAILED, "ended without a result", ""))
    count[FAILED] = sum(r[0] == FAILED for r in results)
    print(count[PASSED], count[FAILED], count[SKIPPED])
    for name in (r[1] for r in results if r[0] == FAILED):
        print(f"{FAILED}: {name}")
    skipped = {}
    for name, reason in (r[1:] for r in results if r[0] == SKIPPED):
        skipped.setdefault(reason, []).append(name)
    for reason, names in skipped.items():
        print(
            f"{SKIPPED}: {names[0] if len(names) == 1 else f'{len(names)} tests'}"
            + (f": {reason}" if reason else "")
        )
    for what in left_out(xml):
        print(f"left out: {what}")


main(*sys.argv[1:])
