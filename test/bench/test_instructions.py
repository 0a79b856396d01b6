# SPDX-License-Identifier: BSD-2-Clause
"""The core must not grow unnoticed: instructions per frame against the figures on record.

The compiler decides the figures too, so another major version than the recorded one is skipped.
After a change that is worth its cost: test/bench/instructions.py --record.
"""
import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import instructions  # noqa: E402

GROWTH = 1.04  # what a frame may cost more than on record


@pytest.fixture(scope="module", name="counts")
def fixture_counts():
    if not shutil.which("valgrind"):
        pytest.skip("no valgrind")
    if not os.path.exists(instructions.PROGRAM):
        pytest.skip("no build/unipong-host: make build/unipong-host")
    major = instructions.recorded()["compiler"].split(".")[0]
    if instructions.compiler().split(".")[0] != major:
        pytest.skip(f"the figures on record are gcc {major}'s")
    return instructions.count_all()


@pytest.mark.parametrize("case", instructions.CASES)
def test_instructions_per_frame(counts, case):
    on_record = instructions.recorded()["per_frame"][case]
    assert counts[case] <= on_record * GROWTH, f"{case}: {on_record} on record, now {counts[case]}"
