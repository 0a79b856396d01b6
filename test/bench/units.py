# SPDX-License-Identifier: BSD-2-Clause
"""Figures as people read them. Times come in microseconds or milliseconds, sizes in KiB."""


def three(value):
    """At least three digits, and no needless ones."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def rate(value):
    """Replies per second."""
    return f"{three(value / 1000)}k" if value >= 1000 else f"{value:.0f}"


def axis_rate(value):
    return f"{value / 1000:g}k" if value else "0"


def micro(value):
    return f"{three(value)} µs" if value < 1000 else milli(value / 1000)


def milli(value):
    return f"{three(value)} ms" if value < 1000 else f"{three(value / 1000)} s"


def axis_micro(value):
    """Powers of ten without decimals."""
    unit, size = ("µs", 1) if value < 1e3 else ("ms", 1e3) if value < 1e6 else ("s", 1e6)
    return f"{value / size:g} {unit}" if value in [10**i for i in range(9)] else micro(value)


def percent(value):
    return f"{value:.2f} %" if value < 10 else f"{value:.0f} %"


def kib(value):
    return f"{three(value)} KiB" if value < 10240 else f"{three(value / 1024)} MiB"


def octets(value):
    return kib(value / 1024)


def plain(value):
    """A count or a ratio."""
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"
