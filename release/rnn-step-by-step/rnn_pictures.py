"""The pictures of the notebooks, drawn from what the students' own functions return.

Each picture prints one line that says in words what it shows. While nbgrader grades nothing is
drawn, and what a generator would yield for a picture is not computed.
"""

import base64
import contextlib
import functools
import html
import io

import numpy as np

from rnn_grading import at_work
from rnn_published import PUBLISHED
from rnn_utils import sigmoid

# One colour per quantity, in figures and plots alike; a line style and a marker go with each.
PALETTE = {
    "f": "#D55E00",
    "i": "#009E73",
    "cct": "#E69F00",
    "o": "#0072B2",
    "c": "#56B4E9",
    "a": "#CC79A7",
}
STYLES = {"f": "o-", "i": "s--", "o": "^:", "cct": "D:", "c": "o-", "a": "s--"}
# Curves that compare networks, not quantities, wear none of these colours.
CURVES = (("#000000", "o-"), ("#882255", "s--"), ("#332288", "^:"), ("#777777", "D-."))


def picture(draw):
    """Make a drawing function do nothing while nbgrader grades: nobody would see the picture.

    What it prints is also the figure's alternative text, for those who do not see it.
    """

    @functools.wraps(draw)
    def drawn(*arguments, **options):
        if at_work():
            words = io.StringIO()
            with contextlib.redirect_stdout(words):
                draw(*arguments, **options)
            print(words.getvalue(), end="")
            _show(words.getvalue().strip())

    return drawn


def _show(words):
    """In a notebook, show each open figure; Jupyter itself would give it no alternative text."""
    import matplotlib.pyplot as plt

    if "inline" not in plt.get_backend():
        return
    from IPython.display import HTML, display

    for number in plt.get_fignums():
        png = io.BytesIO()
        plt.figure(number).savefig(png, format="png", bbox_inches="tight")
        data = base64.b64encode(png.getvalue()).decode()
        display(HTML(f'<img alt="{html.escape(words)}" src="data:image/png;base64,{data}">'))
        plt.close(number)


def gate_traces(caches, unit=0, example=0):
    """The gates and states of one LSTM unit over time: {'f': (T_x,), 'i': …, 'a': …}."""
    order = next(row.cache for row in PUBLISHED.values() if "ft" in row.cache)
    position = {field: k for k, field in enumerate(order)}
    fields = {"f": "ft", "i": "it", "o": "ot", "cct": "cct", "c": "c_next", "a": "a_next"}
    return {
        name: np.array([cache[position[field]][unit, example] for cache in caches[0]])
        for name, field in fields.items()
    }


def white_axes(rows=1, height=3.2, **options):
    """A white figure, legible on a dark page too, and its axes."""
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(7.6, height), dpi=100, facecolor="white")
    axes = figure.subplots(rows, 1, **options)
    for one in np.atleast_1d(axes):
        one.set_facecolor("white")
        one.spines[["top", "right"]].set_visible(False)
        one.grid(color="#dddddd", linewidth=0.6)
        one.set_axisbelow(True)
    return axes


def plain_numbers(*axes):
    """Label a log scale with 1e-04 and the like, which is drawn faster than powers of ten."""
    from matplotlib.ticker import NullLocator

    for axis in axes:
        axis.set_major_formatter("{x:.0e}")
        axis.set_minor_locator(NullLocator())


def label_ends(axes, ends, gap):
    """Write each name beside the end (x, y, colour) of its line, at least gap apart."""
    from matplotlib.colors import to_rgb

    lowest = -np.inf
    for name, (x, y, colour) in sorted(ends.items(), key=lambda item: item[1][1]):
        lowest = max(y, lowest + gap)
        axes.annotate(
            name,
            *((x, y), (10, (lowest - y) / gap * 14)),
            textcoords="offset points",
            va="center",
            color=0.6 * np.array(to_rgb(colour)),  # a letter is thinner than the line
            weight="bold",
            annotation_clip=False,
        )


@picture
def plot_activations():
    """Draw sigmoid and tanh."""
    z = np.linspace(-6, 6, 241)
    axes = white_axes(height=2.8)
    for name, values, style, label in (
        ("sigmoid", sigmoid(z), "--", "sigmoid: from 0 to 1, a valve"),
        ("tanh", np.tanh(z), "-", "tanh: from -1 to 1, a signed value"),
    ):
        axes.plot(z, values, style, color="black", linewidth=2, label=label)
        print(f"{name:8} at -6, 0, 6: {values[0]:7.4f} {values[120]:7.4f} {values[240]:7.4f}")
    axes.set(xlabel="z", ylabel="activation", yticks=(-1, -0.5, 0, 0.5, 1))
    axes.legend(frameon=False, loc="upper left")


@picture
def plot_pulse(a, example=0):
    """Draw the hidden state of one example, a[:, example, :], as an image of units by time."""
    state = a[:, example, :]
    axes = white_axes(height=3)
    axes.grid(visible=False)
    limit = np.max(np.abs(state))
    image = axes.imshow(state, cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")
    axes.set(xlabel="time step t", ylabel="unit", yticks=range(len(state)))
    axes.set_xticks(range(0, state.shape[1], 2))
    axes.figure.colorbar(image, label="a")
    size = np.linalg.norm(state, axis=0)
    print(f"Size of the state: {size[0]:.3f} at t = 0, {size[-1]:.1e} at t = {len(size) - 1}.")


@picture
def plot_gates(caches, unit=0, example=0, events=None):
    """Draw the gates (above) and the values (below) of one LSTM unit; events is {t: word}."""
    traces = gate_traces(caches, unit, example)
    t = np.arange(len(traces["f"]))
    above, below = white_axes(rows=2, height=4.8, sharex=True)
    for axes, names, label in (
        (above, ("f", "i", "o"), "gate"),
        (below, ("cct", "c", "a"), "value"),
    ):
        for name in names:
            axes.plot(t, traces[name], STYLES[name], color=PALETTE[name], linewidth=2, markersize=5)
        low, high = axes.get_ylim()
        ends = {name: (t[-1], traces[name][-1], PALETTE[name]) for name in names}
        label_ends(axes, ends, gap=(high - low) / 9)
        axes.set_ylabel(label)
        for step in events or {}:
            axes.axvline(step, color="#888888", linewidth=1, zorder=0)
    for step, word in (events or {}).items():
        above.annotate(word, (step, 1.1), ha="center", va="bottom", annotation_clip=False)
    below.set(xlabel="time step t", xticks=t)
    print("cell state c, step by step:", " ".join(f"{value:.2f}" for value in traces["c"]))


@picture
def plot_step_error(steps, errors):
    """Draw the error of a difference quotient against its step h, both on log scales: a V."""
    axes = white_axes(height=3.2)
    axes.loglog(steps, errors, CURVES[0][1], color=CURVES[0][0])
    plain_numbers(axes.xaxis, axes.yaxis)
    best = int(np.argmin(errors))
    axes.annotate(
        f"best: h = {steps[best]:.0e}",
        *((steps[best], errors[best]), (0, -16)),
        textcoords="offset points",
        ha="center",
    )
    axes.margins(y=0.35)
    axes.text(0.02, 0.04, "rounding: error ~ 1 / h", transform=axes.transAxes)
    axes.text(0.98, 0.04, "curvature: error ~ h²", transform=axes.transAxes, ha="right")
    axes.set(xlabel="step h", ylabel="relative error")
    print(
        f"Relative error {errors[0]:.0e} at h = {steps[0]:.0e}, {errors[best]:.0e} at"
        f" {steps[best]:.0e}, {errors[-1]:.0e} at {steps[-1]:.0e}."
    )


@picture
def plot_reach(curves):
    """Draw the sizes of gradients against the number of steps back; curves yields label, list."""
    axes = white_axes(height=3.6)
    for (label, values), (colour, style) in zip(curves, CURVES, strict=False):
        back = np.arange(1, len(values) + 1)
        axes.semilogy(back, values, style, color=colour, label=label, markersize=4, markevery=3)
        print(f"{label:20} {values[0]:.1e} 1 step back, {values[-1]:.1e} {len(values)} steps back")
    plain_numbers(axes.yaxis)
    axes.set(xlabel="steps back from the last", ylabel="size of the gradient")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))


@picture
def print_table(head, rows):
    """Print rows of words under a head, the first column wider."""
    for row in (head, *rows):
        print(f"{row[0]:18}" + "".join(f"{word:11}" for word in row[1:]).rstrip())
