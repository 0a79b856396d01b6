# SPDX-License-Identifier: BSD-2-Clause
"""Overload on every setting that must survive it: after each burst unipong answers at once.

An event index that is lost where QEMU leaves out a barrier never heals, so this is run with event
indices and without, on both machines, in the modes that sleep.
"""
import figures
import subjects
from results import Results
from subjects import Failed, Running


def survives(subject, bursts):
    """(whether it answers at once and at full rate after every burst, what was seen)."""
    seen = Results()
    try:
        with Running(subject) as running:
            for figure, value in figures.overload(running, bursts):
                seen.add("", figure.split(".")[-1], value)
    except Failed as e:
        return False, str(e)
    silent, after = sum(seen.all("", "silent")), min(seen.all("", "after"), default=0)
    slowest = max(seen.all("", "next"), default=0)
    return (
        silent == 0 and slowest <= figures.AT_ONCE_US and after >= 0.5,
        f"{silent} silent, slowest next answer {slowest:.0f} us, lowest rate after {after:.2f}",
    )


def matrix(bursts):
    """Prints a line for each setting; returns how many did not survive."""
    failed = 0
    for board in ("pc", "q35"):
        for event_idx in ("on", "off"):
            for idle in ("adaptive", "halt"):
                subject = subjects.unipong(idle)
                subject.board, subject.event_idx = board, event_idx
                well, words = survives(subject, bursts)
                failed += not well
                print(
                    f"{'ok' if well else 'NOT OK':7}{board:4} event_idx={event_idx:4}"
                    f"idle={idle:9}{words}",
                    flush=True,
                )
    return failed
