"""The pictures of the second notebook, drawn from what the students' own functions return.

As in rnn_pictures, each picture prints one line that says in words what it shows; while nbgrader
grades nothing is drawn, and what a generator would yield for a picture is not computed.
"""

import numpy as np

from rnn_pictures import (
    CURVES,
    PALETTE,
    STYLES,
    gate_traces,
    label_ends,
    picture,
    plain_numbers,
    white_axes,
)


def _shown(characters):
    """Characters as they are written beside an axis: a space would be invisible."""
    return ["␣" if character == " " else character for character in characters]


@picture
def plot_loss_gradient(dlogits, y, characters):
    """Draw the gradient (n_y, T) of one row's logits: orange where a logit should rise.

    y (T,) are the right answers; a cross marks each. characters has n_y of them.
    """
    axes = white_axes(height=4.6)
    axes.grid(visible=False)
    limit = 0.2 * np.max(np.abs(dlogits))  # so that small entries can be seen beside the large
    image = axes.imshow(dlogits, cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")
    marks = {"color": "white", "markeredgecolor": "black", "markersize": 7}  # on dark and on light
    axes.plot(np.arange(len(y)), y, "X", **marks, label="the right answer")
    axes.set(xlabel="time step, with the character that comes next", ylabel="logit of")
    axes.set_xticks(range(len(y)), _shown(characters[k] for k in y))
    axes.set_yticks(range(len(characters)), _shown(characters), fontsize=8)
    axes.figure.colorbar(image, label="dlogits", extend="both")
    axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1))
    negative = np.sum(dlogits < 0, axis=0)
    print(
        f"Columns sum to {np.abs(dlogits.sum(axis=0)).max():.0e} at most;"
        f" entries below zero in a column: {negative.min()} to {negative.max()}."
    )


@picture
def plot_judges(curve, complex_error, complex_h=1e-30):
    """Draw the V of central differences, (h, error) each, and where the complex step stands."""
    steps, errors = zip(*curve, strict=True)
    axes = white_axes(height=3.6)
    floor = 1e-18  # a log scale has no zero
    axes.loglog(steps, errors, CURVES[0][1], color=CURVES[0][0], label="central difference")
    lowest = max(complex_error, floor)
    axes.loglog([complex_h], [lowest], "D", color=CURVES[1][0], markersize=9, label="complex step")
    axes.axhline(lowest, color=CURVES[1][0], linestyle="--", linewidth=1)
    plain_numbers(axes.xaxis, axes.yaxis)
    best = int(np.argmin(errors))
    axes.annotate(
        f"best: h = {steps[best]:.0e}",
        *((steps[best], errors[best]), (0, -16)),
        textcoords="offset points",
        ha="center",
    )
    axes.set(xlabel="step h", ylabel="relative error", xlim=(complex_h / 100, 10))
    axes.set_ylim(lowest / 20, 10)
    axes.legend(frameon=False, loc="upper left")
    print(
        f"Central differences: {errors[0]:.0e} at h = {steps[0]:.0e}, {errors[best]:.0e} at"
        f" {steps[best]:.0e}, {errors[-1]:.0e} at {steps[-1]:.0e}."
        f" Complex step: {complex_error:.0e} at {complex_h:.0e}."
    )


@picture
def plot_passes(curves):
    """Draw seconds against the length of the sequence; curves yields label, lengths, seconds."""
    curves = list(curves)  # so that no empty picture is left where one of them fails
    axes = white_axes(height=3.2)
    for (label, lengths, seconds), (colour, style) in zip(curves, CURVES, strict=False):
        axes.loglog(lengths, seconds, style, color=colour, label=label)
        longer, slower = lengths[-1] / lengths[0], seconds[-1] / seconds[0]
        print(f"{label:10} {longer:.0f} times the length takes {slower:.0f} times as long")
    plain_numbers(axes.yaxis)
    axes.set_xticks(lengths, [str(length) for length in lengths])
    axes.minorticks_off()
    axes.set(xlabel="length of the sequence, T", ylabel="seconds")
    axes.legend(frameon=False, loc="upper left")


@picture
def plot_training(losses, levels):
    """Draw the loss per step, smoothed as well, against the levels {name: loss} to beat."""
    losses = np.asarray(losses)
    axes = white_axes(height=3.8)
    axes.plot(losses, color="#bbbbbb", linewidth=1, label="one step")
    width = min(25, len(losses))
    smooth = np.convolve(losses, np.ones(width) / width, "valid")
    axes.plot(np.arange(width - 1, len(losses)), smooth, color="black", label="mean of 25 steps")
    ends = {}
    for (name, level), (colour, style) in zip(levels.items(), CURVES[1:] + CURVES, strict=False):
        axes.axhline(level, color=colour, linestyle=style[1:], linewidth=1.5)
        ends[f"{name} {level:.2f}"] = (len(losses), level, colour)
    label_ends(axes, ends, gap=0.28)
    axes.set(xlabel="training step", ylabel="loss, nats per character", ylim=(0, None))
    axes.set_xlim(0, len(losses))
    axes.legend(frameon=False, loc="upper right", bbox_to_anchor=(1, 0.85))
    beaten = [name for name, level in levels.items() if smooth[-1] < level]
    print(
        f"Loss {losses[0]:.3f} at the first step, {smooth[-1]:.3f} over the last {width};"
        f" beaten: {', '.join(beaten) or 'none'}."
    )


@picture
def plot_gates_over_text(caches, text, unit=0):
    """Draw gates (above) and values (below) of one unit at each character of text."""
    traces = gate_traces(caches, unit)
    t = np.arange(len(text))
    above, below = white_axes(rows=2, height=5.2, sharex=True)
    above.figure.set_figwidth(9.6)
    for axes, names, label in (
        (above, ("f", "i", "o"), "gate"),
        (below, ("cct", "c", "a"), "value"),
    ):
        for name in names:
            axes.plot(t, traces[name], STYLES[name], color=PALETTE[name], linewidth=2, markersize=4)
        low, high = axes.get_ylim()
        ends = {name: (t[-1], traces[name][-1], PALETTE[name]) for name in names}
        label_ends(axes, ends, gap=(high - low) / 9)
        axes.set_ylabel(label)
    below.set_xticks(t, _shown(text), fontsize=8)
    below.set_xlabel("the character read at this step (␣ is a space)")
    print(f"Unit {unit}, cell state c from {traces['c'].min():.2f} to {traces['c'].max():.2f}.")


@picture
def plot_gap(runs, chance):
    """Draw the share of right answers against the gap; runs yields label, gaps, shares."""
    runs = list(runs)
    axes = white_axes(height=3.6)
    for (label, gaps, right), (colour, style) in zip(runs, CURVES, strict=False):
        axes.plot(gaps, right, style, color=colour, label=label, linewidth=2)
        shares = ", ".join(f"{share:.0%} at {gap}" for gap, share in zip(gaps, right, strict=True))
        print(f"{label:15} right after a gap: {shares}")
    axes.axhline(chance, color="#777777", linewidth=1)
    axes.annotate("chance", (gaps[0], chance), (0, -12), textcoords="offset points")
    axes.set_xscale("log")
    axes.set_xticks(gaps, [str(gap) for gap in gaps])
    axes.minorticks_off()
    axes.set(
        xlabel="gap between the token and the question", ylabel="right answers", ylim=(0, 1.05)
    )
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
