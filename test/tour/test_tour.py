# SPDX-License-Identifier: BSD-2-Clause
"""docs/tour.md is what the source says now, the way of a ping is short, files read in its order.

The first four tests are about our source, the others about the tool, on small sources of their own.
"""
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import c_source
import tour

TEXT = (tour.ROOT / tour.STEPS).read_text()

EXAMPLE = """\
/* What the file is. */
#include "x.h"

_Static_assert(sizeof(struct s) == 8, "not a function");

static const struct table table = {
    .input = input,
};

/*
 * Two lines
 * of comment.
 */
static int first(int n)
{
    if (n) {
        n--; /* calls nobody: nobody(n) */
    }
    return n + sizeof(int);
}

static struct s *
second(/* a reason: it (and it alone) */
       struct s *s, int n)
{
    say("nobody(n)");
    return first(n) ? s : NULL;
}

/* Other files call it. */
__attribute__((noinline)) int third(void)
{
    return second(NULL, 1) != NULL;
}
"""


@pytest.fixture(scope="module")
def source():
    return tour.read_source()


def test_tour_is_up_to_date(source):
    """docs/tour.md shows the source as it is; a function that has gone is named."""
    try:
        wanted = tour.render(TEXT, tour.steps(TEXT, source))
    except tour.Mistake as mistake:
        pytest.fail(str(mistake))
    assert (tour.ROOT / tour.TOUR).read_text() == wanted, "stale: run `make tour`"


def test_way_is_short(source):
    assert not [*tour.too_long(tour.steps(TEXT, source))]


def test_files_are_in_reading_order(source):
    assert not [*tour.out_of_order(tour.steps(TEXT, source))]


def test_no_call_is_missing(source):
    assert not [*tour.gaps(tour.steps(TEXT, source), tour.left_out(TEXT), source)]


def example(text=EXAMPLE, file="src/x.c"):
    return {(f.file, f.name): f for f in c_source.functions(file, text)}


def test_functions_are_found():
    found = list(example().values())
    assert [(f.name, f.line, f.lines, f.public) for f in found] == [
        ("first", 10, 11, False),
        ("second", 22, 7, False),
        ("third", 30, 5, True),
    ]
    assert found[0].text.startswith("/*\n * Two lines\n") and found[0].text.endswith("\n}\n")
    assert found[1].text.startswith("static struct s *\nsecond(")
    assert found[2].text.startswith("/* Other files call it. */\n__attribute__")


def test_calls_in_comments_and_strings_do_not_count():
    calls = {f.name: f.calls() for f in example().values()}
    assert calls == {"first": {"sizeof"}, "second": {"say", "first"}, "third": {"second"}}


def test_static_inline_of_a_header_is_public():
    found = c_source.functions("src/x.h", "static inline int get(void)\n{\n    return 1;\n}\n")
    assert [f.public for f in found] == [True]


def test_every_function_of_src_is_found(source):
    """The extractor sees as many functions as there are, by a rule that is simpler than its own."""
    texts = [p.read_text() for p in (tour.ROOT / "src").rglob("*.[ch]") if "host" not in p.parts]
    assert len(source) == sum(text.count("\n{\n") for text in texts) > 300


GUIDE = """\
# Title

{functions} functions, {lines} lines, {files} files.

{numbers}

## Part

### src/x.c third
It begins here.

### src/x.c second
It goes on.

## What is left out

- `first`: too small
"""


def test_document():
    shown = tour.steps(GUIDE, example())
    text = tour.render(GUIDE, shown)
    assert "2 functions, 12 lines, 1 files." in text
    assert "| [src/x.c](../src/x.c) | `third`, `second` | 12 |" in text
    assert (
        "### 1. `third` in [src/x.c:30](../src/x.c#L30)\n\nIt begins here.\n\n```c\n/* Other"
        in text
    )
    assert "return second(NULL, 1) != NULL;\n}\n```\n\n### 2. `second`" in text
    assert text.endswith("}\n```\n\n## What is left out\n\n- `first`: too small\n")
    assert not tour.check(GUIDE, shown, example())


@pytest.mark.parametrize(
    "changed",
    [
        EXAMPLE.replace("!= NULL", "!= 0"),
        EXAMPLE.replace("files call", "files may call"),
        "\n" + EXAMPLE,
    ],
    ids=["code", "comment", "line"],
)
def test_a_changed_source_makes_another_document(changed):
    before = tour.render(GUIDE, tour.steps(GUIDE, example()))
    assert tour.render(GUIDE, tour.steps(GUIDE, example(changed))) != before


@pytest.mark.parametrize(
    "text, says",
    [
        (GUIDE.replace("c third", "c fourth"), "no function fourth in src/x.c"),
        (GUIDE.replace("x.c third", "y.c third"), "no function third in src/y.c"),
        (GUIDE.replace("src/x.c third", "third"), "a step is"),
        (GUIDE.replace("second", "third"), "named twice: third"),
        (GUIDE.replace("It goes on.\n", ""), "second has no sentence"),
    ],
)
def test_mistakes_in_the_steps(text, says):
    with pytest.raises(tour.Mistake, match=says):
        tour.render(text, tour.steps(text, example()))


def test_limits(monkeypatch):
    shown = tour.steps(GUIDE, example())
    monkeypatch.setattr(tour, "LINES_MAX", 12)
    monkeypatch.setattr(tour, "FILES_MAX", 1)
    assert not [*tour.too_long(shown)]
    monkeypatch.setattr(tour, "LINES_MAX", 11)
    assert [*tour.too_long(shown)] == ["the way has 12 lines, at most 11 are wanted"]
    monkeypatch.setattr(tour, "FILES_MAX", 0)
    assert len([*tour.too_long(shown)]) == 2


@pytest.mark.parametrize(
    "text, says",
    [
        (GUIDE.replace("- `first`: too small\n", ""), "second calls first, which is neither"),
        (GUIDE.replace("`first`", "`first`,\n  `second`"), "second is not left out"),
        (GUIDE.replace("`first`", "`first`, `fourth`"), "fourth is not left out"),
    ],
    ids=["missing", "shown", "never called"],
)
def test_gaps(text, says):
    found = [*tour.gaps(tour.steps(text, example()), tour.left_out(text), example())]
    assert len(found) == 1 and says in found[0]


# What the tour shows of one file: capitals are public functions, others static; a comma is a step in
# another file. Then their order in the file, and whether that is a reading order.
ORDERS = [
    ("Pab", "Pab", True),  # the public function first, then as the tour reads on
    ("Pab", "abP", True),  # the public function last, the others in the tour's order
    ("Pab", "baP", True),  # exactly the other way round
    ("Pab", "Pba", False),
    ("Pab", "aPb", False),  # the public function is in the middle
    ("Pab", "bPa", False),
    ("Pabc", "acbP", False),  # the others are mixed
    ("Pabc", "bcaP", False),
    ("P", "P", True),
    ("abc", "abc", True),  # no public function: one of the two orders
    ("abc", "cba", True),
    ("ab,c", "bca", False),
    ("abc", "bca", False),
    ("Pa,Qb", "PaQb", True),  # it comes back to the file, and goes on below
    ("Pa,Qb", "aPbQ", True),
    ("Pa,Qb", "aQbP", True),  # the file's public function is the last of all
    ("Pa,b,Qc", "abcQP", True),
    ("Pa,Qb", "bQaP", True),  # exactly the other way round
    ("Pa,Qb", "bQPa", False),
    ("Pa,Qb", "QbaP", False),
    ("Pa,Qb", "abPQ", False),  # what is read later stands between what was read before
    ("Pa,Qb", "PQab", False),
    ("P,Q,R", "QRP", True),
    ("P,Q,R", "PRQ", False),  # down, then up
    ("P,a,Q", "aPQ", False),
]


@pytest.mark.parametrize("reading, standing, expected", ORDERS)
def test_reading_order(reading, standing, expected):
    text = "".join(
        f"{'' if name.isupper() else 'static '}int {name}(void)\n{{\n}}\n\n" for name in standing
    )
    here, elsewhere = example(text), example("int x(void)\n{\n}\n", "src/y.c")["src/y.c", "x"]
    shown = [elsewhere if name == "," else here["src/x.c", name] for name in reading]
    assert tour.in_order(shown, "src/x.c") == expected
    assert bool([*tour.out_of_order(shown)]) != expected


def test_check_says_all_that_is_wrong(monkeypatch):
    """A call that is not accounted for; the same out of order; the same and too long."""
    text = GUIDE.replace("- `first`: too small\n", "").replace(
        "## What", "### src/x.c fourth\nIt ends here.\n\n## What"
    )
    last = "\nstatic int fourth(void)\n{\n    return 4;\n}\n"
    source = example(EXAMPLE.replace("\n/* Other", last + "\n/* Other"))
    assert len(tour.check(text, tour.steps(text, source), source)) == 1
    source = example(EXAMPLE + last)
    assert len(tour.check(text, tour.steps(text, source), source)) == 2
    monkeypatch.setattr(tour, "LINES_MAX", 3)
    assert len(tour.check(text, tour.steps(text, source), source)) == 3


def test_the_program(source, tmp_path):
    """It writes the document, says how long the way is and what is wrong with it: then status 1."""
    done = subprocess.run(
        [sys.executable, "-B", tour.__file__, tmp_path / "tour.md"],
        capture_output=True,
        text=True,
        check=False,
    )
    shown = tour.steps(TEXT, source)
    files, functions, lines = tour.length(shown)
    findings = tour.check(TEXT, shown, source)
    assert done.stdout.startswith(
        f"docs/tour.md: {functions} functions in {files} files, {lines} l"
    )
    assert done.stdout.splitlines()[2:] == findings
    assert done.returncode == (1 if findings else 0)
    assert (tmp_path / "tour.md").read_text() == tour.render(TEXT, shown)
