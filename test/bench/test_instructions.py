# SPDX-License-Identifier: BSD-2-Clause
"""The image must not become slower unnoticed: instructions per frame against the figures on record.

The compiler decides the figures too, so there is a record for each of its major versions. After a
change that is worth its cost: make instructions RECORD=1, and say in the commit what it costs.
"""
import shutil

import instructions
import pytest

GROWTH = 1.02  # a frame may cost so many times what is on record


@pytest.fixture(scope="module", name="on_record")
def fixture_on_record():
    compiler = instructions.compiler()
    if compiler not in instructions.recorded():
        pytest.skip(f"no figures are on record for {compiler}")
    return instructions.recorded()[compiler]


@pytest.fixture(scope="module", name="counts")
def fixture_counts(on_record):
    assert on_record
    if not shutil.which("qemu-system-x86_64"):
        pytest.skip("no qemu-system-x86_64")
    try:
        counts = instructions.count_all()
        for _ in range(2):
            if all(counts[figure] <= on_record[figure] * GROWTH for figure in counts):
                break
            # A machine with no time for QEMU can only add to a figure, so the least of three is right.
            again = instructions.count_all()
            counts = {figure: min(counts[figure], again[figure]) for figure in counts}
    except instructions.Impossible as problem:
        pytest.skip(str(problem))
    return counts


@pytest.mark.parametrize("kind", ["alone", "burst"])
@pytest.mark.parametrize("case", instructions.CASES)
def test_instructions_per_frame(counts, on_record, case, kind):
    was, now = (figures[f"{case}.{kind}"] for figures in (on_record, counts))
    assert now <= was * GROWTH, f"{case} {kind}: {was} on record, now {now}"
