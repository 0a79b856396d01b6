# SPDX-License-Identifier: BSD-2-Clause
"""The image as a file: how large it is and of what, and that two builds of it are the same octets.

A section's octets belong to the room of src/ in which their line was written, wherever the compiler has
inlined it; a variable's to the room that defines it. String constants have no name; they and the gaps between are a row of their own.
"""
import bisect
import collections
import functools
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
IMAGE, MAP = ROOT / "build/unipong.elf", ROOT / "build/unipong.map"

# .text + .rodata + .data. All that is planned has to fit into 96 KiB, a quarter of the smallest Linux kernel
# without a network; what version 0.2.0 can do is a good half of it. Raise it only for what the image
# can do more, and say in the commit what that costs.
OCTETS_MAX = 55_000

SECTIONS = (".text", ".rodata", ".data", ".bss")
PIECE = re.compile(r"^ (\.[\w.]+|\*fill\*)\s+0x0*([0-9a-f]+)\s+0x([0-9a-f]+) ?(.*)$")


def run(*command, **options):
    return subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, **options
    ).stdout


def sections():
    """{section: (address, size)}"""
    lines = (line.split() for line in run("size", "-A", IMAGE).splitlines())
    return {line[0]: (int(line[2]), int(line[1])) for line in lines if line and line[0] in SECTIONS}


def room(path):
    """Of a source or object file's path, wherever it was built."""
    if found := re.search(r"(?:^|/)src/(?:(\w+)/)?\w+\.", path):
        return found[1] or "src"
    return "newlib" if re.search(r"lib(c|gcc)\.a", path) else None


def pieces():
    """What the linker put together: (address, size, file), without what it threw away."""
    text = MAP.read_text().split("Linker script and memory map")[1]
    for line in re.sub(
        r"\n {10,}0x", " 0x", text
    ).splitlines():  # a long name has a line of its own
        if (piece := PIECE.match(line)) and int(piece[2], 16) >= 0x100000:
            yield int(piece[2], 16), int(piece[3], 16), piece[4]


def lines_of_code():
    """(address, size, room) of each instruction that a line of C has become."""
    code = re.findall(
        r"^ +([0-9a-f]+):\t((?:[0-9a-f]{2} )+)", run("objdump", "-d", "-w", IMAGE), re.M
    )
    files = run(
        "addr2line", "-e", IMAGE, input="\n".join(address for address, _ in code)
    ).splitlines()
    for (address, octets), file in zip(code, files, strict=True):
        yield int(address, 16), len(octets) // 3, room(file)


def rooms_of_variables():
    """{name: rooms that have a variable of this name}, by the debug information."""
    rooms, unit, tag = collections.defaultdict(set), None, None
    for line in run("readelf", "--debug-dump=info", IMAGE).splitlines():
        if entry := re.search(r": Abbrev Number: \d+ \((\w+)\)", line):
            tag = entry[1]
        elif name := re.search(r"DW_AT_name +: (?:\(.*\): )?(\S+)", line):
            if tag == "DW_TAG_compile_unit":
                unit = room(name[1])
            elif tag == "DW_TAG_variable":
                rooms[name[1]].add(unit)
    return rooms


def variables():
    """(address, size, room) of each variable and constant of C whose name tells its room."""
    rooms = rooms_of_variables()
    for line in run("nm", "-S", "--defined-only", IMAGE).splitlines():
        if symbol := re.match(r"(\w+) (\w+) [rRdDbB] (\w+)", line):
            found = rooms[symbol[3]]
            yield int(symbol[1], 16), int(symbol[2], 16), next(iter(found)) if len(
                found
            ) == 1 else None


@functools.cache
def octets_by_room():
    """{room: {section: octets}}. The sums are the sections' sizes."""
    rooms = collections.defaultdict(collections.Counter)
    spans = sorted((*sections().values(),))
    names = {address: name for name, (address, _) in sections().items()}

    def add(address, size, where):
        start, length = spans[bisect.bisect(spans, (address, 1 << 64)) - 1]
        if start <= address and address + size <= start + length:
            rooms[where][names[start]] += size

    def within(address):
        start, length, file = linked[bisect.bisect(linked, (address, 1 << 64, "")) - 1]
        return file if start <= address < start + length else ""

    linked = sorted(pieces())
    for address, size, file in linked:
        if where := room(file):
            add(address, size, where)
    for address, size, where in (*lines_of_code(), *variables()):
        if where and not room(within(address)):  # a piece of many files: what was compiled as one
            add(address, size, where)
    for name, (_, size) in sections().items():
        rooms["strings, gaps"][name] = size - sum(octets[name] for octets in rooms.values())
    return rooms


def test_octets(capsys):
    """The sum that is promised, and where it goes."""
    rooms = octets_by_room()
    with capsys.disabled():
        print("\n" + f"{'octets':14}" + "".join(f"{name:>9}" for name in SECTIONS))
        for where in sorted(rooms, key=lambda where: -sum(rooms[where].values())):
            print(f"{where:14}" + "".join(f"{rooms[where][name]:9,}" for name in SECTIONS))
        print(f"{'sum':14}" + "".join(f"{size:9,}" for _, size in sections().values()), end=" ")
    octets = sum(size for name, (_, size) in sections().items() if name != ".bss")
    with capsys.disabled():
        print(f": {octets:,} without .bss, at most {OCTETS_MAX:,}")
    assert octets <= OCTETS_MAX
    assert all(octets >= 0 for octets in rooms["strings, gaps"].values()), "counted twice"
    assert {"net", "virtio", "platform", "boot", "shell", "src", "newlib"} <= set(rooms)


def test_no_stdio():
    """Of newlib's stdio only vsnprintf is there: no streams, no heap."""
    symbols = set(run("nm", "--format=just-symbols", IMAGE).split())
    assert "vsnprintf" in symbols
    for name in (
        "__sf",
        "__sinit",
        "_vfprintf_r",
        "_fflush_r",
        "_fwalk",
        "_write_r",
        "_sbrk_r",
        "printf",
        "puts",
        "__malloc_free_list",
        "__global_locale",
    ):
        assert name not in symbols


def test_formats_that_vsnprintf_knows():
    """newlib's small vsnprintf takes a z, ll, j, t or hh for the conversion itself, and gcc does not know."""
    image = IMAGE.read_bytes()
    assert b"%12lu" in image
    assert not re.findall(rb"%[-+ #0]*[0-9*]*(?:\.[0-9*]*)?(?:z|ll|j|t|hh|L)[diouxXn]", image)


def test_build_elsewhere_is_the_same(tmp_path):
    """From a copy of the sources at another path, with the newlib that is built already."""
    for name in ("src", "test", "Makefile", "config.h"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "build/newlib", tmp_path / "build/newlib")
    subprocess.run(
        ["make", "-s", "-j2", "-C", tmp_path], check=True, capture_output=True, timeout=300
    )
    assert (tmp_path / "build/unipong.elf").read_bytes() == IMAGE.read_bytes()
