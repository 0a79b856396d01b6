# SPDX-License-Identifier: BSD-2-Clause
"""Runs the suite against one subject (--subject) and adds up the score.

A subject is started once for each set of words that some tests ask for, and those tests run one after
the other. A case of an item that nobody has built yet, or where Linux is known to differ, may fail:
items.py says which. The outcome goes to build/conformance/SUBJECT.json.

The host program runs the same network core as the image, so test/run.sh asks it for a tenth of the
cases only (--every 10): always the same ones, and the run says how many it left out.
"""
import json
import re

import pytest

from items import ITEMS, SECTIONS
from subjects import ROOT, SUBJECTS, describe
from wire import Wire

RESULTS = ROOT / "build/conformance"


def pytest_addoption(parser):
    parser.addoption(
        "--subject",
        choices=sorted(SUBJECTS),
        default="host",
        help="what is tested: the program (host), the image in QEMU, Linux for comparison",
    )
    parser.addoption(
        "--every",
        type=int,
        default=1,
        metavar="N",
        help="run only every Nth case; the program's own tests and the judges run in full",
    )


def pytest_configure(config):
    config.stash[SCORE] = Score(config.getoption("--subject"))


class Score:
    """The outcomes of all cases, by item."""

    def __init__(self, subject):
        self.subject = subject
        self.cases = {}

    def add(self, item, outcome):
        self.cases.setdefault(item, []).append(outcome)

    def results(self):
        """An item's outcome: the worst of its cases'."""
        return {
            item: next(o for o in ("failed", "expected", "passed", "n/a") if o in outcomes)
            for item, outcomes in sorted(self.cases.items())
        }

    def surprises(self):
        """Items that passed although items.py expects them to fail."""
        return [
            item
            for item, outcome in self.results().items()
            if outcome == "passed" and ITEMS[item].excuse(self.subject)
        ]


SCORE = pytest.StashKey[Score]()
LEFT_OUT = pytest.StashKey[str]()


def item_of(node):
    found = re.match(r"test_c(\d{3})_", node.name)
    return int(found[1]) if found else None


def words_of(node):
    mark = node.get_closest_marker("words")
    return (mark.args[0], mark.kwargs.get("ready", True)) if mark else ("", True)


def pytest_ignore_collect(collection_path, config):
    """The program's own tests run with the host subject only."""
    return (
        collection_path.name.startswith("test_host_") and config.getoption("--subject") != "host"
    ) or None


def leave_out(config, items):
    """Takes all cases but every Nth from the list."""
    every = config.getoption("--every")
    cases = [
        node
        for node in items
        if not node.path.name.startswith("test_host_") and node.path.name != "test_judges.py"
    ]
    left_out = [case for number, case in enumerate(cases) if number % every]
    if left_out:
        config.stash[LEFT_OUT] = (
            f"{len(left_out)} of {len(cases)} cases; "
            f"make conformance-{config.getoption('--subject')} runs all"
        )
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [node for node in items if node not in gone]


@pytest.fixture(scope="session", autouse=True)
def say_what_is_left_out(pytestconfig, record_testsuite_property):
    """For test/count.py."""
    if LEFT_OUT in pytestconfig.stash:
        record_testsuite_property("left out", pytestconfig.stash[LEFT_OUT])


def pytest_collection_modifyitems(config, items):
    subject = config.getoption("--subject")
    leave_out(config, items)
    for node in items:
        number = item_of(node)
        if number and (excuse := ITEMS[number].excuse(subject)):
            node.add_marker(pytest.mark.xfail(reason=excuse))
        if subject == "linux" and (mark := node.get_closest_marker("no_linux")):
            node.add_marker(pytest.mark.skip(reason=mark.args[0]))
    first = {}
    for node in items:
        first.setdefault(words_of(node), len(first))
    items.sort(
        key=lambda node: (
            not node.get_closest_marker("first"),
            "wire" not in node.fixturenames,
            "unfinished" not in node.fixturenames,
            first[words_of(node)],
            bool(node.get_closest_marker("last")),
        )
    )


class Fleet:
    """Starts and stops subjects: one runs at a time, until a test asks for other words."""

    def __init__(self, kind):
        self.kind, self.words, self.wire = kind, None, None
        self.heard = []
        self.failed = {}

    def get(self, words):
        if words in self.failed:
            pytest.fail(self.failed[words])
        if words != self.words or self.wire.dead:
            self.stop()
            try:
                self.wire = Wire(self.kind(words[0].split(), ready=words[1]), self.heard)
            except AssertionError as error:
                self.failed[words] = f"it does not start: {error}"
                pytest.fail(self.failed[words])
            self.words = words
        return self.wire

    def stop(self):
        if self.wire:
            wire, self.wire, self.words = self.wire, None, None
            wire.subject.stop()


@pytest.fixture(scope="session")
def fleet(request):
    fleet = Fleet(SUBJECTS[request.config.getoption("--subject")])
    yield fleet
    fleet.stop()


@pytest.fixture
def wire(request, fleet):
    """The subject, started with the words that the test asks for."""
    wire = fleet.get(words_of(request.node))
    wire.test = request.node.name
    return wire


@pytest.fixture(scope="session")
def patient(request, fleet):
    """A second subject for the tests that take a minute; it runs beside the first."""
    subject = fleet.kind(["for=patience"])
    yield Wire(subject, fleet.heard)
    subject.stop()


@pytest.fixture
def score(request):
    return request.config.stash[SCORE]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    number = item_of(item)
    if number and (report.when == "call" or report.outcome != "passed"):
        outcome = report.outcome
        if hasattr(report, "wasxfail") and outcome == "skipped":
            outcome = "expected"
        elif outcome == "skipped":
            outcome = "n/a"
        item.config.stash[SCORE].add(number, outcome)


def write_results(score):
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"is": describe(score.subject), "items": score.results()}, indent=1)
    (RESULTS / f"{score.subject}.json").write_text(text + "\n")


def pytest_sessionfinish(session):
    score = session.config.stash[SCORE]
    if set(score.cases) == set(ITEMS):  # a run of a few cases says nothing of the whole
        write_results(score)


def pytest_terminal_summary(terminalreporter, config):
    score = config.stash[SCORE]
    results = score.results()
    terminalreporter.section(f"conformance of {score.subject}: items passed")
    for title, numbers in SECTIONS.items():
        done = [n for n in numbers if results.get(n) == "passed"]
        asked = [n for n in numbers if results.get(n, "n/a") != "n/a"]
        terminalreporter.line(f"{title:24} {len(done):3} of {len(asked)}")
    for number in score.surprises():
        terminalreporter.line(
            f"item {number} passes, though items.py excuses it: "
            f"{ITEMS[number].excuse(score.subject)}"
        )
