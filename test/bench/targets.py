# SPDX-License-Identifier: BSD-2-Clause
"""The targets: what each asks for, what was measured, and whether that meets it.

Ratios are to the floor (unipong-host on the TAP), to Linux or to iPXE of the same interleaved run.
"""
import collections

from figures import AT_ONCE_US

Target = collections.namedtuple("Target", "text wanted measured met")

US, HALT, FLOOR, IPXE, LINUX = "unipong adaptive", "unipong halt", "floor", "iPXE", "Linux"


def ratio(results, text, figure, other, limit, at_least=True, subject=US):
    value = results.ratio(figure, subject, other)
    wanted = f"{'at least' if at_least else 'at most'} {limit:g} of {other}'s"
    if value is None:
        return Target(text, wanted, "not measured", None)
    met = value >= limit if at_least else value <= limit
    return Target(
        text, wanted, f"{value:.2f}" + ("" if met else bound(results, figure, other)), met
    )


def bound(results, figure, other):
    """The upper bound for any guest: QEMU's main loop reads and writes every frame, one by one."""
    loop = results.median(US, figure.replace(".rate", ".cpu.loop"))
    rate = results.median(other, figure)
    if not loop or not rate:
        return ""
    return f" (QEMU's main loop, {loop:.1f} us a reply, allows {1e6 / loop / rate:.2f})"


def at_most(text, value, limit, unit):
    wanted = f"at most {limit:g} {unit}"
    if value is None:
        return Target(text, wanted, "not measured", None)
    return Target(
        text,
        wanted,
        f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}",
        value <= limit,
    )


def recovery(results, subject):
    """After every burst an answer at once, and then the rate from before."""
    text = f"after overload, {subject.split()[1]}: answers at once, at full rate"
    bursts = silent = late = slow = 0
    for size in (60, 1514):
        silent += sum(results.all(subject, f"overload.{size}.silent"))
        bursts += len(results.all(subject, f"overload.{size}.silent"))
        late += sum(v > AT_ONCE_US for v in results.all(subject, f"overload.{size}.next"))
        slow += sum(v < 0.5 for v in results.all(subject, f"overload.{size}.after"))
    wanted = f"every time (within {AT_ONCE_US / 1000:g} ms; half the usual rate or more)"
    if bursts == 0:
        return Target(text, wanted, "not measured", None)
    measured = f"{bursts} bursts: {silent} silent, {late} late, {slow} slow"
    return Target(text, wanted, measured, silent + late + slow == 0)


def check(results):
    """All targets, in the order in which they were set."""

    def median(subject, figure):
        return results.median(subject, figure)

    p50, p999 = median(US, "closed.60.1.p50"), median(US, "closed.60.1.p999")
    tail = None if p50 is None else p999 / p50
    slow = at_most("p99.9 over p50, 1 outstanding", tail, 5, "times")
    machines = median(FLOOR, "closed.60.1.p999")
    if slow.met is False and machines:
        slow = slow._replace(
            measured=f"{slow.measured} ({p999:.0f} us; the floor's own {machines:.0f})"
        )
    smallest = median(US, "memory.smallest")
    start = at_most("first ARP reply, after QEMU's own floor", median(US, "boot.over"), 2, "ms")
    if start.met is not None:
        low, high = results.spread(US, "boot.over")
        start = start._replace(measured=f"{start.measured} (single starts {low:.0f} to {high:.0f})")
    return [
        ratio(results, "60-byte frames, 1 outstanding", "closed.60.1.rate", FLOOR, 0.45),
        ratio(results, "60-byte frames, 64 outstanding", "closed.60.64.rate", FLOOR, 0.45),
        ratio(results, "1514-byte frames, 64 outstanding", "closed.1514.64.rate", FLOOR, 0.3),
        ratio(results, "60-byte frames, 64 outstanding", "closed.60.64.rate", LINUX, 8),
        ratio(results, "60-byte frames, 64 outstanding", "closed.60.64.rate", IPXE, 6),
        ratio(results, "ping -f, mean round trip", "ping.flood.mean", LINUX, 0.6, False),
        slow,
        at_most("p99.9, 1 outstanding: no tail of milliseconds", p999, 1000, "us"),
        at_most("idle processor, adaptive", median(US, "idle.percent"), 0.1, "% of a core"),
        at_most("idle processor, halt", median(HALT, "idle.percent"), 0.1, "% of a core"),
        ratio(results, "highest rate without loss", "open.60.rate", FLOOR, 0.4),
        ratio(results, "highest rate without loss", "open.60.rate", IPXE, 3),
        recovery(results, US),
        recovery(results, HALT),
        start,
        at_most("smallest memory", smallest, 1664, "KiB"),
    ]
