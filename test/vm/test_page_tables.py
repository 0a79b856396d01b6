# SPDX-License-Identifier: BSD-2-Clause
"""What the guest may write and run, by its page tables as QEMU shows them.

AMD64 Architecture Programmer's Manual volume 2, 5.3: each level's entries are walked as the CPU walks them.
"""
import re
import subprocess

import pytest

from guest import POWER_OFF, Guest, Namespace
from monitor import Monitor, option
from qemu import IMAGE

PRESENT, WRITABLE, LARGE, NO_EXECUTE = 1 << 0, 1 << 1, 1 << 7, 1 << 63
ADDRESS = 0x000FFFFFFFFFF000
WRITE_PROTECT = 1 << 16  # in CR0


def entries(monitor, table):
    """The present ones of a table: (index, entry)."""
    text = monitor.human(f"xp /512gx 0x{table:x}")
    numbers = [
        int(word, 16) for line in text.splitlines() for word in line.partition(":")[2].split()
    ]
    assert len(numbers) == 512
    return [(index, entry) for index, entry in enumerate(numbers) if entry & PRESENT]


def walk(monitor, table, level=4, start=0, writable=True):
    """Two lists: all tables; (start, end, address, writable, executable) of all pages."""
    tables, pages = [table], []
    size = 1 << (12 + 9 * (level - 1))
    for index, entry in entries(monitor, table):
        at, may_write = start + index * size, writable and bool(entry & WRITABLE)
        if level > 1 and not entry & LARGE:
            more = walk(monitor, entry & ADDRESS, level - 1, at, may_write)
            tables += more[0]
            pages += more[1]
        else:
            address = entry & ADDRESS & -size
            pages.append((at, at + size, address, may_write, not entry & NO_EXECUTE))
    return tables, pages


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"memory": "1280K"},
        {"machine": "q35", "memory": "6G"},
        {"device": ",disable-legacy=on,page-per-vq=on", "memory": "1G"},
    ],
    ids=("pc", "little memory", "much memory", "large window"),
)
def test_what_is_read_only(tmp_path, options):
    path = tmp_path / "monitor"
    symbols = {
        name: int(address, 16)
        for address, _, name in map(
            str.split,
            subprocess.run(
                ["nm", IMAGE], check=True, capture_output=True, text=True
            ).stdout.splitlines(),
        )
    }
    with Namespace() as network, Guest(network, extra=option(path), **options) as guest:
        guest.ping(10, "-i", "0.01")
        with Monitor(path) as monitor:
            registers = monitor.human("info registers")
            tables, pages = walk(monitor, int(re.search(r"CR3=(\w+)", registers)[1], 16))
        assert guest.power_off() == POWER_OFF

    def rights(address):
        """(writable, executable), or None if it is not mapped."""
        return next((page[3:] for page in pages if page[0] <= address < page[1]), None)

    assert int(re.search(r"CR0=(\w+)", registers)[1], 16) & WRITE_PROTECT
    assert all(start == address for start, _, address, _, _ in pages)
    assert not [page for page in pages if page[3] and page[4]], "writable and executable"
    assert len(tables) >= 5
    assert {rights(table) for table in tables} == {(False, False)}
    for register in ("GDT", "IDT", "TR "):
        base, limit = re.search(rf"{register} ?=(?:\w+)? +(\w{{16}}) (\w{{8}})", registers).groups()
        assert rights(int(base, 16)) == (False, False), register
        assert rights(int(base, 16) + int(limit, 16)) == (False, False), register
    assert rights(symbols["boot_start"]) == (False, True)
    assert rights(symbols["rodata_start"]) == (False, False)
    for name in ("stack_guard", "trap_guard"):
        assert rights(symbols[name]) is rights(symbols[name] + 4095) is None
        assert rights(symbols[name] - 1)[0] is rights(symbols[name] + 4096)[0] is True
    assert rights(0) is None
