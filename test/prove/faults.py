# SPDX-License-Identifier: BSD-2-Clause
"""Shows that the proof bites: plants one fault at a time in a copy of src, and the proof must fail.

    faults.py [NUMBER]...

The faults are in length checks and in what follows from them. Status 0 if each was caught.
"""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# file of src/net, what stands there, what the fault makes of it
FAULTS = [
    ("frame.h", "if (c->left < n)\n        return NULL;", "if (c->left + 1 < n)\n        return NULL;"),
    ("frame.h", "    if (n < c->left)\n        c->left = n;", "    c->left = n;"),
    ("ipv4.c", "if (total - hlen > c->left)", "if (total - hlen > c->left + 1)"),
    ("ipv4.c", "if (hlen < sizeof *ip)", "if (hlen < sizeof *ip - 4)"),
    ("checksum.c", "if (at + 4 <= len)", "if (at + 3 <= len)"),
    ("checksum.c", "for (; at + 8 <= len; at += 8)", "for (; at < len; at += 8)"),
    ("icmp_error.c", "cursor_push(c, sizeof icmp)", "cursor_push(c, sizeof icmp + 4)"),
    ("stamp.c", "at + sizeof(struct stamp_tlv) <= c.left", "at <= c.left"),
    ("eth.c", "if (e->tag_count == ETH_TAGS_MAX)", "if (e->tag_count > ETH_TAGS_MAX)"),
    ("ipv4.c", "    cursor_push(c, ipv4_header_length(ip));\n    ensure",
     "    cursor_push(c, sizeof *ip);\n    ensure"),
    ("udp.c", "if (c->left < sizeof *udp)", "if (c->left + 8 < sizeof *udp)"),
    ("netif.h", "i < nif->config.vip_count", "i <= nif->config.vip_count"),
]


def caught(fault):
    """What the proof says about a copy with the fault; None if nothing."""
    name, old, new = fault
    with tempfile.TemporaryDirectory() as copy:
        for directory in ("src", "test/prove"):
            shutil.copytree(os.path.join(ROOT, directory), os.path.join(copy, directory))
        path = os.path.join(copy, "src/net", name)
        with open(path, encoding="utf-8") as source:
            text = source.read()
        if text.count(old) != 1:
            sys.exit(f"faults.py: {name} does not hold once: {old}")
        with open(path, "w", encoding="utf-8") as source:
            source.write(text.replace(old, new))
        result = subprocess.run(
            [sys.executable, os.path.join(HERE, "prove.py"), "--first", "--root", copy, "frame"],
            stdout=subprocess.PIPE, text=True, check=False)
        if "alarm" not in result.stdout and "got status" not in result.stdout \
                and "assert" not in result.stdout:
            return None
        return result.stdout


def main():
    """One TAP line a fault."""
    chosen = [int(number) for number in sys.argv[1:]] or range(1, len(FAULTS) + 1)
    print(f"1..{len(chosen)}", flush=True)
    failed = False
    for number in chosen:
        name, _, new = FAULTS[number - 1]
        said = caught(FAULTS[number - 1])
        failed |= said is None
        print(f"{'ok' if said else 'not ok'} {number} - {name}: {' '.join(new.split())}", flush=True)
        for line in (said or "").splitlines():
            if line.startswith("# "):
                print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
