# SPDX-License-Identifier: BSD-2-Clause
"""Makes mutants of C text: mutants(text) yields (start, end, replacement), each of which changes
one check.

A condition becomes false, or its opposite; a comparison moves by one or turns round; one half of &&
or ||, and of | between named bits, is left out; so are cases and statements. The text is read as
tokens, not as C, so some mutants don't compile: mutate.py leaves those out.
"""
import re

COMPARISONS = {"<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"], "==": ["!="], "!=": ["=="]}
OPEN, CLOSE = "([{", ")]}"


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def code_only(text):
    """The text with comments, strings and preprocessor lines blanked; offsets stay."""
    text = re.sub(r"/\*.*?\*/", blank, text, flags=re.S)
    text = re.sub(r"\"(\\.|[^\"\\\n])*\"|'(\\.|[^'\\\n])*'", lambda m: "0".ljust(len(m[0])), text)
    text = re.sub(r"^\s*#(.*\\\n)*.*$", blank, text, flags=re.M)
    return re.sub(r"_Static_assert\(.*?;", blank, text, flags=re.S)


def closing(code, at):
    """The offset of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] in OPEN) - (code[i] in CLOSE)
        if depth == 0:
            return i
    return len(code)


def operand_end(code, at, stops):
    """Where the operand that starts at `at` ends: before a stop, or the bracket around it."""
    i = at
    while i < len(code):
        if code[i] in OPEN:
            i = closing(code, i)
        elif code[i] in CLOSE + ",;?:" or any(code.startswith(s, i) for s in stops):
            return i
        i += 1
    return i


def operand_start(code, at, stops):
    """Where the operand that ends before `at` begins."""
    i = at
    while i > 0:
        before = code[i - 1]
        if before in CLOSE:
            depth = 0
            while i > 0:
                i -= 1
                depth += (code[i] in CLOSE) - (code[i] in OPEN)
                if depth == 0:
                    break
            continue
        assignment = before == "=" and code[i - 2] not in "=!<>" and code[i] != "="
        if before in OPEN + ",;?:" or assignment or code[:i].endswith(("return", *stops)):
            return i
        i -= 1
    return i


def conditions(code):
    for keyword in re.finditer(r"\b(if|while) (\()", code):
        start, end = keyword.start(2) + 1, closing(code, keyword.start(2))
        yield start, end, "0"
        yield start, end, f"!({code[start:end]})"
    for mark in re.finditer(r"\?", code):
        start = operand_start(code, mark.start(), ())
        if code[start : mark.start()].strip():
            yield start, mark.start(), f" !({code[start:mark.start()].strip()}) "


def comparisons(code):
    for operator in re.finditer(r"(?<![-<>=!+*/%&|^])(<=|>=|==|!=|<|>)(?![<>=])", code):
        for other in COMPARISONS[operator[0]]:
            yield *operator.span(), other


def halves(code):
    for operator in re.finditer(r"&&|\|\|", code):
        neutral = "1" if operator[0] == "&&" else "0"
        stops = ("&&", "||") if operator[0] == "&&" else ("||",)
        left = operand_start(code, operator.start(), stops)
        yield left, operator.start(), f" {neutral} "
        yield operator.end(), operand_end(code, operator.end(), stops), f" {neutral}"


def flags(code):
    """Halves of a set of named bits."""
    for pair in re.finditer(r"\b[A-Z][A-Z0-9_]+( \| )[A-Z][A-Z0-9_]+\b", code):
        yield pair.start(), pair.end(1), ""
        yield pair.start(1), pair.end(), ""


def statements(code):
    for case in re.finditer(r"^ +case [^:;\n]+:", code, re.M):
        yield *case.span(), ""
    for statement in re.finditer(
        r"^ +(?!(?:return|case|default|typedef|static|break|if|else|for|while|do|switch)\b)"
        r"(?=[*(]*[a-z])[^;{}\n]*(\n[^;{}]*)?;",
        code,
        re.M,
    ):
        declares = r"\s*(const |struct |enum |unsigned |u?int\w* |size_t |bool |char |be\d+_t |mac_t )[\s*]*\w"
        says_unused = r"\s*\(void\)\w+[,;]"
        if not re.match(f"{declares}|{says_unused}", statement[0]):
            indent = len(statement[0]) - len(statement[0].lstrip())
            yield statement.start() + indent, statement.end(), ";"


def mutants(text):
    """Every mutation once, in the order of the text."""
    code = code_only(text)
    original, found = "".join(text.split()), {}
    for make in (conditions, comparisons, halves, flags, statements):
        for start, end, new in make(code):
            result = "".join((text[:start] + new + text[end:]).split())
            if result != original:
                found.setdefault(result, (start, end, new))
    return sorted(found.values())
