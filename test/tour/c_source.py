# SPDX-License-Identifier: BSD-2-Clause
"""Finds the functions of a C file by name.

It relies on the form that clang-format gives our files, which `make lint` holds: a function's `{`
and `}` stand alone in the first column, and nothing else of a file looks like that.
"""
import re


class Function:
    """A function: where it stands, its text, and whether other files can call it."""

    def __init__(self, file, name, first, lines, comment, signature):
        self.file, self.name = file, name
        self.line = first  # of the comment above it, or else of its first word; counted from 1
        self.text = "\n".join(lines) + "\n"
        self.lines = len(lines)
        self.comment = comment  # lines of the comment above it
        # In a header `static inline` is public: every file that includes it can call the function.
        self.public = file.endswith(".h") or not re.match(r"static\b", signature)
        self.code = strip_comments(self.text)

    def calls(self):
        """The names that stand in front of a parenthesis, but for the function's own."""
        return set(re.findall(r"\b(\w+)\(", self.code)) - {self.name, "__attribute__"}


def strip_comments(text):
    """C without its comments and without what its string and character literals say."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''
    return re.sub(pattern, lambda m: " " if m[0][0] == "/" else '""', text, flags=re.S)


def comment_above(lines, first):
    """The index of the first line of the comment that ends just above line `first`, or `first`."""
    above = first - 1
    if above < 0 or not lines[above].rstrip().endswith("*/"):
        return first
    while above > 0 and not lines[above].lstrip().startswith("/*"):
        above -= 1
    return above


def functions(file, text):
    """All functions that this file defines, in their order."""
    lines = text.splitlines()
    found = []
    for opening, line in enumerate(lines):
        if line != "{":
            continue
        start = opening
        while start > 0 and not re.search(r"^$|^#|^}|;$|^/\*|^ \*", lines[start - 1]):
            start -= 1
        signature = re.sub(r"__attribute__\(\(.*?\)\)", "", " ".join(lines[start:opening]))
        name = re.search(r"\b(\w+)\(", signature)
        end = lines.index("}", opening)
        first = comment_above(lines, start)
        text, comment = lines[first : end + 1], start - first
        found.append(Function(file, name[1], first + 1, text, comment, signature))
    return found
