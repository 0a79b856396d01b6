# SPDX-License-Identifier: BSD-2-Clause
"""The charts, as SVG text: lines, bars, and percentiles. No script and no outside resource.

A chart has series with a name, a colour class (c0 to c7, see STYLE) and values. What always holds:
axes of amounts begin at zero or are logarithmic and say so, and whiskers span all values.
"""
import html
import math

# ink, soft ink, grid, paper, and the series' colours: by day and by night.
DAY = (
    "#1c2430",
    "#667085",
    "#e4e7ec",
    "#ffffff",
    ("#2563eb", "#0e9bb8", "#7c4dde", "#7b8494", "#dd8a0e", "#d2493a", "#3f8f4f", "#b8388f"),
)
NIGHT = (
    "#e8ebf0",
    "#98a2b3",
    "#2c3440",
    "#161b22",
    ("#6ea0ff", "#3ec3dc", "#a78bfa", "#98a2b3", "#f0ad4e", "#f0796c", "#6cc27e", "#e07cc0"),
)


def rules(ink, soft, grid, paper, series):
    """Style rules without variables, which not every viewer of SVG knows."""
    return f""".chart text{{fill:{ink}}}.chart .soft{{fill:{soft}}}.chart .grid{{stroke:{grid}}}
.chart .paper,.chart .ring{{fill:{paper}}}.chart .whisker{{stroke:{ink}}}
.chart .mute{{stroke:{soft}}}
""" + "\n".join(
        f".chart .c{i} .mark,.chart .c{i} .tint,.chart .c{i} .own{{fill:{c}}}"
        f".chart .c{i} .path,.chart .c{i} .ring{{stroke:{c}}}"
        for i, c in enumerate(series)
    )


STYLE = (
    """
.chart{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.chart .title{font-size:15px;font-weight:600}.chart .num{font-variant-numeric:tabular-nums}
.chart .strong{font-weight:600}.chart .grid,.chart .whisker,.chart .path{fill:none}
.chart .path{stroke-width:2.2;stroke-linejoin:round}.chart .ring{stroke-width:2}
.chart .tint{opacity:.45}.chart .whisker{opacity:.55}.chart .dash{stroke-dasharray:5 4}
.chart .mute{stroke-dasharray:3 3}
"""
    + rules(*DAY)
    + "\n@media (prefers-color-scheme:dark){\n"
    + rules(*NIGHT)
    + "}\n"
)

WIDTH, LEFT, RIGHT = 640, 146, 92


def text(x, y, words, css="", anchor="start"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}">'
        f"{html.escape(words)}</text>"
    )


def line(x1, y1, x2, y2, css):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def rect(x, y, w, h, css):
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{h:.1f}" rx="2" '
        f'class="{css}"/>'
    )


def dot(x, y, r, css):
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" class="{css}"/>'


def svg(title, note, height, parts, width=WIDTH):
    """A chart with its title and a line that says what is shown."""
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{html.escape(title)}: {html.escape(note)}">'
        + rect(0, 0, width, height, "paper")
        + text(16, 26, title, "title")
        + text(16, 45, note, "soft")
        + "".join(parts)
        + "</svg>"
    )


def standalone(chart):
    """The chart as a file of its own."""
    head, tail = chart.split(">", 1)
    size = head.split('viewBox="0 0 ')[1].split('"')[0].split()
    return f'{head} width="{size[0]}" height="{size[1]}"><style>{STYLE}</style>{tail}\n'


def nice(top):
    """Round steps from 0 to top or a little above."""
    step = 10 ** math.floor(math.log10(top or 1))
    step = next(s for s in (step / 5, step / 2, step, step * 2) if top / s <= 5.5)
    return [i * step for i in range(math.ceil(top / step - 1e-9) + 1)]


def spread_out(wanted, gap):
    """Positions close to the wanted ones, and at least gap apart."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = list(wanted)
    for before, after in zip(order, order[1:]):
        placed[after] = max(placed[after], placed[before] + gap)
    return placed


def lines(title, note, ticks, series, unit, axis):
    """series: (name, css, [(median, low, high) or None for each tick]); the ticks lie evenly."""
    left, right, top, height = 62, WIDTH - 158, 66, 340
    bottom = height - 46
    steps = nice(max((p[2] for _, _, points in series for p in points if p), default=1))

    def place(i, value):
        return (
            left + (right - left) * i / (len(ticks) - 1),
            bottom - (bottom - top) * min(value / steps[-1], 1.05),
        )

    parts = []
    for step in steps:
        y = place(0, step)[1]
        parts += [
            line(left, y, right, y, "grid"),
            text(left - 8, y + 4, unit(step), "soft num", "end"),
        ]
    for i, tick in enumerate(ticks):
        parts.append(text(place(i, 0)[0], bottom + 19, str(tick), "num", "middle"))
    parts.append(text((left + right) / 2, bottom + 38, axis, "soft", "middle"))
    ends = []
    for name, css, points in series:
        shown = [(i, p) for i, p in enumerate(points) if p]
        if not shown:
            continue
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(i, p[0]) for i, p in shown))
        dash = " dash" if css == "c3" else ""
        parts.append(f'<g class="{css}"><polyline points="{path}" class="path{dash}"/>')
        for i, (median, low, high) in shown:
            x, y = place(i, median)
            parts += [
                line(x, place(i, low)[1], x, place(i, high)[1], "whisker"),
                dot(x, y, 3.6, "mark"),
            ]
        parts.append("</g>")
        ends.append((name, css, place(*[shown[-1][0], shown[-1][1][0]])))
    for (name, css, (x, y)), put in zip(ends, spread_out([e[2][1] for e in ends], 16)):
        parts.append(
            f'<g class="{css}">{line(x + 6, y, x + 16, put, "whisker")}'
            f'{text(x + 20, put + 4, name, "own strong")}</g>'
        )
    return svg(title, note, height, parts)


def label(y, name):
    return text(LEFT - 10, y + 4.5, name, "strong", "end")


def bars(title, note, rows, unit, mark=None):
    """rows: (name, css, (median, low, high)); mark: (value, words), a line across all."""
    top, step = 62, 30
    bottom = top + step * len(rows)
    most = max([row[2][2] for row in rows] + ([mark[0]] if mark else []), default=1) or 1
    scale = (WIDTH - LEFT - RIGHT) / most
    parts = []
    for i, (name, css, (median, low, high)) in enumerate(rows):
        y = top + step * i + step / 2
        parts += [
            label(y, name),
            f'<g class="{css}">',
            rect(LEFT, y - 9, max(median * scale, 1.5), 18, "mark"),
            line(LEFT + low * scale, y, LEFT + high * scale, y, "whisker"),
            "</g>",
            text(LEFT + high * scale + 8, y + 4.5, unit(median), "num"),
        ]
    if mark:
        x = LEFT + mark[0] * scale
        parts += [
            line(x, top - 2, x, bottom + 4, "mute"),
            text(x, bottom + 18, mark[1], "soft", "middle" if x > 200 else "start"),
        ]
    return svg(title, note, bottom + (30 if mark else 16), parts)


def stacks(title, note, rows, parts_names, unit):
    """rows: (name, css, [amounts]); two amounts, the second paler."""
    top, step = 62, 30
    height = top + step * len(rows) + 38
    most = max((sum(row[2]) for row in rows), default=1) or 1
    scale = (WIDTH - LEFT - RIGHT) / most
    parts = []
    for i, (name, css, amounts) in enumerate(rows):
        y, x = top + step * i + step / 2, LEFT
        parts += [label(y, name), f'<g class="{css}">']
        for amount, shade in zip(amounts, ("mark", "tint")):
            parts.append(rect(x, y - 9, amount * scale, 18, shade))
            x += amount * scale
        parts += ["</g>", text(x + 8, y + 4.5, unit(sum(amounts)), "num")]
    y = height - 20
    parts += [
        '<g class="c3">',
        rect(LEFT, y - 9, 12, 12, "mark"),
        rect(LEFT + 190, y - 9, 12, 12, "tint"),
        "</g>",
        text(LEFT + 18, y + 2, parts_names[0], "soft"),
        text(LEFT + 208, y + 2, parts_names[1], "soft"),
    ]
    return svg(title, note, height, parts)


def percentiles(title, note, rows, unit):
    """rows: (name, css, (p50, p99, p99.9)) on a logarithmic axis."""
    top, step = 80, 34
    bottom = top + step * len(rows)
    values = [v for row in rows for v in row[2] if v > 0] or [1, 10]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    right = WIDTH - 24

    def place(value):
        return LEFT + (right - LEFT) * (math.log10(max(value, 10**low)) - low) / max(
            high - low, 1
        )

    parts = []
    for power in range(low, high + 1):
        x = place(10**power)
        parts += [
            line(x, top - 6, x, bottom, "grid"),
            text(x, top - 12, unit(10**power), "soft num", "middle"),
        ]
    for i, (name, css, (p50, p99, p999)) in enumerate(rows):
        y = top + step * i + step / 2 + 3
        parts += [
            label(y, name),
            f'<g class="{css}">',
            line(place(p50), y, place(p999), y, "path"),
            dot(place(p50), y, 6, "mark"),
            dot(place(p99), y, 4, "mark"),
            dot(place(p999), y, 4.5, "ring"),
            "</g>",
            text(max(place(p50), LEFT + 22), y - 9, unit(p50), "soft num", "middle"),
        ]
    y = bottom + 20
    parts += [
        '<g class="c3">',
        dot(LEFT, y, 6, "mark"),
        dot(LEFT + 90, y, 4, "mark"),
        dot(LEFT + 160, y, 4.5, "ring"),
        "</g>",
        text(LEFT + 12, y + 4.5, "median", "soft"),
        text(LEFT + 100, y + 4.5, "p99", "soft"),
        text(LEFT + 170, y + 4.5, "p99.9", "soft"),
        text(right, y + 4.5, "logarithmic axis", "soft", "end"),
    ]
    return svg(title, note, bottom + 38, parts)
