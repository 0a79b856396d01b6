# SPDX-License-Identifier: BSD-2-Clause
"""Runs the linters: lint.py [TOOL...]

One line a tool as TAP on stdout; what it found follows as comments. As many commands run at a time as
there are cores. A finding is mended, or suppressed at its place with the reason.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

IMAGE = ["-std=gnu11", "-O2", "-I.", "-Isrc", "-isystem", "build/newlib/include"]
HOST = ["-std=gnu11", "-O2", "-D_GNU_SOURCE", "-I.", "-Isrc", "-Itest/unit"]


def find(*patterns):
    """The files of ours that match, as strings. What was built is not ours."""
    return sorted(
        {
            str(p)
            for pattern in patterns
            for p in pathlib.Path(".").glob(pattern)
            if p.is_file() and p.parts[0] not in ("build", ".git")
        }
    )


def batches(files, size=4):
    return [files[i : i + size] for i in range(0, len(files), size)]


def flags(file, no_host_headers):
    if file.startswith("src/") and not file.startswith("src/host/"):
        return IMAGE + no_host_headers
    return HOST


def tidy_checks(file):
    """Options for clang-tidy. Its analyzer is off for tests: it follows each through all of src/,
    which takes a minute, and has found nothing.
    """
    return ["--checks=-clang-analyzer-*"] if file.startswith("test/") else []


def licensed_files():
    """The files that say their licence."""
    return find(
        "config.h",
        "*.sh",
        "*.ini",
        "*.toml",
        "Makefile",
        ".clang-tidy",
        ".ci/*",
        *(
            f"{room}/**/*{ending}"
            for room in ("src", "test")
            for ending in (".c", ".h", ".asm", ".S", ".ld", ".py", ".sh", ".exp", ".mk")
        ),
    )


def check_spdx():
    """They say it in their first three lines."""
    missing = [
        f
        for f in licensed_files()
        if not any(
            "SPDX-License-Identifier: BSD-2-Clause" in line
            for line in pathlib.Path(f).read_text().splitlines()[:3]
        )
    ]
    return 1 if missing else 0, "".join(f"{f}:1: no SPDX line\n" for f in missing)


def tools():
    """The linters: for each its name, its files, and its commands or functions."""
    c = find("src/**/*.c", "test/**/*.c")
    headers = find("config.h", "src/**/*.h", "test/**/*.h")
    sources = [f for f in c if f.startswith("src/")]
    shell = find("*.sh", "src/**/*.sh", "test/**/*.sh", ".ci/run")
    python = find("test/**/*.py")
    gcc_headers = subprocess.run(
        ["gcc", "-print-file-name=include"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "clang-format": (c + headers, [["clang-format", "--dry-run", "-Werror", *c, *headers]]),
        "clang-tidy": (
            c,
            [
                ["clang-tidy", "--quiet", *tidy_checks(f), f, "--", *flags(f, ["-nostdlibinc"])]
                for f in c
            ],
        ),
        "cppcheck": (
            c,
            [
                [
                    "cppcheck",
                    "--quiet",
                    "--std=c11",
                    "--inline-suppr",
                    "--error-exitcode=1",
                    "--enable=warning,performance,portability",
                    "--template=gcc",
                    "-I.",
                    "-Isrc",
                    "-Itest/unit",
                    *some,
                ]
                for some in batches(c, 25)
            ],
        ),
        "gcc -fanalyzer": (
            sources,
            [
                [
                    "gcc",
                    *flags(f, ["-nostdinc", "-isystem", gcc_headers]),
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "-fanalyzer",
                    "-c",
                    "-o",
                    "/dev/null",
                    f,
                ]
                for f in sources
            ],
        ),
        "shellcheck": (shell, [["shellcheck", *shell]]),
        "black": (python, [["black", "--check", *python]]),
        "pyflakes3": (python, [["pyflakes3", *python]]),
        "includes": (find("src/**/*.[ch]"), [["/usr/bin/python3", "test/lint/includes.py"]]),
        "spdx": (licensed_files(), [check_spdx]),
    }


def run(command):
    """Exit status and output of one command, without what clang and black say about themselves."""
    if callable(command):
        return command()
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=False,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        return 1, f"{command[0]} is not installed\n"
    output = re.sub(
        r"^(\d+ (warning|error)s? .*generated|Suppressed .*|Use -header-filter.*|"
        r"\d+ warnings? treated as errors?|Oh no!.*|\d+ files? would be .*)\.?\n",
        "",
        done.stdout,
        flags=re.M,
    )
    return done.returncode, output.replace(f"{os.getcwd()}/", "")


def main():
    chosen = {
        name: tool for name, tool in tools().items() if not sys.argv[1:] or name in sys.argv[1:]
    }
    bad = 0
    print(f"1..{len(chosen)}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        start = time.monotonic()
        running = {
            name: [pool.submit(run, command) for command in commands]
            for name, (_, commands) in chosen.items()
        }
        for number, (name, futures) in enumerate(running.items(), 1):
            results = [f.result() for f in futures]
            ok = all(status == 0 for status, _ in results)
            bad += not ok
            print(
                f"{'ok' if ok else 'not ok'} {number} - {name}: {len(chosen[name][0])} files, "
                f"after {time.monotonic() - start:.0f} s"
            )
            output = "".join(text for status, text in results if status != 0).rstrip()
            print("".join(f"# {line}\n" for line in output.splitlines()), end="", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
