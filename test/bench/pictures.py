# SPDX-License-Identifier: BSD-2-Clause
"""The charts of a run: which figure goes into which picture. How they are drawn is in charts.py."""
import charts
import units
from tables import WINDOWS

COLOURS = {
    "unipong adaptive": "c0",
    "unipong halt": "c1",
    "unipong poll": "c2",
    "floor": "c3",
    "iPXE": "c4",
    "Linux": "c5",
}


def colour(results, name):
    others = [n for n in results.subjects() if n not in COLOURS]
    return COLOURS.get(name) or f"c{6 + others.index(name) % 2}"


def point(results, name, figure):
    """(median, lowest, highest), or None."""
    median = results.median(name, figure)
    return None if median is None else (median, *results.spread(name, figure))


def bars(results, title, note, figure, unit, without=(), mark=None):
    rows = [
        (name, colour(results, name), point(results, name, figure))
        for name in results.subjects()
        if name not in without and results.median(name, figure) is not None
    ]
    return charts.bars(title, note, rows, unit, mark)


def several(results, figures):
    """(name, colour, [median of each figure]) of the subjects that have them all."""
    for name in results.subjects():
        medians = [results.median(name, figure) for figure in figures]
        if None not in medians:
            yield name, colour(results, name), medians


def throughput(results, size):
    series = [
        (
            name,
            colour(results, name),
            [point(results, name, f"closed.{size}.{window}.rate") for window in WINDOWS],
        )
        for name in results.subjects()
    ]
    return charts.lines(
        f"Replies per second, {size}-byte frames",
        "closed loop, every reply verified; more is better",
        WINDOWS,
        series,
        units.axis_rate,
        "echo requests outstanding",
    )


def latency(results):
    return charts.percentiles(
        "Round trip with one request outstanding",
        "60-byte frames; further left is better",
        list(several(results, [f"closed.60.1.{key}" for key in ("p50", "p99", "p999")])),
        units.axis_micro,
    )


def boot(results):
    floor = results.median("QEMU", "boot.exits")
    return bars(
        results,
        "From exec to the first reply",
        "time until an ARP request is answered; less is better",
        "boot.first",
        units.milli,
        without=("floor",),
        mark=(floor, f"an image that exits at once: {units.milli(floor)}") if floor else None,
    )


def processor(results):
    return charts.stacks(
        "Processor time per reply",
        "60-byte frames, 64 outstanding; less is better",
        list(several(results, [f"closed.60.64.cpu.{key}" for key in ("vcpu", "loop")])),
        ("vCPU (the guest)", "QEMU's main loop; the floor's process"),
        units.micro,
    )


def draw(results):
    """All charts, by the name of their file."""
    return {
        "throughput-60": throughput(results, 60),
        "throughput-1514": throughput(results, 1514),
        "latency": latency(results),
        "idle": bars(
            results,
            "Cost of silence",
            "processor time while nothing happens, of one core; less is better",
            "idle.percent",
            units.percent,
        ),
        "boot": boot(results),
        "lossless": bars(
            results,
            "Highest rate without loss",
            "open loop, 60-byte frames, at most 0.1 % lost; more is better",
            "open.60.rate",
            units.rate,
        ),
        "processor": processor(results),
        "ping": bars(
            results,
            "ping -f, mean round trip",
            "iputils ping, one at a time; less is better",
            "ping.flood.mean",
            units.micro,
        ),
    }
