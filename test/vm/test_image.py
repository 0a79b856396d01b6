# SPDX-License-Identifier: BSD-2-Clause
"""The image as a file: how large it is, and that two builds of it are the same octets."""
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
IMAGE = ROOT / "build/unipong.elf"
SIZE_MAX = 64 * 1024


def test_size_without_symbols(tmp_path):
    subprocess.run(["strip", "-o", tmp_path / "stripped", IMAGE], check=True)
    assert (tmp_path / "stripped").stat().st_size <= SIZE_MAX


def test_build_elsewhere_is_the_same(tmp_path):
    """From a copy of the sources at another path, with the newlib that is built already."""
    for name in ("src", "test", "Makefile", "config.h"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "build/newlib", tmp_path / "build/newlib")
    subprocess.run(["make", "-s", "-j2", "-C", tmp_path], check=True, capture_output=True, timeout=300)
    assert (tmp_path / "build/unipong.elf").read_bytes() == IMAGE.read_bytes()
