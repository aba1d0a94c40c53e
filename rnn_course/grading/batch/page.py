"""A class at a glance as one page of HTML that needs nothing else: no script, no network.

matplotlib draws the plots; what they show stands in the tables as well.
"""

import io
import math
from html import escape
from importlib.resources import files
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from .summary import KINDS, Summary, mean

COLOURS = dict(zip(KINDS, ("#009e73", "#e69f00", "#d55e00", "#cc79a7", "#999999"), strict=True))
AXES = "#808890"  # seen on a light and on a dark ground
BIN = 5.0  # points
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "rnn-course",  # the same class gives the same page
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.edgecolor": AXES,
    "axes.labelcolor": AXES,
    "xtick.color": AXES,
    "ytick.color": AXES,
    "legend.labelcolor": AXES,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def page(summary: Summary) -> str:
    """The summary as a self-contained page."""
    title = f"{escape(summary.assignment)}: the class at a glance"
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    with rc_context(SETTINGS):
        parts = [_outcomes(summary), _functions(summary), _mistakes(summary), _points(summary)]
    parts += [_slowest(summary), _failed(summary)]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{style}</style></head>"
        f"<body><h1>{title}</h1>{''.join(parts)}</body></html>\n"
    )


def _outcomes(summary: Summary) -> str:
    words = ", ".join(f"{number} {escape(name)}" for name, number in summary.outcomes.items())
    average = f"; {mean(summary.totals):.1f} points on average" if summary.totals else ""
    return f"<p>{summary.outcomes.total()} submissions: {words or 'none'}{average}.</p>"


def _functions(summary: Summary) -> str:
    if not summary.functions:
        return ""
    rows = [
        [name, *(kinds[kind] or "" for kind in KINDS), f"{summary.mean(name):.2f}"]
        for name, kinds in summary.named().items()
    ]
    table = _table(("function", *KINDS, "mean points"), rows)
    return f"<h2>Functions</h2>{_svg(_bars(summary), 'Results by function')}{table}"


def _bars(summary: Summary) -> Figure:
    named = dict(reversed(summary.named().items()))  # the first one on top
    figure = Figure(figsize=(8.4, 1.2 + 0.36 * len(named)), layout="constrained")
    axes = figure.subplots()
    left = [0] * len(named)
    for kind in KINDS:
        counts = [kinds[kind] for kinds in named.values()]
        axes.barh(list(named), counts, left=left, color=COLOURS[kind], label=kind)
        left = [a + b for a, b in zip(left, counts, strict=True)]
    axes.set_xlabel("students")
    figure.legend(loc="outside upper center", ncols=len(KINDS), frameon=False)
    return figure


def _points(summary: Summary) -> str:
    if not summary.totals:
        return ""
    figure = Figure(figsize=(8.4, 2.6), layout="constrained")
    axes = figure.subplots()
    bins = max(1, math.ceil(max(summary.totals) / BIN))
    edges = [BIN * k for k in range(bins + 1)]  # the last bin has its upper end, too
    points, weights = zip(*summary.totals.items(), strict=True)
    axes.hist(points, bins=edges, weights=weights, color=COLOURS[KINDS[0]], rwidth=0.92)
    axes.set_xlabel("points in all")
    axes.set_ylabel("students")
    return f"<h2>Points</h2>{_svg(figure, 'How many students have how many points')}"


def _mistakes(summary: Summary) -> str:
    common = summary.commonest()
    if not common:
        return ""
    most = common[0][0]
    rows = "".join(
        f'<tr><td class="number">{count}</td>'
        f'<td><div class="bar" style="width: {100 * count / most:.1f}%"></div></td>'
        f"<td><code>{escape(label)}</code></td><td>{escape(why)}</td></tr>"
        for count, label, why in common
    )
    head = "<tr><th>students</th><th></th><th>mistake</th><th>what is wrong</th></tr>"
    told = "Functions whose numbers are just those of a mistake in the catalogue."
    return f'<h2>Mistakes</h2><p>{told}</p><table class="mistakes">{head}{rows}</table>'


def _slowest(summary: Summary) -> str:
    if not summary.slowest:
        return ""
    rows = [(student, f"{seconds:.2f}") for seconds, student in summary.slowest]
    return f"<h2>Slowest submissions</h2>{_table(('student', 'seconds'), rows)}"


def _failed(summary: Summary) -> str:
    parts = (
        f"<details><summary>{escape(student)}</summary><pre>{escape(why)}</pre></details>"
        for student, why in summary.failed.items()
    )
    return f"<h2>Not graded</h2>{''.join(parts)}" if summary.failed else ""


def _table(head, rows) -> str:
    def line(row, cell):
        return "".join(
            f"<{cell}{' class=number' if k else ''}>{escape(str(value))}</{cell}>"
            for k, value in enumerate(row)
        )

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return f"<table><tr>{line(head, 'th')}</tr>{body}</table>"


def _svg(figure: Figure, words: str) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    return f'<figure role="img" aria-label="{words}">{svg[svg.index("<svg") :]}</figure>'
